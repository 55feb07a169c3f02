"""``digest run``: the daemon."""

from dataclasses import replace

from digest.cli.options import Common, with_common


@with_common
def run(*, common: Common) -> None:
    """Harvest and send on schedule until SIGTERM.

    One daemon works on a store; a second one says so and stops. SIGTERM and Ctrl-C finish
    the mails in flight.
    """
    import asyncio

    from digest.daemon import Daemon
    from digest.store.lock import DaemonLock
    from digest.wiring.way_out import check_way_out

    replace(common, verbose=common.verbose + 1).set_up_logging()
    with common.open_workspace() as workspace:
        check_way_out(workspace.config)
        with DaemonLock(workspace.config.store.url, base=workspace.config.folder):
            asyncio.run(Daemon(workspace).run())
