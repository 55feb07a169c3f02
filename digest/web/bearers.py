"""Whom the token in an address speaks for; whatever is wrong with it looks the same."""

from starlette.exceptions import HTTPException
from starlette.requests import Request

from digest.core.subscriber import Subscriber
from digest.core.tokens import Claims, KeyRing, Purpose, read
from digest.errors import TokenError
from digest.wiring import Workspace


class Bearers:
    """Reads the tokens of one site."""

    def __init__(self, workspace: Workspace, keys: KeyRing) -> None:
        self._workspace = workspace
        self._keys = keys

    def claims(self, request: Request, purpose: Purpose) -> Claims:
        """Return what the ``token`` in the path says.

        Raises:
            HTTPException: 404, whatever is wrong with it.
        """
        try:
            return read(
                request.path_params["token"],
                purpose,
                keys=self._keys,
                now=self._workspace.clock(),
            )
        except (TokenError, UnicodeDecodeError):
            raise HTTPException(404) from None

    def reader(self, request: Request, purpose: Purpose) -> Subscriber:
        """Return the reader that the ``token`` in the path is about; asks the database.

        Raises:
            HTTPException: 404, whatever is wrong with the token, or when the reader is gone.
        """
        number = self.claims(request, purpose).subscriber_id
        found = self._workspace.store.subscribers.by_id([number]).get(number)
        if found is None:
            raise HTTPException(404)
        return found
