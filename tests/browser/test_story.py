"""One reader's way through the program: from the form to the last mail, in a real browser."""

import json
import re
import ssl

import httpx2
import pytest

from tests.browser.site import html_of, link, text_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

KIM = "kim@example.org"
MONDAY, TUESDAY, WEDNESDAY = (f"2026-11-{day}T08:00:00Z" for day in (23, 24, 25))
ONE_CLICK = {"List-Unsubscribe": "One-Click"}  # RFC 8058, 3.1


def papers(first, *about):
    return [
        {"id": f"2611.{number:05}", "title": title, "abstract": f"Something on {title.lower()}."}
        for number, title in enumerate(about, start=first)
    ]


FIRST = papers(1, "Dense retrieval of old maps", "Dense retrieval of protein structures")
SECOND = papers(11, "Protein structures by dense retrieval", "Old maps by dense retrieval")
THIRD = papers(21, "Dense retrieval once more")


def order(text, titles):
    """Return the titles in the order in which they come in a text."""
    return sorted((title for title in titles if title in text), key=text.index)


async def see(page, headline):
    """Wait for the page with this headline."""
    await page.get_by_role("heading", level=1, name=headline, exact=True).wait_for()


async def test_a_reader_comes_says_what_to_have_more_of_and_goes(make_site, page, authority):
    async with make_site() as site:
        site.publish(FIRST)
        await site.serve(MONDAY)

        await page.goto(site.url)
        await page.get_by_role("textbox", name="Email").fill(KIM)
        await page.get_by_role("textbox", name="Interests").fill("dense retrieval")
        await page.get_by_role("button", name="Subscribe").click()
        await see(page, "Look into your inbox")
        await page.goto(link(await site.mail(KIM), "confirm"))
        assert await site.send(MONDAY) == 0
        await page.get_by_role("button", name="Confirm my subscription").click()
        await see(page, "You are subscribed")

        await page.get_by_role("link", name="Change interests").click()
        await page.get_by_label("Your name").fill("Kim")
        await page.get_by_label("Papers in a mail").fill("7")
        await page.get_by_role("button", name="Save").click()
        assert "Saved" in await page.get_by_role("status").inner_text()

        assert await site.send(MONDAY) == 1
        mail = await site.mail(KIM, 2)
        assert "2 papers for you, Kim" in text_of(mail)

        site.publish(SECOND)
        await site.command("harvest", "--now", TUESDAY)
        titles = [paper["title"] for paper in SECOND]

        async def ranking():
            found = json.loads(await site.command("rank", KIM, "--json", "--now", TUESDAY))
            return [paper["title"] for paper in found["papers"]]

        before = await ranking()
        assert sorted(before) == sorted(titles)
        last = FIRST[0] if "maps" in before[-1] else FIRST[1]
        await page.goto(link(mail, "feedback", f"?more=arxiv%3A{last['id']}"))
        assert await page.get_by_role("link", name=last["title"]).is_visible()
        await page.get_by_role("button", name="More like this").click()
        await see(page, "Thank you")
        assert await ranking() == before[::-1]
        assert await site.send(TUESDAY) == 1
        mail = await site.mail(KIM, 3)
        assert order(text_of(mail), titles) == before[::-1]
        assert order(html_of(mail), titles) == before[::-1]

        trusting = ssl.create_default_context()
        authority.configure_trust(trusting)
        async with httpx2.AsyncClient(verify=trusting) as provider:
            way = re.search(r"<(https.+?)>", mail["List-Unsubscribe"])[1]
            answer = await provider.post(way, data=ONE_CLICK)
        assert answer.status_code == 200
        site.publish(THIRD)
        assert await site.send(WEDNESDAY) == 0
        assert len(site.mails(KIM)) == 3


async def test_the_link_in_sight_unsubscribes_by_a_button_and_by_nothing_less(make_site, page):
    async with make_site() as site:
        site.publish(FIRST)
        await site.add([{"email": KIM, "interests": ["dense retrieval"]}])
        assert await site.send(MONDAY) == 1
        await site.serve(MONDAY)
        await page.goto(link(await site.mail(KIM), "unsubscribe"))
        site.publish(SECOND)
        assert await site.send(TUESDAY) == 1

        await page.get_by_role("button", name="Unsubscribe").click()
        await see(page, "You are unsubscribed")
        site.publish(THIRD)
        assert await site.send(WEDNESDAY) == 0
