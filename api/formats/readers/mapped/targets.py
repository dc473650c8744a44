"""What the columns of a table can become: the members of a record that a mapping may name, and what kind of value each takes."""

from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import Any, Final

from schemas.events import EventCreate
from schemas.statements import StatementCreate
from schemas.vocabularies import ParticipantRole


class Sort(Enum):
    """What kind of value a member takes, and so how a cell is read."""

    LINE = "text in one line"
    TEXT = "text"
    WORD = "a word of a list"
    DATE = "a date"
    URL = "a web address"
    NUMBER = "a number"
    INTEGER = "a whole number"
    FLAG = "true or false"
    COUNTRY = "a country"
    CONFIDENCE = "a confidence"
    LIST = "a list of texts"
    ACTOR = "the name of an actor"
    ACTORS = "a list of names of actors"
    SOURCE = "the name of a source"
    TOPIC = "the slug of a topic"
    CITATIONS = "a list of citations"

    @property
    def is_list(self) -> bool:
        """Whether it takes several values."""
        return self in (Sort.LIST, Sort.ACTORS, Sort.CITATIONS)

    @property
    def is_prose(self) -> bool:
        """Whether it is words for a reader, in which entities are read."""
        return self in (Sort.LINE, Sort.TEXT, Sort.LIST, Sort.ACTOR, Sort.ACTORS, Sort.SOURCE)


@dataclass(frozen=True, slots=True)
class Target:
    """A member: its place in the body, its sort, and how many characters it takes at most."""

    path: tuple[str | int, ...]
    sort: Sort
    most: int | None = None
    where: str = field(init=False)  # its place, as faults of a body name it

    def __post_init__(self) -> None:
        object.__setattr__(self, "where", ".".join(map(str, self.path)))


MOST_CITATIONS: Final = 9
_RECORD: Final = {
    "date": Sort.DATE, "date_basis": Sort.WORD, "effective": Sort.DATE, "title": Sort.LINE, "summary": Sort.TEXT, "actor": Sort.ACTOR,
    "on_behalf_of": Sort.ACTOR, "confidence": Sort.CONFIDENCE, "attribution": Sort.WORD, "hedge": Sort.LINE, "event_type": Sort.WORD,
    "event_mode": Sort.WORD, "tags": Sort.LIST, "rationale": Sort.TEXT, "status": Sort.WORD, "reacts_to": Sort.LIST, "quote": Sort.TEXT,
    "language": Sort.WORD, "translation": Sort.TEXT, "translation_by": Sort.WORD, "channel": Sort.WORD, "prompted": Sort.FLAG,
}  # fmt: skip
_TOPIC: Final = {
    "topic": Sort.TOPIC, "stance": Sort.WORD, "condition_type": Sort.WORD, "conditions": Sort.TEXT, "coding_certainty": Sort.WORD,
}  # fmt: skip
_PLACE: Final = {"name": Sort.LINE, "country": Sort.COUNTRY, "latitude": Sort.NUMBER, "longitude": Sort.NUMBER}
_CITATION: Final = {
    "source": Sort.SOURCE, "url": Sort.URL, "locator": Sort.LINE, "published_at": Sort.DATE, "credibility": Sort.INTEGER,
    "reliability": Sort.WORD, "role": Sort.WORD, "origin": Sort.LINE, "excerpt": Sort.TEXT, "retrieved_at": Sort.DATE,
    "archive_url": Sort.URL,
}  # fmt: skip
# Members of statements alone: on a row that turns out to be an event they are left out.
OF_STATEMENTS: Final = frozenset(StatementCreate.model_fields) - frozenset(EventCreate.model_fields)
# What people write for the first citation's.
SHORT: Final = {"source": "citation.source", "url": "citation.url"}


@cache
def targets() -> dict[str, Target]:
    """Every member that a mapping may name, by the name that it has there."""
    found = {name: Target((name,), sort, _most(name)) for name, sort in _RECORD.items()}
    found |= {name: Target(("topics", 0, name), sort, _most("topics", name)) for name, sort in _TOPIC.items()}
    found |= {f"place.{name}": Target(("place", name), sort, _most("place", name)) for name, sort in _PLACE.items()}
    found |= {f"participants.{role}": Target(("participants", str(role)), Sort.ACTORS) for role in ParticipantRole}
    for number in range(MOST_CITATIONS):
        group = "citation" if number == 0 else f"citation_{number + 1}"
        for name, sort in _CITATION.items():
            found[f"{group}.{name}"] = Target(("citations", number, name), sort, _most("citations", name))
    found["citations"] = Target(("citations",), Sort.CITATIONS)
    return found


@cache
def _schema() -> dict[str, Any]:
    return StatementCreate.model_json_schema()


def _most(*path: str) -> int | None:
    """How long a text may be, as the shape of statements has it."""
    schema = _schema()
    here: dict[str, Any] = schema
    for name in path:
        here = here["properties"][name]
        below = here.get("items", here)
        for one in (below, *below.get("anyOf", [])):
            if "$ref" in one:
                below = schema["$defs"][one["$ref"].rpartition("/")[2]]
        here = below
    lengths = [one["maxLength"] for one in (here, *here.get("anyOf", [])) if "maxLength" in one]
    return lengths[0] if lengths else None
