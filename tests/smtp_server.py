"""A real SMTP server for tests: records what it accepted and misbehaves on request."""

import asyncio
import ssl
import warnings
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP, AuthResult
from anyio.from_thread import start_blocking_portal


@dataclass
class Behaviour:
    """What the server says; None is the usual answer.

    ``at_rcpt`` and ``at_data`` map a recipient to the reply it gets; ``drop_after_data``
    names recipients whose mail is kept while the connection is cut before the reply;
    ``cut_at_mail`` is the number of the MAIL command at which it is cut, -1 for each; with
    ``pipelining`` the server says that it takes commands in groups, as it does in any case;
    of more than ``most_connections`` at a time each is refused.
    """

    at_mail: str | None = None
    at_rcpt: dict[str, str] = field(default_factory=dict)
    at_data: dict[str, str] = field(default_factory=dict)
    drop_after_data: set[str] = field(default_factory=set)
    slow_data: float = 0.0
    cut_at_mail: int = 0
    pipelining: bool = False
    most_connections: int = 1_000


class Inbox:
    """The handler of the server: what came in, and through how many connections."""

    def __init__(self, behaviour):
        self.behaviour = behaviour
        self.messages = []
        self.connections = 0
        self.open = 0
        self.transports = []
        self.logins = []
        self.commands = []
        self.times = []  # when each mail was accepted (seconds)
        self.busy = 0
        self.together = []  # how many mails were being taken when each one came

    async def handle_EHLO(self, _server, session, _envelope, hostname, responses):  # noqa: N802
        session.host_name = hostname
        extra = ["250-PIPELINING"] if self.behaviour.pipelining else []
        return [responses[0], *extra, *responses[1:]]

    async def handle_MAIL(self, server, _session, envelope, address, options):  # noqa: N802
        self.commands.append(f"MAIL {address} {' '.join(options)}")
        if self.behaviour.cut_at_mail in {-1, len(self.commands)}:
            server.transport.abort()
        if self.behaviour.at_mail:
            return self.behaviour.at_mail
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if reply := self.behaviour.at_rcpt.get(address):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802
        recipient = envelope.rcpt_tos[0]
        self.busy += 1
        self.together.append(self.busy)
        await asyncio.sleep(self.behaviour.slow_data)
        self.busy -= 1
        if reply := self.behaviour.at_data.get(recipient):
            return reply
        self.times.append(asyncio.get_running_loop().time())
        self.messages.append((recipient, envelope.original_content))
        if recipient in self.behaviour.drop_after_data:
            server.transport.abort()
        return "250 2.0.0 Ok: queued as 42"

    def recipients(self):
        return sorted(recipient for recipient, _ in self.messages)


class TestServer(SMTP):
    """aiosmtpd that counts connections."""

    __test__ = False

    def connection_made(self, transport):
        self.event_handler.connections += transport.get_extra_info("ssl_object") is None
        self.event_handler.transports.append(transport)
        self.event_handler.open += 1
        if self.event_handler.open > self.event_handler.behaviour.most_connections:
            transport.write(b"421 4.7.0 too many connections, come back later\r\n")
            transport.close()
        else:
            super().connection_made(transport)

    def connection_lost(self, error):
        self.event_handler.open -= 1
        if self.transport:
            super().connection_lost(error)


class Running:
    """A server on a free loopback port: ``async with Running(...) as server``."""

    def __init__(
        self, behaviour=None, *, inbox=None, tls=None, starttls=None, password=None, **options
    ):
        self.inbox = inbox or Inbox(behaviour or Behaviour())
        self._tls = tls
        self._options = {"hostname": "localhost", "enable_SMTPUTF8": True} | options
        if starttls:
            self._options |= {"tls_context": starttls}
        if password:
            self._options |= {
                "authenticator": self._check,
                "auth_require_tls": bool(starttls),
                "auth_required": True,
            }
        self._password = password
        self.port = 0

    def _check(self, _server, _session, _envelope, _mechanism, login):
        self.inbox.logins.append(login.password.decode())
        return AuthResult(success=login.password.decode() == self._password, handled=False)

    def _session(self, loop):
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Requiring AUTH while not requiring TLS")
            return TestServer(self.inbox, loop=loop, **self._options)

    async def __aenter__(self):
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: self._session(loop),
            "127.0.0.1",
            0,
            ssl=self._tls,
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_error):
        self._server.close()
        for transport in self.inbox.transports:
            with suppress(AttributeError):  # Python 3.11.2: of a TLS line that was closed twice
                transport.abort()
        await asyncio.sleep(0.01)  # aborted transports close on the loop's next turns


@contextmanager
def serving(behaviour=None, **options):
    """Run a server in a thread of its own, for commands that have a loop of their own."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(Running(behaviour, **options)) as server,
    ):
        yield server


def server_context(authority, *names):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*(names or ("localhost", "127.0.0.1"))).configure_cert(context)
    return context
