"""Mail to a suppressed address, again: asked for on a reader's page, confirmed by mail."""

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from digest.core.privacy import masked
from digest.core.sign_up import LIFTED_BY_READER, SignUp, SignUpKind
from digest.core.subscriber import Subscriber
from digest.pipeline.confirm import allow
from digest.web.asker import Asker, insist
from digest.web.pages import page
from digest.web.standing import standing
from digest.wiring import Workspace
from digest.wiring.notices import sends_notices

_log = structlog.get_logger(__name__)


class AllowDesk:
    """Takes the wish of a reader whose address is suppressed."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._asker = Asker(workspace)

    def can_allow(self, reader: Subscriber) -> bool:
        """Tell whether a reader's own agreement would lift what stands in the way of mail."""
        stands = self._workspace.store.suppressions.find(reader.email)
        is_own = stands is not None and stands.kind in LIFTED_BY_READER
        return is_own and sends_notices(self._workspace.config)

    def ask(self, request: Request, reader: Subscriber) -> str:
        """Have a link mailed to the reader.

        Raises:
            HTTPException: the reader's agreement would not help (400), or a limit is reached (429).
        """
        if not self.can_allow(reader):
            raise HTTPException(400)
        asked = self._asker.asked_by(reader, request, SignUpKind.ALLOW)
        insist(self._workspace.store.sign_ups.ask(asked, self._asker.limits))
        return "A mail with a link is on its way, unless there was one within a day. Confirm there."

    def show(self, request: Request, asked: SignUp, reader: Subscriber) -> Response:
        """Ask, or say how it stands."""
        stands = self._workspace.store.suppressions.find(reader.email)
        is_done = asked.confirmed_at is not None or stands is None
        return page(
            request,
            "allow.html.j2",
            is_done=is_done,
            address=masked(reader.email),
            standing=standing(reader, self._workspace.clock(), self._workspace.store.suppressions),
        )

    def confirm(self, request: Request, asked: SignUp, reader: Subscriber) -> Response:
        """Let mail through again."""
        store = self._workspace.store
        if allow(
            asked,
            sign_ups=store.sign_ups,
            suppressions=store.suppressions,
            now=self._workspace.clock(),
        ):
            _log.info("mail_allowed", subscriber=reader.id)
        return self.show(request, store.sign_ups.find(asked.id) or asked, reader)
