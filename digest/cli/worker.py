"""``digest worker``: one of several that compose and deliver from a server's store."""

from dataclasses import replace
from typing import TYPE_CHECKING

from digest.cli.options import Common, with_common
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.wiring import Workspace


@with_common
def worker(*, common: Common) -> None:
    """Compose and deliver on schedule until SIGTERM, beside other workers.

    Harvests, bounces and pages are left to `digest run`. Needs PostgreSQL: on SQLite one
    daemon does everything. SIGTERM, SIGHUP and Ctrl-C finish the mails in
    flight.
    """
    import asyncio

    from digest.config import load
    from digest.store import is_shared
    from digest.wiring.themes import check_themes
    from digest.wiring.way_out import check_way_out

    if not is_shared(load(common.config).store.url):
        raise UsageError("a worker needs PostgreSQL (store.url); on SQLite, use `digest run`")
    replace(common, verbose=common.verbose + 1).set_up_logging()
    with common.open_workspace() as workspace:
        check_way_out(workspace.config)
        check_themes(workspace.config)
        asyncio.run(_work(workspace))


async def _work(workspace: "Workspace") -> None:
    from digest.daemon import Daemon, Duties

    await Daemon(workspace, Duties.SENDING).run()
