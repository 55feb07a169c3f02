"""Open a workspace: load a configuration, open its store, bring its readers into it."""

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from digest.config import load, subscribers_of, usual_subscriber
from digest.wiring.clock import clock_from
from digest.wiring.libraries import open_libraries
from digest.wiring.open_store import store_of
from digest.wiring.semantic import open_embedder
from digest.wiring.workspace import Workspace


def open_workspace(
    path: Path,
    *,
    now: datetime | None = None,
    before_logging: Callable[[], None] = lambda: None,
) -> closing[Workspace]:
    """Load a configuration, open its store and bring the file's readers into it.

    A SQLite database that does not exist yet is made: there is nothing to lose.

    ``before_logging`` is called when what is opened may write log lines while it works.

    Raises:
        ConfigError: the configuration is wrong.
        StoreError: the database cannot be used, or its schema is not this program's.
    """
    config = load(path)
    libraries = open_libraries(config)
    if config.semantic.enabled or libraries:
        before_logging()
    store = store_of(config)
    workspace = Workspace(config, store, clock_from(now), open_embedder(config, store), libraries)
    store.subscribers.sync(subscribers_of(config), now=workspace.clock())
    store.subscribers.follow(usual_subscriber(config))
    return closing(workspace)
