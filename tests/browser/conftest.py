"""A browser that reaches nothing but this machine, and a site for it to look at."""

import json
import os
import shutil
from contextlib import asynccontextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
import pytest_asyncio
import trustme

from tests.browser.inspection import Inspector
from tests.browser.site import THEMES, Site
from tests.browser.tls_front import TlsFront
from tests.smtp_server import Running, server_context

PAPERS = Path(__file__).parents[1] / "data/browser/papers.jsonl"
MISSING = "no browser: these tests need Chromium, and `pip install --group browser`"
READERS = ("ada", "bo", "eve", "max", "mo")  # a test has one of its own
YESTERDAY, TODAY = "2026-11-23T06:00:00Z", "2026-11-24T08:00:00Z"
_PATIENCE = 10_000  # milliseconds
# Names of other machines are not looked up, whatever the browser would like to tell its maker.
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
)


@pytest.fixture(scope="session", autouse=True)
def program():
    """Where the browser is; nothing is tried without one."""
    found = shutil.which("chromium")
    is_here = found and all(map(find_spec, ("playwright", "axe_playwright_python")))
    if not is_here and os.environ.get("DIGEST_TEST_STRICT") != "1":
        pytest.skip(MISSING)
    assert is_here, MISSING
    return found


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def chromium(program):
    """Debian's browser, driven by Playwright, which downloads none of its own."""
    playwright = import_module("playwright.async_api")
    async with playwright.async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=program, args=SWITCHES)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def authority():
    """Whoever signs certificates here; the browser does not ask, a mail provider does."""
    return trustme.CA()


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def make_site(authority, tmp_path_factory):
    """Makes a site, with these readers in its configuration; it ends with the block."""

    @asynccontextmanager
    async def make(*names):
        async with Running() as smtp, TlsFront(server_context(authority)) as front:
            site = Site(tmp_path_factory.mktemp("site"), smtp, front, names)
            yield site
            await site.stop()

    return make


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def site(make_site):
    """A site with the papers of two days and readers who have had a mail, served."""
    papers = [json.loads(line) for line in PAPERS.read_text().splitlines()]
    async with make_site("ron") as made:
        made.publish(papers[:3])
        await made.command("harvest", "--now", YESTERDAY)
        made.publish(papers)
        readers = [*map(a_reader, READERS), *(a_reader(name, theme=name) for name in THEMES)]
        await made.add(readers)
        assert await made.send(TODAY) == len(readers) + 1
        await made.serve(TODAY)
        yield made


def a_reader(name, **keys):
    """Return a reader who gets most of the papers, as a ``[[subscribers]]`` block has it."""
    return {
        "email": f"{name}@example.org",
        "name": name.title(),
        "interests": ["retrieval", "agents", {"term": "words", "weight": 0.3}],
        "authors": ["Grace Hopper"],
        "trending": 3,
    } | keys


@asynccontextmanager
async def _page(chromium, **settings):
    """Open a page in a browser without memory; all that it asks for is on this machine."""
    context = await chromium.new_context(ignore_https_errors=True, **settings)
    context.set_default_timeout(_PATIENCE)
    asked = []
    context.on("request", lambda request: asked.append(request.url))
    try:
        yield await context.new_page()
        strangers = [url for url in asked if not url.startswith("https://localhost:")]
        assert strangers == []
    finally:
        await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(chromium):
    """A page of a browser that runs no scripts, for none of ours needs one."""
    async with _page(chromium, java_script_enabled=False) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def inspector(chromium, request):
    """A page that is looked at from all sides; ``--pictures`` keeps how it looked."""
    folder = request.config.getoption("--pictures")
    async with _page(chromium) as opened:
        yield Inspector(opened, folder and Path(folder))
