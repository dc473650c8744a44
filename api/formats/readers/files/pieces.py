"""JSON documents of any length, one piece at a time: the elements of their lists, and the members beside them.

A document is parsed as it is read, so that memory stays flat: no more than one piece is held at a time, and a piece has
`LONGEST` characters at most. What is no JSON anywhere makes the whole file unreadable, and is told by its line.
"""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from api.formats.readers.files import encodings
from schemas.transfers import Unreadable

LONGEST: Final = 8_000_000
_STEP: Final = 1 << 16
_BLANKS: Final = re.compile(r"[ \t\r\n]*")
# The longest thing that a cut can leave half: an escape such as \\ud83d\\ude00.
_HALF: Final = 16

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A member of the document, or an element of one of its lists: the names that lead to it, its line, value and text."""

    path: Path
    line: int
    value: Any
    text: str


def read(
    file: BinaryIO, encoding: str | None, lists: frozenset[Path], inside: frozenset[Path] = frozenset()
) -> Iterator[Piece]:
    """The pieces of a JSON document in their order: each element of `lists` alone, and objects of `inside` member by member.

    The empty path is the document itself. A member that is not as expected comes whole, for the caller to judge. Raises
    Unreadable where it is no JSON, in no known encoding, or has a piece longer than LONGEST characters.
    """
    text = _Text(file, encoding)
    yield from _value(text, (), lists, inside)
    if text.peek():
        raise text.broken("something follows the end of the document; of several documents, give each as a file")


def is_json(file: BinaryIO) -> bool:
    """Whether the first sign of a file, in any encoding, opens a JSON object or list."""
    file.seek(0)
    # What may stand before it: marks, blanks, and the zero bytes of UTF-16.
    return file.read(_STEP).lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith((b"{", b"["))


def _value(text: "_Text", path: Path, lists: frozenset[Path], inside: frozenset[Path]) -> Iterator[Piece]:
    first = text.peek()
    if first == "[" and path in lists:
        yield from _elements(text, path)
    elif first == "{" and (path in inside or not path):
        for name in _names(text):
            yield from _value(text, (*path, name), lists, inside)
    else:
        yield text.piece(path)


def _elements(text: "_Text", path: Path) -> Iterator[Piece]:
    text.take("[")
    if text.peek() == "]":
        text.take("]")
        return
    while True:
        yield text.piece(path)
        if text.peek() == "]":
            text.take("]")
            return
        text.take(",")


def _names(text: "_Text") -> Iterator[str]:
    """The name of each member; its value is to be read before the next one is asked for."""
    text.take("{")
    if text.peek() == "}":
        text.take("}")
        return
    while True:
        if text.peek() != '"':
            raise text.broken("a member's name in double quotes is missing")
        name = text.piece(()).value
        text.take(":")
        yield name
        if text.peek() == "}":
            text.take("}")
            return
        text.take(",")


def _integer(digits: str) -> int | float:
    """An integer; infinity for one of so many digits that it is out of range anyway, and slow to read."""
    return int(digits) if len(digits) <= 20 else math.inf


class _Text:
    """A file as text, of which only what is needed is held."""

    def __init__(self, file: BinaryIO, encoding: str | None) -> None:
        file.seek(0)
        if not file.read(1):
            raise Unreadable("The file is empty.")
        self._rest = encodings.pieces(file, encodings.find(file, encoding))
        self._json = json.JSONDecoder(parse_int=_integer, parse_constant=lambda _: None)
        self._held, self._at, self._line, self._ended = "", 0, 1, False
        if self.peek() == "<":
            raise Unreadable("The file is XML or HTML, where JSON is needed.")

    def peek(self) -> str:
        """The next character that is no blank; nothing at the end."""
        while True:
            blanks = _BLANKS.match(self._held, self._at)
            self._pass(blanks.end() if blanks else self._at)
            if self._at < len(self._held):
                return self._held[self._at]
            if not self._more():
                return ""

    def take(self, sign: str) -> None:
        """Pass over a sign. Raises Unreadable where another one stands."""
        found = self.peek()
        if not found:
            raise self.broken("it ends too early, as if it were cut off")
        if found != sign:
            told = "a comma or the closing bracket is missing" if sign == "," else f"there is no {sign}"
            raise self.broken(told)
        self._pass(self._at + 1)

    def piece(self, path: Path) -> Piece:
        """The value that stands here. Raises Unreadable where it is none or longer than LONGEST."""
        self.peek()
        while True:
            try:
                value, end = self._json.raw_decode(self._held, self._at)
                # A number at the very end of what is held may go on in what is not.
                if end < len(self._held) or not self._more():
                    break
            except json.JSONDecodeError as error:
                half = error.msg.startswith("Unterminated string") or error.pos > len(self._held) - _HALF
                if not half or not self._more():
                    raise self._unparsed(error) from None
            except RecursionError:
                raise self.broken("objects and lists stand hundreds deep in each other, which no format has") from None
        found = Piece(path, self._line, value, self._held[self._at : end])
        self._pass(end)
        return found

    def broken(self, told: str) -> Unreadable:
        """That it is no JSON here."""
        return Unreadable(f"The file is no JSON at line {self._line}: {told}.")

    def _unparsed(self, error: json.JSONDecodeError) -> Unreadable:
        self._line += self._held.count("\n", self._at, error.pos)
        if self._ended and (error.msg.startswith("Unterminated") or error.pos > len(self._held) - _HALF):
            return self.broken("it ends too early, as if it were cut off")
        near = self._held[error.pos : error.pos + 20]
        return self.broken(f"{error.msg[:1].lower()}{error.msg[1:]}, near {near!a}")

    def _pass(self, to: int) -> None:
        self._line += self._held.count("\n", self._at, to)
        self._at = to

    def _more(self) -> bool:
        """Hold more of the file, twice as much each time; whether there was any."""
        if self._ended:
            return False
        held = self._held[self._at :]
        if len(held) > LONGEST:
            raise Unreadable(
                f"What begins at line {self._line} is longer than {LONGEST // 1_000_000} million characters, more than one object may "
                "have. Split it into several."
            )
        parts = [held]
        wanted = max(_STEP, len(held))
        while wanted > 0 and (piece := next(self._rest, "")):
            parts.append(piece)
            wanted -= len(piece)
        self._ended = len(parts) == 1
        self._held, self._at = "".join(parts), 0
        return not self._ended
