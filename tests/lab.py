"""A lab that runs the installed command in a folder of its own, in processes of their own."""

import asyncio
import json
import os
import sys

CONFIG = """
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
sender = "Lab papers <digest@example.org>"
connections = 2
"""
FILE = '[[sources]]\ntype = "file"\npath = "papers.jsonl"\n'
READER = '[[subscribers]]\nemail = "{name}@example.org"\ninterests = ["dense retrieval"]\n'


class Lab:
    """A folder with a configuration, papers and readers, and the command to run in it.

    Lines that run in its processes count for the coverage unless ``is_measured`` is false.
    """

    def __init__(self, folder, *, is_measured=True):
        self.folder = folder
        # Processes that fetch take turns by files in the temporary folder; not with others'.
        (folder / "tmp").mkdir()
        self._environment = os.environ | {"TMPDIR": str(folder / "tmp")}
        if not is_measured:  # for coverage, which takes as long as the work itself
            self._environment.pop("COVERAGE_PROCESS_CONFIG", None)

    def configure(self, port, names, extra="", *, login="", source=FILE):
        readers = "".join(READER.format(name=name) for name in names)
        text = f"{extra}{CONFIG.format(port=port)}{login}\n{source}{readers}"
        (self.folder / "config.toml").write_text(text)

    def use_store(self, url):
        """Have every command use this database, as an operator would by the environment."""
        self._environment["DIGEST_STORE__URL"] = url

    def publish(self, *numbers):
        lines = [
            {"id": f"2611.{number:05}", "title": f"Dense retrieval, part {number}"}
            for number in numbers
        ]
        (self.folder / "papers.jsonl").write_text("\n".join(map(json.dumps, lines)))

    async def start(self, *words):
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "digest",
            *words,
            cwd=self.folder,
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    async def run(self, *words):
        """Run to the end; return exit code, standard output and standard error."""
        process = await self.start(*words)
        out, err = await process.communicate()
        assert b"Traceback" not in err, err.decode()
        return process.returncode, out.decode(), err.decode()

    async def send(self, *words):
        """Run ``send``; return exit code, its counts and standard error."""
        code, out, err = await self.run("send", "--json", *words)
        return code, json.loads(out), err


async def until(condition, seconds=40.0):
    """Wait for what another process brings about."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - nothing in this process could tell
            await asyncio.sleep(0.02)
