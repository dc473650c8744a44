"""Actors, with aliases in any script."""

from collections.abc import Mapping, Sequence
from typing import Any

from api.store import history, lists, restores, versioned
from api.store.checks import Checked, Json
from api.store.directory import Directory
from api.store.documents import Listed, Rendered
from api.store.sessions import Reading, Writing
from api.store.versioned import Noun, Row
from schemas.actors import Actor, ActorAlias, ActorCreate, ActorFilter, ActorVersion
from schemas.fields import fold
from schemas.history import HistoryFilter

PATH = "/v1/actors"


def _aliases(reading: Reading, rows: Sequence[Row]) -> Mapping[int, Json]:
    found: dict[int, Json] = {row.seq: {"aliases": []} for row in rows}
    sql = f"SELECT seq, alias FROM actor_alias WHERE position > 0 AND {reading.any_of('seq', 'seqs')} ORDER BY seq, position"
    for seq, alias in reading.rows(sql, {"seqs": reading.listed(list(found))}):
        found[seq]["aliases"].append(alias)
    return found


def _store_aliases(writing: Writing, seq: int, checked: Checked[ActorCreate]) -> None:
    names = [checked.body.name, *checked.body.aliases]
    rows = [
        {"seq": seq, "position": position, "alias": name, "folded": fold(name)} for position, name in enumerate(names)
    ]
    writing.insert(ActorAlias, rows)


_CURRENT = "v.superseded_seq IS NULL AND v.is_deleted = 0"

NOUN = Noun(
    name="actor",
    identity=Actor,
    version=ActorVersion,
    shape=ActorCreate,
    address="slug",
    columns=("kind", "name", "country", "wikidata", "description"),
    show=_aliases,
    children=_store_aliases,
    uses={
        "records": f"SELECT count(DISTINCT v.record_id) FROM record_version v WHERE {_CURRENT} AND (v.actor_id = :id OR v.on_behalf_of_id = :id "
        "OR v.seq IN (SELECT p.seq FROM record_participant p WHERE p.actor_id = :id))",
        "affiliations": f"SELECT count(*) FROM affiliation_version v WHERE {_CURRENT} AND (v.member_id = :id OR v.group_id = :id)",
        "sources": f"SELECT count(*) FROM source_version v WHERE {_CURRENT} AND v.owner_id = :id",
        "reactions": f"SELECT count(*) FROM reaction_version v WHERE {_CURRENT} AND v.asserted_by_id = :id",
    },
)  # fmt: skip


def find(reading: Reading, slug: str, version: int | None = None) -> Rendered:
    """One actor, as it stands or as a version recorded it. Raises Problem `not-found` or `deleted`."""
    return history.find(NOUN, reading, versioned.newest(NOUN, reading, slug), PATH, version)


def page(reading: Reading, filters: ActorFilter) -> Listed:
    """Actors by slug, filtered by kind and by part of a name or alias in any script."""
    conditions: list[str] = []
    values: dict[str, Any] = {}
    if filters.kind:
        conditions.append(reading.any_of("v.kind", "kinds"))
        values["kinds"] = reading.listed([str(kind) for kind in filters.kind])
    if filters.q:
        conditions.append("v.seq IN (SELECT a.seq FROM actor_alias a WHERE a.folded LIKE :part ESCAPE '!')")
        part = fold(filters.q.strip()).replace("!", "!!").replace("%", "!%").replace("_", "!_")
        values["part"] = f"%{part}%"
    return lists.page(NOUN, reading, filters, conditions, values)


def create(writing: Writing, sent: Json) -> Rendered:
    """Make an actor. Raises Problem `invalid` or `exists`."""
    return versioned.create_named(NOUN, writing, sent, PATH)


def amend(writing: Writing, slug: str, patch: Json, expected: Sequence[int] | None) -> Rendered:
    """Apply a merge patch. Raises Problem `not-found`, `deleted`, `stale` or `invalid`."""
    return versioned.amend(NOUN, writing, versioned.find(NOUN, writing, slug), PATH, patch, expected)


def delete(writing: Writing, slug: str, expected: Sequence[int] | None) -> None:
    """Leave a tombstone. Raises Problem `not-found`, `deleted`, `stale` or `in-use`."""
    versioned.delete(NOUN, writing, versioned.find(NOUN, writing, slug), PATH, expected)


def restore(writing: Writing, slug: str, sent: Json, expected: Sequence[int]) -> Rendered:
    """Take up an earlier version as a new one. Raises Problem `not-found`, `deleted`, `stale` or `invalid`."""
    return restores.restore(NOUN, writing, versioned.newest(NOUN, writing, slug), PATH, sent, expected)


def versions(reading: Reading, directory: Directory, slug: str, filters: HistoryFilter) -> Listed:
    """Every version, the newest first. Raises Problem `not-found` or `cursor-mismatch`."""
    told = history.of_noun(NOUN, reading, versioned.newest(NOUN, reading, slug))
    return history.page(reading, directory, told, filters)
