"""Read a form that was posted: a few short fields, and no files."""

from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

from digest.web.body import read_body

_LARGEST = 64 * 1024
_FIELDS = 100
_KIND = "application/x-www-form-urlencoded"


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a form; of two with one name the last counts.

    A body of another kind has no fields. NUL, which no database takes, is left out.

    Raises:
        HTTPException: it is too long (413), or no form (400).
    """
    body = await read_body(request, limit=_LARGEST)
    if not request.headers.get("content-type", "").startswith(_KIND):
        return {}
    try:
        pairs = parse_qsl(
            body.decode("utf-8", "replace"),
            keep_blank_values=True,
            errors="replace",
            max_num_fields=_FIELDS,
        )
    except ValueError:
        raise HTTPException(400) from None
    return {name: value.replace("\0", "") for name, value in pairs}
