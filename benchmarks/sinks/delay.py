"""An SMTP sink as far away as one likes: every read is answered after some milliseconds.

    python benchmarks/sinks/delay.py [--port 0] [--delay-ms 20] [--certificate FILE]
        [--log FILE] [--keep FOLDER]

Answers to commands that came together leave together, as over a long line: who pipelines
pays once for a group, who does not pays once for each command (RFC 2920). With a
certificate it offers STARTTLS. ``--log`` writes a JSON line for each accepted mail before
the answer, ``--keep`` the mail itself. Listens on 127.0.0.1, prints "listening PORT", and at
SIGTERM one JSON object with what it took.
"""

import argparse
import asyncio
import json
import re
import signal
import ssl
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

_END = b"\r\n.\r\n"
_MESSAGE_ID = re.compile(rb"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(rb"<([^>]*)>")
_OK = b"250 2.0.0 Ok\r\n"


@dataclass(slots=True)
class Taken:
    """What the sink took, over all sessions; errors are commands out of order."""

    mails: int = 0
    bytes: int = 0
    sessions: int = 0
    errors: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How the sink behaves.

    Attributes:
        delay: seconds between a read and its answer.
        tls: offers STARTTLS with this, or does not.
        log: gets a line for each mail, or nothing does.
        keep: folder for the mails, or None.
        taken: counts for all sessions.
    """

    delay: float
    tls: ssl.SSLContext | None
    log: TextIO | None
    keep: Path | None
    taken: Taken


class Session(asyncio.Protocol):
    """One connection."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._is = behaviour
        self._line: asyncio.Transport | None = None
        self._unread = bytearray()
        self._secured = self._securing = False
        self._in_data = False
        self._sender = self._recipient = b""
        self._searched = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet; the second call, after STARTTLS, says nothing (RFC 3207, 4.2)."""
        first = self._line is None
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - what TCP and TLS give
        self._line = transport
        if first:
            self._is.taken.sessions += 1
            self._answer(b"220 delay ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        """Take commands and content as they come, and answer all of them at once."""
        self._unread += data
        if self._securing:
            return
        answers = bytearray()
        while (answer := self._next()) is not None:
            answers += answer
        if answers:
            self._answer(bytes(answers))

    def _answer(self, data: bytes) -> None:
        loop = asyncio.get_running_loop()
        if self._is.delay:
            loop.call_later(self._is.delay, self._write, data)
        else:
            self._write(data)

    def _write(self, data: bytes) -> None:
        if self._line is not None and not self._line.is_closing():
            self._line.write(data)

    def _next(self) -> bytes | None:
        """Take one command or one mail off what is unread; None when none is whole."""
        if self._in_data:
            return self._content()
        end = self._unread.find(b"\n") + 1
        if not end or self._securing:
            return None
        line = bytes(self._unread[:end])
        del self._unread[:end]
        return self._command(line)

    def _content(self) -> bytes | None:
        at = self._unread.find(_END, self._searched)
        if at < 0:
            self._searched = max(0, len(self._unread) - len(_END))
            return None
        mail = bytes(self._unread[2 : at + 2])
        del self._unread[: at + len(_END)]
        self._accept(mail)
        self._in_data, self._sender, self._recipient = False, b"", b""
        return _OK

    def _command(self, line: bytes) -> bytes:
        answer = _OK
        match line[:4].upper():
            case b"EHLO":
                answer = self._offers()
            case b"MAIL" if not self._sender:
                self._sender = line
            case b"RCPT" if self._sender:
                self._recipient = line
            case b"DATA" if self._recipient:
                self._in_data, self._searched = True, 0
                self._unread[:0] = b"\r\n"  # so that a dot on the first line ends the data, too
                answer = b"354 go on\r\n"
            case b"RSET":
                self._sender = self._recipient = b""
            case b"NOOP" | b"HELO":
                pass
            case b"STAR" if self._is.tls and not self._secured:
                self._begin_tls(self._is.tls)
                answer = b""
            case b"QUIT":
                asyncio.get_running_loop().call_later(self._is.delay + 0.001, self._close)
                answer = b"221 2.0.0 Bye\r\n"
            case _:
                self._is.taken.errors += 1
                answer = b"503 5.5.1 not now\r\n"
        return answer

    def _offers(self) -> bytes:
        offers = [b"delay", b"PIPELINING", b"8BITMIME", b"SMTPUTF8", b"SIZE 50000000"]
        if self._is.tls and not self._secured:
            offers.append(b"STARTTLS")
        *most, last = offers
        return b"".join(b"250-%s\r\n" % offer for offer in most) + b"250 %s\r\n" % last

    def _begin_tls(self, context: ssl.SSLContext) -> None:
        self._securing = True
        self._write(b"220 2.0.0 go on\r\n")
        self._handshake = asyncio.ensure_future(self._secure(context))

    async def _secure(self, context: ssl.SSLContext) -> None:
        plain = self._line
        assert plain is not None  # noqa: S101 - STARTTLS came over it
        loop = asyncio.get_running_loop()
        try:
            self._line = await loop.start_tls(plain, self, context, server_side=True)
        except (OSError, ssl.SSLError):
            plain.close()
            return
        self._secured, self._securing = True, False
        self.data_received(b"")

    def _accept(self, mail: bytes) -> None:
        taken = self._is.taken
        taken.mails += 1
        taken.bytes += len(mail)
        content = mail.replace(b"\r\n..", b"\r\n.")  # RFC 5321, 4.5.2
        if self._is.keep:
            (self._is.keep / f"{taken.mails:06}.eml").write_bytes(content)
        if self._is.log:
            found = _MESSAGE_ID.search(content)
            line = {
                "rcpt": _address(self._recipient),
                "message_id": found[1].decode() if found else "",
                "t": time.time(),
                "size": len(mail),
            }
            self._is.log.write(json.dumps(line) + "\n")
            self._is.log.flush()

    def _close(self) -> None:
        if self._line is not None:
            self._line.close()


def _address(command: bytes) -> str:
    found = _ADDRESS.search(command)
    return found[1].decode(errors="replace") if found else ""


def main() -> None:
    """Read the options and serve until SIGTERM."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--delay-ms", type=float, default=0)
    parser.add_argument("--certificate", type=Path, help="PEM: key and certificates; STARTTLS")
    parser.add_argument("--log", type=argparse.FileType("a", encoding="utf-8"))
    parser.add_argument("--keep", type=Path, help="folder for the accepted mails")
    options = parser.parse_args()
    context = None
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate)
    behaviour = Behaviour(
        delay=options.delay_ms / 1000,
        tls=context,
        log=options.log,
        keep=options.keep,
        taken=Taken(),
    )
    asyncio.run(_serve(options.port, behaviour))
    print(json.dumps(asdict(behaviour.taken)))


async def _serve(port: int, behaviour: Behaviour) -> None:
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    server = await loop.create_server(lambda: Session(behaviour), "127.0.0.1", port, backlog=1024)
    async with server:
        print(f"listening {server.sockets[0].getsockname()[1]}", flush=True)
        await stopped.wait()


if __name__ == "__main__":
    main()
