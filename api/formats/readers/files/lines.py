"""Files of JSON objects: one a line (JSON Lines, NDJSON), or all of them in one array, each with its line in the file.

Nothing is held but the object that is being read: arrays are parted at their brackets and read object by object. Numbers
keep the digits that they were written with. An object with a name twice, or too deep, or too long, is no row.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, Never

from api.formats.readers.files import encodings
from schemas.transfers import Reject, RowFault, Skipped, Unreadable

LONGEST_OBJECT: Final = encodings.LONGEST_LINE
DEEPEST: Final = 32
_SHOWN: Final = 200
_OUTSIDE: Final = re.compile(r'["\[\]{},\n]')
_INSIDE: Final = re.compile(r'["\\\n]')
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_UNKEEPABLE: Final = re.compile("[\x00\ud800-\udfff]")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Parsed:
    """An object of the file, the line on which it begins, and its text as it stands there."""

    line: int
    members: Json
    text: str


def read(
    file: BinaryIO, *, encoding: str | None = None, as_written: bool = True
) -> Iterator[Parsed | Reject | Skipped]:
    """Each object of the file, in order; a Reject is what is none, and an empty line is Skipped.

    Numbers are text `as_written`, or numbers.

    Raises Unreadable where the file as a whole holds no objects, or one longer than LONGEST_OBJECT characters.
    """
    codec = encodings.find(file, encoding)
    if _first_sign(file, codec) == "[":
        yield from (_parsed(line, text, as_written) for line, text in _elements(file, codec))
        return
    for line, text in enumerate(encodings.lines(file, codec), 1):
        bare = text.strip(" \t\r\n\ufeff")
        if line == 1 and bare == "{":
            raise Unreadable(
                "The file is one JSON object over many lines. Give one object on each line, or an array of objects."
            )
        yield _parsed(line, bare, as_written) if bare else Skipped(line, "an empty line")


def looks_like_json(file: BinaryIO, encoding: str | None = None) -> bool:
    """Whether the first sign of the file opens a JSON object or array, and not the names of the columns of a table."""
    return _first_sign(file, encodings.find(file, encoding)) in ("{", "[")


def _first_sign(file: BinaryIO, codec: str) -> str:
    for line in encodings.lines(file, codec):
        if bare := line.strip(" \t\r\n\ufeff"):
            return bare[0]
    return ""


def _parsed(line: int, text: str, as_written: bool) -> Parsed | Reject:
    try:
        if _depth(text) > DEEPEST:
            raise ValueError(f"the object is more than {DEEPEST} levels deep")
        members = (_AS_WRITTEN if as_written else _AS_NUMBERS).decode(text)
        if not isinstance(members, dict):
            raise ValueError("this is no JSON object, which is written in braces: {…}")
        if "\\u" in text and _UNKEEPABLE.search(json.dumps(members, ensure_ascii=False)):
            raise ValueError("a text holds U+0000 or half of a surrogate pair, which can't be kept")
    except json.JSONDecodeError as error:
        where = text[max(0, error.pos - 20) : error.pos + 20]
        told = f"this is no JSON: {error.msg[:1].lower()}{error.msg[1:]}, at character {error.pos + 1}, near {where!a}"
        return _reject(line, text, told)
    except ValueError as error:
        return _reject(line, text, str(error))
    return Parsed(line, members, text)


def _reject(line: int, text: str, told: str) -> Reject:
    return Reject(line, {"json": text}, (RowFault(None, text[:_SHOWN], told, "One JSON object for each row."),))


def _once(pairs: list[tuple[str, Any]]) -> Json:
    members = dict(pairs)
    if len(members) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f"the name {twice[:60]!r} stands twice in one object")
    return members


def _no_number(written: str) -> Never:
    raise ValueError(f"{written} is no number of JSON")


# Made once: json.loads makes one for every object that is read with hooks.
_AS_NUMBERS = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number)
_AS_WRITTEN = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number, parse_float=str, parse_int=str)


def _depth(text: str) -> int:
    """How deep the brackets go; counted only where there are enough of them."""
    if text.count("[") + text.count("{") <= DEEPEST:
        return 0
    depth = deepest = 0
    for sign in re.findall(r"[\[\]{}]", _STRING.sub("", text)):
        depth += 1 if sign in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _elements(file: BinaryIO, codec: str) -> Iterator[tuple[int, str]]:
    """The elements of the array that the file is, each with the line on which it begins."""
    held: list[str] = []  # of the element that is being read
    size = depth = skip = 0
    line = begun = 1
    quoted = ended = False
    for piece in encodings.pieces(file, codec):
        place, start, skip = skip, 0, 0
        while not ended and (found := (_INSIDE if quoted else _OUTSIDE).search(piece, place)):
            sign, place = found[0], found.end()
            if sign == "\n":
                line += 1
            elif sign == "\\":
                place += 1  # whatever is escaped; it may begin the next piece
            elif sign == '"':
                quoted = not quoted
            elif sign in "[{":
                depth += 1
                if depth == 1:
                    start, begun = place, line
            elif sign in "]}" and depth > 1:
                depth -= 1
            elif depth == 1:
                text = "".join([*held, piece[start : place - 1]])
                if text.strip() or sign == ",":
                    yield begun + _blank_lines(text), text.strip()
                if sign == "}":
                    raise Unreadable(f"On line {line} a brace closes what a square bracket opened.")
                ended = sign == "]"
                held, size, start, begun = [], 0, place, line
        skip = max(0, place - len(piece))
        if ended:
            if piece[start:].strip():
                raise Unreadable(
                    f"Something stands behind the end of the array, on line {line} or below. Give one array."
                )
            continue
        held.append(piece[start:])
        size += len(piece) - start
        if size > LONGEST_OBJECT:
            raise Unreadable(
                f"What begins on line {begun} is longer than {LONGEST_OBJECT:,} characters, which no row is. "
                "Is a bracket or a quotation mark missing?"
            )
    if not ended:
        raise Unreadable(
            f"The array that the file begins with is never closed; it ends on line {line}. Was it cut off?"
        )


def _blank_lines(text: str) -> int:
    return text[: len(text) - len(text.lstrip())].count("\n")


def flat(members: Json) -> dict[str, list[str]]:
    """What an object holds as columns: `place.name` is within `place`; a list gives several values, one of objects theirs."""
    found: dict[str, list[str]] = {}
    _flatten(members, "", found)
    return found


def _flatten(value: Any, name: str, found: dict[str, list[str]]) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _flatten(inner, f"{name}.{key}" if name else key, found)
    elif isinstance(value, list):
        found.setdefault(name, [])
        for inner in value:
            _flatten(inner, name, found)
    elif value is None:
        found.setdefault(name, [])
    else:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        found.setdefault(name, []).append(text)
