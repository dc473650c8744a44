"""The columns of CSV: which member of a thing stands in which, out (`cells`) and in again (`read`).

One row is one thing. Of a list, the first topic and the first citation have columns of their own, for who reads in a
spreadsheet, and the others stand together as JSON in one cell (`more_topics`, `more_citations`); every other list is
JSON in a cell. So nothing is said twice, and nothing is lost. An empty cell is null, or an empty list.

The content profile has the columns that are read in again, behind `noun`; the other profile has those that only inform
too, such as names and scores, which are passed over when they are read in.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import Any

from api.formats.contents import noun_of, reduced
from schemas import confidence
from schemas.transfers import Json, RowFault

# A cell that begins so is taken for a formula by spreadsheets; an apostrophe before it makes it text there.
_BEGINS = frozenset("'=+-@\t\r\n＝＋－＠")
_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?([eE][+-]?[0-9]{1,3})?", re.ASCII)


class Form(Enum):
    """How a value is written in a cell."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "true or false"
    LIST = "a JSON list"
    MORE = "a JSON list, of all but the first"
    GIVEN = "a confidence on its scale"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the member in it, and whether it is read in again."""

    name: str
    path: tuple[str | int, ...]
    form: Form = Form.TEXT
    informs: bool = False  # only told; it follows from what is read in, or from what happened here
    shown: tuple[str | int, ...] = ()  # the member of an answer


def _columns(text: str) -> tuple[Column, ...]:
    """Words such as `*lag:NUMBER` or `url=citations.0.url`: a star before one that only informs, its name, its member if
    that is another, its form if that is not TEXT."""
    found = []
    for word in text.split():
        named, _, form = word.partition(":")
        name, _, member = named.lstrip("*").partition("=")
        path = tuple(int(part) if part.isdigit() else part for part in (member or name).split("."))
        informs = named.startswith("*")
        # An answer has the number under this name, and what was given beside it.
        shown = ("confidence_given", *path[1:]) if path[0] == "confidence" and not informs else path
        found.append(Column(name, path, Form[form or "TEXT"], informs, shown))
    return tuple(found)


_VERSION = "*version:INTEGER *recorded_at *changed_at"
_CONFIDENCE = """*confidence:INTEGER *confidence_label confidence_given=confidence.value:GIVEN
    confidence_scale=confidence.scale"""
_POSITION = "topic=topics.0.topic *topic_name=topics.0.topic.name stance=topics.0.stance"
_END = """*{0}_kind={0}_record.kind *{0}_status={0}_record.status *{0}_date={0}_record.date
    *{0}_date_earliest={0}_record.date_earliest *{0}_date_latest={0}_record.date_latest *{0}_title={0}_record.title
    *{0}_actor={0}_record.actor.slug *{0}_actor_name={0}_record.actor.name
    *{0}_topic={0}_record.topic.slug *{0}_topic_name={0}_record.topic.name *{0}_stance={0}_record.stance"""
_RECORD = f"""
    id *kind date *date_earliest *date_latest *date_precision date_basis effective title summary
    actor *actor_name=actor.name on_behalf_of *on_behalf_of_name=on_behalf_of.name
    {_POSITION} *stance_score:INTEGER condition_type=topics.0.condition_type conditions=topics.0.conditions
    coding_certainty=topics.0.coding_certainty more_topics=topics:MORE participants:LIST
    {_CONFIDENCE} attribution hedge
    source=citations.0.source *source_name=source.name url=citations.0.url locator=citations.0.locator
    published_at=citations.0.published_at credibility=citations.0.credibility:INTEGER reliability=citations.0.reliability
    citation_role=citations.0.role origin=citations.0.origin excerpt=citations.0.excerpt
    retrieved_at=citations.0.retrieved_at archive_url=citations.0.archive_url more_citations=citations:MORE
    *corroboration:INTEGER *primary:FLAG
    quote language translation translation_by channel prompted:FLAG event_type event_mode
    place_name=place.name country=place.country latitude=place.latitude:NUMBER longitude=place.longitude:NUMBER
    tags:LIST rationale external_source external_id status *retracted_by:LIST *denied_by:LIST *clarified_by:LIST
    {_VERSION} *recorded_by *snippet"""
_REACTION = f"""
    id from to type topic *topic_name=topic.name asserted_by *asserted_by_name=asserted_by.name {_CONFIDENCE} note citations:LIST
    {_END.format("from")} {_END.format("to")} *lag_days_min:INTEGER *lag_days_max:INTEGER *lag_hours:NUMBER {_VERSION}"""
_AFFILIATION = f"""
    id actor *actor_name=actor.name group *group_name=group.name role dates *date_earliest *date_latest note {_VERSION}"""
_SOURCE = f"""
    slug name url owner *owner_name=owner.name reliability reliability_reason language licence description {_VERSION}"""
_CODING = f"""
    id statement coder {_POSITION} condition_type=topics.0.condition_type coding_certainty=topics.0.coding_certainty
    rationale=topics.0.rationale more_topics=topics:MORE {_VERSION}"""
COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "record": _columns(_RECORD),
    "reaction": _columns(_REACTION),
    "actor": _columns(f"slug kind name aliases:LIST country wikidata description {_VERSION}"),
    "affiliation": _columns(_AFFILIATION),
    "source": _columns(_SOURCE),
    "topic": _columns(
        f"slug name proposition parent *parent_name=parent.name parent_polarity:INTEGER description {_VERSION}"
    ),
    "coding": _columns(_CODING),
}


def table_of(noun: str) -> str:
    """The columns that a noun has: statements and events share theirs."""
    return "record" if noun in ("statement", "event") else noun


def header(table: str, is_content: bool = False) -> list[str]:
    """The first row."""
    shown = [column.name for column in COLUMNS[table] if not (is_content and column.informs)]
    return ["noun", *shown] if is_content else shown


def cells(table: str, item: Mapping[str, Any], is_content: bool = False) -> list[str]:
    """The row of an item of an answer."""
    row = [noun_of(table, item)] if is_content else []
    for column in COLUMNS[table]:
        if not (is_content and column.informs):
            value = _shown(item, column)
            row.append("" if value is None or value == [] else written(value))
    return row


def values(table: str, item: Mapping[str, Any]) -> Json:
    """The same row as values of JSON, by column."""
    return {column.name: _shown(item, column) for column in COLUMNS[table]}


def _shown(item: Mapping[str, Any], column: Column) -> Any:
    """What an item of an answer has in a column: of a noun its slug."""
    first, *rest = column.shown
    value: Any = item.get(str(first))
    for step in rest:
        if value is None:
            return None
        value = value.get(step) if isinstance(step, str) else value[step] if len(value) > step else None
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, dict):
        return value["slug"]
    if isinstance(value, list):
        return reduced(value[1:] if column.form is Form.MORE else value)
    return value


def neutral(text: str) -> str:
    """A text that no spreadsheet takes for a formula; `plain` gives the text back."""
    return "'" + text if text[:1] in _BEGINS and _FORMULA.match(text) else text


def plain(cell: str) -> str:
    """The text that was made neutral."""
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell) else cell


def written(value: Any) -> str:
    """Any value of JSON as a cell: a number stays a number, a text is made neutral, and what has parts is JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return neutral(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value)


