"""Which encoding a file of text has, and its lines, read with flat memory.

UTF-8, with a byte order mark or without; UTF-16 and UTF-32 with their marks; UTF-16 without one, known by its zero bytes;
Windows-1252 where the bytes are no UTF-8 and none of them stands for nothing in it. The whole file is looked through first,
so that no import breaks off in its middle for a byte that can't be read. An encoding that is given is taken at its word.
"""

import codecs
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO, Final

from schemas.fields import closest
from schemas.transfers import Unreadable

LONGEST_LINE: Final = 1_000_000  # characters: the longest press conference that we know has 176,000
_PIECE: Final = 1 << 20
_SAMPLE: Final = 1 << 16

# What may be given, by the names that people use; each is tried as Python knows it.
ENCODINGS: Final = tuple(
    "utf-8 utf-8-sig utf-16 utf-16-le utf-16-be utf-32 windows-1250 windows-1251 windows-1252 windows-1253 windows-1254 "
    "iso-8859-1 iso-8859-2 iso-8859-5 iso-8859-9 iso-8859-15 koi8-r koi8-u cp866 mac-cyrillic mac-roman us-ascii".split()
)
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# How files begin that hold no text of rows, and what to do with each.
_OTHERS: Final = (
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook", "Unpack the archive first; save a sheet of a workbook as CSV UTF-8."),
    (b"\x1f\x8b", "packed with gzip", "Unpack it first."),
    (b"\x28\xb5\x2f\xfd", "packed with Zstandard", "Unpack it first."),
    (b"BZh", "packed with bzip2", "Unpack it first."),
    (b"\xfd7zXZ\x00", "packed with xz", "Unpack it first."),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "Unpack it first."),
    (b"Rar!", "a RAR archive", "Unpack it first."),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook or Word document", "Save the sheet as CSV UTF-8."),
    (b"%PDF", "a PDF document", "Give the table itself, as CSV."),
    (b"SQLite format 3\x00", "an SQLite database", "Write the table out as CSV."),
)  # fmt: skip


def find(file: BinaryIO, encoding: str | None = None) -> str:
    """The encoding that the whole file can be read in, and the file set to its start; `encoding` is what the caller says.

    Raises Unreadable for a file that is empty, packed, no text, or not in the encoding that it begins in or is said to have.
    """
    file.seek(0)
    sample = file.read(_SAMPLE)
    if not sample:
        raise Unreadable("The file is empty: a table has a line with the names of its columns, then its rows.")
    for beginning, what, instead in _OTHERS:
        if sample.startswith(beginning):
            raise Unreadable(f"The file is {what}, not the text of a table. {instead}")
    codec = _named(encoding, sample) if encoding is not None else _guessed(sample)
    fault = _first_fault(file, codec)
    if fault and fault.byte is not None and encoding is None and codec == "utf-8" and not fault.accents:
        if (other := _first_fault(file, "windows-1252")) is not None:
            raise Unreadable(
                f"The file is no text: line {fault.line} is no UTF-8, and line {other.line} no Windows-1252 either. "
                "Save it as UTF-8, or name its encoding."
            )
        if _in_other_letters(file):
            raise Unreadable(
                f"The file is no UTF-8 (line {fault.line}), and its words are made of letters that only a Cyrillic or Greek "
                "encoding has. Name its encoding, such as windows-1251 or koi8-u, or save it as UTF-8."
            )
        codec, fault = "windows-1252", None
    if fault is not None:
        raise Unreadable(fault.told(encoding or codec))
    file.seek(0)
    return codec


def is_known(name: str) -> bool:
    """Whether a name stands for an encoding that may be given."""
    return _codec(name) is not None


def lines(file: BinaryIO, codec: str) -> Iterator[str]:
    """Each line with its end, LF, CR or CRLF, from the start of the file.

    Raises Unreadable at one of more than LONGEST_LINE characters, of which no more is read.
    """
    with _text(file, codec) as text:
        number = 0
        while line := text.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise Unreadable(
                    f"Line {number} is longer than {LONGEST_LINE:,} characters, which no row is. "
                    "Is it another kind of file?"
                )
            yield line


