from dataclasses import replace

from digest.core.paper import Signals
from digest.core.render.shelf import Shelf
from tests.builders import a_paper


class Maker:
    """Counts what it makes."""

    def __init__(self):
        self.made = []

    def __call__(self, paper):
        self.made.append(paper)
        return f"{paper.id} {paper.signals.upvotes}"


def test_one_paper_is_made_once_however_many_objects_it_is():
    maker = Maker()
    shelf = Shelf(maker, 10)
    assert {shelf.find(a_paper("x:1")) for _ in range(5)} == {"x:1 None"}
    assert len(maker.made) == 1


def test_record_that_changed_is_another():
    shelf = Shelf(Maker(), 10)
    paper = a_paper("x:1")
    liked = replace(paper, signals=Signals(upvotes=3))
    assert [shelf.find(each) for each in (paper, liked, paper)] == ["x:1 None", "x:1 3", "x:1 None"]


def test_objects_that_are_gone_are_never_taken_for_others():
    shelf = Shelf(Maker(), 3)
    for number in range(200):  # a new object may be where an old one was
        assert shelf.find(a_paper(f"x:{number}")) == f"x:{number} None"


def test_no_more_are_kept_than_allowed():
    maker = Maker()
    shelf = Shelf(maker, 3)
    papers = [a_paper(f"x:{number}") for number in range(9)]
    for paper in papers:
        shelf.find(paper)
    assert len(shelf._of_object) <= 3
    assert shelf._of_record.cache_info().currsize == 3
