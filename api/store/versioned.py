"""Identities with append-only versions: how an actor, a source, a topic or an affiliation is read, made, amended, deleted, restored."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import SQLModel

from api.errors import Problem, not_found, not_yet
from api.store import checks, dialects, documents, grades, nouns, sight
from api.store.checks import Checked, Json
from api.store.documents import Rendered
from api.store.sessions import Reading, Writing
from schemas import dates
from schemas.base import Written
from schemas.problems import Fault

EVERY = "TRUE"  # for `select`: whether they are current or not


@dataclass(frozen=True, slots=True)
class Row:
    """One version of one thing; the current one unless another was asked for."""

    id: int
    address: str
    seq: int
    version: int
    is_deleted: bool
    first_at: int  # when the one who asks could first see the thing, and when this version
    changed_at: int
    columns: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Noun:
    """How one noun is kept. Columns that bear a member's name hold it; `references` are members that name a noun."""

    name: str
    identity: type[SQLModel]
    version: type[SQLModel]
    shape: type[Written]
    address: str
    columns: tuple[str, ...]
    references: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # member -> (noun, column)
    nested: Mapping[str, str] = field(default_factory=dict)  # places deeper in the body that name a noun
    fixed: tuple[str, ...] = ("slug",)
    # What a row shows beyond its columns, what columns a body gives beyond its members, and what a write checks and adds.
    show: Callable[[Reading, Sequence[Row]], Mapping[int, Json]] = lambda _reading, _rows: {}  # by seq
    store: Callable[[Writing, int, Checked[Any]], Json] = lambda _writing, _identity, _checked: {}
    inspect: Callable[[Writing, int, Checked[Any]], None] = lambda _writing, _identity, _checked: None
    children: Callable[[Writing, int, Checked[Any]], None] = lambda _writing, _seq, _checked: None
    uses: Mapping[str, str] = field(default_factory=dict)  # what -> SQL that counts it for :id
    hangs_on: tuple[str, ...] = ()  # columns of its identity that name the records without which it is not seen

    @property
    def key(self) -> str:
        """The column of a version that names its identity."""
        return f"{self.name}_id"

    @property
    def named(self) -> Mapping[str, str]:
        """Every place in a body that names a noun."""
        return {**{member: noun for member, (noun, _) in self.references.items()}, **self.nested}


def select(
    noun: Noun,
    reading: Reading,
    where: str,
    values: Mapping[str, Any],
    tail: str = "",
    standing: str = "v.superseded_seq IS NULL",
) -> list[Row]:
    """Versions, tombstones too: the current ones, unless `standing` says which; `where` speaks of `i` (identity) and `v`."""
    columns = [*noun.columns, *(column for _, column in noun.references.values())]
    table = noun.identity.__tablename__
    first, changed = _moments(noun, reading)
    joins = (
        ("revision", "r", f"r.seq = {changed}"),
        (f"{table}_version", "v0", f"v0.{noun.key} = i.id AND v0.version = 1"),
        ("revision", "r0", f"r0.seq = {first}"),
    )
    joined = " ".join(dialects.by_key(reading.dialect, *join) for join in joins)
    sql = (
        f"SELECT i.id, i.{noun.address}, v.seq, v.version, v.is_deleted, r0.recorded_at, r.recorded_at"
        f"{''.join(f', v.{column}' for column in columns)} FROM {table} i "
        f"JOIN {table}_version v ON v.{noun.key} = i.id AND {standing} {joined} WHERE {where} {tail}"
    )
    return [
        Row(row[0], row[1], row[2], row[3], bool(row[4]), row[5], row[6], dict(zip(columns, row[7:], strict=True)))
        for row in reading.rows(sql, {**sight.values(reading), **values} if noun.hangs_on else values)
    ]


