"""Tables whose columns have well-known names, written in many ways: `SQLDATE`, `SqlDate`, `sql_date`, `Event ID`, `event_id`.

A table is parted by tabs, commas or semicolons, whichever its first line shows. With tabs, quotation marks are letters
like others, as GDELT, ICEWS and POLECAT write them; with commas and semicolons they enclose cells.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain
from typing import BinaryIO, Final

from api.formats.readers.files import encodings, tables
from api.formats.readers.files.cells import one_line, tidy
from api.formats.readers.files.tables import Cells
from schemas.transfers import Reject, RowFault, Skipped, Unreadable

# What stands in a cell for nothing, as R, pandas and databases write it.
NOTHING: Final = frozenset({"", "na", "n/a", "nan", "null", "none", "\\n"})
_DAY: Final = re.compile(r"(\d{4})([-/]?)(\d\d)\2(\d\d)(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?", re.ASCII)
_INSTANT: Final = re.compile(
    r"(\d{4})[-/]?(\d\d)[-/]?(\d\d)[T ]?(\d\d):?(\d\d):?(\d\d)(?:\.0+)?(?:Z|\+00:00| UTC)?", re.ASCII
)
_WHOLE: Final = re.compile(r"(-?\d+)\.0+")


@dataclass(frozen=True, slots=True)
class Opened:
    """The rows of a file, its first row apart, and what they are parted by."""

    first: Cells
    rest: Iterator[Cells | Reject | Skipped]
    delimiter: str

    @property
    def rows(self) -> Iterator[Cells | Reject | Skipped]:
        """All rows, the first one too."""
        return chain((self.first,), self.rest)


@dataclass(frozen=True, slots=True)
class Line:
    """A row by the names that are known here; `named` says what a known column is called in this file, if otherwise.

    What stands in a column is given in one line, and empty where a word for nothing stands.
    """

    line: int
    cells: Mapping[str, str]
    named: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        value = plain(self.cells.get(self.named.get(name, name), ""))
        return "" if len(value) < 5 and value.casefold() in NOTHING else value

    def column(self, name: str) -> str:
        """What a known column is called in this file."""
        return self.named.get(name, name)

    def whole(self, name: str) -> str:
        """A whole number as it was before a spreadsheet or pandas made it 43.0."""
        value = self[name]
        found = _WHOLE.fullmatch(value) if "." in value else None
        return found[1] if found else value

    def number(self, name: str) -> float | None:
        """A number; None for none, or for what is not one."""
        try:
            value = float(self[name])
        except ValueError:
            return None
        return value if abs(value) < float("inf") else None

    def origin(self, name: str) -> tuple[str, str]:
        """From which column a member came, and what stood there."""
        return self.column(name), self.cells.get(self.column(name), "")

    def fault(self, name: str, message: str, hint: str | None = None) -> RowFault:
        """What is wrong with a column of this row."""
        column, value = self.origin(name)
        return RowFault(column, value[:200], message, hint)


def day(text: str) -> date | None:
    """A day written as 20170101, 2017-01-01 or 2017/01/01, also with midnight behind it; None for anything else."""
    found = _DAY.fullmatch(text)
    try:
        return date(int(found[1]), int(found[3]), int(found[4])) if found else None
    except ValueError:
        return None


def instant(text: str) -> str | None:
    """An instant of UTC, written as 20170101073000 or nearly so, or else a day; None for anything else."""
    found = _INSTANT.fullmatch(text)
    if found is None:
        plain = day(text)
        return plain.isoformat() if plain else None
    try:
        year, month, number, hour, minute, second = map(int, found.groups())
        written = datetime(year, month, number, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    return written.isoformat().replace("+00:00", "Z")


def plain(text: str) -> str:
    """Text in one line, without characters that can't be seen."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return one_line("".join(character if character.isprintable() else " " for character in one_line(text)))


def key(name: str) -> str:
    """A name of a column without its way of being written: letters and digits, in small letters."""
    return "".join(character for character in tidy(name).casefold() if character.isalnum())


def open_rows(file: BinaryIO, mapping: object, encoding: str | None, whose: str) -> Opened:
    """The rows of a file of events. Raises Unreadable for one without rows, or whose first row is not one, and for a mapping."""
    if mapping is not None:
        raise Unreadable(
            f"The columns of {whose} are known and take no mapping: leave it out, or read the file as a mapped table."
        )
    codec = encodings.find(file, encoding)
    sample = next((line for line in encodings.lines(file, codec) if line.strip()), "")
    delimiter = "\t" if "\t" in sample else max(",;", key=sample.count)
    rows = tables.split(file, codec, delimiter, quotes=delimiter != "\t")
    first = next((row for row in rows if not is_empty(row)), None)
    if first is None:
        raise Unreadable(f"The file has no rows: a table of events of {whose} was expected.")
    if isinstance(first, Reject):
        raise Unreadable(f"The first row of the file, on line {first.line}, can't be read: {first.faults[0].message}.")
    assert isinstance(first, Cells)
    return Opened(first, rows, delimiter)


def is_empty(row: Cells | Reject | Skipped) -> bool:
    """Whether nothing stands in a row."""
    return isinstance(row, Skipped) or (isinstance(row, Cells) and not any(cell.strip() for cell in row.cells))


def known(header: list[str], names: Mapping[str, str]) -> dict[str, str]:
    """Which column of a file is which known one: known name to the name in the file. `names` maps keys to known names."""
    found: dict[str, str] = {}
    for column in header:
        name = names.get(key(column))
        if name is not None:
            found.setdefault(name, column)
    return found


def need_columns(found: Mapping[str, str], needed: tuple[tuple[str, ...], ...], what: str) -> None:
    """Refuse a table without columns that it can't do without; of each group one is enough. Raises Unreadable."""
    missing = [" or ".join(group) for group in needed if not any(name in found for name in group)]
    if missing:
        raise Unreadable(f"This is no table of {what}: it has no column {', and none '.join(missing)}.")


def lines(opened: Opened, header: list[str], found: Mapping[str, str]) -> Iterator[Line | Reject | Skipped]:
    """Each row below the names of the columns, by the names that are known; empty cells beyond the last name are let be."""
    for row in opened.rest:
        if not isinstance(row, Cells):
            yield row
            continue
        given = row.cells
        while len(given) > len(header) and not given[-1].strip():
            given.pop()
        cells = tables.named(header, given, opened.delimiter)
        if is_empty(row):
            yield Skipped(row.line, "an empty row")
        elif given == header:
            yield Skipped(row.line, "the names of the columns again")
        elif len(given) != len(header):
            message = f"the row has {len(given):,} cells, and the table has {len(header):,} columns"
            yield Reject(
                row.line, cells, (RowFault(None, None, message, "Is the row cut off, or the delimiter in a cell?"),)
            )
        elif fault := tables.unmended(cells):
            yield Reject(row.line, cells, (fault,))
        else:
            yield Line(row.line, cells, found)
