"""Our own CSV, as an export has it: with `profile=content` each row says what it is about, else its columns tell."""

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from api.formats import columns
from api.formats.readers.files import tables
from api.formats.readers.ndjson import NOUNS
from schemas.fields import closest
from schemas.transfers import MISFIT_COLUMN, TOLD_COLUMNS, Reject, Row, RowFault, Skipped, Unreadable


def read(file: BinaryIO, _mapping: str | None = None, encoding: str | None = None) -> Iterator[Row | Reject | Skipped]:
    """Every row. Raises Unreadable."""
    table = tables.read(file, encoding=encoding, trims=False)
    names = [name for name in table.columns if name not in (*TOLD_COLUMNS, MISFIT_COLUMN)]
    has_noun, guessed = "noun" in names, _table(names)
    if not has_noun:
        _refuse_unknown(guessed, names)
    for cells in table.rows:
        if not isinstance(cells, tables.Cells):
            yield cells
            continue
        row = table.named(cells.cells)
        noun = row.get("noun", "") if has_noun else row.get("kind", "") if guessed == "record" else guessed
        noun = noun or ("statement" if guessed == "record" else guessed)
        yield _row(cells.line, noun, row, "noun" if has_noun else "kind")


def _table(names: Sequence[str]) -> str:
    """The table whose columns these are, or most of these."""
    return min(columns.COLUMNS, key=lambda table: (len(columns.unknown(table, names)), -len(columns.COLUMNS[table])))


def _refuse_unknown(table: str, names: Sequence[str]) -> None:
    strange = columns.unknown(table, names)
    if len(strange) > len(names) // 2:
        raise Unreadable(
            f"The columns {', '.join(names[:8])} are not those of an export. Give the format that it is, or a mapping (format=mapped)."
        )


def _row(line: int, noun: str, row: dict[str, str], named: str) -> Row | Reject:
    if noun not in NOUNS:
        fault = RowFault(named, noun[:60], "this is no noun", f"One of {', '.join(NOUNS)}.")
        return Reject(line, row, (fault,))
    table = columns.table_of(noun)
    strange = [name for name in columns.unknown(table, row) if row[name] and name not in TOLD_COLUMNS]
    body, came, faults = columns.read(noun, row)
    for name in strange:
        near = closest(name, [column.name for column in columns.COLUMNS[table]])
        hint = f"Did you mean {near}?" if near else "Take its cell out, or the column."
        faults.append(RowFault(name, row[name][:300], f"a {noun} has no column {name[:60]!r}", hint))
    if faults:
        return Reject(line, row, tuple(faults))
    del body["noun"]
    version = row.get("version", "")
    stood = int(version) if re.fullmatch("[0-9]{1,9}", version) else None
    return Row(line, noun, body, row, came, version=stood)  # type: ignore[arg-type]
