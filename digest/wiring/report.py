"""What the operator's report is counted from."""

from digest.pipeline.report import Stores
from digest.wiring.workspace import Workspace


def report_stores(workspace: Workspace) -> Stores:
    """Return the stores, and the records of the sources that are configured; asks the database."""
    store = workspace.store
    return Stores(
        report=store.report,
        ledger=store.ledger,
        relays=store.relays,
        suppressions=store.suppressions,
        sources=[store.papers.source_record(of.name) for of in workspace.config.sources],
    )
