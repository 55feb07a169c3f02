"""Which categories arXiv has."""

import pytest

from digest.core.arxiv_categories import CLASSES, category


def test_there_are_155_categories():
    assert sum(len(classes) or 1 for classes in CLASSES.values()) == 155


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("cs.CL", "cs.CL"),
        ("cs.cl", "cs.CL"),
        ("CS.cl", "cs.CL"),
        ("Physics.Optics", "physics.optics"),
        ("hep-th", "hep-th"),
        ("cond-mat", "cond-mat"),
        ("cs.*", "cs"),
    ],
)
def test_a_category_is_written_as_arxiv_writes_it(written, meant):
    assert category(written) == meant


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("csCL", "is no category of arXiv, did you mean 'cs.CL'?"),
        ("cs:CL", "is no category of arXiv, did you mean 'cs.CL'?"),
        ("econ.XX", "is no category of arXiv; allowed: econ, econ.EM, econ.GN, econ.TH"),
        ("math.NTT", "is no category of arXiv, did you mean 'math.NT'? allowed: math, math.AC, "),
        ("hepth", "did you mean 'hep-th'?"),
        ("q-bio.genomics", "is no category of arXiv"),
        ("", "is no category of arXiv;"),
        ("cmp-lg", "takes no papers any more; allowed: cs.CL, which took its place"),
    ],
)
def test_what_is_none_is_refused_with_what_may_be_meant(written, says):
    with pytest.raises(ValueError, match="allowed: ") as caught:
        category(written)
    assert says in str(caught.value)
