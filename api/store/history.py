"""Histories: every version of a thing, newest first, each with what it changed; for records and nouns alike."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from api import cursors
from api.errors import Problem, not_found
from api.store import differences, documents, sight, versioned
from api.store.checks import Json
from api.store.directory import Directory
from api.store.documents import Listed, Rendered
from api.store.sessions import Reading
from api.store.versioned import EVERY, Noun, Row
from schemas import dates
from schemas.history import HistoryFilter
from schemas.vocabularies import ChangeAction

_LAST = 2**62


@dataclass(frozen=True, slots=True)
class Told:
    """A thing whose versions are told, and how much of them the one who asks may see.

    `since`, `until` and `withdrawn` are SQL on a version `{v}`: the revision since which it could be seen, null where it
    never could; the one that took it out of sight for good; and that its status is withdrawn. Author and note are told of
    what could be seen since its own revision, and of a tombstone that itself took what it ended out of sight.
    """

    name: str
    address: str
    table: str
    id: int
    documents: Callable[[Reading, Sequence[int]], Mapping[int, bytes]]  # by seq, with gaps
    since: str = "{v}.seq"
    until: str = "{v}.superseded_seq"
    withdrawn: str = "FALSE"
    leaves: bool = False  # whether a version out of sight is told as withdrawn, when the one before was in sight
    values: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[ChangeAction, ChangeAction] = field(default_factory=dict)  # of its own for what was done to it

    def seen(self, version: str) -> str:
        """SQL that a version, by its alias, could be seen."""
        return f"({self.since.format(v=version)} IS NOT NULL)"


@dataclass(frozen=True, slots=True)
class Past:
    """One version, as far as it is told."""

    seq: int
    version: int
    is_deleted: bool
    is_seen: bool
    is_withdrawn: bool
    recorded_at: int
    recorded_by: str | None
    change_note: str | None
    restored_from: int | None
    purged: Json | None

    @property
    def is_content(self) -> bool:
        """Whether it said something, to the one who asks; what was erased says it no more."""
        return self.is_seen and not self.is_deleted


def of_noun(noun: Noun, reading: Reading, row: Row, words: Mapping[ChangeAction, ChangeAction] | None = None) -> Told:
    """A noun whose versions are told; of one that hangs on records, those that stood while all of these could be seen."""

    def rendered(reading: Reading, seqs: Sequence[int]) -> Mapping[int, bytes]:
        rows = versioned.select(
            noun, reading, reading.any_of("v.seq", "seqs"), {"seqs": reading.listed(seqs)}, standing=EVERY
        )
        found = versioned.rows_as_documents(noun, reading, rows)
        return {one.seq: document for one, document in zip(rows, found, strict=True)}

    told = Told(noun.name, row.address, noun.name, row.id, rendered, words=words or {})
    if not noun.hangs_on or reading.sees_drafts:
        return told
    since, until = (sql(reading, noun.name, noun.hangs_on, "{v}") for sql in (sight.first, sight.last))
    return replace(told, since=since, until=until, values=sight.values(reading))


def page(reading: Reading, directory: Directory, told: Told, filters: HistoryFilter) -> Listed:
    """One page of the versions of a thing. Raises Problem `cursor-mismatch`, or `not-found` where none may be seen."""
    question = cursors.question(filters, "history", told.table, str(told.id))
    before = cursors.decode(filters.cursor, question, (int,))[0] if filters.cursor else _LAST
    found = _versions(reading, told, "v.version < :before", {"before": before}, filters.limit + 1)
    if not found:
        raise not_found(told.name, told.address)
    shown, ground = found[: filters.limit], found[-1:]
    if not found[-1].is_content:
        # What the last one shown differs from may lie further back than the page looks.
        content = f"v.version < :before AND {_gone('v')} = 0 AND {told.seen('v')}"
        ground = _versions(reading, told, content, {"before": found[-1].version}, 1)
    contents = _contents(reading, directory, told, [*found, *ground])
    items = []
    for index, one in enumerate(shown):
        earlier = [*found[index + 1 :], *ground]
        basis = next((other for other in earlier if other.is_content and other.seq < one.seq), None)
        action = _action(one, earlier[0] if basis else None, basis)
        items.append(_item(one, told.words.get(action, action), basis, contents))
    upcoming = cursors.encode(question, (shown[-1].version,)) if len(found) > len(shown) else None
    body = b",".join(map(documents.dumps, items))
    return Listed(body, upcoming, documents.tag_of(body))


def find(noun: Noun, reading: Reading, row: Row, path: str, number: int | None, told: Told | None = None) -> Rendered:
    """A noun as it stands, or as a version recorded it. Raises Problem `not-found` or `deleted`."""
    if number is None:
        return versioned.rendered(noun, reading, versioned.alive(noun, reading, row), path)
    seq = at(reading, told or of_noun(noun, reading, row), number).seq
    (old,) = versioned.select(noun, reading, "v.seq = :seq", {"seq": seq}, standing=EVERY)
    return versioned.rendered(noun, reading, old, path)


def is_told(reading: Reading, told: Told) -> bool:
    """Whether the one who asks may know that the thing was ever there: a tombstone of what none but drafts had says nothing."""
    return bool(_versions(reading, told, "TRUE", {}, 1))


def at(reading: Reading, told: Told, number: int) -> Past:
    """One version by its number. Raises Problem `not-found`, telling those there are, or `deleted` for a tombstone."""
    found = _versions(reading, told, "v.version = :number", {"number": number}, 1)
    if found and (found[0].is_deleted or found[0].purged):
        raise versioned.gone(reading, told.name, number, found[0].seq)
    if found and found[0].is_seen:
        return found[0]
    then = " AND v.seq <= :at" if reading.at is not None else ""
    sql = f"SELECT min(v.version), max(v.version) FROM {told.table}_version v WHERE v.{told.table}_id = :id AND v.is_deleted = 0 AND {told.seen('v')}{then}"
    first, last = reading.row(sql, {"id": told.id, **told.values}) or (None, None)
    if first is None:
        raise not_found(told.name, told.address)
    there = f"is version {first}" if first == last else f"are between versions {first} and {last}"
    told_so = f"There is no version {number} of this {told.name} to be read; those that its history lists {there}."
    raise Problem("not-found", told_so)


def _gone(version: str) -> str:
    """SQL that a version is, or was before it was erased, a tombstone; `xv` and `xp` are the marks of what was erased."""
    return f"coalesce(x{version}.was_deleted, {version}.is_deleted)"


def _versions(reading: Reading, told: Told, where: str, values: Mapping[str, Any], limit: int) -> list[Past]:
    """The newest versions that are told, under a condition on `v`; the one before each is `p`.

    A tombstone is told to whoever saw what it ended.
    """
    table, key = f"{told.table}_version", f"{told.table}_id"
    seen_before = f"(p.version IS NOT NULL AND {told.seen('p')})"
    left = f" OR ({_gone('p')} = 0 AND {seen_before})" if told.leaves else ""
    then = " AND v.seq <= :at" if reading.at is not None else ""
    moment = f"CASE {_gone('v')} WHEN 1 THEN {told.until.format(v='p')} ELSE {told.since.format(v='v')} END"
    sql = f"""
        SELECT v.seq, v.version, {_gone("v")}, r1.seq IS NOT NULL, {told.withdrawn.format(v="v")},
               coalesce(r1.recorded_at, r.recorded_at),
               CASE WHEN r1.seq = v.seq THEN k.name END, CASE WHEN r1.seq = v.seq THEN r.change_note END,
               CASE WHEN r1.seq = v.seq AND {told.seen("s")} THEN s.version END,
               CASE WHEN r1.seq IS NOT NULL THEN xr.recorded_at END, xk.name, xr.change_note
        FROM {table} v LEFT JOIN {table} p ON p.{key} = v.{key} AND p.version = v.version - 1
        JOIN revision r ON r.seq = v.seq JOIN api_key k ON k.id = r.recorded_by
        LEFT JOIN {table} s ON s.{key} = v.{key} AND s.version = r.restored_from
        LEFT JOIN purged_version xv ON xv.erased_seq = v.seq LEFT JOIN purged_version xp ON xp.erased_seq = p.seq
        LEFT JOIN revision r1 ON r1.seq = {moment}
        LEFT JOIN revision xr ON xr.seq = xv.seq LEFT JOIN api_key xk ON xk.id = xr.recorded_by
        WHERE v.{key} = :id AND CASE {_gone("v")} WHEN 1 THEN {seen_before} ELSE r1.seq IS NOT NULL{left} END{then} AND {where}
        ORDER BY v.version DESC LIMIT :limit"""
    rows = reading.rows(sql, {"id": told.id, "limit": limit, **told.values, **values})
    return [
        Past(seq, version, bool(is_gone), bool(is_seen), bool(is_withdrawn), at, by, note, taken_up, _purged(*erased))
        for seq, version, is_gone, is_seen, is_withdrawn, at, by, note, taken_up, *erased in rows
    ]


def _purged(at: int | None, by: str | None, reason: str | None) -> Json | None:
    return None if at is None else {"at": dates.format_instant(at), "by": by, "reason": reason}


def _contents(reading: Reading, directory: Directory, told: Told, versions: Sequence[Past]) -> dict[int, Json]:
    """What versions say, by seq, all with the same names: a rename is no change."""
    rendered = told.documents(reading, [one.seq for one in versions if one.is_content and not one.purged])
    return {seq: documents.loads(documents.splice([one], directory.shown)) for seq, one in rendered.items()}


def _item(one: Past, action: ChangeAction, basis: Past | None, contents: Mapping[int, Json]) -> Json:
    changed: list[str] = []
    patch: list[Json] = []
    # Beside what was erased nothing is compared: the difference would tell it.
    if basis and one.is_content and not (one.purged or basis.purged):
        before, after = contents[basis.seq], contents[one.seq]
        changed, patch = differences.changed(before, after), differences.patch(before, after)
    return {
        "version": one.version,
        "action": action,
        "recorded_at": dates.format_instant(one.recorded_at),
        "recorded_by": one.recorded_by,
        "change_note": one.change_note,
        "restored_from": one.restored_from,
        "changed": changed,
        "patch": patch,
        "purged": one.purged,
    }


def _action(one: Past, earlier: Past | None, basis: Past | None) -> ChangeAction:
    if one.is_deleted:
        return ChangeAction.DELETED
    if earlier is None or basis is None:
        return ChangeAction.CREATED
    if not one.is_seen:
        return ChangeAction.WITHDRAWN
    if earlier.is_deleted or not earlier.is_seen:
        return ChangeAction.RESTORED
    return ChangeAction.WITHDRAWN if one.is_withdrawn and not basis.is_withdrawn else ChangeAction.CHANGED
