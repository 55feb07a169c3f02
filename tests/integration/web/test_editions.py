"""An edition in the browser: as the mail shows it, without what is its reader's alone."""

from dataclasses import replace

import pytest

from digest.core.edition import Match, Reason, ReasonKind
from digest.core.tokens import Purpose
from digest.wiring.letters import letter_room
from tests.builders import NOW, a_delivery, an_edition, interests
from tests.integration.web.conftest import PAPERS


@pytest.fixture
def edition(store, ada):
    made = an_edition(ada, *PAPERS[:2])
    store.editions.add_editions([(made, a_delivery(ada))])
    return made


@pytest.fixture
def path(token, ada, edition):
    return f"/editions/{token(Purpose.EDITION, ada, edition.slot.key)}"


def test_an_edition_is_shown_as_in_the_mail(client, token, ada, edition):
    answer = client.get(f"/editions/{token(Purpose.EDITION, ada, edition.slot.key)}")
    assert answer.status_code == 200
    assert "Dense retrieval at scale" in answer.text
    assert "2 papers for you" in answer.text
    assert "style-src 'unsafe-inline'" in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_whoever_is_given_the_link_learns_neither_address_nor_preferences(
    client, token, ada, edition
):
    page = client.get(f"/editions/{token(Purpose.EDITION, ada, edition.slot.key)}").text
    assert ada.email not in page
    assert "a***@example.org" in page
    assert "/preferences/" not in page
    assert "/feedback/" not in page
    assert "/unsubscribe/" in page


def test_an_old_edition_names_no_interests_and_no_schedule_which_may_be_others_by_now(
    client, store, token, ada
):
    picks = [Match(paper=PAPERS[0], score=0.5, reasons=(Reason(ReasonKind.TERM, "retrieval"),))]
    made = an_edition(ada, picks=tuple(picks))
    store.editions.add_editions([(made, a_delivery(ada))])
    store.subscribers.update(replace(ada, interests=interests("astrophysics")))
    page = client.get(f"/editions/{token(Purpose.EDITION, ada, made.slot.key)}").text
    assert "astrophysics" not in page
    assert "anked for <strong>your interests</strong>." in " ".join(page.split())
    assert "You get this because a***@example.org is subscribed" in page


def test_an_old_trending_list_is_still_called_one(client, store, token, ada):
    picks = tuple(Match(paper=paper, score=0.9) for paper in PAPERS[:2])
    made = an_edition(ada, picks=picks)
    store.editions.add_editions([(made, a_delivery(ada))])
    page = client.get(f"/editions/{token(Purpose.EDITION, ada, made.slot.key)}").text
    assert "The papers that the community talks about most" in page


def test_other_tokens_and_other_slots_show_nothing(client, token, ada, edition):
    paths = [
        token(Purpose.EDITION, ada, "2026-11-01"),
        token(Purpose.EDITION, ada, ""),
        token(Purpose.FEEDBACK, ada, edition.slot.key),
        token(Purpose.EDITION, 99, edition.slot.key),
        "x",
    ]
    assert {client.get(f"/editions/{path}").status_code for path in paths} == {404}


def test_looking_at_it_changes_nothing(client, token, ada, edition, dump):
    path = f"/editions/{token(Purpose.EDITION, ada, edition.slot.key)}"
    before = dump()
    for method in ("GET", "HEAD", "OPTIONS", "POST"):
        client.request(method, path)
    assert dump() == before


@pytest.mark.parametrize(
    ("form", "ending", "holds"),
    [("bibtex", "bib", "@misc{arxiv:2406.00001,"), ("ris", "ris", "ID  - arxiv:2406.00001"),
     ("csl", "json", '"id": "arxiv:2406.00001"')],
)  # fmt: skip
def test_an_edition_is_a_file_for_reference_managers(client, path, form, ending, holds):
    answer = client.get(path, params={"format": form})
    assert holds in answer.text
    assert answer.headers["Content-Disposition"].endswith(f'-11-23.{ending}"')
    assert client.get(path, params={"format": "x"}).status_code == 400


def test_the_page_links_to_the_files_and_the_mail_does_not(client, path, workspace, edition, ada):
    page = client.get(path).text
    for form in ("bibtex", "ris", "csl"):
        assert f'href="?format={form}"' in page
    room = letter_room(workspace.config, workspace.clock)
    links = room.links.links(ada, edition, NOW).shown
    assert "?format=" not in room.renderer(ada.theme).render(edition, ada, links).html


def test_an_edition_without_papers_has_no_files_to_link_to(client, store, token, ada):
    store.editions.add_editions([(an_edition(ada), a_delivery(ada))])
    page = client.get(f"/editions/{token(Purpose.EDITION, ada, '2026-11-23')}").text
    assert "format=" not in page


def test_a_file_holds_the_readers_own_papers_and_not_the_trending_ones(client, store, token, ada):
    made = replace(an_edition(ada, PAPERS[0]), trending=(PAPERS[1],))
    store.editions.add_editions([(made, a_delivery(ada))])
    path = f"/editions/{token(Purpose.EDITION, ada, made.slot.key)}"
    assert PAPERS[1].title in client.get(path).text
    text = client.get(path, params={"format": "ris"}).text
    assert PAPERS[0].title in text
    assert PAPERS[1].title not in text
