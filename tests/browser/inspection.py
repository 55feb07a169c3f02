"""Looks at a page from all sides: wide and narrow, light and dark, with axe and a ruler."""

import re
from importlib import import_module

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
NARROWEST = 320  # CSS pixels; WCAG 2.2, 1.4.10
# Colours go by the scheme, not by the width: their contrast, slow to find, is looked at once.
_CONTRAST = ("color-contrast",)
_SIDES = (
    ("light", WIDE, ()),
    ("dark", WIDE, _CONTRAST),
    ("dark", PHONE, ()),
    ("light", PHONE, _CONTRAST),
)
# A mail is no page: the mail program's own has the landmarks, and shows the mail inside one.
_OF_PAGES = ("landmark-one-main", "region")
_RUN = """left_out => axe.run({
  resultTypes: ["violations"],
  rules: Object.fromEntries(left_out.map(rule => [rule, {enabled: false}])),
}).then(found => found.violations)"""
_WIDTH = "document.documentElement.scrollWidth"


class Inspector:
    """A page, and what is wrong with what it shows.

    Args:
        page: of a browser that runs scripts, which axe is.
        folder: where pictures are kept, or None.
    """

    def __init__(self, page, folder=None):
        self.page = page
        self._folder = folder

    async def faults(self, name, *, left_out=()):
        """Return a line for each thing that is wrong with the page that is open.

        ``name`` is the page's; each line tells the side, axe's rule and the element.
        """
        await self.page.evaluate(import_module("axe_playwright_python.base").AXE_SCRIPT)
        found = []
        for scheme, size, known in _SIDES:
            await self.page.emulate_media(color_scheme=scheme)
            await self.page.set_viewport_size(size)
            found += [
                f"{name}, {scheme}, {size['width']} px: {rule['id']}: {node['html']}"
                for rule in await self.page.evaluate(_RUN, [*left_out, *known])
                for node in rule["nodes"]
            ]
            await self._keep(f"{name}-{size['width']}-{scheme}.png")
        await self.page.set_viewport_size({"width": NARROWEST, "height": 600})
        width = await self.page.evaluate(_WIDTH)
        if width > NARROWEST:
            found.append(f"{name}: {width} px wide where the screen has {NARROWEST}")
        return found

    async def faults_of_mail(self, name, html):
        """Return what is wrong with a mail."""
        await self.page.goto("about:blank")  # whose policy does not forbid a mail's styles
        await self.page.set_content(html)
        return await self.faults(f"mail-{name}", left_out=_OF_PAGES)

    async def press(self, button):
        """Press a button, and wait for the page that answers."""
        async with self.page.expect_navigation():
            await self.page.get_by_role("button", name=button).click()

    async def visit(self, url, name):
        """Open a page, and return what is wrong with it."""
        await self.page.goto(url)
        return await self.faults(name)

    async def _keep(self, name):
        if self._folder:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / re.sub(r"[^\w.]+", "-", name)
            await self.page.screenshot(path=path, full_page=True)
