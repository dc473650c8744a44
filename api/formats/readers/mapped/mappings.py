"""Mappings: a small TOML file that says what the columns of a table are, checked whole before a row is read.

`docs/imports.md` has all keys with examples. A mapping can start from a preset, one of the files in `presets/`: its own
keys then win. Whatever is wrong with it is told at once, each fault with its place and what would be right.
"""

import re
import tomllib
from collections.abc import Iterator, Set
from datetime import date, time
from functools import cache
from importlib.resources import files
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from api.errors import faults
from api.formats.readers.files import encodings
from api.formats.readers.mapped.shapes import FOR_SORTS, Mapping, Rule
from api.formats.readers.mapped.targets import OF_STATEMENTS, SHORT, Sort, targets
from api.formats.readers.slugs import slugify
from schemas.actors import ActorCreate
from schemas.fields import closest
from schemas.problems import Fault
from schemas.sources import SourceCreate
from schemas.topics import TopicCreate
from schemas.transfers import Json, Unreadable
from schemas.vocabularies import Kind

Valid = TypeVar("Valid", bound=BaseModel)
_PRESETS: Final = files("api.formats.readers.mapped") / "presets"
_NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# What goes with a topic, and is not taken over from a preset when the topic is another one.
_OF_THE_TOPIC: Final = ("stance", "coding_certainty", "condition_type", "conditions")
_ALWAYS: Final = {
    "date": 'Such as date = "Date", the name of the column.',
    "title": "The column with a line on what it was; shorten = true cuts it to 300 characters.",
    "actor": 'The column with who said or did it, or { value = "kremlin" } where it is always the same.',
    "confidence": "A column, a constant such as { value = 70 }, or { null = true } where it can't be judged.",
}
_ONE_OF: Final = (
    (("citation.source", "citations"), 'Who published it: a column, or { value = "kremlin-ru" }.'),
    (
        ("citation.url", "citation.locator", "citation.excerpt", "citations"),
        "Where it can be found: its address, a page or a passage.",
    ),
)
_BY_KIND: Final = {
    Kind.STATEMENT: {
        "topic": 'A statement has a topic: a column, or { value = "ceasefire" }.',
        "stance": 'The position on it; { value = "unclear" } where nobody has read it yet. It is never made up.',
    },
    Kind.EVENT: {"event_type": 'A deed has a PLOVER type: a column, or { value = "CONSULT" }.'},
}


class MappingProblem(Unreadable):
    """A mapping that can't be used, with every fault of it."""

    def __init__(self, found: list[Fault]) -> None:
        told = "; ".join(f"{one.where}: {one.message}" + (f" ({one.hint})" if one.hint else "") for one in found[:10])
        more = f"; and {len(found) - 10} more" if len(found) > 10 else ""
        super().__init__(f"The mapping can't be used. {told}{more}")
        self.faults = found


def presets() -> list[str]:
    """The names of the mappings that are shipped."""
    return sorted(one.name.removesuffix(".toml") for one in _PRESETS.iterdir() if one.name.endswith(".toml"))


@cache
def preset(name: str) -> Mapping:
    """A mapping that is shipped. Raises MappingProblem where there is none of that name."""
    return _checked(_preset(name))


