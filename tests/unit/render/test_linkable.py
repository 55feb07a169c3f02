import pytest

from digest.core.render.linkable import linkable, reads_as_address


@pytest.mark.parametrize(
    "url",
    [
        "https://arxiv.org/abs/2406.01234",
        "http://example.org/a?b=c&d=e#f",
        "https://93.184.216.34/paper",
    ],
)
def test_public_addresses_are_linked_as_they_are(url):
    assert linkable(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.org/paper",
        "//example.org/paper",
        "https://user:secret@example.org/",
        "http://localhost:8080/",
        "http://127.0.0.1/",
        "http://10.0.0.1/admin",
        "http://[::1]/",
        "http://router/",
        "http://printer.lan/",
        "https://example.org./../\x00",
        "https://example.org/?u=https://evil.example.com/",
        "https://example.org/?u=https%3A%2F%2Fevil.example.com",
        "https://example.org/" + "a" * 1_000,
    ],
)
def test_an_address_that_could_harm_a_reader_is_not_linked(url):
    assert linkable(url) == ""


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://example.org/p?utm_source=feed", "https://example.org/p"),
        ("https://example.org/p?utm_source=feed&id=7", "https://example.org/p?id=7"),
        ("https://example.org/p?id=7&utm_source=feed&gclid=x", "https://example.org/p?id=7"),
    ],
)
def test_tracking_parameters_are_left_out(url, clean):
    assert linkable(url) == clean


def test_texts_that_look_like_addresses_are_recognised():
    assert reads_as_address("https://bank.example.com log in")
    assert reads_as_address("WWW.example.com")
    assert not reads_as_address("A Study of https://example.org")
