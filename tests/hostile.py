"""What a hostile or careless client sends, and how to see that nothing of it was stored."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlmodel import SQLModel

from api.database import Database
from api.settings import Settings
from schemas import tables

JSON = {"Content-Type": "application/json"}
LOCKED = {"POST": {}, "PATCH": {"If-Match": '"1-00"'}, "DELETE": {"If-Match": '"1-00"'}}

assert tables  # every table is known from here on

# English of the library that checks shapes; none of it is for an analyst.
FOREIGN = (
    "Input should", "should have", "should be", "Field required", "Extra inputs", "Value error", "a valid ", "pydantic",
    "after validation", "what is wanted here", "Traceback",
)  # fmt: skip


def rows(settings: Settings) -> dict[str, int]:
    """How many rows each table has."""
    database = Database(settings)
    try:
        with database.reading() as reading:
            found = {name: reading.row(f"SELECT count(*) FROM {name}") for name in SQLModel.metadata.tables}
            return {name: int(row[0]) for name, row in found.items() if row}
    finally:
        database.close()


@contextmanager
def nothing_stored(settings: Settings) -> Iterator[None]:
    """That what is done inside adds no row to any table."""
    before = rows(settings)
    yield
    assert rows(settings) == before


def nested(depth: int, opening: str = "[", closing: str = "]") -> bytes:
    """A body whose title is a list in a list, so deep."""
    return b'{"title":' + opening.encode() * depth + b"1" + closing.encode() * depth + b"}"


# name -> (body, what the detail says)
NOT_JSON: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "it is empty"),
    "blank": (b" \r\n\t", "it is empty"),
    "cut off in a text": (b'{"title": "Agr', "no closing quote, at line 1, column 11"),
    "cut off after a colon": (b'{"title":', "a value is missing"),
    "no comma": (b'{"a": 1 "b": 2}', "a comma or the closing bracket is missing"),
    "no quotes": (b"{title: 1}", "a member's name in double quotes is missing"),
    "no colon": (b'{"a" 1}', "a colon is missing"),
    "two bodies": (b"{} {}", "something follows the end"),
    "line break in a text": (b'{"a": "b\nc"}', "raw control character"),
    "bad escape": (b'{"a": "\\q"}', "a backslash"),
    "bad unicode escape": (b'{"a": "\\u12"}', "four hexadecimal digits"),
    "form": (b"title=Agrees&date=2025", "a value is missing"),
    "NaN": (b'{"confidence": NaN}', "NaN is no JSON number"),
    "Infinity": (b'{"confidence": Infinity}', "Infinity is no JSON number"),
    "-Infinity": (b'{"place": {"latitude": -Infinity}}', "-Infinity is no JSON number"),
    "byte order mark": (b"\xef\xbb\xbf{}", "byte order mark"),
    "UTF-16": ('{"title": "Да"}'.encode("utf-16"), "UTF-16"),
    "UTF-16 without a mark": ('{"title": "a"}'.encode("utf-16-be"), "UTF-16"),
    "UTF-32": ('{"title": "a"}'.encode("utf-32-le"), "UTF-16"),
    "zero byte": (b'{"title": "a\x00b"}', "zero bytes"),
    "Latin-1": (b'{"title": "caf\xe9"}', "byte 14 is not UTF-8"),
    "overlong UTF-8": (b'{"title": "\xc0\x80"}', "byte 11 is not UTF-8"),
    "a surrogate in UTF-8": (b'{"title": "\xed\xa0\x80"}', "byte 11 is not UTF-8"),
}

# name -> (body, where, what the message says)
NOT_KEEPABLE: dict[str, tuple[bytes, str, str]] = {
    "a list": (b"[]", "body", "not an object"),
    "a text": (b'"x"', "body", "not an object"),
    "null": (b"null", "body", "not an object"),
    "a number": (b"5", "body", "not an object"),
    "1e400": (b'{"confidence": 1e400}', "body.confidence", "out of range"),
    "-1e400": (b'{"place": {"latitude": -1e400}}', "body.place.latitude", "out of range"),
    "2^63": (b'{"confidence": 9223372036854775808}', "body.confidence", "out of range"),
    "below -2^63": (b'{"confidence": -9223372036854775809}', "body.confidence", "out of range"),
    "5,000 digits": (b'{"confidence": ' + b"9" * 5000 + b"}", "body.confidence", "out of range"),
    "900,000 digits": (b'{"confidence": ' + b"9" * 900_000 + b"}", "body.confidence", "out of range"),
    "twice": (b'{"title": "a", "title": "b"}', "body.title", "stands twice"),
    "twice, deeper": (b'{"citations": [{"url": "a", "url": "b"}]}', "body.citations.0.url", "stands twice"),
    "U+0000": (b'{"title": "a\\u0000b"}', "body.title", "U+0000"),
    "half a pair": (b'{"title": "a\\ud800b"}', "body.title", "surrogate"),
    "half a pair in a list": (b'{"tags": ["a", "\\udfff"]}', "body.tags.1", "surrogate"),
    "half a pair in a name": (b'{"a\\ud800": 1}', "body", "surrogate"),
    "100 deep": (nested(100), "body", "deep"),
    "1,000 deep": (nested(1_000), "body", "deep"),
    "100,000 deep": (nested(100_000), "body", "deep"),
    "100,000 objects deep": (nested(100_000, '{"a":', "}"), "body", "deep"),
    "100,000 deep and open": (b'{"title":' + b"[" * 100_000, "body", "deep"),
}

# Values that most members can't have.
WRONG: list[Any] = [
    None, True, 5, -1, 1.5, 2**62, "", " ", "x" * 30_000, "\u0007", "💥", [], [[1]], ["x", "x"], [None], {"a": 1}, {}, {"slug": 5},
]  # fmt: skip


def doubled(count: int) -> bytes:
    """An object of so many members, the last of them twice."""
    members = [f'"a{number}":1' for number in range(count)]
    return ("{" + ",".join([*members, members[-1]]) + "}").encode()


def flood(count: int) -> bytes:
    """An object of so many members that no shape knows."""
    return json.dumps({f"a{number}": 1 for number in range(count)}).encode()
