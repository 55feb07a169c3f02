"""``digest serve``: what is reached over HTTP, alone."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import Common, with_common

if TYPE_CHECKING:
    from digest.wiring import Workspace

Host = Annotated[str, typer.Option(metavar="NAME", help="Address to listen on.")]
Port = Annotated[int, typer.Option(metavar="NUMBER", min=0, max=65_535, help="0: any free one.")]
USUAL_HOST, USUAL_PORT = "127.0.0.1", 8080


@with_common
def serve(host: Host = USUAL_HOST, port: Port = USUAL_PORT, *, common: Common) -> None:
    """Serve pages, webhooks and health over HTTP until SIGTERM.

    Put a web server with TLS in front of it. SIGTERM, SIGHUP and Ctrl-C finish the
    requests under way.
    """
    import asyncio

    replace(common, verbose=common.verbose + 1).set_up_logging()
    with common.open_workspace() as workspace:
        asyncio.run(serve_until_stopped(workspace, host, port))


async def serve_until_stopped(workspace: "Workspace", host: str, port: int) -> None:
    """Serve until SIGTERM, SIGHUP or Ctrl-C.

    Raises:
        UsageError: the port cannot be had.
    """
    import asyncio

    from digest.web import Site, make_app
    from digest.web.server import serving
    from digest.wiring.stopping import stop_signals

    stop = asyncio.Event()
    for number in stop_signals():
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with serving(make_app(Site(workspace=workspace)), host=host, port=port):
        await stop.wait()
