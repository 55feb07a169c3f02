"""How long editions are kept, as the configuration says."""

from collections.abc import Callable
from datetime import UTC, datetime

from digest.pipeline.retention import forget_old
from digest.wiring.workspace import Workspace


def tidy(workspace: Workspace, *, may_go_on: Callable[[], bool] = lambda: True) -> int:
    """Delete editions that were kept for long enough; return how many.

    What may still count as shown is kept in any case. A rehearsal in the future (``--now``)
    deletes nothing that is not old today.
    """
    kept_for = workspace.config.store.keep_editions
    if not kept_for:
        return 0
    now = min(workspace.clock(), datetime.now(UTC))
    before = now - max(kept_for, workspace.config.digest.max_age)
    return forget_old(workspace.store.editions, before=before, may_go_on=may_go_on)
