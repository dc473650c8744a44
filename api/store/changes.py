"""The change feed: everything that was created, changed or deleted, in the order in which it was committed.

Why a reader that goes on from `next` misses nothing and sees nothing twice, however many write through however many
processes: a writer takes the one lock before it draws its `seq`, and holds it until its commit can be seen (PostgreSQL
shows a transaction before it lets go of its locks; SQLite has one writer). So whoever sees a revision sees all before it:
the snapshot that a page is read from holds the first n revisions without a gap, and what is committed later comes after
them. A cursor is a place in that order: the first revision, and part of it, that was not given yet. What lies before it
stays as it was, because what a reader might see of a revision is decided by what stood then, not by what stands now.
"""

from collections.abc import Sequence
from typing import Any

from api import cursors
from api.errors import Problem, invalid
from api.store import (
    actors,
    affiliations,
    codings,
    differences,
    dismissals,
    documents,
    reactions,
    sources,
    topics,
    versioned,
)
from api.store.directory import Directory
from api.store.documents import Fed
from api.store.sessions import Reading
from api.store.steps import RECORDS, Asked, Step, Window, erased, steps
from schemas import dates
from schemas.changes import ChangeFilter, StreamFilter
from schemas.problems import Fault
from schemas.vocabularies import ChangeAction, ChangeNoun

# So many revisions are looked through for one page; a filter that finds little costs no more than that.
MOST_WALKED = 5_000
_NOUNS = {
    ChangeNoun.REACTION: reactions.NOUN, ChangeNoun.ACTOR: actors.NOUN, ChangeNoun.SOURCE: sources.NOUN,
    ChangeNoun.TOPIC: topics.NOUN, ChangeNoun.AFFILIATION: affiliations.NOUN, ChangeNoun.CODING: codings.NOUN,
    ChangeNoun.DISMISSAL: dismissals.NOUN,
}  # fmt: skip


def newest(reading: Reading) -> int:
    """The number of the last revision; 0 where there is none yet."""
    row = reading.row("SELECT coalesce(max(seq), 0) FROM revision")
    assert row is not None
    return int(row[0])


def upcoming(filters: StreamFilter, newest: int) -> str:
    """The cursor to what comes after a revision."""
    return cursors.encode(cursors.question(filters, "changes"), (newest + 1, 0))


def page(reading: Reading, directory: Directory, filters: ChangeFilter, until: int | None = None) -> Fed:
    """The changes after a cursor, or from the first one on; up to revision `until`, or to the newest.

    Raises Problem `invalid` or `cursor-mismatch`.
    """
    question = cursors.question(filters, "changes")
    first, part = cursors.decode(filters.cursor, question, (int, int)) if filters.cursor else (1, 0)
    if first < 1 or part < 0:
        raise Problem("cursor-mismatch", "No answer gave this cursor: take the `next` of one, as it is.")
    asked = _asked(reading, directory, filters)
    end = newest(reading) if until is None else until
    if first > end + 1:
        raise Problem(
            "cursor-mismatch",
            "This cursor lies ahead of all that was recorded here: it is of another database, or of a later state of it.",
        )
    last = min(end, first + MOST_WALKED - 1)
    found = steps(reading, Window(first, part, last, filters.limit + 1), asked)
    kept, left = found[: filters.limit], found[filters.limit :]
    following = (left[0].seq, left[0].part) if left else (last + 1, 0)
    places = [*((step.seq, step.part + 1) for step in kept[:-1]), following]
    ids = [cursors.encode(question, place) for place in places]
    return Fed(_rendered(reading, directory, kept), ids[: len(kept)], ids[-1], more=following[0] <= end)


def _asked(reading: Reading, directory: Directory, filters: ChangeFilter) -> Asked:
    faults: list[Fault] = []
    named = {
        noun: _named(reading, directory, noun, slugs, faults)
        for noun, slugs in (("actor", filters.actor), ("topic", filters.topic))
    }
    if faults:
        raise invalid(faults)
    below = _with_children(reading, named["topic"])
    return Asked(list(dict.fromkeys(filters.kind or ChangeNoun)), named["actor"] or None, below or None)


