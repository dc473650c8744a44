"""Versions of records as they are stored in columns and lists: what their documents, words and walked rows are made of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from api.store.rows import CITED, STATEMENTS_ONLY
from api.store.sessions import Reading

_VERSION = (
    "seq", "record_id", "version", "superseded_seq", "is_deleted", "status", "date", "earliest", "latest", "date_precision",
    "date_basis", "effective", "title", "summary", "actor_id", "on_behalf_of_id", "confidence", "confidence_given", "attribution",
    "hedge", "event_type", "event_mode", "place_name", "country", "latitude", "longitude", "rationale", *STATEMENTS_ONLY, "document",
)  # fmt: skip
_BESIDE = ("uid", "kind", "external_source", "external_id", "changed_at", "recorded_by", "recorded_at")
_STANCE = ("topic_id", "stance", "condition_type", "conditions", "coding_certainty")

Rows = Sequence[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Stored:
    """One version: its columns with those of its record and its revisions, and its lists in their order."""

    one: Mapping[str, Any]
    participants: Rows  # actor, role
    topics: Rows  # topic, stance, condition type, conditions, certainty
    citations: Rows  # source, then `CITED`
    groups: Rows  # url group, origin group of each citation
    tags: Sequence[str]

    @property
    def named(self) -> str:
        """Which version it is, for a sentence to begin with."""
        one = self.one
        return f"{one['kind']} {one['uid']}, version {one['version']} (revision {one['seq']})".capitalize()


def versions(reading: Reading, first: int, last: int) -> Iterator[Stored]:
    """The versions of a range of revisions that were not erased, tombstones too."""
    sql = (
        f"SELECT {', '.join(f'v.{column}' for column in _VERSION)}, i.uid, i.kind, i.external_source, i.external_id, "
        "r.recorded_at, k.name, r0.recorded_at FROM record_version v JOIN record i ON i.id = v.record_id "
        "JOIN revision r ON r.seq = v.seq JOIN api_key k ON k.id = r.recorded_by "
        "JOIN record_version v0 ON v0.record_id = v.record_id AND v0.version = 1 "
        # What began as a draft was recorded when it was first published, unless this version came before that.
        "JOIN revision r0 ON r0.seq = coalesce((SELECT min(p.seq) FROM record_version p WHERE p.record_id = v.record_id "
        "AND p.version <= v.version AND p.status <> 'draft'), v0.seq) "
        "WHERE v.seq BETWEEN :first AND :last AND NOT EXISTS (SELECT 1 FROM purged_version x WHERE x.erased_seq = v.seq) ORDER BY v.seq"
    )
    participants = by_seq(reading, "record_participant", "actor_id, role", "position", first, last)
    topics = by_seq(reading, "record_stance", ", ".join(_STANCE), "position", first, last)
    columns = f"source_id, {', '.join(CITED)}, url_group, origin_group"
    citations = by_seq(reading, "record_citation", columns, "position", first, last)
    tags = by_seq(reading, "record_tag", "tag", "position", first, last)
    for row in reading.rows(sql, {"first": first, "last": last}):
        one = dict(zip((*_VERSION, *_BESIDE), row, strict=True))
        seq = one["seq"]
        cited = citations.get(seq, [])
        yield Stored(
            one,
            participants.get(seq, []),
            topics.get(seq, []),
            [row[:-2] for row in cited],
            [row[-2:] for row in cited],
            [tag for (tag,) in tags.get(seq, [])],
        )


def by_seq(
    reading: Reading, table: str, columns: str, order: str, first: int, last: int
) -> dict[int, list[tuple[Any, ...]]]:
    """The rows of a table that belong to the versions of a range of revisions, by version."""
    sql = f"SELECT seq, {columns} FROM {table} WHERE seq BETWEEN :first AND :last ORDER BY seq, {order}"
    found = reading.rows(sql, {"first": first, "last": last})
    return {seq: [row[1:] for row in rows] for seq, rows in groupby(found, lambda row: row[0])}
