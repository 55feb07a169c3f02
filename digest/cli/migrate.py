"""``digest migrate``: bring the database schema up to date."""

from digest.cli.options import Common, with_common


@with_common
def migrate(*, common: Common) -> None:
    """Bring the database schema up to date."""
    from digest.config import load
    from digest.store import migrate as migrate_store

    settings = load(common.config)
    before, after = migrate_store(settings.store.url, base=settings.folder)
    if before == after:
        common.say(f"{settings.store.url}: schema {after} is current")
    else:
        common.say(f"{settings.store.url}: schema {before or 'none'} -> {after}")
