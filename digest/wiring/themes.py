"""Where a configuration's themes are, and whether they are fit for use."""

from collections.abc import Iterator
from pathlib import Path

from digest.config import Config
from digest.errors import ConfigError, ThemeError
from digest.themes import check_theme


def theme_folders(config: Config) -> list[Path]:
    """Return where to look for themes before those that come with the program."""
    own = config.digest.themes_folder
    return [config.path(own)] if own else []


def theme_names(config: Config) -> list[str]:
    """Return the themes that a configuration names, for everybody or for one reader."""
    return sorted({config.digest.theme, *(of.theme for of in config.subscribers if of.theme)})


def check_themes(config: Config) -> None:
    """Fail early when a theme that the configuration names is not there or is broken.

    Raises:
        ConfigError: a line for each such theme, with the key that names it.
    """
    if problems := [*_problems(config)]:
        raise ConfigError(problems)


def _problems(config: Config) -> Iterator[str]:
    for name in theme_names(config):
        try:
            check_theme(name, folders=theme_folders(config))
        except ThemeError as error:
            yield f"{_key(config, name)}: {error}"


def _key(config: Config, theme: str) -> str:
    if config.digest.theme == theme:
        return config.where("digest.theme")
    reader = next(of.email for of in config.subscribers if of.theme == theme)
    return config.where(f"subscribers: {reader}: theme")
