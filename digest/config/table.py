"""What every table of a configuration has in common."""

from pydantic import BaseModel, ConfigDict


class Table(BaseModel):
    """A table that knows all its keys: a misspelt one is an error, not a silent default."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, arbitrary_types_allowed=True
    )
