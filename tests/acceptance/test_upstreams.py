"""The installed command and the servers that it asks for papers."""

import asyncio
import json
from contextlib import asynccontextmanager
from pathlib import Path

from tests.smtp_server import Running

FEED = Path(__file__).parents[1] / "data" / "arxiv-rss" / "weekday.xml"
SOURCE = """
[[sources]]
type = "arxiv-rss"
categories = ["cs.CL", "cs.IR"]
url = "http://127.0.0.1:{port}"
allow_private = true
"""


class Upstream:
    """An HTTP server that says what it is told to and remembers what it was asked."""

    def __init__(self):
        self.status, self.body, self.asked = "200 OK", b"", []

    async def answer(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.asked.append(head)
        length = f"Content-Length: {len(self.body)}\r\nConnection: close"
        writer.write(f"HTTP/1.1 {self.status}\r\n{length}\r\n\r\n".encode() + self.body)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def an_upstream():
    upstream = Upstream()
    async with await asyncio.start_server(upstream.answer, "127.0.0.1", 0) as server:
        upstream.port = server.sockets[0].getsockname()[1]
        yield upstream


async def test_yesterdays_batch_is_named_retried_and_no_reason_to_send_nothing(lab):
    async with an_upstream() as upstream, Running() as server:
        upstream.body = FEED.read_bytes()
        lab.configure(server.port, ["ada"], source=SOURCE.format(port=upstream.port))
        readers = (lab.folder / "config.toml").read_text().replace('["dense retrieval"]', "[]")
        (lab.folder / "config.toml").write_text(readers)

        code, counts, _ = await lab.send("--now", "2026-11-23T12:00")
        assert (code, counts["sent"]) == (0, 1)
        assert counts["papers_new"] > 0
        assert upstream.asked[0].startswith("GET /rss/cs.CL+cs.IR HTTP/1.1")
        assert "mailto:digest@example.org" in upstream.asked[0]

        code, counts, err = await lab.send("--now", "2026-11-24T12:00")
        assert (code, counts["papers_new"], counts["sent"]) == (75, 0, 0)
        assert "source arxiv-rss: stale: the feed is still that of 2026-11-23" in err
        _, out, _ = await lab.run("status", "--json", "--now", "2026-11-24T12:01")
        (source,) = json.loads(out)["sources"]
        assert (source["state"], source["failures"]) == ("stale", 1)
        assert source["good_at"].startswith("2026-11-23T12:00")

        for old, new in (
            (b"Mon, 23 Nov", b"Tue, 24 Nov"), (b"2611.91002", b"2611.81002"), (b"Week", b"Year"),
        ):  # fmt: skip
            upstream.body = upstream.body.replace(old, new)
        code, counts, _ = await lab.send("--now", "2026-11-24T13:00")
        assert (code, counts["papers_new"], counts["sent"]) == (0, 1, 1)
        assert server.inbox.recipients() == ["ada@example.org"] * 2


async def test_an_upstream_that_refuses_for_good_ends_with_1_and_the_mails_go_out(lab):
    async with an_upstream() as upstream, Running() as server:
        upstream.status, upstream.body = "404 Not Found", b"no such list"
        lab.publish(1)
        file = '[[sources]]\ntype = "file"\npath = "papers.jsonl"\n'
        lab.configure(server.port, ["ada"], source=SOURCE.format(port=upstream.port) + file)
        code, counts, err = await lab.send()
        assert (code, counts["sent"]) == (1, 1)
        assert "source arxiv-rss: refused: 127.0.0.1" in err
        assert "404 Not Found" in err


async def test_a_saved_answer_gives_papers_as_json_lines_and_needs_no_configuration(lab):
    code, out, err = await lab.run("harvest", "--file", str(FEED), "--type", "arxiv-rss", "--json")
    assert code == 0
    papers = [json.loads(line) for line in out.splitlines()]
    assert papers[0]["id"] == "arxiv:2611.91001"
    assert err.endswith(f"{FEED}: ok, {len(papers)} papers\n")
