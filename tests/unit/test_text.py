import unicodedata
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.text import ascii_host, clean, clip, lead, safe_url, tidy

ANY_TEXT = st.text(st.characters(), max_size=80)  # surrogates included


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("  one\r\n\ttwo\u2028three\u00a0four ", "one two three four"),
        ("plain  ascii ", "plain ascii"),
        ("nul\x00 bell\x07 c1\x9f", "nul bell c1"),
        ("ab\u202etxt.exe\u202c \u2066x\u2069 \u200fy", "abtxt.exe x y"),
        ("zero\u200bwidth\ufeff soft\u00adhyphen", "zerowidth softhyphen"),
        ("lone \ud800 surrogate, \ufdd0\uffff\U0010ffff", "lone surrogate,"),
        ("tag\U000e0041\U000e007f, lost \ufffd", "tag, lost"),
        ("blank\u3164\u2800cells", "blank cells"),
        ("Cafe\u0301", "Café"),
        ("بی\u200cنی", "بی\u200cنی"),
        ("क्\u200dष", "क्\u200dष"),
        (
            "👩\u200d🔬 and 👩🏽\u200d🔬 and ❤\ufe0f\u200d🔥",
            "👩\u200d🔬 and 👩🏽\u200d🔬 and ❤\ufe0f\u200d🔥",
        ),
        ("pay\u200dpal\u200c and 🔬\u200d", "paypal and 🔬"),
        ("❤\ufe0f\ufe0f\ufe0f", "❤\ufe0f"),
    ],
)
def test_clean_leaves_one_line_of_what_can_be_seen(raw, text):
    assert clean(raw) == text


@given(ANY_TEXT)
def test_clean_text_is_clean(raw):
    text = clean(raw)
    assert clean(text) == text
    assert text == " ".join(text.split())
    assert unicodedata.is_normalized("NFC", text)
    assert not {unicodedata.category(character) for character in text} & {"Cc", "Cs", "Zl", "Zp"}
    assert not set(text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff")


def test_tidy_cleans_what_tex_left():
    assert tidy("On\n$\\ell_1$ \u202eand\\,\\, so  on") == "On ℓ₁ and so on"


@pytest.mark.parametrize(
    ("text", "limit", "clipped"),
    [
        ("fits", 4, "fits"),
        ("hello big world", 12, "hello big…"),
        ("hello big world", 10, "hello big…"),
        ("hello, world", 8, "hello…"),
        ("unbreakable", 6, "unbre…"),
        ("a unbreakablelongword", 12, "a unbreakab…"),
        ("日本語の論文", 4, "日本語…"),
        ("ne\u0323\u0302o and more", 3, "n…"),
        ("ab👩\u200d🔬cd", 5, "ab…"),
        ("anything", 1, "…"),
        ("anything", 0, ""),
    ],
)
def test_clip_cuts_after_a_word(text, limit, clipped):
    assert clip(text, limit) == clipped


@given(st.text(max_size=60), st.integers(0, 60))
def test_clip_and_lead_never_exceed_the_limit(text, limit):
    assert len(clip(text, limit)) <= limit
    assert len(lead(text, limit)) <= limit


@pytest.mark.parametrize(
    ("abstract", "limit", "led"),
    [
        ("Short.", 20, "Short."),
        ("One here. Two here. Three here.", 20, "One here. Two here."),
        ("One here. Two here. Three here.", 19, "One here. Two here."),
        ("One here. Two here. Three here.", 18, "One here."),
        ("Is it so? It is! Yes, and more follows.", 18, "Is it so? It is!"),
        ("He said “so.” Then he left the room.", 20, "He said “so.”"),
        ("As Li et al. Show in Fig. 2 of U.S. Data. More.", 44,
         "As Li et al. Show in Fig. 2 of U.S. Data."),
        ("We saw (e.g. Cats) by J. R. Smith vs. Dogs. More follows here.", 50,
         "We saw (e.g. Cats) by J. R. Smith vs. Dogs."),
        ("It gains 3.5 points i.e. A lot. Then it stops at once.", 35,
         "It gains 3.5 points i.e. A lot."),
        ("It runs on v2. then goes on and on", 20, "It runs on v2. then…"),
        ("我们提出方法。它很好。还有更多", 12, "我们提出方法。它很好。"),
        ("One sentence that is far too long by itself. Two.", 20, "One sentence that…"),
    ],
)  # fmt: skip
def test_lead_ends_with_a_sentence(abstract, limit, led):
    assert lead(abstract, limit) == led


@pytest.mark.parametrize(
    ("raw", "url"),
    [
        (" https://example.org/a?b=c&d#e ", "https://example.org/a?b=c&d#e"),
        ("HTTP://EXAMPLE.org:8080", "http://example.org:8080"),
        ("https://bücher.example/ü x", "https://xn--bcher-kva.example/%C3%BC%20x"),
        ("https://x.org/%7Ea%zz%2", "https://x.org/%7Ea%25zz%252"),
        ("https://x.org/\"'<>`{}|\\^", "https://x.org/%22%27%3C%3E%60%7B%7D%7C%5C%5E"),
        ("https://x.org/@ada?to=a@b", "https://x.org/@ada?to=a@b"),
        ("http://127.0.0.1:8099/x", "http://127.0.0.1:8099/x"),
        ("http://[::1]/x", "http://[::1]/x"),
        ("https://x.org//y", "https://x.org//y"),
    ],
)
def test_urls_are_made_ascii(raw, url):
    assert safe_url(raw) == url


@pytest.mark.parametrize(
    "raw",
    [
        "", "x", "/path", "//x.org/y", "http://", "https:x.org", "mailto:a@x.org", "ftp://x.org",
        "javascript:alert(1)", "data:text/html,x", "https://ada@x.org/", "https://a:b@x.org",
        "https://x.org/a\nb", "https://x.org/\x00", "https://x.org\\@y.org/", "https://x y.org",
        "https://x..org", "https://-x.org/", "https://x.org:99999/", "https://[::1/", "https://\u2603/",
        "https://<x>.org", "https://x.org/" + "a" * 2_000, "https://x.org/" + "é" * 400,
        "https://x/\ud800", "https://x.org/\u2028x",
    ],
)  # fmt: skip
def test_everything_else_is_no_url(raw):
    assert safe_url(raw) == ""


@given(ANY_TEXT.map("https://x.org/".__add__) | ANY_TEXT.map("http://".__add__) | ANY_TEXT)
def test_safe_urls_are_ascii_and_lead_to_a_host(raw):
    url = safe_url(raw)
    assert not set(url) & set(" \"'<>`\\{}")
    assert url.isascii()
    assert url.isprintable()
    assert safe_url(url) == url
    assert not url or urlsplit(url).hostname


def test_host_names_become_lower_case_a_labels():
    assert ascii_host("Straße.Example") == "xn--strae-oqa.example"
    with pytest.raises(ValueError, match="no host name"):
        ascii_host("x>.org")


def test_piled_up_marks_are_cut_to_a_few():
    assert clean("Z" + "\u0310" * 40 + "a") == "Z" + "\u0310" * 4 + "a"
    assert clean("e\u0301") == "é"
