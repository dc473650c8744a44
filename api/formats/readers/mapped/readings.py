"""How a value is read out of a row by the rules of a mapping: cleaned, split, looked up, and made what the member takes."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from api.formats.readers import country_names
from api.formats.readers.files import cells
from api.formats.readers.mapped import literals, patterns, ucdp_articles, written_dates
from api.formats.readers.mapped.shapes import Rule
from api.formats.readers.mapped.targets import Sort, Target
from schemas.fields import closest
from schemas.transfers import RowFault

_SHOWN: Final = 200
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,15}(?:[.,][0-9]{1,15})?")
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,15}")
_FLAGS: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_ONE_LINE: Final = (Sort.LINE, Sort.LIST, Sort.ACTOR, Sort.ACTORS, Sort.SOURCE, Sort.DATE, Sort.WORD, Sort.COUNTRY)


class RowCells:
    """The cells of a row by the names of their columns; a column can hold several values, and one that is not there none."""

    def __init__(self, columns: Sequence[str], cell: Callable[[str], list[str]], na: frozenset[str]) -> None:
        self.columns = columns
        self.cell = cell
        self.na = na
        self._texts: dict[str, str] = {}

    def text(self, name: str) -> str:
        """What stands in a column, in one line; nothing for a sign of a missing value."""
        if name not in self._texts:
            text = cells.one_line(" ".join(self.cell(name)))
            self._texts[name] = "" if text in self.na else text
        return self._texts[name]


@dataclass(frozen=True, slots=True)
class Reading:
    """A value, the column that it came from, what stood there, and what a reader should know."""

    value: Any
    column: str | None
    shown: str
    warning: RowFault | None = None


class CellProblem(Exception):
    """A cell that can't be read, as a fault of its row."""

    def __init__(self, fault: RowFault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def read(rules: Sequence[Rule], name: str, target: Target, row: RowCells) -> Reading | None:
    """The value of a member: of the first rule that is for this row and gives one. Raises CellProblem."""
    for rule in rules:
        if rule.when and not patterns.found(rule.when.matches, row.text(rule.when.column)):
            continue
        if (reading := _by(rule, name, target, row)) is not None:
            return reading
    return None


def _by(rule: Rule, name: str, target: Target, row: RowCells) -> Reading | None:
    if rule.null:
        return Reading(None, None, "")
    if rule.value is not None:
        constant = [rule.value] if target.sort.is_list and not isinstance(rule.value, list) else rule.value
        return Reading(constant, None, "")
    column, raw = _raw(rule, row)
    shown = " ".join(raw)[:_SHOWN]

    def problem(message: str, hint: str | None) -> CellProblem:
        return CellProblem(RowFault(column, shown, message, hint))

    try:
        values = _texts(rule, target, raw, row.na)
    except ValueError as error:
        raise problem(str(error), 'A list of objects, such as [{"name": "…"}].') from None
    kept = [looked for text in values or [""] if (looked := _looked_up(rule, text, row.na, problem)) is not None]
    if rule.take:
        kept = kept[:1] if rule.take == "first" else kept[1:]
    if not kept:
        return None
    if target.sort.is_list:
        value: Any = list(dict.fromkeys(map(str, kept)))
    else:
        value = kept[0] if len(kept) == 1 else rule.separator.join(map(str, kept))
    if isinstance(value, str):
        value = _converted(rule, target, value, row, problem)
    if target.sort is Sort.CITATIONS:
        try:
            value = [one for text in value for one in ucdp_articles.citations(text, row.text("source_original"))]
        except ValueError as error:
            raise problem(str(error), 'Such as "Reuters News,2015-02-02,Headline";"…".') from None
    return _fitting(rule, name, target, Reading(value, column, shown))


def _raw(rule: Rule, row: RowCells) -> tuple[str, list[str]]:
    """The cells that a rule names, as they stand, and how to call them."""
    if rule.text is not None:
        template = patterns.template(rule.text)
        return " + ".join(template.columns), [template.fill(row.text)]
    names = patterns.numbered(rule.pattern, row.columns) if rule.pattern else rule.columns or [rule.column or ""]
    given = [name for name in names if any(row.cell(name))] or names
    return " + ".join(given[:5]) or str(rule.pattern), [text for name in names for text in row.cell(name)]


def _texts(rule: Rule, target: Target, raw: list[str], na: frozenset[str]) -> list[str]:
    """The texts of the cells, cleaned. Raises ValueError for a list of objects that is none."""
    if rule.key is not None:
        raw = [
            value
            for text in raw
            if text.strip() and text.strip() not in na
            for value in literals.values(text, rule.key)
        ]
    if rule.split is not None:
        raw = [part for text in raw for part in text.split(rule.split)]
    entities = target.sort.is_prose if rule.entities is None else rule.entities
    made = []
    for text in raw:
        plain = cells.without_tags(text) if rule.html else text
        plain = cells.tidy(cells.without_entities(plain) if entities else plain)
        if rule.after and rule.after in plain:
            plain = plain.partition(rule.after)[2]
        if rule.before:
            plain = plain.partition(rule.before)[0]
        for unwanted in rule.without:
            plain = plain.replace(unwanted, "")
        made.append(cells.one_line(plain) if target.sort in _ONE_LINE else plain.strip())
    return made


def _looked_up(
    rule: Rule, text: str, na: frozenset[str], problem: Callable[[str, str | None], CellProblem]
) -> str | int | bool | None:
    """What a text stands for; None for nothing. Raises CellProblem for one that the mapping has no value for."""
    if text in rule.values:
        return rule.values[text]
    if not text or text in na or text in rule.na:
        return None
    if not rule.values or rule.other == "keep":
        return text
    if rule.other == "leave_out":
        return None
    near = closest(text, rule.values)
    hint = f"Did you mean {near}?" if near else f"It has values for {', '.join(list(rule.values)[:20])}."
    raise problem(f"the mapping has no value for {text[:60]!r}", hint)


def _converted(
    rule: Rule, target: Target, text: str, row: RowCells, problem: Callable[[str, str | None], CellProblem]
) -> Any:
    """A text as the member takes it."""
    match target.sort:
        case Sort.DATE:
            try:
                start = written_dates.read(text, rule.style)
                end = written_dates.read(row.text(rule.end), rule.style) if rule.end and row.text(rule.end) else start
            except written_dates.WrittenDateProblem as error:
                raise problem(error.message, error.hint) from None
            if end != start and end[:10] < start[:10]:
                raise problem(f"the end {end} comes before the start {start}", f"The end stands in {rule.end}.")
            return written_dates.interval(start, end)
        case Sort.NUMBER if _NUMBER.fullmatch(text):
            return float(text.replace(",", "."))
        case Sort.INTEGER if _INTEGER.fullmatch(text):
            return int(text)
        case Sort.NUMBER | Sort.INTEGER:
            raise problem(f"{text[:60]!r} is not {target.sort.value}", "Digits, such as 48.5.")
        case Sort.FLAG:
            if text.lower() not in _FLAGS:
                raise problem(f"{text[:60]!r} is neither true nor false", "true or false, yes or no, 1 or 0.")
            return _FLAGS[text.lower()]
        case Sort.COUNTRY:
            country = country_names.find(text)
            if country is None:
                near = country_names.nearest(text)
                raise problem(
                    f"{text[:60]!r} is no country", f"Did you mean {near}?" if near else "Such as UA, UKR or Ukraine."
                )
            return country.alpha2
        case Sort.CONFIDENCE:
            number = int(text) if _INTEGER.fullmatch(text) else text
            return {"value": number, "scale": str(rule.scale)} if rule.scale else number
        case _:
            return text


def _fitting(rule: Rule, name: str, target: Target, reading: Reading) -> Reading:
    """A value no longer than its member takes; cut where the mapping says so, and told. Raises CellProblem."""
    texts = reading.value if target.sort is Sort.LIST else [reading.value]
    longest = max((len(text) for text in texts if isinstance(text, str)), default=0)
    if target.sort not in (Sort.LINE, Sort.TEXT, Sort.LIST) or target.most is None or longest <= target.most:
        return reading
    told = f"{name} has {longest:,} characters; {target.most:,} are the most"
    if not rule.shorten:
        raise CellProblem(
            RowFault(reading.column, reading.shown, told, "Shorten it, or let the mapping do it: shorten = true.")
        )
    warning = RowFault(
        reading.column, reading.shown, f"{name} is cut to {target.most:,} characters", "The whole is in the source."
    )
    return Reading(cells.shorten(reading.value, target.most), reading.column, reading.shown, warning)
