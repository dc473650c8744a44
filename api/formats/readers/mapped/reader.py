"""Tables and JSON lines of any kind, read by a mapping: each row becomes one statement or event, is refused, or is skipped.

Nothing that a mapping does not name gets into a record, and nothing that it names is dropped in silence. Bodies are those
that a POST takes, in the long form; whether they are in order is for the import to say, which tells each fault by the column
that its value came from.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import BinaryIO, Final

from api.formats.readers.files import lines, tables
from api.formats.readers.mapped import patterns, readings
from api.formats.readers.mapped.assembling import Body
from api.formats.readers.mapped.needs import NameProblem, Names
from api.formats.readers.mapped.readings import CellProblem, Reading, RowCells
from api.formats.readers.mapped.shapes import Mapping, Rule
from api.formats.readers.mapped.targets import OF_STATEMENTS, Sort, Target, targets
from schemas.fields import closest
from schemas.transfers import Reject, Row, RowFault, RowNoun, Skipped, Unreadable
from schemas.vocabularies import Kind

# What stands in a cell that has nothing to say. A mapping can add its own.
NOTHING: Final = ("", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "-", "–", "—", "#N/A")
_KIND: Final = Target(("kind",), Sort.WORD)
_LOOKED_AT: Final = 1_000  # objects, for the names that the mapping names
ALWAYS: Final = ("date", "title", "actor")


def read(
    file: BinaryIO, mapping: Mapping | None = None, encoding: str | None = None
) -> Iterator[Row | Reject | Skipped]:
    """Every row of the file, in order, as the mapping reads it. Raises Unreadable where the file as a whole does not fit."""
    if mapping is None:
        raise Unreadable(
            "A table needs a mapping, which says what its columns are: the name of a preset, or one in TOML."
        )
    reader = _Reader(mapping)
    encoding = encoding or mapping.file.encoding
    if not mapping.file.names and lines.looks_like_json(file, encoding):
        yield from _objects(reader, file, encoding)
    else:
        yield from _table(reader, file, encoding)


def _table(reader: "_Reader", file: BinaryIO, encoding: str | None) -> Iterator[Row | Reject | Skipped]:
    layout = reader.mapping.file
    table = tables.read(
        file,
        encoding=encoding,
        delimiter="\t" if layout.delimiter == "tab" else layout.delimiter,
        quotes=layout.quotes,
        names=layout.names or None,
        skip_lines=layout.skip_lines,
    )
    _check_columns(reader.mapping, table.columns)
    places = {name: number for number, name in enumerate(table.columns)}
    for number, row in enumerate(table.rows):
        if not isinstance(row, tables.Cells):
            yield row
            continue
        if number < layout.skip_rows:
            yield Skipped(row.line, "one of the first rows, which the mapping passes over")
            continue
        cells = row.cells

        def cell(name: str, cells: list[str] = cells) -> list[str]:
            place = places.get(name)
            return [] if place is None or not cells[place] else [cells[place]]

        yield reader.row(row.line, table.named(cells), RowCells(table.columns, cell, reader.na))


def _objects(reader: "_Reader", file: BinaryIO, encoding: str | None) -> Iterator[Row | Reject | Skipped]:
    _check_names(reader.mapping, file, encoding)
    for row in lines.read(file, encoding=encoding):
        if not isinstance(row, lines.Parsed):
            yield row
            continue
        flat = lines.flat(row.members)
        if len(flat) > tables.MOST_COLUMNS:
            told = f"the object has {len(flat):,} values; {tables.MOST_COLUMNS:,} are the most"
            yield Reject(row.line, {"json": row.text}, (RowFault(None, None, told),))
            continue

        def cell(name: str, flat: dict[str, list[str]] = flat) -> list[str]:
            return flat.get(name, [])

        yield reader.row(row.line, {"json": row.text}, RowCells(tuple(flat), cell, reader.na))


def _check_names(mapping: Mapping, file: BinaryIO, encoding: str | None) -> None:
    """Refuse JSON of which the first objects lack a name that the mapping has. Raises Unreadable."""
    names: dict[str, None] = {}
    for row in islice(lines.read(file, encoding=encoding), _LOOKED_AT):
        if isinstance(row, lines.Parsed):
            names |= dict.fromkeys(lines.flat(row.members))
        if len(names) > tables.MOST_COLUMNS:
            return  # objects of any shape: the rows will tell
    if names:
        _check_columns(mapping, tuple(names))


def _check_columns(mapping: Mapping, columns: Sequence[str]) -> None:
    """Refuse a table that lacks columns that the mapping names. Raises Unreadable with all of them."""
    lacking: dict[str, None] = {}
    for alternatives in [*mapping.fields.values(), [mapping.kind] if isinstance(mapping.kind, Rule) else []]:
        absent = [_absent(rule, columns) for rule in alternatives if not rule.optional]
        # Of several rules one that can be followed is enough: the others are for tables of another year.
        if absent and all(absent) and not any(rule.optional for rule in alternatives):
            lacking |= dict.fromkeys(absent[0])
    for named in (mapping.id.columns, mapping.id.hash, [skip.column for skip in mapping.skip]):
        lacking |= dict.fromkeys(name for name in named if name not in columns)
    if not lacking:
        return
    told = []
    for name in lacking:
        near = closest(name, columns)
        told.append(f"{name[:60]!r}" + (f" (did you mean {near[:60]!r}?)" if near else ""))
    shown = ", ".join(column[:60] for column in columns[:40]) + (" …" if len(columns) > 40 else "")
    raise Unreadable(
        f"The table has no column {', '.join(told)}. Its columns are {shown}. Is it another delimiter, or another preset?"
    )


def _absent(rule: Rule, columns: Sequence[str]) -> list[str]:
    lacking = [name for name in rule.named if name not in columns]
    if rule.pattern and not patterns.numbered(rule.pattern, columns):
        lacking.append(rule.pattern)
    return lacking


class _Reader:
    """A mapping at work: what it says, and the names that it has met."""

    def __init__(self, mapping: Mapping) -> None:
        self.mapping = mapping
        self.na = frozenset((*NOTHING, *mapping.file.na))
        self._names = Names(mapping)
        self._fields = [(name, targets()[name], rules) for name, rules in mapping.fields.items()]

    def row(self, line: int, cells: dict[str, str], row: RowCells) -> Row | Reject | Skipped:
        """What becomes of a row."""
        for skip in self.mapping.skip:
            if patterns.found(skip.matches, row.text(skip.column)):
                return Skipped(line, skip.why or f"{skip.column} matches {skip.matches}")
        made = Body()
        kind = self._kind(row, made)
        for name, target, rules in self._fields:
            if kind is Kind.EVENT and name in OF_STATEMENTS:
                continue
            try:
                reading = readings.read(rules, name, target, row)
                if reading is not None:
                    self._put(made, target, reading)
                elif name in ALWAYS or (name == "topic" and kind is Kind.STATEMENT):
                    made.faults.append(_nothing(name, rules, row))
                elif name == "confidence":
                    made.put(target, Reading(None, None, ""))
            except CellProblem as problem:
                made.faults.append(problem.fault)
        self._identify(row, made)
        if made.faults or kind is None:
            return Reject(line, cells, tuple(made.faults))
        noun: RowNoun = "event" if kind is Kind.EVENT else "statement"
        return Row(line, noun, made.whole(), cells, made.columns, tuple(made.needs), tuple(made.warnings))

    def _kind(self, row: RowCells, made: Body) -> Kind | None:
        rule = self.mapping.kind
        if isinstance(rule, Kind):
            return rule
        try:
            reading = readings.read([rule], "kind", _KIND, row)
        except CellProblem as problem:
            made.faults.append(problem.fault)
            return None
        if reading is not None and reading.value in list(Kind):
            return Kind(reading.value)
        shown = reading.shown if reading else ""
        told = f"{shown[:60]!r} is neither statement nor event"
        made.faults.append(RowFault(rule.column, shown, told, "Let the mapping say which: values under kind."))
        return None

    def _put(self, made: Body, target: Target, reading: Reading) -> None:
        """Take a value into the body, names as slugs. Raises CellProblem."""
        try:
            match target.sort:
                case Sort.ACTOR:
                    made.put(target, reading, *self._names.actor(str(reading.value)))
                case Sort.ACTORS:
                    for name in reading.value:
                        made.take_part(str(target.path[1]), reading, *self._names.actor(name))
                case Sort.SOURCE:
                    made.put(target, reading, *self._names.source(str(reading.value)))
                case Sort.TOPIC:
                    made.put(target, reading, *self._names.topic(str(reading.value)))
                case Sort.CITATIONS:
                    for number, citation in enumerate(reading.value):
                        slug, needs = self._names.source(citation["source"])
                        made.cite(number, {**citation, "source": slug}, reading, needs)
                case _:
                    made.put(target, reading)
        except NameProblem as problem:
            raise CellProblem(RowFault(reading.column, reading.shown, problem.message, problem.hint)) from None

    def _identify(self, row: RowCells, made: Body) -> None:
        rule = self.mapping.id
        named = rule.columns or rule.hash
        parts = [row.text(name) for name in named]
        if not any(parts):
            message = "the row has no id: " + " and ".join(named) + (" is" if len(named) == 1 else " are") + " empty"
            made.faults.append(RowFault(named[0], "", message, "Give it one, so that it is known when it comes again."))
            return
        whole = ":".join(filter(None, parts))
        if rule.hash:
            whole = hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
        made.identify(rule.source, whole, " + ".join(named), " ".join(parts))


def _nothing(name: str, rules: Sequence[Rule], row: RowCells) -> RowFault:
    """That no rule of a member gives a value for a row, told at the column of the first."""
    column = next((one for rule in rules for one in rule.named), None)
    shown = " ".join(row.cell(column)) if column else ""
    return RowFault(
        column,
        shown[:200],
        f"nothing here gives the {name}",
        f"Every record has one; another rule for {name} can say where else to look.",
    )
