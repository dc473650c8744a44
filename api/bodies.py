"""JSON as we take it: UTF-8, no member twice, no NaN, no number out of range, no depth without end."""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from api.errors import MOST_FAULTS, Problem, invalid
from schemas.problems import Fault

DEEPEST = 32
_LONGEST_INTEGER = 20
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")

# What Python's parser says, in words for a person.
_STOPS = {
    "Expecting value": "a value is missing or is no JSON value",
    "Expecting property name enclosed in double quotes": "a member's name in double quotes is missing",
    "Expecting ':' delimiter": "a colon is missing",
    "Expecting ',' delimiter": "a comma or the closing bracket is missing",
    "Extra data": "something follows the end",
    "Unterminated string starting at": "a text that begins there has no closing quote",
    "Invalid control character at": "a raw control character stands in a text; a line break is written \\n",
    "Invalid \\escape": "a backslash stands before a character that it can't stand before",
    "Invalid \\uXXXX escape": "\\u is not followed by four hexadecimal digits",
    "Illegal trailing comma before end of object": "a comma stands before a closing bracket",
    "Illegal trailing comma before end of array": "a comma stands before a closing bracket",
}


class _Doubled(dict[str, Any]):
    """An object in which a member stands twice."""

    names: list[str]


def parse(raw: bytes) -> dict[str, Any]:
    """The object in a body. Raises Problem `malformed-json`, or `invalid` with every fault of its values."""
    if not raw.strip(b" \t\r\n"):
        raise _malformed("it is empty")
    if raw.startswith(b"\xef\xbb\xbf"):
        raise _malformed("it begins with a byte order mark; send UTF-8 without one")
    if b"\x00" in raw or raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _malformed("it holds zero bytes or is in UTF-16; send UTF-8")
    try:
        value = json.loads(raw.decode("utf-8"), object_pairs_hook=_pairs, parse_constant=_constant, parse_int=_integer)
    except UnicodeDecodeError as error:
        raise _malformed(f"byte {error.start} is not UTF-8") from None
    except json.JSONDecodeError as error:
        told = next((ours for theirs, ours in _STOPS.items() if error.msg.startswith(theirs)), "it stops to be JSON")
        raise _malformed(f"{told}, at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise _too_deep() from None
    if not isinstance(value, dict):
        raise invalid([Fault(where="body", message="the body is not an object", hint='Send {"member": value, …}.')])
    found = list(islice(_wrong(value, "body", 0), MOST_FAULTS + 1))
    if found:
        raise invalid(found)
    return value


def _malformed(told: str) -> Problem:
    return Problem("malformed-json", f"The body is not JSON: {told}.")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    doubled = _Doubled(found)
    doubled.names = [name for name, times in Counter(name for name, _ in pairs).items() if times > 1]
    return doubled


def _constant(name: str) -> Any:
    raise _malformed(f"{name} is no JSON number")


def _integer(text: str) -> int | float:
    """An integer; infinity for one of so many digits that it is out of range anyway, and slow to read."""
    return int(text) if len(text) <= _LONGEST_INTEGER else math.inf


def _too_deep() -> Problem:
    message = f"objects and lists stand more than {DEEPEST} deep in each other"
    return invalid([Fault(where="body", message=message, hint="Nothing here needs more than four.")])


def _wrong(value: Any, where: str, depth: int) -> Iterator[Fault]:
    """What no shape needs to be asked about. Raises Problem `invalid` where it is too deep."""
    if depth > DEEPEST:
        raise _too_deep()
    if isinstance(value, dict):
        for name in value.names if isinstance(value, _Doubled) else ():
            yield Fault(
                where=_inside(where, name), message=f"{name[:60]!r} stands twice in one object", hint="Send it once."
            )
        for name, item in value.items():
            if _UNKEEPABLE.search(name):
                yield _unkeepable(where)
            yield from _wrong(item, _inside(where, name), depth + 1)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _wrong(item, f"{where}.{index}", depth + 1)
    elif isinstance(value, str):
        if _UNKEEPABLE.search(value):
            yield _unkeepable(where)
    elif (isinstance(value, float) and not math.isfinite(value)) or (isinstance(value, int) and abs(value) >= 2**63):
        yield Fault(where=where, message="the number is out of range", hint="Send a number of ordinary size.")


def _inside(where: str, name: str) -> str:
    return f"{where}.{name[:60].encode('utf-8', 'replace').decode()}"


def _unkeepable(where: str) -> Fault:
    message = "the text holds U+0000 or half of a surrogate pair"
    return Fault(where=where, message=message, hint="Remove it, or send the whole character.")