def _moments(noun: Noun, reading: Reading) -> tuple[str, str]:
    """SQL of the revisions at which a thing and its version `v` were recorded, for the one who asks.

    To whoever sees no drafts, what hangs on one was recorded when that was published: then the feed tells it.
    """
    if not noun.hangs_on or reading.sees_drafts:
        return "v0.seq", "v.seq"
    of_version, of_any = (sight.first(reading, noun.name, noun.hangs_on, alias) for alias in "vw")
    any_version = f"SELECT min({of_any}) FROM {noun.name}_version w WHERE w.{noun.key} = i.id AND w.is_deleted = 0"
    return (
        f"CASE v.version WHEN 1 THEN r.seq ELSE coalesce(({any_version}), v0.seq) END",
        f"coalesce({of_version}, v.seq)",
    )


def find(noun: Noun, reading: Reading, address: str) -> Row:
    """The current version at an address. Raises Problem `not-found` or `deleted`."""
    return alive(noun, reading, newest(noun, reading, address))


def alive(noun: Noun, reading: Reading, row: Row) -> Row:
    """The row, unless it is a tombstone or was erased. Raises Problem `deleted` or `purged`."""
    if row.is_deleted:
        raise gone(reading, noun.name, row.version, row.seq)
    return row


def newest(noun: Noun, reading: Reading, address: str) -> Row:
    """The current version at an address, be it a tombstone. Raises Problem `not-found`."""
    rows = select(noun, reading, f"i.{noun.address} = :address", {"address": address})
    if not rows:
        near = None
        if noun.address == "slug":
            table = noun.identity.__tablename__
            if reading.at is not None and reading.row(f"SELECT 1 FROM {table} WHERE slug = :slug", {"slug": address}):
                raise not_yet(noun.name, address)
            near = nouns.nearest(reading, noun.name, address)
        raise not_found(noun.name, address, near)
    return rows[0]


def gone(reading: Reading, name: str, version: int, seq: int) -> Problem:
    """The answer at a tombstone, with the tag of the tombstone; or at what was erased for good."""
    tag = {"ETag": documents.etag(version, b"")}
    # A thing erased whole may have lost this version before.
    sql = """SELECT r.recorded_at, r.change_note FROM purged_version x JOIN purge_version q ON q.seq = x.seq
        LEFT JOIN purge_version w ON w.thing = q.thing AND w.thing_id = q.thing_id AND w.is_whole = 1
        JOIN revision r ON r.seq = coalesce(w.seq, q.seq) WHERE x.erased_seq = :seq AND (w.seq IS NOT NULL OR x.was_deleted = 0)"""
    erased = reading.row(sql, {"seq": seq})
    if erased is None:
        return Problem("deleted", f"This {name} was deleted; version {version} is its tombstone.", headers=tag)
    at = dates.format_instant(erased[0])
    told = f"Version {version} of this {name} was erased for good at {at}: {erased[1]}"
    return Problem("purged", told, headers=tag, purged_at=at)


def rows_as_documents(noun: Noun, reading: Reading, rows: Sequence[Row]) -> list[bytes]:
    """Rows as they are answered, with gaps for names."""
    more = noun.show(reading, rows)
    return [_document(noun, row, more.get(row.seq, {})) for row in rows]


def _document(noun: Noun, row: Row, more: Json) -> bytes:
    return documents.render(
        {
            ("id" if noun.address == "uid" else "slug"): row.address,
            **{column: row.columns[column] for column in noun.columns},
            **{member: documents.gap(one, row.columns[column]) for member, (one, column) in noun.references.items()},
            **more,
            "version": row.version,
            **_times(row),
        }
    )


def _times(row: Row) -> Json:
    return {
        "recorded_at": dates.format_instant(row.first_at),
        "changed_at": dates.format_instant(row.changed_at),
    }


def rendered(noun: Noun, reading: Reading, row: Row, path: str, created: bool = False) -> Rendered:
    """A row as it is answered."""
    body = documents.splice(rows_as_documents(noun, reading, [row]), nouns.Names(reading))
    return Rendered(f"{path}/{row.address}", row.version, body, created)


