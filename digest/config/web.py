"""``[web]``: what the pages allow, and to whom they tell how the list does."""

from typing import Annotated

from pydantic import Field

from digest.config.fields import Count
from digest.config.secret import OnePassword
from digest.config.table import Table


class ReportSettings(OnePassword):
    """``[web.report]``: the password of the operator's pages."""


class WebSettings(Table):
    """``[web]``: who may sign up on the pages and how often, and the operator's pages."""

    sign_up: bool = True
    sign_ups_per_client: Annotated[Count, Field(le=1_000)] = 5
    sign_ups_per_hour: Annotated[Count, Field(le=100_000)] = 60
    trusted_proxy_header: (
        Annotated[
            str,
            Field(
                pattern=r"^[A-Za-z][A-Za-z0-9-]*$",
                json_schema_extra={"allowed": 'the name of a header, such as "X-Real-IP"'},
            ),
        ]
        | None
    ) = None
    report: ReportSettings | None = None
