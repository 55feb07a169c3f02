"""The demonstration with its pages, as somebody tries it who has just cloned the repository."""

import signal
import socket
import subprocess
import sys
import time
from contextlib import closing

import httpx2


def test_demo_serves_its_pages_and_shows_the_mail_of_who_signs_up(tmp_path):
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "digest", "demo", "--serve", "--port", str(port)]
    with subprocess.Popen(  # noqa: S603 - the command under test
        words, cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as shown:
        try:
            pages = next(line for line in shown.stdout if line.startswith("Pages:")).split()[1]
            front = reply_of(pages)
            assert "Subscribe" in front
            link = pages + "editions/"
            assert link in (tmp_path / "demo-out" / "mails" / "ada.html").read_text()
            reply_of(pages + "subscribe", {"email": "you@example.org", "interests": "retrieval"})
            told = next(line for line in shown.stdout if line.startswith("Mail for"))
            assert (
                told == "Mail for you@example.org: Confirm your subscription to Trending papers\n"
            )
            assert "Confirm" in reply_of(next(shown.stdout).strip())
            assert (tmp_path / "demo-out" / "mails" / "you.eml").exists()
        finally:
            shown.send_signal(signal.SIGINT)
    assert shown.returncode == 0


def reply_of(url, form=None):
    """Return what a page of this machine says, in time."""
    until = time.monotonic() + 20
    while True:
        try:
            if form is None:
                return httpx2.get(url).raise_for_status().text
            return httpx2.post(url, data=form).raise_for_status().text
        except httpx2.ConnectError:
            assert time.monotonic() < until
            time.sleep(0.05)
