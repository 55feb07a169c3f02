from quopri import decodestring

import pytest

from digest.core.edition import Edition, Match, Reason, ReasonKind
from digest.core.paper import PaperId
from digest.core.render import Links, MailList, Renderer, Theme
from digest.core.schedule import Slot
from digest.errors import ThemeError
from tests.builders import NOW, a_paper, a_subscriber, interests

LINKS = Links(unsubscribe="mailto:digest@example.org")
PAPER = "[{{ paper.title }}|{{ paper.lead }}]"
FRAME = (
    "{{ reader.name }}:{% for card in cards %}{{ card }}{% endfor %}{{ rest }}"
    "{% for row in trending %}{{ row }}{% endfor %}"
)
CARD = (
    "[{{ paper.title }}|{{ authors }}|{% for reason in reasons %}{{ reason }}{% endfor %}"
    "|{% if feedback.more %}+{{ feedback.more }}{% endif %}"
    "{% if feedback.fewer %} -{{ feedback.fewer }}{% endif %}]"
)
PIECES = {
    "edition": FRAME,
    "card": CARD,
    "authors": "{% for author in authors.shown %}{{ author.name }}"
    "{% if author.followed %}!{% endif %} {% endfor %}",
    "reason": "({{ reason.text }})",
    "rest": "{% for row in rows %}{{ row }}{% endfor %}{% if left_out %}+{{ left_out }}{% endif %}",
    "row": "<{{ paper.title }}>",
    "trend": "^{{ paper.title }}",
}


def _theme(**pieces):
    templates = {
        f"{name}.{kind}.j2": source
        for name, source in (PIECES | pieces).items()
        for kind in ("html", "txt")
    }
    templates["subject.txt.j2"] = "{{ list.name }}: {{ edition.count }} · {{ best }}"
    return Theme(name="tiny", templates=templates)


def _edition(*matches, trending=()):
    return Edition(
        subscriber_id=1,
        slot=Slot.parse("2026-11-22"),
        created_at=NOW,
        cutoff=1,
        considered=100,
        matched=10,
        picks=matches,
        trending=trending,
    )


def _match(title="Title", *reasons, **fields):
    return Match(paper=a_paper(title=title, **fields), score=0.5, reasons=reasons)


def _render(edition, *, links=LINKS, theme=None, subscriber=None):
    renderer = Renderer(theme or _theme(), MailList(name="Papers"))
    reader = subscriber or a_subscriber(name="Ada", interests=interests("tea"))
    return renderer.render(edition, reader, links)


def test_both_bodies_hold_the_same_papers_in_the_same_order():
    mail = _render(_edition(_match("One"), _match("Two"), trending=(a_paper(title="Three"),)))
    assert mail.html == mail.text == "Ada:[One|||][Two|||]^Three"
    assert mail.subject == "Papers: 2 · One"


def test_a_mail_is_encoded_to_what_people_see():
    renderer = Renderer(_theme(), MailList(name="Papers"))
    what = (_edition(_match("Caf\u00e9")), a_subscriber(name="Ada"), LINKS)
    encoded, seen = renderer.encode(*what), renderer.render(*what)
    assert decodestring(b"".join(encoded.html)).decode() == seen.html
    assert decodestring(b"".join(encoded.text)).decode() == seen.text


def test_a_reader_whose_papers_stand_on_several_readers_cards_has_the_same():
    same = a_paper("x:1", title="One")
    editions = [_edition(Match(paper=same, score=0.5), trending=(same,)) for _ in range(2)]
    renderer = Renderer(_theme(), MailList(name="Papers"))
    mails = [renderer.render(edition, a_subscriber(name="Ada"), LINKS) for edition in editions]
    assert mails[0] == mails[1]


def test_html_is_escaped_and_text_is_not():
    mail = _render(_edition(_match("<b> & {{ 7*7 }}")))
    assert mail.html == "Ada:[&lt;b&gt; &amp; {{ 7*7 }}|||]"
    assert mail.text == "Ada:[<b> & {{ 7*7 }}|||]"


def test_words_of_the_reader_are_escaped_too():
    mail = _render(_edition(), subscriber=a_subscriber(name="<Ada>"))
    assert mail.html == "&lt;Ada&gt;:"
    assert mail.text == "<Ada>:"


