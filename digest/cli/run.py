"""``digest run``: the daemon."""

import asyncio

from digest.cli.options import DEFAULT_CONFIG, ConfigPath, Now, Quiet, Verbose, set_up_logging


def run(
    config: ConfigPath = DEFAULT_CONFIG,
    now: Now = None,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Harvest and send on schedule until SIGTERM; one daemon a store."""
    from digest.daemon import Daemon
    from digest.store.lock import DaemonLock
    from digest.wiring import open_workspace
    from digest.wiring.way_out import check_way_out

    set_up_logging(verbose + 1, quiet=quiet)
    with open_workspace(config, now=now) as workspace:
        check_way_out(workspace.config)
        with DaemonLock(workspace.config.store.url, base=workspace.config.folder):
            asyncio.run(Daemon(workspace).run())
