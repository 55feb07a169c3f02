"""Requests to one upstream take turns, those of other processes too."""

import asyncio
import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from tests.upstream import FEED, a_redirect, a_reply


async def test_every_request_of_a_key_takes_a_turn(upstream, harness):
    upstream.on("/b", a_reply(status="500 Oops"), a_reply(FEED))
    url = upstream.on("/a", a_redirect("/b"))
    await harness.client().get(url, min_interval=3.0, pace_key="arxiv")
    waits = [s for s in harness.slept if s != 2.0]
    assert len(upstream.paths) == 4
    assert waits == pytest.approx([3.0] * 3, abs=0.5)


async def test_requests_to_one_host_never_overlap(upstream, harness):
    in_flight: list[int] = []

    async def slow(writer: asyncio.StreamWriter) -> None:
        in_flight.append(1)
        await asyncio.sleep(0.02)
        answered = a_reply(str(len(in_flight)).encode())
        in_flight.clear()
        writer.write(answered)
        await writer.drain()

    urls = [upstream.on(path, slow) for path in ("/a", "/b", "/c")]
    client = harness.client()
    answers = await asyncio.gather(*(client.get(url) for url in urls))
    assert [answer.body for answer in answers] == [b"1"] * 3


TAKE_TURNS = """
import asyncio, json, sys, time
from pathlib import Path
from digest.sources.pacing import Pacer

async def main():
    pacer, turns = Pacer(Path(sys.argv[1])), []
    for _ in range(3):
        async with pacer.turn("arxiv", 0.1):
            began = time.time()
            await asyncio.sleep(0.03)
            turns.append((began, time.time()))
    print(json.dumps(turns))

asyncio.run(main())
"""


def test_two_processes_keep_one_pace(tmp_path):
    command = [sys.executable, "-c", TAKE_TURNS, str(tmp_path)]
    both = [
        subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])  # noqa: S603 - our own interpreter
        for _ in range(2)
    ]
    turns = sorted(turn for process in both for turn in json.loads(process.communicate()[0]))
    assert len(turns) == 6
    for (began, ended), (next_began, _) in pairwise(turns):
        assert next_began >= ended
        assert next_began - began >= 0.1
