"""Quote what a record holds in a message: short, on one line, as its file wrote it."""

_MOST = 60
_MOST_BITS = 128


def shown(value: object) -> str:
    """Return a value of JSON as text; of lists and objects only the kind."""
    match value:
        case str():
            return repr(value[:_MOST])  # with escapes for whatever cannot be printed
        case None | True | False:
            return {None: "null", True: "true", False: "false"}[value]
        case list():
            return "a list"
        case dict():
            return "an object"
        case int() if value.bit_length() > _MOST_BITS:
            return "a number of so many digits"
    return str(value)
