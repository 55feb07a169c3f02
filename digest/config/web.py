"""``[web]``: what the pages allow, and to whom they tell how the list does."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, model_validator

from digest.config.fields import Count
from digest.config.table import Table


class ReportSettings(Table):
    """``[web.report]``: the password of the operator's pages."""

    password: SecretStr | None = None
    password_file: Path | None = None
    password_env: str | None = None

    @model_validator(mode="after")
    def _one_password(self) -> Self:
        given = [self.password, self.password_file, self.password_env]
        if sum(value is not None for value in given) != 1:
            raise ValueError("needs one password; allowed: password_file or password_env")
        return self


class WebSettings(Table):
    """``[web]``: who may sign up on the pages and how often, and the operator's pages."""

    sign_up: bool = True
    sign_ups_per_client: Annotated[Count, Field(le=1_000)] = 5
    sign_ups_per_hour: Annotated[Count, Field(le=100_000)] = 60
    trusted_proxy_header: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]*$")] | None = None
    report: ReportSettings | None = None
