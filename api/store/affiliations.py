"""Affiliations: who belongs to whom, from when to when."""

from collections.abc import Mapping, Sequence

from api.errors import Problem, not_found
from api.store import checks, history, lists, nouns, restores, versioned
from api.store.checks import Checked, Json
from api.store.directory import Directory
from api.store.documents import Listed, Rendered
from api.store.ids import uuid7
from api.store.sessions import Reading, Writing
from api.store.versioned import Noun, Row
from schemas import dates
from schemas.affiliations import Affiliation, AffiliationCreate, AffiliationFilter, AffiliationVersion
from schemas.history import HistoryFilter


def _days(_reading: Reading, rows: Sequence[Row]) -> Mapping[int, Json]:
    spans = {row.seq: dates.parse(row.columns["dates"]) for row in rows}
    return {seq: {"date_earliest": span.date_earliest, "date_latest": span.date_latest} for seq, span in spans.items()}


def _columns(writing: Writing, identity: int, checked: Checked[AffiliationCreate]) -> Json:
    row = writing.row("SELECT member_id FROM affiliation WHERE id = :id", {"id": identity})
    assert row is not None
    span = checked.body.dates
    return {"member_id": row[0], "dates": span.text, "earliest": span.earliest, "latest": span.latest}


def _refuse_circle(writing: Writing, identity: int, checked: Checked[AffiliationCreate]) -> None:
    sql = """
        WITH RECURSIVE up(id) AS (
            SELECT :group_id UNION
            SELECT v.group_id FROM up JOIN affiliation_version v ON v.member_id = up.id
            WHERE v.superseded_seq IS NULL AND v.is_deleted = 0 AND v.affiliation_id <> :id
        ) SELECT a.slug FROM up JOIN affiliation f ON f.id = :id JOIN actor a ON a.id = f.member_id WHERE up.id = f.member_id"""
    row = writing.row(sql, {"group_id": checked.identity("actor", checked.body.group), "id": identity})
    if row:
        raise Problem(
            "circle", f"{checked.body.group} belongs to {row[0]} already, or is the same, whatever the dates."
        )


def _refuse_twin(writing: Writing, identity: int, checked: Checked[AffiliationCreate]) -> None:
    """The same stay is recorded once, however it came to be the same."""
    sql = "SELECT f.member_id, a.slug FROM affiliation f JOIN actor a ON a.id = f.member_id WHERE f.id = :id"
    row = writing.row(sql, {"id": identity})
    assert row is not None
    same = versioned.select(
        NOUN, writing,
        "v.is_deleted = 0 AND i.id <> :id AND v.member_id = :member AND v.group_id = :group_id AND v.dates = :dates "
        "AND coalesce(v.role, '') = :role",
        {"id": identity, "member": row[0], "group_id": checked.identity("actor", checked.body.group),
         "dates": checked.body.dates.text, "role": checked.body.role or ""},
    )  # fmt: skip
    if same:
        path = f"{_path(row[1])}/{same[0].address}"
        raise Problem("exists", "The same affiliation is recorded already.", headers={"Location": path}, existing=path)


def _inspect(writing: Writing, identity: int, checked: Checked[AffiliationCreate]) -> None:
    _refuse_circle(writing, identity, checked)
    _refuse_twin(writing, identity, checked)


NOUN = Noun(
    name="affiliation",
    identity=Affiliation,
    version=AffiliationVersion,
    shape=AffiliationCreate,
    address="uid",
    columns=("role", "dates", "note"),
    references={"actor": ("actor", "member_id"), "group": ("actor", "group_id")},
    fixed=("actor",),
    show=_days,
    store=_columns,
    inspect=_inspect,
)


def _path(slug: str) -> str:
    return f"/v1/actors/{slug}/affiliations"


def _member(reading: Reading, slug: str) -> int:
    found = nouns.identities(reading, "actor", [slug])
    if slug not in found:
        raise not_found("actor", slug, nouns.nearest(reading, "actor", slug))
    return found[slug]


def _row(reading: Reading, slug: str, uid: str) -> Row:
    return versioned.alive(NOUN, reading, _newest(reading, slug, uid))


def _newest(reading: Reading, slug: str, uid: str) -> Row:
    # It can be looked back at when its actor has been deleted, too.
    where = "i.uid = :uid AND i.member_id = (SELECT a.id FROM actor a WHERE a.slug = :slug)"
    rows = versioned.select(NOUN, reading, where, {"uid": uid.lower(), "slug": slug})
    if not rows:
        _member(reading, slug)
        raise not_found("affiliation", uid)
    return rows[0]


def find(reading: Reading, slug: str, uid: str, version: int | None = None) -> Rendered:
    """One affiliation of an actor, as it stands or as a version recorded it. Raises Problem `not-found` or `deleted`."""
    return history.find(NOUN, reading, _newest(reading, slug, uid), _path(slug), version)


def page(reading: Reading, slug: str, filters: AffiliationFilter) -> Listed:
    """What an actor belongs to, who belongs to it, or both, by entry. Raises Problem `not-found`."""
    condition = {
        "member": "v.member_id = :actor",
        "group": "v.group_id = :actor",
        "any": "(v.member_id = :actor OR v.group_id = :actor)",
    }[filters.side]
    return lists.page(NOUN, reading, filters, [condition], {"actor": _member(reading, slug)}, slug)


def create(writing: Writing, slug: str, sent: Json, uid: str | None = None) -> Rendered:
    """Record that an actor belongs to another, under a new id or a given one that nothing has. Raises Problem `not-found`, `invalid`, `exists` or `circle`."""
    member = _member(writing, slug)
    checked = checks.check(writing, AffiliationCreate, sent, {"group": "actor"})
    identity = writing.next_id("affiliation")
    uid = uid or uuid7(writing.now())
    writing.insert(Affiliation, [{"id": identity, "uid": uid, "member_id": member}])
    versioned.append(NOUN, writing, identity, 1, checked, None)
    return versioned.rendered(NOUN, writing, _row(writing, slug, uid), _path(slug), created=True)


def amend(writing: Writing, slug: str, uid: str, patch: Json, expected: Sequence[int] | None) -> Rendered:
    """Apply a merge patch. Raises Problem `not-found`, `deleted`, `stale`, `invalid`, `exists` or `circle`."""
    return versioned.amend(NOUN, writing, _row(writing, slug, uid), _path(slug), patch, expected)


def delete(writing: Writing, slug: str, uid: str, expected: Sequence[int] | None) -> None:
    """Leave a tombstone. Raises Problem `not-found`, `deleted` or `stale`."""
    versioned.delete(NOUN, writing, _row(writing, slug, uid), _path(slug), expected)


def restore(writing: Writing, slug: str, uid: str, sent: Json, expected: Sequence[int]) -> Rendered:
    """Take up an earlier version as a new one.

    Raises Problem `not-found`, `deleted` or `stale` when another version was read, `invalid`, `exists` or `circle`.
    """
    return restores.restore(NOUN, writing, _newest(writing, slug, uid), _path(slug), sent, expected)


def versions(reading: Reading, directory: Directory, slug: str, uid: str, filters: HistoryFilter) -> Listed:
    """Every version, the newest first. Raises Problem `not-found` or `cursor-mismatch`."""
    return history.page(reading, directory, history.of_noun(NOUN, reading, _newest(reading, slug, uid)), filters)
