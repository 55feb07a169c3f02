"""Who asks for a mail on a page, and how many are taken of one client and of all."""

from starlette.exceptions import HTTPException
from starlette.requests import Request

from digest.core.sign_up import Answer, Limits, SignUp, SignUpKind
from digest.core.subscriber import Subscriber
from digest.web.client import address_of, client_key
from digest.wiring import Workspace
from digest.wiring.secret_files import key_ring

_HOUR, _DAY = {"Retry-After": "3600"}, {"Retry-After": "86400"}


class Asker:
    """Tells clients apart as ``[web]`` says.

    Attributes:
        limits: how many sign-ups are taken.
    """

    def __init__(self, workspace: Workspace) -> None:
        settings = workspace.config.web
        self._clock = workspace.clock
        self._trusted_header = settings.trusted_proxy_header
        self._secret = key_ring(workspace.config).signing[1]
        self.limits = Limits(
            per_client=settings.sign_ups_per_client, per_hour=settings.sign_ups_per_hour
        )

    def client(self, request: Request) -> str:
        """Return who asks, in a form that tells no address of a network."""
        return client_key(address_of(request, self._trusted_header), self._secret)

    def asked_by(self, reader: Subscriber, request: Request, kind: SignUpKind) -> SignUp:
        """Return what a reader of the list asks for on a page."""
        return SignUp(
            kind=kind,
            subscriber_id=reader.id,
            email=reader.email,
            client=self.client(request),
            asked_at=self._clock(),
        )


def insist(answer: Answer) -> None:
    """Go on when a sign-up is taken.

    Raises:
        HTTPException: 429, a limit is reached; it says after how long at most it is so no more.
    """
    if answer is not Answer.TAKEN:
        raise HTTPException(429, headers=_DAY if answer is Answer.READER_LIMIT else _HOUR)