def load(text: str) -> Mapping:
    """The mapping that a text is: TOML, or the name of a preset. Raises MappingProblem."""
    if _NAME.fullmatch(text.strip()):
        return preset(text.strip())
    try:
        given = _plain(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        message, hint = (
            f"it is no TOML: {str(error)[:200]}",
            'Lines such as date = "Date", below headings such as [fields].',
        )
        raise MappingProblem([Fault(where="mapping", message=message, hint=hint)]) from None
    ground = given.get("preset")
    return _checked(_merged(_preset(ground), given) if isinstance(ground, str) else given)


def _preset(name: str) -> Json:
    known = presets()
    if name not in known:
        near = closest(name, known)
        hint = f"Did you mean {near}?" if near else f"There are {', '.join(known)}; or send a mapping in TOML."
        raise MappingProblem([Fault(where="mapping.preset", message=f"there is no preset {name[:60]!r}", hint=hint)])
    read: Json = tomllib.loads((_PRESETS / f"{name}.toml").read_text(encoding="utf-8"))
    return _merged(_preset(read["preset"]), read) if "preset" in read else read


def _plain(value: Any) -> Any:
    """TOML has dates of its own; a mapping has them as text."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | time) else value


def _merged(ground: Json, given: Json) -> Json:
    """A preset with what a mapping says otherwise: its fields, names and layout one by one; rows to skip are added."""
    merged = dict(ground)
    for name, value in given.items():
        if name == "fields" and isinstance(value, dict):
            fields = {SHORT.get(field, field): rule for field, rule in value.items()}
            kept = dict(ground.get("fields", {}))
            if "topic" in fields:
                kept = {field: rule for field, rule in kept.items() if field not in _OF_THE_TOPIC}
            merged[name] = {**kept, **fields}
        elif name == "skip" and isinstance(value, list):
            merged[name] = [*ground.get(name, []), *value]
        elif name in ("actors", "sources", "topics") and isinstance(value, dict):
            old = ground.get(name, {})
            known = value.get("known", {})
            both = {**old.get("known", {}), **known} if isinstance(known, dict) else known
            merged[name] = {**old, **value, "known": both}
        elif name == "file" and isinstance(value, dict):
            merged[name] = {**ground.get(name, {}), **value}
        else:
            merged[name] = value
    return merged


def _checked(given: Json) -> Mapping:
    """A mapping in order. Raises MappingProblem with all that is wrong with it."""
    found: list[Fault] = []
    rules = _rules(given.get("fields", {}), found)
    kind = given.get("kind", None)
    if isinstance(kind, dict):
        kind = _valid(Rule, kind, "mapping.kind", found)
    rest = {name: value for name, value in given.items() if name not in ("fields", "kind")}
    plain = {"kind": kind} if kind is not None else {}
    checked = _valid(Mapping, {**rest, **plain, "fields": {}}, "mapping", found)
    if checked is None:
        raise MappingProblem(found)
    found += _encoding(checked)
    found += _missing(checked.kind, rules.keys())
    rules = {name: alternatives for name, alternatives in rules.items() if alternatives}
    checked = checked.model_copy(update={"fields": rules})
    found += _names(checked)
    if found:
        raise MappingProblem(found)
    return checked


def _valid(shape: type[Valid], given: Any, where: str, found: list[Fault]) -> Valid | None:
    try:
        return shape.model_validate(given)
    except ValidationError as error:
        found += faults(error, where, list(shape.model_fields))
        return None


def _rules(given: Any, found: list[Fault]) -> dict[str, list[Rule]]:
    """The rules of each member, by its name, without those at fault; the name of a column is a rule with that column."""
    if not isinstance(given, dict):
        found.append(
            Fault(
                where="mapping.fields",
                message="fields are no table",
                hint='Under [fields], lines such as date = "Date".',
            )
        )
        return {}
    rules: dict[str, list[Rule]] = {}
    for written, alternatives in given.items():
        name, where = SHORT.get(written, written), f"mapping.fields.{written[:60]}"
        if name not in targets():
            near = closest(written, (*targets(), *SHORT))
            hint = (
                f"Did you mean {near}?"
                if near
                else "Members of a record, such as date, title, actor, citation.url, place.country."
            )
            found.append(Fault(where=where, message=f"there is no member {written[:60]!r}", hint=hint))
            continue
        if name in rules:
            found.append(
                Fault(where=where, message=f"{name} is given twice", hint="Give it once; several rules go in a list.")
            )
        listed = alternatives if isinstance(alternatives, list) else [alternatives]
        if listed:
            rules[name] = []
        for number, one in enumerate(listed):
            place = where if len(listed) == 1 else f"{where}.{number}"
            rule = _valid(Rule, {"column": one} if isinstance(one, str) else one, place, found)
            if rule is not None:
                found += _misplaced(rule, name, place)
                rules[name].append(rule)
    return rules


def _misplaced(rule: Rule, name: str, where: str) -> Iterator[Fault]:
    """Keys that mean nothing for a member of that sort."""
    sort = targets()[name].sort
    for key, sorts in FOR_SORTS.items():
        if key in rule.model_fields_set and sort not in sorts:
            wanted = " or ".join(one.value for one in sorts)
            yield Fault(
                where=f"{where}.{key}",
                message=f"{name} takes {sort.value}",
                hint=f"{key} is for {wanted}; leave it out.",
            )
    if isinstance(rule.value, list) and not sort.is_list:
        yield Fault(
            where=f"{where}.value", message=f"{name} takes one value, and this is a list", hint="Give the one value."
        )
    if sort is Sort.CITATIONS and rule.parse is None:
        yield Fault(
            where=where,
            message="citations come out of a cell that is read by parse",
            hint="Else name their parts: citation.url.",
        )


def _encoding(mapping: Mapping) -> Iterator[Fault]:
    name = mapping.file.encoding
    if name is not None and not encodings.is_known(name):
        near = closest(name, encodings.ENCODINGS)
        hint = f"Did you mean {near}?" if near else f"Known are {', '.join(encodings.ENCODINGS)}."
        yield Fault(where="mapping.file.encoding", message=f"no text is in the encoding {name!r}", hint=hint)


def _missing(kind: Kind | Rule, given: Set[str]) -> Iterator[Fault]:
    """What every record of that kind needs, and no rule gives."""
    wanted = [((name,), hint) for name, hint in _ALWAYS.items()] + list(_ONE_OF)
    wanted += [((name,), hint) for name, hint in (_BY_KIND[kind] if isinstance(kind, Kind) else {}).items()]
    for names, hint in wanted:
        if not given & set(names):
            yield Fault(where=f"mapping.fields.{names[0]}", message=f"no rule gives {' or '.join(names)}", hint=hint)
    for name in sorted(OF_STATEMENTS & given) if kind is Kind.EVENT else ():
        yield Fault(
            where=f"mapping.fields.{name}",
            message=f"an event has no {name}",
            hint="Only statements have; leave it out.",
        )
    if "citations" in given and any(name.startswith("citation.") for name in given):
        yield Fault(
            where="mapping.fields.citations",
            message="citations and parts of citation are given",
            hint="Give one of them.",
        )


def _names(mapping: Mapping) -> Iterator[Fault]:
    """Faults of the actors, sources and topics that the mapping knows."""
    shapes: tuple[tuple[str, type[BaseModel], dict[str, Json], Json], ...] = (
        ("actors", ActorCreate, mapping.actors.known, {"kind": mapping.actors.kind} if mapping.actors.kind else {}),
        ("sources", SourceCreate, mapping.sources.known, {}),
        ("topics", TopicCreate, mapping.topics.known, {}),
    )
    for noun, shape, known, usual in shapes:
        for name, body in known.items():
            found: list[Fault] = []
            _valid(
                shape,
                {"slug": slugify(name), "name": name, **usual, **body},
                f"mapping.{noun}.known.{name[:60]}",
                found,
            )
            yield from found
