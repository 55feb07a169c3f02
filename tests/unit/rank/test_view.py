"""How papers are seen before anything is near to them, on made-up vectors."""

import numpy as np
import pytest

from digest.core.rank.meanings import Space
from digest.core.rank.view import unit

SIZE = 60
AXES = np.eye(SIZE, dtype=np.float32)


def two_fields(papers):
    """Papers of two broad fields, each about a topic of its own or nearly so.

    The first axis is the field; the middle between the two is nowhere.
    """
    numbers = np.arange(papers)
    field = np.where(numbers % 2, 1, -1)[:, None] * AXES[0]
    return unit(field + 2 * AXES[1 + numbers // 2 % (SIZE - 1)])


def nearness(view, vector):
    return view.nearness(view.seen(vector[None])).toarray()[0]


def test_papers_of_the_same_broad_field_are_not_near_to_a_phrase():
    space = Space(two_fields(400))
    phrase = unit((AXES[0] + AXES[5])[None])[0]
    field, topic = 1, 9  # of the phrase's field and another topic, of the phrase's topic
    assert nearness(space.whole, phrase)[field] > 0
    assert nearness(space.apart, phrase)[field] == 0
    assert nearness(space.apart, phrase)[topic] > nearness(space.whole, phrase)[topic]


def test_papers_of_a_liked_papers_broad_field_keep_what_it_brings():
    papers = two_fields(400)
    near = nearness(Space(papers).whole, papers[1])
    of_field, of_the_other = near[3::2], near[2::2]
    assert of_field.mean() > of_the_other.mean()


@pytest.mark.parametrize("papers", [1, 2, 4])
def test_few_papers_have_hardly_a_main_direction(papers):
    space = Space(two_fields(papers))
    assert space.apart.papers == pytest.approx(space.whole.papers, abs=0.2)
    assert np.linalg.norm(space.apart.papers, axis=1) == pytest.approx(1.0)


def test_a_cosine_says_more_of_a_phrase_that_is_far_from_most_papers():
    dice = np.random.default_rng(7)
    papers = unit(dice.normal(size=(400, SIZE)).astype(np.float32) * ([4] * 5 + [1] * (SIZE - 5)))
    view = Space(papers).whole
    broad, narrow = AXES[0], AXES[SIZE - 1]
    cosines = view.seen(np.stack([broad, narrow])) @ view.papers.T
    assert cosines[0].std() > 2 * cosines[1].std()
    middling = (np.abs(cosines - 0.3) < 0.05).nonzero()
    near = np.stack([nearness(view, broad), nearness(view, narrow)])[middling]
    assert near[middling[0] == 1].mean() > near[middling[0] == 0].mean()


def test_papers_of_unknown_meaning_change_nothing():
    papers = unit(np.random.default_rng(7).normal(size=(100, SIZE)).astype(np.float32))
    unknown = np.zeros((300, SIZE), np.float32)
    alone, beside = Space(papers).apart, Space(np.concatenate([papers, unknown])).apart
    near = nearness(beside, papers[5])
    assert near[:100] == pytest.approx(nearness(alone, papers[5]), abs=1e-5)
    assert near[5] > near[:5].max() > 0
    assert not near[100:].any()


def test_papers_of_which_no_meaning_is_known_are_near_to_nothing():
    space = Space(np.zeros((3, SIZE), np.float32))
    assert not nearness(space.apart, AXES[0]).any()
    assert not nearness(space.whole, AXES[0]).any()
