"""A small IMAP server (RFC 3501, RFC 6851) inside the test: what reading a mailbox takes."""

import asyncio
import re
import ssl
from contextlib import asynccontextmanager


class ImapServer:
    """One account with folders of mails; what a client does to them can be looked at.

    Args:
        tls: the server's side of TLS.
        starttls: begin in clear, and offer STARTTLS.
        can_move: offer MOVE; else clients copy, mark and expunge.
    """

    def __init__(self, tls, *, starttls=False, can_move=True):
        self.folders = {"INBOX": {}}
        self.deleted = set()
        self.logins = []
        self.in_clear = []
        self.broken = ""  # a command that ends the connection
        self.tls = tls
        self.starttls = starttls
        self.capabilities = "IMAP4rev1" + (" MOVE" if can_move else "")
        self._next = 1

    def put(self, content, folder="INBOX"):
        self.folders[folder][str(self._next)] = content
        self._next += 1

    @asynccontextmanager
    async def running(self):
        tls = None if self.starttls else self.tls
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0, ssl=tls)
        async with server:
            yield server.sockets[0].getsockname()[1]

    async def _talk(self, reader, writer):
        try:
            await _Session(self, reader, writer).run()
        except (ConnectionError, ssl.SSLError):
            return
        finally:
            writer.close()


class _Session:
    """One connection; a command is a method that yields lines, and may return how it ended."""

    def __init__(self, server, reader, writer):
        self._server, self._reader, self._writer = server, reader, writer
        self._encrypted = not server.starttls
        self._selected = "INBOX"

    async def run(self):
        self._writer.write(b"* OK ready\r\n")
        while line := (await self._reader.readline()).decode().rstrip("\r\n"):
            tag, _, command = line.partition(" ")
            if not self._encrypted:
                self._server.in_clear.append(command)
            name = re.match(r"(UID )?\w+", command.upper())[0]
            if name == self._server.broken:
                return
            if name == "STARTTLS":
                self._writer.write(f"{tag} OK go on\r\n".encode())
                await self._writer.start_tls(self._server.tls)
                self._encrypted = True
                continue
            words = [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', command)]
            end = self._answer(getattr(self, f"_{name.replace(' ', '_').lower()}")(*words))
            self._writer.write(f"{tag} {end or 'OK done'}\r\n".encode())
            await self._writer.drain()

    def _answer(self, said):
        while True:
            try:
                one = next(said)
            except StopIteration as done:
                return done.value
            self._writer.write(b"* " + (one if isinstance(one, bytes) else one.encode()) + b"\r\n")

    @property
    def _mails(self):
        return self._server.folders[self._selected]

    def _capability(self, *_words):
        extra = "" if self._encrypted else " STARTTLS LOGINDISABLED"
        yield f"CAPABILITY {self._server.capabilities}{extra}"

    def _login(self, _name, username, password):
        self._server.logins.append((username, password))
        yield "OK hello"
        return None if password == "secret" else "NO wrong password"

    def _select(self, _name, folder):
        self._selected = folder
        yield f"{len(self._mails)} EXISTS"

    def _list(self, _name, _reference, folder):
        if folder in self._server.folders:
            yield f'LIST () "/" "{folder}"'

    def _create(self, _name, folder):
        self._server.folders[folder] = {}
        yield "OK made"

    def _uid_search(self, *_words):
        yield f"SEARCH {' '.join(self._mails)}".rstrip()

    def _uid_fetch(self, _uid, _name, uid, what):
        start, size = map(int, re.search(r"<(\d+)\.(\d+)>", what).groups())
        if uid in self._mails:
            part = self._mails[uid][start : start + size]
            yield f"1 FETCH (UID {uid} BODY[]<{start}> {{{len(part)}}}\r\n".encode() + part + b")"

    def _uid_move(self, _uid, _name, uid, folder):
        self._server.folders[folder][uid] = self._mails.pop(uid)
        yield "OK moved"

    def _uid_copy(self, _uid, _name, uid, folder):
        self._server.folders[folder][uid] = self._mails[uid]
        yield "OK copied"

    def _uid_store(self, _uid, _name, uid, *_flags):
        self._server.deleted.add(uid)
        yield "OK marked"

    def _expunge(self, *_words):
        for uid in self._server.deleted:
            self._mails.pop(uid, None)
        yield "OK gone"

    def _logout(self, *_words):
        yield "BYE"