def read(noun: str, row: Mapping[str, str]) -> tuple[Json, dict[str, tuple[str, str]], list[RowFault]]:
    """A row read in: the line that the content profile has of it, less what is empty; from which column each member
    came, and what stood there; and what can't be read. Columns that are not known are none of its business.

    `noun` itself, and the first row, are for whoever reads the file: `unknown` tells which columns a table has not.
    """
    line: Json = {"noun": noun}
    came: dict[str, tuple[str, str]] = {}
    faults: list[RowFault] = []
    for column in COLUMNS[table_of(noun)]:
        cell = row.get(column.name, "")
        if column.informs or cell == "":
            continue
        try:
            value = _READ[column.form](cell)
        except ValueError as error:
            faults.append(RowFault(column.name, cell, f"this is not {column.form.value}", str(error)))
            continue
        if column.form is Form.MORE:
            _add(line, came, column, cell, value)
        else:
            _put(line, column.path, value)
            came[".".join(map(str, column.path))] = (column.name, cell)
    if "confidence_given" in {column.name for column in COLUMNS[table_of(noun)]}:
        faults += _grade(line, came, row)
    return line, came, faults


def unknown(table: str, names: Iterable[str]) -> list[str]:
    """Those of the first row that are no columns of the table."""
    known = {"noun", *(column.name for column in COLUMNS[table])}
    return [name for name in names if name not in known]


