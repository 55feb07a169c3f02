"""The program at work: its pages are served, its mails go to a server that keeps them."""

import json
import re
from email import message_from_bytes, policy

from digest.themes import template_folder
from tests.lab import FILE, Lab, until

THEMES = sorted(file.parent.name for file in template_folder().glob("*/theme.toml"))
LIST = """
[digest]
name = "Trending papers"
byline = "by the research community"
base_url = "{url}"
contact = "help@example.org"
postal_address = "1 Library Lane, Example Town"
[web]
sign_ups_per_client = 100
"""


class Site:
    """A folder with the program in it; ``url`` is where its pages are served."""

    def __init__(self, folder, smtp, front, names):
        self.lab = Lab(folder, is_measured=False)  # every line is tested without a browser
        self.url = front.url
        self._smtp = smtp
        self._front = front
        self._served = None
        self.lab.configure(smtp.port, names, LIST.format(url=self.url), source=FILE)

    def publish(self, papers):
        """Have the source offer these papers."""
        lines = [json.dumps(paper) for paper in papers]
        (self.lab.folder / "papers.jsonl").write_text("\n".join(lines))

    async def add(self, readers):
        """Add readers as an operator does, with the keys of a ``[[subscribers]]`` block."""
        file = self.lab.folder / "readers.jsonl"
        file.write_text("\n".join(map(json.dumps, readers)))
        await self.command("subscribers", "import", "readers.jsonl")

    async def command(self, *words):
        """Run a command, and return what it prints."""
        code, out, err = await self.lab.run(*words)
        assert code == 0, err
        return out

    async def serve(self, now):
        """Serve the pages from now on; the clock runs on from this time."""
        self._served = await self.lab.start("serve", "--port", "0", "--now", now)
        async for line in self._served.stderr:
            if found := re.search(rb"\bport=(\d+)", line):
                self._front.behind = int(found[1])
                return
        raise AssertionError("it ended without serving")

    async def stop(self):
        """Stop serving, and see that nothing went wrong meanwhile."""
        if self._served is None:
            return
        self._served.terminate()
        _, err = await self._served.communicate()
        assert (self._served.returncode, b"Traceback" in err) == (0, False), err.decode()

    async def send(self, now):
        """Harvest and send at this time; return how many mails were accepted."""
        code, counts, err = await self.lab.send("--now", now)
        assert code == 0, err
        return counts["sent"]

    def mails(self, address):
        """Return the mails that came for an address, oldest first."""
        return [
            message_from_bytes(content, policy=policy.default)
            for recipient, content in self._smtp.inbox.messages
            if recipient == address
        ]

    async def mail(self, address, number=1):
        """Wait for the mail of this number to an address, and return it."""
        await until(lambda: len(self.mails(address)) >= number, 10)
        return self.mails(address)[number - 1]


def text_of(mail):
    """Return what a mail says to whoever reads plain text."""
    return mail.get_body(("plain",)).get_content()


def html_of(mail):
    """Return what a mail says to everybody else."""
    return mail.get_body(("html",)).get_content()


def link(mail, part, end=""):
    """Return the first link of a mail that leads to this page, and ends so."""
    links = re.findall(r"https?://\S+", text_of(mail))
    return next(each for each in links if f"/{part}/" in each and each.endswith(end))
