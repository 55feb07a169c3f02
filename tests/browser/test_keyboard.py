"""Whoever has no mouse gets everywhere, and always sees where they are."""

import pytest

from tests.browser.site import link

pytestmark = pytest.mark.asyncio(loop_scope="session")

_MOST_STOPS = 60
_FOCUSED = """() => {
  const it = document.activeElement, box = it.getBoundingClientRect(), style = getComputedStyle(it);
  const label = it.labels && it.labels.length ? it.labels[0].innerText : it.innerText;
  return {
    name: it === document.body ? "" : (it.getAttribute("aria-label") || label || it.id).trim(),
    isMarked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    isInSight: box.width > 0 && box.height > 0 && box.right > 0 && box.bottom > 0
      && box.left < innerWidth && box.top < innerHeight,
  };
}"""


async def stop(page):
    """Go one stop on with Tab, and return the name of what is there and in sight."""
    await page.keyboard.press("Tab")
    at = await page.evaluate(_FOCUSED)
    assert not at["name"] or (at["isMarked"] and at["isInSight"]), at
    return at["name"]


async def go_to(page, name):
    """Go on until a stop whose name begins so."""
    for _ in range(_MOST_STOPS):
        if (await stop(page)).startswith(name):
            return
    raise AssertionError(f"{name} cannot be reached")


async def headline(page):
    return await page.get_by_role("heading", level=1).inner_text()


async def test_a_keyboard_is_enough_to_sign_up_and_to_save_preferences(site, inspector):
    page, keys = inspector.page, inspector.page.keyboard
    await page.goto(site.url)
    await go_to(page, "Email")
    await keys.type("sam@example.org")
    await go_to(page, "Interests")
    await keys.type("dense retrieval")
    await go_to(page, "How often")
    await keys.press("Space")
    await go_to(page, "How often")
    await keys.type("Once a week, on F")
    await go_to(page, "Subscribe")
    await keys.press("Enter")
    await page.wait_for_url("**/subscribe")
    assert await headline(page) == "Look into your inbox"

    await page.goto(link(await site.mail("sam@example.org"), "confirm"))
    await go_to(page, "Confirm my subscription")
    await keys.press("Space")
    await page.get_by_text("each Friday").wait_for()
    await go_to(page, "Change interests")
    await keys.press("Enter")
    await page.wait_for_url("**/preferences/*")
    await go_to(page, "Your name")
    await keys.type("Sam")
    await go_to(page, "Save")
    await keys.press("Enter")
    await page.get_by_role("status").wait_for()
    assert await page.get_by_label("Your name").input_value() == "Sam"


@pytest.mark.parametrize("width", [390, 1280])
async def test_stops_come_in_the_order_of_reading(site, inspector, width):
    page = inspector.page
    await page.set_viewport_size({"width": width, "height": 900})
    await page.goto(f"{site.url}/subscribe")
    stops = []
    while name := await stop(page):
        stops.append(name.split("\n")[0])
    assert stops == [
        "Skip to the content",
        "Trending papers",
        "Today",
        "Archive",
        "Feed",
        "Search recent papers",
        "Email",
        "Interests separated by commas",
        "How often, and at what hour",
        "Subscribe",
        "Preview",
        "help@example.org",
    ]


async def test_the_first_stop_leads_past_what_all_pages_have(site, inspector):
    page = inspector.page
    await page.goto(site.url)
    assert await stop(page) == "Skip to the content"
    await page.keyboard.press("Enter")
    assert (await stop(page)).endswith("Monday 23 November")