def _put(line: Json, path: Sequence[str | int], value: Any) -> None:
    place: Any = line
    for step, following in pairwise(path):
        if isinstance(step, int):
            if not place:
                place.append({})
            place = place[step]
        else:
            place = place.setdefault(step, [] if isinstance(following, int) else {})
    place[path[-1]] = value


def _add(line: Json, came: dict[str, tuple[str, str]], column: Column, cell: str, value: list[Any]) -> None:
    """Put the others behind the first, which may be missing where a person left its columns empty."""
    member = str(column.path[0])
    before: list[Any] = line.setdefault(member, [])
    for number in range(len(before), len(before) + len(value)):
        came[f"{member}.{number}"] = (column.name, cell)
    before += value


def _grade(line: Json, came: dict[str, tuple[str, str]], row: Mapping[str, str]) -> list[RowFault]:
    """The confidence: as it was given, on its scale; or the one number or word that a person wrote."""
    cell = row.get("confidence", "")
    written_number = int(cell) if _INTEGER.fullmatch(cell) else None
    if "confidence" not in line:
        if cell:
            line["confidence"] = plain(cell) if written_number is None else written_number
            came["confidence"] = ("confidence", cell)
        return []
    given: Json = line["confidence"]
    if "scale" not in given:
        line["confidence"] = given["value"]
    else:
        given.setdefault("value", None)
    came["confidence"] = ("confidence_given", row.get("confidence_given", ""))
    try:
        stands_for = confidence.parse(line["confidence"]).value
    except confidence.ConfidenceProblem:
        return []  # whoever takes the row says what is wrong with it
    if cell and written_number != stands_for:
        hint = "Change confidence_given and confidence_scale, or leave both empty and give confidence alone."
        shown = "none" if stands_for is None else stands_for
        return [RowFault("confidence", cell, f"confidence_given stands for {shown}, and this is another", hint)]
    return []


def _integer(cell: str) -> int:
    if not _INTEGER.fullmatch(cell):
        raise ValueError("Digits alone, such as 2.")
    return int(cell)


def _number(cell: str) -> float:
    if not _NUMBER.fullmatch(cell):
        raise ValueError("Digits and a point, such as 55.75.")
    return float(cell)


def _flag(cell: str) -> bool:
    if cell.lower() not in ("true", "false"):
        raise ValueError("Write true or false, or leave it empty.")
    return cell.lower() == "true"


def _list(cell: str) -> list[Any]:
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list):
        raise ValueError('Such as ["istanbul-talks"], or leave it empty.')
    return found


def _given(cell: str) -> str | int:
    return int(cell) if _INTEGER.fullmatch(cell) else plain(cell)


_READ: Mapping[Form, Callable[[str], Any]] = {
    Form.TEXT: plain,
    Form.INTEGER: _integer,
    Form.NUMBER: _number,
    Form.FLAG: _flag,
    Form.LIST: _list,
    Form.MORE: _list,
    Form.GIVEN: _given,
}
