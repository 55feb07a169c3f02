"""Every page and every mail, by axe's rules, in both schemes and at every width."""

from pathlib import Path

import pytest

from tests.browser.site import THEMES, html_of, link

pytestmark = pytest.mark.asyncio(loop_scope="session")

GOLDEN = sorted((Path(__file__).parents[1] / "golden").rglob("*.html"))


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/papers",
        "/papers?q=retrieval",
        "/papers?q=nothing+like+it",
        "/papers?q=a+^1000",
        "/papers?date=2026-11-01",
        "/subscribe",
        "/preview?interests=retrieval,+author:+Grace+Hopper",
        "/preview?interests=nothing+like+it",
        "/preview?interests=a+^1000",
        "/preview",
        "/archive",
        "/archive/2026-11-24",
        "/archive/1999-99-99",
        "/nowhere",
    ],
)
async def test_a_page_for_everybody_has_no_fault(site, inspector, path):
    assert await inspector.visit(site.url + path, path.strip("/") or "front") == []


async def test_signing_up_has_no_fault(site, inspector):
    page = inspector.page
    await page.goto(site.url)
    await page.get_by_role("textbox", name="Interests").fill(", ".join("abcdefghij" * 6))
    await page.get_by_role("textbox", name="Email").fill("lou@example.org")
    await inspector.press("Subscribe")
    assert await inspector.faults("subscribe-wrong") == []
    why = await page.locator("[aria-invalid=true]").get_attribute("aria-describedby")
    assert "allowed: 50" in await page.locator(f"#{why}").inner_text()

    await page.get_by_role("textbox", name="Interests").fill("retrieval")
    await inspector.press("Subscribe")
    assert await inspector.faults("subscribe-done") == []
    mail = await site.mail("lou@example.org")
    await page.goto(link(mail, "confirm"))
    assert await inspector.faults("confirm") == []
    await inspector.press("Confirm")
    assert await inspector.faults("confirm-done") == []
    assert await inspector.faults_of_mail("confirm", html_of(mail)) == []


async def test_what_whoever_is_subscribed_already_is_told_has_no_fault(site, inspector):
    await inspector.page.goto(f"{site.url}/subscribe")
    await inspector.page.get_by_role("textbox", name="Email").fill("max@example.org")
    await inspector.press("Subscribe")
    mail = await site.mail("max@example.org", 2)
    assert await inspector.faults_of_mail("already", html_of(mail)) == []


async def test_preferences_have_no_fault(site, inspector):
    page = inspector.page
    await page.goto(link(await site.mail("ada@example.org"), "preferences"))
    assert await inspector.faults("preferences") == []
    await inspector.press("See what")
    assert await inspector.faults("preferences-look") == []
    await inspector.press("Save")
    assert await inspector.faults("preferences-saved") == []
    await page.get_by_label("Time zone").fill("Mars/Olympus")
    await page.get_by_role("textbox", name="Words and phrases").first.fill("a ^1000")
    await inspector.press("Save")
    assert await inspector.faults("preferences-wrong") == []
    await inspector.press("Pause")
    assert await inspector.faults("preferences-no-date") == []
    await inspector.press("Delete everything")
    assert await inspector.faults("delete") == []
    await inspector.press("Delete everything")
    assert await inspector.faults("delete-done") == []


async def test_preferences_that_stand_in_a_file_have_no_fault(site, inspector):
    letter = await site.mail("ron@example.org")
    assert await inspector.visit(link(letter, "preferences"), "preferences-of-a-file") == []


async def test_a_change_of_address_has_no_fault(site, inspector):
    page = inspector.page
    letter = await site.mail("mo@example.org")
    await page.goto(link(letter, "preferences"))
    address = page.get_by_label("Send to another address")
    await address.fill("mo@example.org")
    await inspector.press("Change address")
    assert await inspector.faults("preferences-same-address") == []
    await address.fill("mo@new.example")
    await inspector.press("Change address")
    assert await inspector.faults("preferences-two-addresses") == []
    old, new = await site.mail("mo@example.org", 2), await site.mail("mo@new.example")
    for end, mail in (("old", old), ("new", new)):
        await page.goto(link(mail, "confirm"))
        assert await inspector.faults(f"move-{end}") == []
        await inspector.press("Confirm")
        assert await inspector.faults(f"move-{end}-done") == []
        assert await inspector.faults_of_mail(f"move-{end}", html_of(mail)) == []
    await page.goto(link(letter, "preferences"))
    await inspector.press("Make a new address")
    assert await inspector.faults("preferences-moved") == []


async def test_leaving_has_no_fault(site, inspector):
    page = inspector.page
    letter = await site.mail("bo@example.org")
    await page.goto(link(letter, "unsubscribe"))
    assert await inspector.faults("unsubscribe") == []
    await inspector.press("No mail for a month")
    assert await inspector.faults("unsubscribe-paused") == []
    await inspector.press("Unsubscribe")
    assert await inspector.faults("unsubscribe-done") == []
    assert await inspector.visit(link(letter, "preferences"), "preferences-gone") == []


async def test_feedback_has_no_fault(site, inspector):
    letter = await site.mail("eve@example.org")
    assert await inspector.visit(link(letter, "feedback"), "feedback") == []
    await inspector.press("Fewer like this")
    assert await inspector.faults("feedback-done") == []
    await inspector.press("Leave this author out")
    assert await inspector.visit(link(letter, "preferences"), "preferences-judged") == []


@pytest.mark.parametrize("theme", THEMES)
async def test_an_edition_has_no_fault_in_the_browser_and_in_the_mail(site, inspector, theme):
    letter = await site.mail(f"{theme}@example.org")
    assert await inspector.visit(link(letter, "editions"), f"edition-{theme}") == []
    assert await inspector.faults_of_mail(f"edition-{theme}", html_of(letter)) == []


async def test_a_link_of_nobody_has_no_fault(site, inspector):
    assert await inspector.visit(f"{site.url}/preferences/AQ", "preferences-forged") == []


async def test_a_form_that_came_from_elsewhere_is_refused_without_a_fault(site, inspector):
    await inspector.page.set_content(f"<form method=post action='{site.url}/subscribe'><button>")
    await inspector.press("")
    assert await inspector.page.locator("h1").inner_text() == "This came from another site"
    assert await inspector.faults("foreign-form") == []


async def test_the_operators_report_has_no_fault(site, inspector):
    await inspector.page.goto("about:blank")
    await inspector.page.set_content(await site.command("report", "--out", "-"))
    assert await inspector.page.locator("svg[role=img]").count() > 1
    assert await inspector.faults("report") == []
    for details in await inspector.page.locator("details > summary").all():
        await details.click()
    assert await inspector.faults("report-in-numbers") == []


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.stem)
async def test_every_kind_of_mail_has_no_fault(inspector, file):
    html = file.read_text(encoding="utf-8")
    assert await inspector.faults_of_mail(file.stem, html) == []
