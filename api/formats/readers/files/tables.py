"""Delimited files: CSV, TSV and kin, cell by cell, each row with the line of the file on which it begins.

Rows end in CRLF, LF or CR; a cell in quotation marks can hold any of them, delimiters, and quotation marks doubled. What is
not written so is told, never guessed: a table that is read wrongly looks like a table that is read rightly.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, Final, Literal

from api.formats.readers.files import encodings
from api.formats.readers.files.cells import tidy
from schemas.transfers import MISFIT_COLUMN, Reject, RowFault, Skipped, Unreadable

DELIMITERS: Final = (",", ";", "\t", "|")
LONGEST_ROW: Final = encodings.LONGEST_LINE
MOST_COLUMNS: Final = 5_000
_SHOWN: Final = 200
_SAMPLE_LINES: Final = 200
_SAMPLE_LENGTH: Final = 100_000
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_HXL: Final = re.compile(r"#[A-Za-z_]\w*(?:\s*\+\s*\w+)*")

# One cell may be as long as a row. The module keeps one limit for all of the process, far below that.
csv.field_size_limit(LONGEST_ROW)


@dataclass(frozen=True, slots=True)
class Cells:
    """A row as its delimiters part it, and the line on which it begins, from 1."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with the names of its columns; `rows` gives one thing for each row below them, in order."""

    columns: tuple[str, ...]
    delimiter: str
    rows: Iterator[Cells | Reject | Skipped]

    def named(self, cells: Sequence[str]) -> dict[str, str]:
        """The cells of a row by the names of their columns."""
        return named(self.columns, cells, self.delimiter)


def named(columns: Sequence[str], cells: Sequence[str], delimiter: str) -> dict[str, str]:
    """The cells of a row by the names of their columns; one more tells of what is beyond the last, or how many are missing."""
    given, width = dict(zip(columns, cells, strict=False)), len(columns)
    if len(cells) > width:
        return {**given, MISFIT_COLUMN: delimiter.join(cells[width:])}
    return given if len(cells) == width else {**given, MISFIT_COLUMN: f"{width - len(cells):,} cells are missing"}


def unmended(cells: Mapping[str, str]) -> RowFault | None:
    """What is wrong with a row of a sheet of rejected rows that had too many cells or too few, and is as it was."""
    told = cells.get(MISFIT_COLUMN, "").strip()
    if not told:
        return None
    message = "the row had too many cells or too few, and was not mended"
    return RowFault(
        MISFIT_COLUMN, told[:_SHOWN], message, f"Put each cell into its column, then empty {MISFIT_COLUMN}."
    )


def read(
    file: BinaryIO,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    quotes: bool = True,
    names: Sequence[str] | None = None,
    skip_lines: int = 0,
    trims: bool = True,
) -> Table:
    """Open a table: with `names` for one without a line of names, `skip_lines` for what stands above that line.

    Each row is then `Cells` with as many cells as there are columns; `Reject` where it has more or fewer, or is not
    written as a row; `Skipped` where it is empty or, just below the names, holds HXL tags. Raises Unreadable, also on
    the way, where the whole is no table.
    """
    codec = encodings.find(file, encoding)
    found = delimiter or _delimiter(file, codec, quotes, skip_lines)
    rows = split(file, codec, found, quotes=quotes, skip_lines=skip_lines, trims=trims)
    if names is None:
        header = next((row for row in rows if not isinstance(row, Skipped)), None)
        if header is None:
            raise Unreadable("The file has no line with the names of its columns.")
        if isinstance(header, Reject):
            raise Unreadable(
                f"The names of the columns, on line {header.line}, can't be read: {header.faults[0].message}"
            )
        names = header.cells
    columns = _columns(names)
    table = Table(columns, found, iter(()))
    return Table(columns, found, _fitting(table, rows))


def split(
    file: BinaryIO, codec: str, delimiter: str, *, quotes: bool = True, skip_lines: int = 0, trims: bool = True
) -> Iterator[Cells | Reject | Skipped]:
    """Every row of the file, however many cells it has; a row that is not written as one is a Reject.

    Raises Unreadable at a row of more than LONGEST_ROW characters or MOST_COLUMNS cells.
    """
    feed = _Feed(encodings.lines(file, codec))
    for _ in islice(feed, skip_lines):
        pass
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE
    reader = csv.reader(feed, delimiter=delimiter, quoting=quoting, skipinitialspace=trims, strict=True)
    while True:
        feed.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield _misquoted(feed, delimiter)
            continue
        if len(cells) > MOST_COLUMNS:
            raise Unreadable(
                f"The row on line {feed.first} has {len(cells):,} cells; {MOST_COLUMNS:,} are the most that a table may have. "
                "Is the delimiter another one?"
            )
        yield Cells(feed.first, cells) if cells else Skipped(feed.first, "an empty line")


