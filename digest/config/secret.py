"""A table that holds a password: in a file or a variable, never in the configuration itself."""

from pathlib import Path
from typing import Self

from pydantic import SecretStr, model_validator

from digest.config.table import Table


class OnePassword(Table):
    """A table with exactly one way to its password."""

    password: SecretStr | None = None
    password_file: Path | None = None
    password_env: str | None = None

    @model_validator(mode="after")
    def _one_password(self) -> Self:
        given = [self.password, self.password_file, self.password_env]
        if sum(value is not None for value in given) != 1:
            raise ValueError("needs one password; allowed: password_file or password_env")
        return self
