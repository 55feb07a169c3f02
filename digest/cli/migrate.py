"""``digest migrate``: bring the database schema up to date."""

from digest.cli.options import Common, with_common


@with_common
def migrate(*, common: Common) -> None:
    """Bring the database schema up to date."""
    from digest.config import load
    from digest.store import migrate as migrate_store
    from digest.store import shown
    from digest.wiring.open_store import naming_store_url

    settings = load(common.config)
    name = shown(settings.store.url)
    with naming_store_url(settings):
        before, after = migrate_store(settings.store.url, base=settings.folder)
    if before == after:
        common.say(f"{name}: schema {after} is current")
    else:
        common.say(f"{name}: schema {before or 'none'} -> {after}")
