"""Topics: propositions, in a tree."""

from collections.abc import Sequence
from typing import Any

from api.errors import Problem
from api.store import checks, history, lists, restores, versioned
from api.store.checks import Checked, Json
from api.store.directory import Directory
from api.store.documents import Listed, Rendered
from api.store.sessions import Reading, Writing
from api.store.versioned import Noun
from schemas.history import HistoryFilter
from schemas.topics import Topic, TopicCreate, TopicFilter, TopicVersion

PATH = "/v1/topics"


def _refuse_circle(writing: Writing, identity: int, checked: Checked[TopicCreate]) -> None:
    sql = """
        WITH RECURSIVE up(id) AS (
            SELECT :parent UNION
            SELECT v.parent_id FROM up JOIN topic_version v ON v.topic_id = up.id AND v.superseded_seq IS NULL
            WHERE v.parent_id IS NOT NULL
        ) SELECT 1 FROM up WHERE id = :id"""
    parent = checked.identity("topic", checked.body.parent)
    if parent is not None and writing.row(sql, {"parent": parent, "id": identity}):
        raise Problem(
            "circle", f"{checked.body.parent} already stands below {checked.body.slug}, so it can't be its parent."
        )


NOUN = Noun(
    name="topic",
    identity=Topic,
    version=TopicVersion,
    shape=TopicCreate,
    address="slug",
    columns=("name", "proposition", "parent_polarity", "description"),
    references={"parent": ("topic", "parent_id")},
    inspect=_refuse_circle,
    uses={
        "records": "SELECT count(DISTINCT v.record_id) FROM record_stance s JOIN record_version v ON v.seq = s.seq "
        "WHERE s.topic_id = :id AND v.superseded_seq IS NULL AND v.is_deleted = 0",
        "codings": "SELECT count(DISTINCT v.coding_id) FROM coding_stance s JOIN coding_version v ON v.seq = s.seq "
        "WHERE s.topic_id = :id AND v.superseded_seq IS NULL AND v.is_deleted = 0",
        "topics": "SELECT count(*) FROM topic_version v WHERE v.parent_id = :id AND v.superseded_seq IS NULL AND v.is_deleted = 0",
        "reactions": "SELECT count(*) FROM reaction i JOIN reaction_version v ON v.reaction_id = i.id "
        "WHERE i.topic_id = :id AND v.superseded_seq IS NULL AND v.is_deleted = 0",
    },
)


def find(reading: Reading, slug: str, version: int | None = None) -> Rendered:
    """One topic, as it stands or as a version recorded it. Raises Problem `not-found` or `deleted`."""
    return history.find(NOUN, reading, versioned.newest(NOUN, reading, slug), PATH, version)


def page(reading: Reading, filters: TopicFilter) -> Listed:
    """Topics by slug, filtered by parent. Raises Problem `invalid`."""
    conditions: list[str] = []
    values: dict[str, Any] = {}
    if filters.parent:
        conditions.append(reading.any_of("v.parent_id", "parents"))
        values["parents"] = reading.listed(checks.named(reading, "topic", filters.parent, "parent"))
    return lists.page(NOUN, reading, filters, conditions, values)


def create(writing: Writing, sent: Json) -> Rendered:
    """Make a topic. Raises Problem `invalid`, `exists` or `circle`."""
    return versioned.create_named(NOUN, writing, sent, PATH)


def amend(writing: Writing, slug: str, patch: Json, expected: Sequence[int] | None) -> Rendered:
    """Apply a merge patch. Raises Problem `not-found`, `deleted`, `stale`, `invalid` or `circle`."""
    return versioned.amend(NOUN, writing, versioned.find(NOUN, writing, slug), PATH, patch, expected)


def delete(writing: Writing, slug: str, expected: Sequence[int] | None) -> None:
    """Leave a tombstone. Raises Problem `not-found`, `deleted`, `stale` or `in-use`."""
    versioned.delete(NOUN, writing, versioned.find(NOUN, writing, slug), PATH, expected)


def restore(writing: Writing, slug: str, sent: Json, expected: Sequence[int]) -> Rendered:
    """Take up an earlier version as a new one. Raises Problem `not-found`, `deleted`, `stale`, `invalid` or `circle`."""
    return restores.restore(NOUN, writing, versioned.newest(NOUN, writing, slug), PATH, sent, expected)


def versions(reading: Reading, directory: Directory, slug: str, filters: HistoryFilter) -> Listed:
    """Every version, the newest first. Raises Problem `not-found` or `cursor-mismatch`."""
    told = history.of_noun(NOUN, reading, versioned.newest(NOUN, reading, slug))
    return history.page(reading, directory, told, filters)
