"""Sources: who published it, how reliable they usually are."""

from collections.abc import Sequence
from typing import Any

from api.store import checks, history, lists, restores, versioned
from api.store.checks import Json
from api.store.directory import Directory
from api.store.documents import Listed, Rendered
from api.store.sessions import Reading, Writing
from api.store.versioned import Noun
from schemas.history import HistoryFilter
from schemas.sources import Source, SourceCreate, SourceFilter, SourceVersion

PATH = "/v1/sources"
NOUN = Noun(
    name="source",
    identity=Source,
    version=SourceVersion,
    shape=SourceCreate,
    address="slug",
    columns=("name", "url", "reliability", "reliability_reason", "language", "licence", "description"),
    references={"owner": ("actor", "owner_id")},
    uses={
        "records": "SELECT count(DISTINCT v.record_id) FROM record_citation c JOIN record_version v ON v.seq = c.seq "
        "WHERE c.source_id = :id AND v.superseded_seq IS NULL AND v.is_deleted = 0",
        "reactions": "SELECT count(*) FROM reaction_source c JOIN reaction_version v ON v.seq = c.seq "
        "WHERE c.source_id = :id AND v.superseded_seq IS NULL AND v.is_deleted = 0",
    },
)


def find(reading: Reading, slug: str, version: int | None = None) -> Rendered:
    """One source, as it stands or as a version recorded it. Raises Problem `not-found` or `deleted`."""
    return history.find(NOUN, reading, versioned.newest(NOUN, reading, slug), PATH, version)


def page(reading: Reading, filters: SourceFilter) -> Listed:
    """Sources by slug, filtered by grade and owner. Raises Problem `invalid`."""
    conditions: list[str] = []
    values: dict[str, Any] = {}
    if filters.reliability:
        conditions.append(reading.any_of("v.reliability", "grades"))
        values["grades"] = reading.listed([str(grade) for grade in filters.reliability])
    if filters.owner:
        conditions.append(reading.any_of("v.owner_id", "owners"))
        values["owners"] = reading.listed(checks.named(reading, "actor", filters.owner, "owner"))
    return lists.page(NOUN, reading, filters, conditions, values)


def create(writing: Writing, sent: Json) -> Rendered:
    """Make a source. Raises Problem `invalid` or `exists`."""
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