def append(
    noun: Noun,
    writing: Writing,
    identity: int,
    version: int,
    checked: Checked[Any],
    superseded: int | None,
    restored_from: int | None = None,
) -> None:
    """Write one version: the stamp, the row, its children, and the end of the version before."""
    noun.inspect(writing, identity, checked)
    stamp = writing.draw(checked.body.change_note, restored_from)
    members = {column: getattr(checked.body, column, None) for column in noun.columns}
    named = {
        column: checked.identity(one, getattr(checked.body, member))
        for member, (one, column) in noun.references.items()
        if hasattr(checked.body, member)
    }
    retire(writing, noun, superseded, stamp.seq)
    writing.insert(
        noun.version,
        [
            {
                **members,
                **named,
                **noun.store(writing, identity, checked),
                "seq": stamp.seq,
                "version": version,
                "superseded_seq": None,
                "is_deleted": 0,
                noun.key: identity,
            }
        ],
    )
    noun.children(writing, stamp.seq, checked)


def retire(writing: Writing, noun: Noun, superseded: int | None, seq: int) -> None:
    """End a version: from `seq` on it is no longer current."""
    if superseded is not None:
        writing.run(
            f"UPDATE {noun.version.__tablename__} SET superseded_seq = :seq WHERE seq = :old",
            {"seq": seq, "old": superseded},
        )


def amend(noun: Noun, writing: Writing, row: Row, path: str, patch: Json, expected: Sequence[int] | None) -> Rendered:
    """Apply a merge patch to the version that was read; without a change it makes no version.

    Raises Problem `stale`, `invalid`, or what `inspect` raises.
    """
    before = rendered(noun, writing, row, path)
    expect(before, expected)
    patch, current = grades.keep(_without_public_times(noun, writing, row, patch), documents.loads(before.body))
    sent, found = _sent(noun, current, patch)
    graded = "confidence" in patch and "confidence" in noun.shape.model_fields
    found += grades.faults(sent, current["citations"]) if graded else []
    checked = checks.check(writing, noun.shape, sent, noun.named, also=found)
    return settle(noun, writing, row, path, before, grades.put(checked) if graded else checked)


def _without_public_times(noun: Noun, writing: Writing, row: Row, patch: Json) -> Json:
    """A patch without the times that everybody reads: it may be made of what was read without the key that sends it."""
    if not noun.hangs_on:
        return patch
    anyone = Reading(writing.connection, writing.dialect)
    public = _times(select(noun, anyone, "i.id = :id", {"id": row.id})[0])
    return {name: value for name, value in patch.items() if name not in public or value != public[name]}


def restore(noun: Noun, writing: Writing, row: Row, path: str, version: int, change_note: str | None) -> Rendered:
    """Make the content of an earlier version the next one; where it is what stands, it makes no version.

    Raises Problem `invalid`, or what `inspect` raises.
    """
    old = select(
        noun, writing, "i.id = :id AND v.version = :version", {"id": row.id, "version": version}, standing=EVERY
    )
    alive(noun, writing, old[0])
    checked = taken_up(noun, writing, old[0], change_note)
    return settle(noun, writing, row, path, rendered(noun, writing, row, path), checked, version)


def taken_up(noun: Noun, writing: Writing, old: Row, change_note: str | None) -> Checked[Any]:
    """The content of a version as a body that is in order. Raises Problem `invalid` where it is not any more."""
    _, content = grades.keep({}, documents.loads(rendered(noun, writing, old, "").body))
    sent, _ = _sent(noun, content, {"change_note": change_note} if change_note else {})
    return checks.check(writing, noun.shape, sent, noun.named)


def _sent(noun: Noun, current: Json, patch: Json) -> tuple[Json, list[Fault]]:
    """The body that a patch makes of an answer, and the faults of changing what can't be changed."""
    fields = noun.shape.model_fields
    body, found = checks.amended(current, patch, [name for name in fields if name not in noun.fixed], ("confidence",))
    return {name: value for name, value in body.items() if name in fields or name not in current}, found


