"""JSON as we take it: UTF-8, no member twice, no NaN, no number out of range, no depth without end."""

import json
import math
from typing import Any

from api.errors import Problem, invalid
from schemas.problems import Fault

DEEPEST = 32


class _Twice(ValueError):
    """A member that stands twice in one object."""


def parse(raw: bytes) -> dict[str, Any]:
    """The object in a body. Raises Problem `malformed-json` or `invalid`."""
    try:
        value = json.loads(raw.decode("utf-8"), object_pairs_hook=_pairs, parse_constant=_constant)
    except UnicodeDecodeError as error:
        raise Problem("malformed-json", f"The body is not UTF-8: byte {error.start} does not belong to it.") from None
    except json.JSONDecodeError as error:
        raise Problem(
            "malformed-json", f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from None
    except _Twice as error:
        name = str(error)
        raise invalid(
            [Fault(where=f"body.{name}", message=f"{name!r} stands twice in one object", hint="Send it once.")]
        ) from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:
        if "digits" in str(error):
            raise invalid(
                [
                    Fault(
                        where="body", message="a number has thousands of digits", hint="Send a number of ordinary size."
                    )
                ]
            ) from None
        raise Problem("malformed-json", f"The body is not JSON: {error}.") from None
    if not isinstance(value, dict):
        raise invalid([Fault(where="body", message="the body is not an object", hint='Send {"member": value, …}.')])
    _inspect(value, "body", 0)
    return value


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise _Twice(next(name for name in names if names.count(name) > 1)[:100])
    return found


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _too_deep() -> Problem:
    message = f"objects and lists stand more than {DEEPEST} deep in each other"
    return invalid([Fault(where="body", message=message, hint="Nothing here needs more than four.")])


def _inspect(value: Any, where: str, depth: int) -> None:
    if depth > DEEPEST:
        raise _too_deep()
    if isinstance(value, dict):
        for name, item in value.items():
            _inspect(item, f"{where}.{name[:60]}", depth + 1)
            _encodable(name, where)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _inspect(item, f"{where}.{index}", depth + 1)
    elif isinstance(value, str):
        _encodable(value, where)
    elif (isinstance(value, float) and not math.isfinite(value)) or (isinstance(value, int) and abs(value) >= 2**63):
        raise invalid(
            [Fault(where=where, message="the number is out of range", hint="Send a number of ordinary size.")]
        )


def _encodable(text: str, where: str) -> None:
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text if character > "\ud7ff"):
        message = "the text holds U+0000 or half of a surrogate pair"
        raise invalid([Fault(where=_plain(where), message=message, hint="Remove it, or send the whole character.")])


def _plain(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
