"""Open the store that a configuration names; what is wrong with it names its key there."""

from collections.abc import Iterator
from contextlib import contextmanager

from digest.config import Config
from digest.errors import ConfigError, StoreAddressError
from digest.store import Store, migrate, open_store, store_exists


def store_of(config: Config) -> Store:
    """Open the store; a SQLite database that does not exist yet is made.

    Raises:
        ConfigError: ``store.url`` leads nowhere.
        StoreError: the database cannot be used, or its schema is not this program's.
    """
    with naming_store_url(config):
        if not store_exists(config.store.url, base=config.folder):
            migrate(config.store.url, base=config.folder)
        return open_store(config.store.url, base=config.folder)


@contextmanager
def naming_store_url(config: Config) -> Iterator[None]:
    """Let what is wrong with ``store.url`` name the file and the key.

    Raises:
        ConfigError: in place of a ``StoreAddressError``.
    """
    try:
        yield
    except StoreAddressError as error:
        said = str(error).removeprefix("store.url: ")
        raise ConfigError([f"{config.where('store.url')}: {said}"]) from None
