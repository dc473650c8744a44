"""`demo`: the demo set, through the same door as every other record."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import api
from api.commands import output
from api.commands.failures import Failure
from api.commands.migrate import migrate
from api.database import Database
from api.errors import Problem
from api.settings import Settings
from api.store import actors, affiliations, keys, reactions, records, sources, topics
from api.store.checks import Json
from api.store.sessions import Writing
from schemas.vocabularies import Kind

FOLDER = Path(api.__file__).parent / "demo"
SOURCE = "demarche-demo"  # the external_source of its records


class Count(NamedTuple):
    """What became of the lines of one file."""

    made: int
    found: int


class File(NamedTuple):
    """How the lines of one file are told apart, which are there already (deleted ones too), and how one is made."""

    members: tuple[str, ...]
    there: str
    create: Callable[[Writing, Json], Any]


def _nouns(table: str, create: Callable[[Writing, Json], Any]) -> File:
    return File(("slug",), f"SELECT slug FROM {table}", create)


def _records(kind: Kind) -> File:
    there = f"SELECT external_id FROM record WHERE external_source = '{SOURCE}'"
    return File(("external_id",), there, lambda writing, line: records.create(writing, kind, line))


def _affiliate(writing: Writing, line: Json) -> None:
    affiliations.create(
        writing, line.get("actor", ""), {name: value for name, value in line.items() if name != "actor"}
    )


# Each names only what stands before it.
FILES = {
    "actors": _nouns("actor", actors.create),
    "affiliations": File(
        ("actor", "group", "role", "dates"),
        "SELECT m.slug, g.slug, v.role, v.dates FROM affiliation_version v "
        "JOIN actor m ON m.id = v.member_id JOIN actor g ON g.id = v.group_id",
        _affiliate,
    ),
    "sources": _nouns("source", sources.create),
    "topics": _nouns("topic", topics.create),
    "statements": _records(Kind.STATEMENT),
    "events": _records(Kind.EVENT),
    "reactions": File(
        ("from", "to", "type", "topic"),
        f"SELECT '{SOURCE}:' || f.external_id, '{SOURCE}:' || t.external_id, i.type, p.slug FROM reaction i "
        f"JOIN record f ON f.id = i.from_id AND f.external_source = '{SOURCE}' "
        f"JOIN record t ON t.id = i.to_id AND t.external_source = '{SOURCE}' LEFT JOIN topic p ON p.id = i.topic_id",
        reactions.create,
    ),
}


def load(database: Database, folder: Path = FOLDER) -> dict[str, Count]:
    """Add what is missing, all of it or nothing. Raises Failure with the line at fault."""
    with database.writing(keys.SYSTEM) as writing:
        keys.create_system(writing)
        return fill(writing, folder)


def fill(writing: Writing, folder: Path = FOLDER) -> dict[str, Count]:
    """Add what is missing within a transaction; what somebody amended or deleted is left as it is. Raises Failure."""
    counts = {}
    for name, file in FILES.items():
        there = set(writing.rows(file.there))
        made = found = 0
        for place, line in _lines(folder / f"{name}.ndjson"):
            if tuple(line.get(member) for member in file.members) in there:
                found += 1
                continue
            try:
                file.create(writing, line)
            except Problem as problem:
                raise Failure(f"{place} can't be loaded: {_told(problem)}") from problem
            made += 1
        counts[name] = Count(made, found)
    return counts


def _lines(file: Path) -> Iterator[tuple[str, Json]]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"{file} can't be read ({error}): fetch it again.") from error
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            place = f"{file.parent.name}/{file.name} line {number}"
            try:
                found = json.loads(line)
            except ValueError as error:
                raise Failure(f"{place} is not JSON: {error}.") from error
            if not isinstance(found, dict):
                raise Failure(f"{place} is not a JSON object.")
            yield place, found


def _told(problem: Problem) -> str:
    faults = [f"{fault.where}: {fault.message}" for fault in problem.errors]
    return "; ".join(faults) + "." if faults else problem.detail


def run(settings: Settings, as_json: bool) -> None:
    """The verb: say what was loaded."""
    migrate(settings.database_url)
    database = Database(settings)
    try:
        counts = load(database)
    finally:
        database.close()
    output.tell(
        as_json,
        {name: {"loaded": count.made, "there_already": count.found} for name, count in counts.items()},
        (f"{name:13} {count.made:4} loaded {count.found:4} there already" for name, count in counts.items()),
    )
