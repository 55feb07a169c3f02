"""What every ``VectorStore`` promises."""

import pytest

ONE, TWO = b"\x00\x3c" * 4, b"\x00\x00\xff\x3c" * 2


@pytest.fixture
def vectors(store):
    return store.vectors


def test_kept_vectors_come_back_as_they_were(vectors):
    vectors.keep_vectors({"a": ONE, "b": TWO}, model="m")
    assert vectors.vectors(["a", "b", "c"], model="m") == {"a": ONE, "b": TWO}
    assert vectors.vectors([], model="m") == {}


def test_vectors_of_another_model_are_not_ours(vectors):
    vectors.keep_vectors({"a": ONE}, model="old")
    assert vectors.vectors(["a"], model="new") == {}
    vectors.keep_vectors({"a": TWO}, model="new")
    assert vectors.vectors(["a"], model="new") == {"a": TWO}
    assert vectors.vectors(["a"], model="old") == {}


def test_nothing_to_keep_is_no_trouble(vectors):
    vectors.keep_vectors({}, model="m")
    assert vectors.vectors(["a"], model="m") == {}


def test_only_the_vectors_of_one_model_stay(vectors):
    vectors.keep_vectors({"a": ONE}, model="old")
    vectors.keep_vectors({"b": TWO}, model="new")
    vectors.drop_vectors(except_of="new")
    assert vectors.vectors(["a"], model="old") == {}
    assert vectors.vectors(["b"], model="new") == {"b": TWO}


def test_there_may_be_more_of_them_than_a_statement_holds(vectors):
    many = {f"{number:05}": ONE for number in range(2_500)}
    vectors.keep_vectors(many, model="m")
    assert vectors.vectors(many, model="m") == many