def test_a_card_holds_what_is_the_readers_own():
    reasons = (
        Reason(kind=ReasonKind.TERM, text="<tea>"),
        Reason(kind=ReasonKind.AUTHOR, text="C. Dee"),
    )
    match = _match(
        "One", *reasons, id=PaperId("x:a&b"), authors=("A", "B", "C", "D", "E", "Cy Dee")
    )
    links = Links(
        unsubscribe="mailto:digest@example.org",
        feedback="https://example.org/feedback/t",
    )
    mail = _render(_edition(match), links=links)
    feedback = (
        "+https://example.org/feedback/t?more=x%3Aa%26b"
        " -https://example.org/feedback/t?fewer=x%3Aa%26b"
    )
    assert mail.text == f"Ada:[One|A B C Cy Dee! |(<tea>)(C. Dee)|{feedback}]"
    assert f"(&lt;tea&gt;)(C. Dee)|{feedback}]" in mail.html


def test_two_readers_of_one_paper_do_not_see_each_other():
    renderer = Renderer(_theme(), MailList(name="Papers"))
    match = _match("One", Reason(kind=ReasonKind.TERM, text="tea"), authors=("Ada Byron",))
    other = _match("One", Reason(kind=ReasonKind.AUTHOR, text="Ada Byron"), authors=("Ada Byron",))
    first = renderer.render(_edition(match), a_subscriber(name="Ada"), LINKS)
    second = renderer.render(_edition(other), a_subscriber(name="Bo"), LINKS)
    assert first.text == "Ada:[One|Ada Byron |(tea)|]"
    assert second.text == "Bo:[One|Ada Byron! |(Ada Byron)|]"


def test_slots_cannot_be_forged_by_a_paper():
    mail = _render(_edition(_match("\ufdd0cards\ufdd1", abstract="\ufdd0name\ufdd1")))
    assert mail.text == "Ada:[cards|||]"


def test_abstracts_are_shortened_before_any_paper_loses_its_card():
    wordy = _theme(card="[" + "{{ paper.lead }}" * 6 + "]")
    mail = _render(_edition(*[_match(abstract="\N{GRINNING FACE}" * 400)] * 20), theme=wordy)
    roomy = _render(_edition(*[_match(abstract="\N{GRINNING FACE}" * 400)] * 12), theme=wordy)
    assert (mail.text.count("["), mail.text.count("<")) == (20, 0)
    assert len(mail.html.encode()) < 90_000
    assert len(roomy.text) / 12 > len(mail.text) / 20


def test_papers_too_many_for_cards_become_rows_and_the_rest_is_counted():
    matches = [_match(f"{i} " + "word " * 50) for i in range(1_000)]
    mail = _render(_edition(*matches))
    rows = mail.text.count("<")
    assert len(mail.html.encode()) < 90_000
    assert rows > 300
    assert mail.text.endswith(f"+{1_000 - rows}")


def test_long_trending_list_is_cut():
    papers = tuple(a_paper(f"x:{i}", title="word " * 40) for i in range(200))
    mail = _render(_edition(_match("One"), trending=papers))
    assert 10 < mail.html.count("^") < 200
    assert mail.text.count("^") == mail.html.count("^")


def test_misspelt_name_is_an_error_that_names_the_template():
    with pytest.raises(ThemeError, match=r"theme tiny: card\.html\.j2: .*papr"):
        _render(_edition(_match()), theme=_theme(card="{{ papr.title }}"))


def test_template_cannot_reach_behind_its_values():
    with pytest.raises(ThemeError, match="unsafe"):
        _render(_edition(_match()), theme=_theme(card="{{ paper.__class__.__mro__ }}"))


def test_word_of_the_reader_cannot_be_put_through_a_filter():
    with pytest.raises(ThemeError, match=r"edition\.html\.j2: .*can only be printed"):
        _render(_edition(), theme=_theme(edition="{{ reader.name | upper }}"))


def test_missing_part_is_an_error():
    theme = Theme(name="tiny", templates={})
    with pytest.raises(ThemeError, match=r"theme tiny: edition\.html\.j2: missing"):
        Renderer(theme, MailList(name="Papers"))


def test_template_that_is_none_is_an_error():
    with pytest.raises(ThemeError, match=r"theme tiny: card\.html\.j2: "):
        Renderer(_theme(card="{% if %}"), MailList(name="Papers"))
