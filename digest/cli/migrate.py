"""``digest migrate``: bring the database schema up to date."""

from digest.cli.options import DEFAULT_CONFIG, ConfigPath


def migrate(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Bring the database schema up to date."""
    import typer

    from digest.config import load
    from digest.store import migrate as migrate_store

    settings = load(config)
    before, after = migrate_store(settings.store.url, base=settings.folder)
    if before == after:
        typer.echo(f"{settings.store.url}: schema {after} is current")
    else:
        typer.echo(f"{settings.store.url}: schema {before or 'none'} -> {after}")