def settle(
    noun: Noun,
    writing: Writing,
    row: Row,
    path: str,
    before: Rendered,
    checked: Checked[Any],
    restored_from: int | None = None,
) -> Rendered:
    """Write a body as the next version, unless it is what stands."""
    _, current = grades.keep({}, documents.loads(before.body))
    stood = {name: value for name, value in current.items() if name in noun.shape.model_fields and value is not None}
    said = checked.body.model_copy(update={"change_note": None})
    if not row.is_deleted and said == noun.shape.model_validate(stood):
        return before
    append(noun, writing, row.id, row.version + 1, checked, row.seq, restored_from)
    after = select(noun, writing, "i.id = :id", {"id": row.id})[0]
    return rendered(noun, writing, after, path)


def expect(current: Rendered, expected: Sequence[int] | None) -> None:
    """Go on only from the version that was read. Raises Problem `stale` with how it stands now."""
    if expected is not None and current.version not in expected:
        raise Problem(
            "stale",
            f"It is at version {current.version} now. Look at `current`, and send your change again with its ETag.",
            headers={"ETag": current.etag},
            current=documents.loads(current.body),
        )


def delete(noun: Noun, writing: Writing, row: Row, path: str, expected: Sequence[int] | None) -> None:
    """Leave a tombstone. Raises Problem `stale`, or `in-use` with the counts."""
    expect(rendered(noun, writing, row, path), expected)
    counts = {what: int((writing.row(sql, {"id": row.id}) or (0,))[0]) for what, sql in noun.uses.items()}
    uses = {what: count for what, count in counts.items() if count}
    if uses:
        told = ", ".join(f"{count} {what if count > 1 else what[:-1]}" for what, count in uses.items())
        raise Problem("in-use", f"This {noun.name} is named by {told}.", uses=uses)
    stamp = writing.draw(None)
    retire(writing, noun, row.seq, stamp.seq)
    entomb(noun.version, writing, row.seq, stamp.seq)


def entomb(table: type[SQLModel], writing: Writing, old: int, seq: int) -> None:
    """The tombstone of a version: what it was, marked as deleted."""
    columns = ", ".join(
        name for name in table.model_fields if name not in ("seq", "version", "superseded_seq", "is_deleted")
    )
    writing.run(
        f"INSERT INTO {table.__tablename__} (seq, version, superseded_seq, is_deleted, {columns}) "
        f"SELECT :seq, version + 1, NULL, 1, {columns} FROM {table.__tablename__} WHERE seq = :old",
        {"seq": seq, "old": old},
    )


def create_named(noun: Noun, writing: Writing, sent: Json, path: str) -> Rendered:
    """Make a noun that is addressed by its slug; one that was deleted comes back under it as its next version.

    Raises Problem `invalid`, or `exists` with the address of what has the slug.
    """
    checked = checks.check(writing, noun.shape, sent, noun.named)
    slug = checked.body.slug  # type: ignore[attr-defined]
    rows = select(noun, writing, "i.slug = :slug", {"slug": slug})
    if rows and not rows[0].is_deleted:
        raise Problem(
            "exists",
            f"The {noun.name} {slug} exists already.",
            headers={"Location": f"{path}/{slug}"},
            existing=f"{path}/{slug}",
        )
    if rows:
        append(noun, writing, rows[0].id, rows[0].version + 1, checked, rows[0].seq)
    else:
        identity = writing.next_id(str(noun.identity.__tablename__))
        writing.insert(noun.identity, [{"id": identity, "slug": slug}])
        append(noun, writing, identity, 1, checked, None)
    row = select(noun, writing, "i.slug = :slug", {"slug": slug})[0]
    return rendered(noun, writing, row, path, created=True)
