import json

from hypothesis import given
from hypothesis import strategies as st

from digest.core.edition import Reason, ReasonKind, Told, telling
from digest.core.subscriber import TextField
from digest.store.reasons import decode_reasons, encode_reasons

REASONS = st.builds(
    Reason,
    kind=st.sampled_from(ReasonKind),
    text=st.text(),
    field=st.sampled_from([None, *TextField]),
    count=st.integers(min_value=0, max_value=10**6),
    points=st.floats(allow_nan=False),
)


@given(st.lists(REASONS))
def test_what_a_reader_is_told_is_read_as_it_was_written(reasons):
    read = decode_reasons(encode_reasons(reasons))
    assert read == telling(reasons)
    assert isinstance(read, Told)


def test_no_reasons_are_no_text():
    assert encode_reasons([]) == ""
    assert decode_reasons("") == Told()


def test_each_reason_has_a_line_of_its_own():
    reasons = [Reason(ReasonKind.TERM, "a\nb", TextField.TITLE, 2), Reason(ReasonKind.AUTHOR, "C")]
    assert encode_reasons(reasons) == '["term","a\\nb","title",2]\n["author","C",null,1]'


def test_lists_of_older_versions_are_read():
    term, author = ["term", "kelp", "title", 2], ["author", "Ada", None, 1]
    told = Told(
        [Reason(ReasonKind.TERM, "kelp", TextField.TITLE, 2), Reason(ReasonKind.AUTHOR, "Ada")]
    )
    assert decode_reasons(json.dumps([term, author], separators=(",", ":"))) == told
    assert decode_reasons("[]") == Told()


def test_of_lists_with_points_only_what_is_told_remains():
    rows = [["term", "kelp", None, 1, 2.5], ["signal", "upvotes", None, 9, 1.0]]
    told = decode_reasons(json.dumps(rows, separators=(",", ":")))
    assert told == Told([Reason(ReasonKind.TERM, "kelp")])
