"""A theme of one's own: what it takes from its base, and what is refused in it."""

import pytest

from digest.errors import ThemeError
from digest.themes import load_theme


@pytest.fixture
def own_theme(tmp_path):
    """Write a theme that takes from the default one what it does not have."""

    def write(manifest='base = "default"\n', **files):
        folder = tmp_path / "own"
        folder.mkdir(exist_ok=True)
        if manifest is not None:
            (folder / "theme.toml").write_text(manifest)
        for name, source in files.items():
            data = source if isinstance(source, bytes) else source.encode()
            (folder / name.replace("_html", ".html.j2").replace("_css", ".css")).write_bytes(data)
        return load_theme("own", folders=[tmp_path])

    return write


def test_theme_takes_what_it_lacks_from_its_base(own_theme, theme):
    own = own_theme(style_css=".lead { color: #123456; }")
    assert "color:#123456" in own.templates["card.html.j2"]
    assert own.templates["card.txt.j2"] == theme.templates["card.txt.j2"]


def test_folder_of_the_operator_wins_over_the_programs_own(tmp_path):
    mine = tmp_path / "default"
    mine.mkdir()
    (mine / "theme.toml").write_text("")
    with pytest.raises(ThemeError, match=r"theme default: edition\.html\.j2, .* missing; base ="):
        load_theme("default", folders=[tmp_path])


@pytest.mark.parametrize("name", ["nosuch", "../default", "", "config"])
def test_unknown_theme_is_refused_and_the_known_ones_are_named(name):
    with pytest.raises(ThemeError, match=r"there is no folder .*; there are: default"):
        load_theme(name)


@pytest.mark.parametrize(
    ("manifest", "problem"),
    [
        ("base = ", r"theme\.toml: "),
        ('bass = "default"', r"theme\.toml: bass: allowed are the texts base, description"),
        ("base = 1", r"theme\.toml: base: allowed"),
        ('base = "own"', "base = 'own' leads back to own"),
        ('base = "nosuch"', "theme nosuch: there is no folder"),
    ],
)
def test_wrong_manifest_is_refused(manifest, problem, own_theme):
    with pytest.raises(ThemeError, match=problem):
        own_theme(manifest)


def test_folder_without_a_manifest_is_no_theme(own_theme):
    with pytest.raises(ThemeError, match=r"no folder of that name with a theme\.toml"):
        own_theme(None, card_html="x")


def test_file_that_is_not_utf8_is_refused(own_theme):
    with pytest.raises(ThemeError, match=r"theme own: card\.html\.j2: not UTF-8 at byte 1"):
        own_theme(card_html=b"x\xff")


def test_syntax_error_is_told_with_file_and_line(own_theme):
    with pytest.raises(ThemeError, match=r"theme own: card\.html\.j2:2: .*endif"):
        own_theme(card_html="<tr>\n{% endif %}")


@pytest.mark.parametrize(
    ("card", "problem"),
    [
        (
            '<p class="a {{ paper.title }}">x</p>',
            "card.html.j2:1: {{ paper.title }} may not .* class",
        ),
        ('<p style="color: {{ x }}">x</p>', "a style attribute"),
        ("<p {% if x %}dir=auto{% endif %}>x</p>", "a tag outside of a quoted value"),
        ("<p dir={{ x }}>x</p>", "a tag outside of a quoted value"),
        ("<!-- {{ x }} -->", "an HTML comment"),
        ("<style>p { color: {{ x }} }</style>", "a style sheet"),
        ("<p>{% if x %}<b>{% endif %}x</p>", "became"),
        ("<p><div>{{ x }}</p></div>", "every tag has to be closed"),
    ],
)
def test_token_that_a_style_could_depend_on_is_refused(card, problem, own_theme):
    with pytest.raises(ThemeError, match=problem):
        own_theme(card_html=card)


@pytest.mark.parametrize(
    ("frame", "problem"),
    [
        ("<html><head></head><body></body></html>", "does not begin with <!DOCTYPE html>"),
        ("<!DOCTYPE html><html><body></body></html>", "has no </head>"),
        ("<!DOCTYPE html><html><head></head></html>", "has no </body>"),
    ],
)
def test_frame_that_is_no_page_is_refused(frame, problem, own_theme):
    with pytest.raises(ThemeError, match=rf"theme own: edition\.html\.j2: {problem}"):
        own_theme(edition_html=frame)


def test_tokens_that_hold_html_characters_come_back_as_they_were(own_theme):
    card = (
        '<tr><td><a href="{{ paper.url|replace("&", "<") }}">{# <td> #}'
        '{% if 1 < 2 and "a" > "b" %}&nbsp;{% endif %}{{ "</td>" }}</a>'
        "{% raw %}{{ x }}{% endraw %}</td></tr>"
    )
    inlined = own_theme(card_html=card).templates["card.html.j2"]
    assert inlined == card.replace("{# <td> #}", "").replace("&nbsp;", "\xa0")


def test_a_theme_that_is_not_there_stops_a_send_before_anything_is_composed(desk):
    blocks = ['email = "ada@example.org"\ntheme = "postcrad"', "bob@example.org"]
    desk.configure(*blocks, extra='[digest]\ntheme = "nosuch"')
    ran = desk.run("send")
    assert ran.code == 2
    everybody, ada = ran.err.splitlines()
    assert "config.toml: digest.theme: theme nosuch: there is no folder of that name" in everybody
    assert "subscribers: ada@example.org: theme: theme postcrad: there is no folder" in ada
    desk.configure("ada@example.org", "bob@example.org")
    assert desk.run("send", "--json").json["sent"] == 2


def test_a_theme_whose_templates_misspell_a_name_defers_mails_until_it_is_mended(desk):
    card = desk.folder / "themes" / "mine" / "card.txt.j2"
    card.parent.mkdir(parents=True)
    (card.parent / "theme.toml").write_text('base = "default"')
    card.write_text("{{ papr.title }}")
    desk.configure("ada@example.org", extra='[digest]\nthemes_folder = "themes"\ntheme = "mine"')
    ran = desk.run("send", "--now", "2026-11-23T09:00")
    assert ran.code == 75
    assert "theme mine: card.txt.j2: 'papr' is undefined" in ran.err
    assert "Traceback" not in ran.err
    card.write_text("{{ paper.title }}")
    assert desk.run("send", "--now", "2026-11-23T10:00", "--json").json["sent"] == 1