def _named(reading: Reading, directory: Directory, noun: str, slugs: Sequence[str], faults: list[Fault]) -> list[int]:
    """The ids of nouns, deleted ones too: whoever follows one must come to see that it was deleted, and what was before."""
    if not slugs:
        return []
    sql = f"SELECT i.slug, i.id FROM {noun} i WHERE {reading.any_of('i.slug', 'slugs')}"
    known = dict(reading.rows(sql, {"slugs": reading.listed(slugs)}))
    directory.named(noun, [slug for slug in slugs if slug not in known], noun, faults)
    return list(known.values())


def _with_children(reading: Reading, named: Sequence[int]) -> list[int]:
    """The topics and all that ever stood below them: who lags behind must not miss what a child said before it moved away."""
    if not named:
        return []
    sql = f"""
        WITH RECURSIVE below(id) AS (
            SELECT i.id FROM topic i WHERE {reading.any_of("i.id", "named")} UNION
            SELECT v.topic_id FROM below JOIN topic_version v ON v.parent_id = below.id
        ) SELECT id FROM below"""
    return [row[0] for row in reading.rows(sql, {"named": reading.listed(named)})]


def _rendered(reading: Reading, directory: Directory, kept: Sequence[Step]) -> list[bytes]:
    if not kept:
        return []
    sql = (
        "SELECT r.seq, r.recorded_at, k.name, r.change_note FROM revision r JOIN api_key k ON k.id = r.recorded_by "
        f"WHERE {reading.any_of('r.seq', 'seqs')}"
    )
    revisions = {row[0]: row[1:] for row in reading.rows(sql, {"seqs": reading.listed([step.seq for step in kept])})}
    bodies = _bodies(reading, directory, kept)
    purges = {step.seq: erased(reading, step) for step in kept if step.action is ChangeAction.PURGED}
    return [_item(step, revisions[step.seq], bodies, purges.get(step.seq, [])) for step in kept]


def _bodies(reading: Reading, directory: Directory, kept: Sequence[Step]) -> dict[int, bytes]:
    """The versions that these steps show or compare, by seq, each under the names of today."""
    wanted: dict[ChangeNoun, list[int]] = {}
    for step in kept:
        noun = ChangeNoun.STATEMENT if step.noun in RECORDS else step.noun
        wanted.setdefault(noun, []).extend(seq for seq in (step.shown, step.before) if seq is not None)
    found: dict[int, bytes] = {}
    others: dict[bytes, bytes] = {}
    for one, seqs in wanted.items():
        versions, values = reading.any_of("v.seq", "seqs"), {"seqs": reading.listed(seqs)}
        if one in _NOUNS:
            rows = versioned.select(_NOUNS[one], reading, versions, values, standing="TRUE")
            found |= zip(
                (row.seq for row in rows), versioned.rows_as_documents(_NOUNS[one], reading, rows), strict=True
            )
        else:
            sql = f"SELECT v.seq, v.document, v.record_id FROM record_version v WHERE {versions}"
            recorded = reading.rows(sql, values)
            found |= {seq: document for seq, document, _ in recorded}
            others = reactions.answers(reading, [row[2] for row in recorded])
    return {seq: documents.splice([document], directory.shown, others) for seq, document in found.items()}


def _item(step: Step, revision: tuple[Any, ...], bodies: dict[int, bytes], erased: Sequence[tuple[int, int]]) -> bytes:
    recorded_at, recorded_by, change_note = revision
    has_slug = step.noun in (ChangeNoun.ACTOR, ChangeNoun.SOURCE, ChangeNoun.TOPIC)
    changed, patch = [], []
    if step.before is not None and step.shown is not None:
        before, after = (documents.loads(bodies[seq]) for seq in (step.before, step.shown))
        changed, patch = differences.changed(before, after), differences.patch(before, after)
    item = {
        "action": step.action,
        "noun": step.noun,
        "id": None if has_slug else step.address,
        "slug": step.address if has_slug else None,
        "path": step.path,
        "version": step.version,
        "recorded_at": dates.format_instant(recorded_at),
        "recorded_by": None if step.is_hidden else recorded_by,
        "change_note": None if step.is_hidden else change_note,
        "changed": changed,
        "patch": patch,
        "erased": [{"version": version, "recorded_at": dates.format_instant(at)} for version, at in erased],
    }
    shown = b"null" if step.shown is None else bodies[step.shown]
    return documents.dumps(item)[:-1] + b',"representation":' + shown + b"}"