def pieces(file: BinaryIO, codec: str) -> Iterator[str]:
    """The text of the file from its start, in pieces of at most 65,536 characters."""
    with _text(file, codec) as text:
        while piece := text.read(_SAMPLE):
            yield piece


@contextmanager
def _text(file: BinaryIO, codec: str) -> Iterator[io.TextIOWrapper]:
    file.seek(0)
    text = io.TextIOWrapper(file, codec, newline="")
    try:
        yield text
    finally:
        with suppress(ValueError):  # whoever closed the file first has nothing left to lose
            text.detach()


class _Fault:
    """The first place of a file that its encoding can't read."""

    def __init__(self, line: int, byte: int | None, accents: bool) -> None:
        self.line = line
        self.byte = byte
        self.accents = accents  # whether something before it was read that is not plain ASCII

    def told(self, name: str) -> str:
        if self.byte is None:
            return f"Line {self.line} has a NUL character: the file is no text, is damaged, or is not in {name}."
        rest = " though what stands before it is" if self.accents and name == "utf-8" else ""
        return (
            f"Line {self.line} has the byte 0x{self.byte:02X} where it is no {name}{rest}. "
            "Save the file as UTF-8, or name the encoding that it is in."
        )


def _named(encoding: str, sample: bytes) -> str:
    codec = _codec(encoding)
    if codec is None:
        near = closest(encoding, ENCODINGS)
        raise Unreadable(
            f"No text is in the encoding {encoding[:40]!r}. "
            + (f"Did you mean {near}?" if near else f"Known are {', '.join(ENCODINGS)}.")
        )
    if codec == "utf-8":
        return "utf-8-sig"  # which takes a mark where there is one
    if codec in ("utf-16", "utf-32") and _marked(sample) != codec:
        return (_utf_16(sample) or "utf-16-le") if codec == "utf-16" else "utf-32-le"
    return codec


def _codec(name: str) -> str | None:
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):  # ValueError: a name with a NUL in it
        return None
    return codec if codec in {codecs.lookup(known).name for known in ENCODINGS} else None


def _marked(sample: bytes) -> str | None:
    return next((codec for mark, codec in _MARKS if sample.startswith(mark)), None)


def _guessed(sample: bytes) -> str:
    return _marked(sample) or _utf_16(sample) or "utf-8"


def _utf_16(sample: bytes) -> str | None:
    """UTF-16 without a mark: every comma, digit and line end has a zero byte, always on the same side."""
    before, after = (sample[start::2].count(0) for start in (0, 1))
    if max(before, after) * 50 < len(sample) // 2 or not max(before, after) > 10 * min(before, after):
        return None
    return "utf-16-le" if after > before else "utf-16-be"


def _in_other_letters(file: BinaryIO) -> bool:
    """Whether letters beyond ASCII come in words, and not one by one among others, as accents do."""
    file.seek(0)
    letters = in_words = 0
    while piece := file.read(_PIECE):
        runs = [len(run) for run in re.findall(rb"[\xc0-\xff]+", piece)]
        letters += sum(runs)
        in_words += sum(run for run in runs if run > 2)
    return in_words * 3 > letters


def _first_fault(file: BinaryIO, codec: str) -> _Fault | None:
    """Read the whole file in an encoding and tell where that fails first, or where a NUL stands."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(codec)()
    line, accents = 1, False
    while True:
        piece = file.read(_PIECE)
        try:
            text = decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            before = bytes(error.object[: error.start]).decode(codec, "ignore")
            return _Fault(line + before.count("\n"), error.object[error.start], accents or not before.isascii())
        if (place := text.find("\0")) >= 0:
            return _Fault(line + text.count("\n", 0, place), None, accents)
        line += text.count("\n")
        accents = accents or not text.isascii()
        if not piece:
            return None
