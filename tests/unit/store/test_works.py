from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from digest.core.paper import merge, work_keys
from digest.store.works import Work, join
from tests.builders import a_paper

TITLES = ("Dense Retrieval at Scale", "Sparse Retrieval at Scale")
records = st.builds(
    a_paper,
    st.sampled_from(["arxiv:2406.00001", "arxiv:2406.00002", "x:1", "x:2", "doi:10.1/b"]),
    title=st.sampled_from(TITLES),
    authors=st.sampled_from([(), ("Ada Lovelace",)]),
    doi=st.sampled_from(["", "10.1/a", "10.1/b", "10.1/c"]),
)


def stored(paper, serial):
    return Work(paper=paper, keys=set(work_keys(paper)), age=serial, serial=serial, stored=paper)


def numbered(works):
    """Give new works the serials that a store would give them."""
    after = max((work.serial or 0 for work in works), default=0)
    for work in works:
        if work.serial is None:
            after += 1
            work.serial = after
    return [replace(work, age=work.serial, stored=work.paper, younger=[]) for work in works]


@given(st.lists(records, max_size=8), st.lists(records, max_size=8))
def test_no_two_works_share_a_key(first, second):
    works = join(second, numbered(join(first, [])))
    keys = [key for work in works for key in work.keys]
    assert len(keys) == len(set(keys))
    told = {key for paper in (*first, *second) for key in work_keys(paper)}
    assert told == set(keys)


@given(st.lists(records, max_size=8), st.lists(records, max_size=8))
def test_every_known_work_goes_on_or_is_the_alias_of_an_older_one(first, second):
    known = numbered(join(first, []))
    works = join(second, known)
    kept = [work.serial for work in works if work.serial]
    aliases = [younger for work in works for younger in work.younger]
    assert sorted(kept + aliases) == sorted(work.serial for work in known)
    assert all(younger > work.serial for work in works for younger in work.younger)


def test_new_works_come_after_the_known_ones_in_the_order_told():
    known = [stored(a_paper("x:9"), 9), stored(a_paper("x:4"), 4)]
    told = [a_paper("x:b"), a_paper("x:9"), a_paper("x:a")]
    assert [work.paper.id for work in join(told, known)] == ["x:4", "x:9", "x:b", "x:a"]


def test_a_record_that_joins_two_new_works_makes_them_the_first_told():
    first, second = a_paper("x:1", doi="10.1/a"), a_paper("doi:10.1/b")
    (work,) = join([first, second, a_paper("doi:10.1/b", doi="10.1/a")], [])
    assert work.paper.id == first.id
    assert (work.serial, work.younger) == (None, [])


def test_the_oldest_record_is_joined_with_each_of_the_others():
    older = stored(a_paper("x:1", doi="10.1/a", authors=("A", "B")), 1)
    younger = stored(a_paper("x:2", doi="10.1/b", abstract="Text."), 2)
    told = a_paper("x:2", doi="10.1/a", comment="Both.")
    (work,) = join([told], [younger, older])
    assert work.paper == merge(merge(older.stored, younger.stored), told)
    assert (work.serial, work.younger) == (1, [2])
