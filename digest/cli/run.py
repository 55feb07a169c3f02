"""``digest run``: the daemon."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import Common, with_common
from digest.cli.serve import USUAL_HOST, USUAL_PORT, Host, Port

if TYPE_CHECKING:
    from digest.wiring import Workspace


@with_common
def run(
    web: Annotated[bool, typer.Option("--web", help="Serve HTTP too, as `digest serve`.")] = False,
    host: Host = USUAL_HOST,
    port: Port = USUAL_PORT,
    *,
    common: Common,
) -> None:
    """Harvest and send on schedule until SIGTERM.

    One daemon works on a SQLite database, and a second one says so and stops; on PostgreSQL
    several share the work. SIGTERM, SIGHUP and Ctrl-C finish the mails in flight.
    """
    import asyncio

    from digest.store.lock import DaemonLock
    from digest.wiring.themes import check_themes
    from digest.wiring.way_out import check_way_out

    replace(common, verbose=common.verbose + 1).set_up_logging()
    with common.open_workspace() as workspace:
        check_way_out(workspace.config)
        check_themes(workspace.config)
        with DaemonLock(workspace.config.store.url, base=workspace.config.folder):
            asyncio.run(_run(workspace, (host, port) if web else None))


async def _run(workspace: "Workspace", address: tuple[str, int] | None) -> None:
    from digest.daemon import Daemon

    daemon = Daemon(workspace)
    if address is None:
        await daemon.run()
        return
    from digest.web import Site, make_app
    from digest.web.server import serving

    host, port = address
    async with serving(make_app(Site(workspace=workspace)), host=host, port=port):
        await daemon.run()