class _Feed:
    """Hands lines to the reader of rows and remembers those of the row that is being read."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._size = 0
        self.first = 1
        self.raw: list[str] = []

    def begin(self) -> None:
        self.first += len(self.raw)
        self.raw = []
        self._size = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.raw.append(line)
        self._size += len(line)
        if self._size > LONGEST_ROW:
            raise Unreadable(
                f"The row that begins on line {self.first} is longer than {LONGEST_ROW:,} characters. "
                "A quotation mark in it opens a cell and is never closed: look there."
            )
        return line


def _misquoted(feed: _Feed, delimiter: str) -> Reject:
    """What became of a row whose quotation marks do not go together."""
    cells = next(csv.reader(feed.raw, delimiter=delimiter, skipinitialspace=True), [])
    opened = feed.first + sum(len(_LINE_END.findall(cell)) for cell in cells[:-1])
    shown = (cells[-1] if cells else "")[:_SHOWN]
    last = feed.first + len(feed.raw) - 1
    if _is_open(feed.raw, delimiter):
        message = f"a quotation mark on line {opened} opens a cell and is never closed: all to the end of the file, line {last}, is in it"
        hint = "Close it, or double it where it belongs to the text; without quoted cells, tell the mapping `quotes = false`."
    else:
        message = "a quotation mark closes a cell, and text stands behind it"
        hint = "Double the quotation marks that belong to the text; without quoted cells, tell the mapping `quotes = false`."
    raw = "".join(feed.raw).rstrip("\r\n")
    return Reject(feed.first, {"row": raw}, (RowFault(None, shown, message, hint),))


def _is_open(raw: list[str], delimiter: str) -> bool:
    """Whether a row ends inside a quoted cell: one more quotation mark would then end it well."""
    try:
        next(csv.reader([*raw, '"'], delimiter=delimiter, skipinitialspace=True, strict=True), None)
    except csv.Error:
        return False
    return True


def _fitting(table: Table, rows: Iterator[Cells | Reject | Skipped]) -> Iterator[Cells | Reject | Skipped]:
    """The rows below the names, each with a cell for each column."""
    width, is_mended = len(table.columns), MISFIT_COLUMN in table.columns
    below = True
    for row in rows:
        if not isinstance(row, Cells):
            yield row
            continue
        if below and _is_hxl(row.cells):
            yield Skipped(row.line, "HXL tags, a second line of names")
        elif not any(cell.strip() for cell in row.cells):
            yield Skipped(row.line, "an empty row")
        elif len(row.cells) != width:
            yield Reject(row.line, table.named(row.cells), (_misfit(len(row.cells), width),))
        elif is_mended and (fault := unmended(cells := table.named(row.cells))):
            yield Reject(row.line, cells, (fault,))
        else:
            yield row
        below = False


def _misfit(cells: int, width: int) -> RowFault:
    too = "many" if cells > width else "few"
    hint = (
        "A cell that holds the delimiter needs quotation marks around it."
        if cells > width
        else "Is a line break in a cell, which then needs quotation marks around it? Empty cells at the end must be there too."
    )
    return RowFault(None, None, f"the row has too {too} cells: {cells:,}, and the table has {width:,} columns", hint)


def _is_hxl(cells: list[str]) -> bool:
    given = [cell.strip() for cell in cells if cell.strip()]
    return bool(given) and all(_HXL.fullmatch(cell) for cell in given)


def _columns(names: Sequence[str]) -> tuple[str, ...]:
    """Names for the columns, each once: an unnamed one is called by its number, a second of a name gets a number behind it."""
    columns: dict[str, None] = {}
    for number, written in enumerate(names, 1):
        name = base = tidy(written) or f"column {number}"
        again = 1
        while name in columns:
            again += 1
            name = f"{base} ({again})"
        columns[name] = None
    return tuple(columns)


def _delimiter(file: BinaryIO, codec: str, quotes: bool, skip_lines: int) -> str:
    """The delimiter that parts the first line, and most others into as many cells; a comma for a table of one column."""
    sample: list[str] = []
    length = 0
    for line in islice(encodings.lines(file, codec), skip_lines, skip_lines + _SAMPLE_LINES):
        sample.append(line)
        length += len(line)
        if length > _SAMPLE_LENGTH:
            break
    best, found = (0.0, 1), ","
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE
    for delimiter in DELIMITERS:
        widths = [
            len(row) for row in csv.reader(sample, delimiter=delimiter, quoting=quoting, skipinitialspace=True) if row
        ]
        if len(widths) > 2:
            widths.pop()  # the last may be cut off
        if widths and widths[0] > 1:
            best, found = max((best, found), ((widths.count(widths[0]) / len(widths), widths[0]), delimiter))
    return found
