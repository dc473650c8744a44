"""What a window of revisions holds for one reader: each change that may be seen, in the order of commits.

A version that is a draft is there only for those who may see drafts. For everybody else a record begins with its first
public version, is gone while it is a draft, and comes back with the next public version; so do its links and codings, which
have no revision of their own then: they follow the revision of the record that shows or hides them.

Every question walks one table of versions by `seq`, from the window's first revision to its last, and looks up the
rest by key: in joins that are lookups, or in a `SELECT … LIMIT 1`, which no planner turns into a scan of everything.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from api.store import actors, affiliations, codings, dialects, dismissals, reactions, sight, sources, topics
from api.store.current import PATHS
from api.store.sessions import Reading
from api.store.versioned import Noun
from schemas.actions import OF_LINKS
from schemas.vocabularies import ChangeAction, ChangeNoun, Kind, Status

RECORDS = (ChangeNoun.STATEMENT, ChangeNoun.EVENT)
# The nouns that everybody may see, with what they have to do with an actor and with a topic.
_OPEN: dict[ChangeNoun, tuple[Noun, Sequence[str], Sequence[str]]] = {
    ChangeNoun.ACTOR: (actors.NOUN, ("i.id",), ()),
    ChangeNoun.SOURCE: (sources.NOUN, (), ()),
    ChangeNoun.TOPIC: (topics.NOUN, (), ("i.id",)),
    ChangeNoun.AFFILIATION: (affiliations.NOUN, ("i.member_id", "v.group_id", "p.group_id"), ()),
}
# The nouns that hang on records and are seen only with them, by the columns that name these.
_HANGING = {
    ChangeNoun.REACTION: reactions.NOUN.hangs_on, ChangeNoun.CODING: codings.NOUN.hangs_on, ChangeNoun.DISMISSAL: dismissals.NOUN.hangs_on,
}  # fmt: skip
# Where the parts of a revision begin that are codings: after all that are reactions; and after those the dismissals.
_PARTS = {ChangeNoun.REACTION: 0, ChangeNoun.CODING: 2**40, ChangeNoun.DISMISSAL: 2**41}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which changes are wanted; None stands for any."""

    nouns: Sequence[ChangeNoun]
    actors: Sequence[int] | None
    topics: Sequence[int] | None


@dataclass(frozen=True, slots=True)
class Window:
    """The revisions from `first` to `last`; of the first one, only its parts from `part` on. At most `most` steps."""

    first: int
    part: int
    last: int
    most: int


@dataclass(frozen=True, slots=True)
class Step:
    """One change. Part 0 of a revision is the version that it wrote; the others are what hangs on a record that it showed or hid."""

    seq: int
    part: int
    noun: ChangeNoun
    address: str
    path: str
    version: int
    action: ChangeAction
    shown: int | None  # the version to show, by its seq; None where the thing is gone
    before: int | None = None  # the version to compare it with
    is_hidden: bool = False  # a draft did it: neither its author nor its note may be told


def steps(reading: Reading, window: Window, asked: Asked) -> list[Step]:
    """The first changes of a window, in order."""
    values: dict[str, Any] = {
        "first": window.first,
        "opening": window.first + (window.part > 0),
        "part": window.part,
        "last": window.last,
        "most": window.most,
        "kinds": reading.listed([str(noun) for noun in asked.nouns if noun in RECORDS]),
        "actors": reading.listed(asked.actors or []),
        "topics": reading.listed(asked.topics or []),
        "viewer": reading.viewer.id if reading.viewer else 0,
    }
    found: list[Step] = []
    for sql, made in _questions(reading, asked):
        more = [made(row) for row in reading.rows(sql, values)]
        found = sorted([*found, *more], key=lambda step: (step.seq, step.part))[: window.most]
        if len(found) == window.most:
            values["last"] = found[-1].seq  # what comes later has no room left
    return _without_erased(reading, found)


def _questions(reading: Reading, asked: Asked) -> Iterator[tuple[str, Callable[[tuple[Any, ...]], Step]]]:
    if set(asked.nouns) & set(RECORDS):
        yield _records(reading, asked), _record
    for noun in asked.nouns:
        if noun in _OPEN and (sql := _open(reading, noun, asked)):
            yield sql, partial(_noun, noun)
    for noun in (one for one in _HANGING if one in asked.nouns and asked.actors is None):
        if noun is ChangeNoun.DISMISSAL and asked.topics is not None:
            continue
        yield _hanging(reading, asked, noun), partial(_hung, noun)
        if not reading.sees_drafts:
            yield _carried_along(reading, asked, noun), partial(_carried, noun)
    for table in dict.fromkeys("record" if noun in RECORDS else str(noun) for noun in asked.nouns):
        yield _purges(reading, table), _purge


def _seen(reading: Reading, version: str, record: str) -> str:
    """SQL that the one who asks may see this version of this record."""
    if reading.sees_drafts:
        return "TRUE"
    mine = f" OR {record}.created_by = :viewer" if reading.viewer else ""
    return f"({version}.status <> '{Status.DRAFT}'{mine})"


def _is_there(sql: str) -> str:
    return f"(SELECT 1 {sql} LIMIT 1) = 1"


def _with_before(reading: Reading, name: str) -> str:
    """The versions `v` of a window, each with its identity `i` and the version before it, `p`."""
    key = f"{name}_id"
    before = f"p.{key} = v.{key} AND p.version = v.version - 1"
    return (
        f"FROM {name}_version v {dialects.by_key(reading.dialect, name, 'i', f'i.id = v.{key}')} "
        f"{dialects.by_key(reading.dialect, f'{name}_version', 'p', before, optional=True)} "
        "LEFT JOIN purged_version xv ON xv.erased_seq = v.seq LEFT JOIN purged_version xp ON xp.erased_seq = p.seq"
    )


# Whether a version is a tombstone, or was one before it was erased.
_GONE, _WAS_GONE = "coalesce(xv.was_deleted, v.is_deleted)", "coalesce(xp.was_deleted, p.is_deleted)"


_WALKED = "v.seq BETWEEN :opening AND :last"
_IN_ORDER = "ORDER BY v.seq LIMIT :most"


def _records(reading: Reading, asked: Asked) -> str:
    seen, before_seen = _seen(reading, "v", "i"), _seen(reading, "p", "i")
    stood = f"({_WAS_GONE} = 0 AND {before_seen})"
    known = _is_there(
        f"FROM record_version k WHERE k.record_id = v.record_id AND k.version < v.version AND {_seen(reading, 'k', 'i')}"
    )
    where = [_WALKED, f"({seen} AND {_GONE} = 0 OR {stood})", reading.any_of("i.kind", "kinds")]
    for wanted, table, column, parameter in (
        (asked.actors, "involvement", "actor", "actors"),
        (asked.topics, "record_stance", "topic_id", "topics"),
    ):
        if wanted is not None:
            # What a draft names is not looked at: to be found by it would tell.
            named = reading.any_of(f"m.{column}", parameter)
            now, then = (_is_there(f"FROM {table} m WHERE m.seq = {one}.seq AND {named}") for one in ("v", "p"))
            where.append(f"({seen} AND {now} OR {before_seen} AND {then})")
    return (
        f"SELECT v.seq, i.kind, i.uid, v.version, {_GONE}, v.status, {seen}, {stood}, {known}, p.seq, p.status "
        f"{_with_before(reading, 'record')} "
        f"WHERE {' AND '.join(where)} {_IN_ORDER}"
    )


def _record(row: tuple[Any, ...]) -> Step:
    seq, kind, uid, version, is_deleted, status, seen, stood, known, before, status_before = row
    if not seen or (status == Status.WITHDRAWN != status_before and stood and not is_deleted):
        action = ChangeAction.WITHDRAWN
    elif is_deleted:
        action = ChangeAction.DELETED
    elif stood:
        action = ChangeAction.CHANGED
    else:
        action = ChangeAction.RESTORED if known else ChangeAction.CREATED
    shown = seq if seen and not is_deleted else None
    path = f"{PATHS[Kind(kind)]}/{uid}"
    return Step(
        seq, 0, ChangeNoun(kind), uid, path, version, action, shown, before if shown and stood else None, not seen
    )


def _end_seen(reading: Reading, end: str, seq: str) -> str:
    """SQL that the record at an end of a reaction could be seen just before a revision, deleted since or not."""
    return _is_there(
        f"FROM record_version e JOIN record o ON o.id = e.record_id WHERE e.record_id = {end} AND e.seq < {seq} "
        f"AND (e.superseded_seq IS NULL OR e.superseded_seq >= {seq}) AND {_seen(reading, 'e', 'o')}"
    )


def _about(reading: Reading, asked: Asked, noun: ChangeNoun, *versions: str) -> list[str]:
    if asked.topics is None:
        return []
    if noun is ChangeNoun.REACTION:
        return [reading.any_of("i.topic_id", "topics")]
    named = reading.any_of("m.topic_id", "topics")
    found = (_is_there(f"FROM coding_stance m WHERE m.seq = {one}.seq AND {named}") for one in versions)
    return [f"({' OR '.join(found)})"]


def _hanging(reading: Reading, asked: Asked, noun: ChangeNoun) -> str:
    ends = [] if reading.sees_drafts else [_end_seen(reading, f"i.{end}", "v.seq") for end in _HANGING[noun]]
    return (
        f"SELECT v.seq, i.uid, v.version, {_GONE}, p.seq, {_WAS_GONE}, {_member(noun)} {_with_before(reading, noun)} "
        f"WHERE {' AND '.join([_WALKED, *ends, *_about(reading, asked, noun, 'v', 'p')])} {_IN_ORDER}"
    )


def _hung(noun: ChangeNoun, row: tuple[Any, ...]) -> Step:
    seq, uid, version, is_deleted, before, was_deleted, member = row
    plain = _action(is_deleted, before, was_deleted)
    return Step(
        seq, 0, noun, uid, _path(noun, uid, member), version, _word(noun, plain),
        None if is_deleted else seq, before if plain is ChangeAction.CHANGED else None,
    )  # fmt: skip


def _word(noun: ChangeNoun, action: ChangeAction) -> ChangeAction:
    return OF_LINKS.get(action, action) if noun is ChangeNoun.REACTION else action


def _carried_along(reading: Reading, asked: Asked, noun: ChangeNoun) -> str:
    """What hangs on each record that became public, or a draft again; of links, where the other end may be seen."""
    turned = f"(c.status = '{Status.DRAFT}') <> (d.status = '{Status.DRAFT}')"
    stood = "v.is_deleted = 0 AND v.seq < c.seq AND (v.superseded_seq IS NULL OR v.superseded_seq > c.seq)"
    ends = " OR ".join(f"i.{end} = d.record_id" for end in _HANGING[noun])
    joins = [
        ("record_version", "d", f"d.record_id = c.record_id AND d.version = c.version - 1 AND {turned}"),
        ("record", "r", "r.id = d.record_id"),
        (str(noun), "i", f"({ends})"),
        (f"{noun}_version", "v", f"v.{noun}_id = i.id AND {stood}"),
    ]
    part = f"i.id + {_PARTS[noun]}"
    where = [
        f"c.seq BETWEEN :first AND :last AND (c.seq > :first OR {part} >= :part)",
        "r.created_by <> :viewer",
        *_about(reading, asked, noun, "v"),
    ]
    if len(_HANGING[noun]) == 2:
        one, other = _HANGING[noun]
        where.append(_end_seen(reading, f"CASE WHEN i.{one} = c.record_id THEN i.{other} ELSE i.{one} END", "c.seq"))
    joined = " ".join(dialects.by_key(reading.dialect, *join) for join in joins)
    known = _is_there(
        f"FROM record_version k JOIN {noun}_version w ON w.{noun}_id = i.id AND w.is_deleted = 0 AND w.seq < k.superseded_seq "
        "AND (w.superseded_seq IS NULL OR w.superseded_seq > k.seq) "
        f"WHERE k.record_id = c.record_id AND k.version < d.version AND k.status <> '{Status.DRAFT}'"
    )
    return (
        f"SELECT c.seq, {part}, i.uid, v.version, v.seq, c.status, {known}, {_member(noun)} FROM record_version c {joined} "
        f"WHERE {' AND '.join(where)} ORDER BY c.seq, i.id LIMIT :most"
    )


def _carried(noun: ChangeNoun, row: tuple[Any, ...]) -> Step:
    seq, part, uid, version, shown, status, known, member = row
    gone = status == Status.DRAFT
    if noun is ChangeNoun.REACTION:
        action = ChangeAction.UNLINKED if gone else ChangeAction.LINKED
    elif gone:
        action = ChangeAction.WITHDRAWN
    else:
        action = ChangeAction.RESTORED if known else ChangeAction.CREATED
    path = _path(noun, uid, member)
    return Step(seq, part, noun, uid, path, version, action, None if gone else shown, is_hidden=gone)


def _open(reading: Reading, wanted: ChangeNoun, asked: Asked) -> str | None:
    noun, of_actor, of_topic = _OPEN[wanted]
    where = [_WALKED]
    for given, columns, parameter in ((asked.actors, of_actor, "actors"), (asked.topics, of_topic, "topics")):
        if given is not None:
            if not columns:
                return None
            where.append(f"({' OR '.join(reading.any_of(column, parameter) for column in columns)})")
    member = _member(noun.name)
    return (
        f"SELECT v.seq, i.{noun.address}, v.version, {_GONE}, p.seq, {_WAS_GONE}, {member} "
        f"{_with_before(reading, noun.name)} "
        f"WHERE {' AND '.join(where)} {_IN_ORDER}"
    )


def _member(table: str) -> str:
    """SQL of the actor in whose path an affiliation stands, or of what a coding adds to the path of its statement."""
    if table == ChangeNoun.CODING:
        return "(SELECT o.uid || '/codings/' || i.coder FROM record o WHERE o.id = i.record_id)"
    return "(SELECT a.slug FROM actor a WHERE a.id = i.member_id)" if table == affiliations.NOUN.name else "NULL"


def _path(noun: ChangeNoun, address: str, member: str | None) -> str:
    if noun in RECORDS:
        return f"{PATHS[Kind(noun)]}/{address}"
    if noun is ChangeNoun.CODING:
        return f"{PATHS[Kind.STATEMENT]}/{member}"
    if noun is ChangeNoun.DISMISSAL:
        return f"/v1/duplicates/dismissals/{address}"
    return f"/v1/actors/{member}/affiliations/{address}" if member else f"/v1/{noun}s/{address}"


def _noun(noun: ChangeNoun, row: tuple[Any, ...]) -> Step:
    seq, address, version, is_deleted, before, was_deleted, member = row
    action = _action(is_deleted, before, was_deleted)
    return Step(
        seq, 0, noun, address, _path(noun, address, member), version, action,
        None if is_deleted else seq, before if action is ChangeAction.CHANGED else None,
    )  # fmt: skip


def _purges(reading: Reading, table: str) -> str:
    """What was erased for good. Whoever keeps a copy must hear of it, whatever actors and topics are followed: what
    the erased versions named is gone with them."""
    where = ["q.seq BETWEEN :opening AND :last", f"q.thing = '{table}'"]
    if table == "record":
        where += [reading.any_of("i.kind", "kinds"), _is_there(
            "FROM purged_version x JOIN record_version v ON v.seq = x.erased_seq "
            f"WHERE x.seq = q.seq AND {_seen(reading, 'v', 'i')}"
        )]  # fmt: skip
    elif table in _HANGING and not reading.sees_drafts:
        where += [_end_seen(reading, f"i.{end}", "q.seq") for end in _HANGING[ChangeNoun(table)]]
    address = "slug" if table in ("actor", "source", "topic") else "uid"
    newest = f"(SELECT max(v.version) FROM {table}_version v WHERE v.{table}_id = q.thing_id AND v.seq < q.seq)"
    kind = "i.kind" if table == "record" else f"'{table}'"
    seen = _seen(reading, "v", "i") if table == "record" else "TRUE"
    # Where old versions alone were erased, it stands.
    stands = (
        f"(SELECT v.seq FROM {table}_version v WHERE v.{table}_id = q.thing_id AND v.seq < q.seq "
        f"AND (v.superseded_seq IS NULL OR v.superseded_seq > q.seq) AND v.is_deleted = 0 AND {seen})"
    )
    return (
        f"SELECT q.seq, {kind}, i.{address}, {_member(table)}, {newest}, {stands} FROM purge_version q "
        f"{dialects.by_key(reading.dialect, table, 'i', 'i.id = q.thing_id')} "
        f"WHERE {' AND '.join(where)} ORDER BY q.seq LIMIT :most"
    )


def _purge(row: tuple[Any, ...]) -> Step:
    seq, kind, address, member, version, shown = row
    noun = ChangeNoun(kind)
    return Step(seq, 0, noun, address, _path(noun, address, member), version, ChangeAction.PURGED, shown)


def erased(reading: Reading, step: Step) -> list[tuple[int, int]]:
    """The versions that a purge erased, as far as they could be seen, each with the instant at which it was recorded."""
    table = "record" if step.noun in RECORDS else str(step.noun)
    seen = _seen(reading, "v", "i") if table == "record" else "TRUE"
    since = "v.seq"
    if step.noun in _HANGING and not reading.sees_drafts:
        since = sight.first(reading, table, _HANGING[step.noun], "v")
    sql = f"""SELECT v.version, r.recorded_at FROM purged_version x JOIN {table}_version v ON v.seq = x.erased_seq
        JOIN {table} i ON i.id = v.{table}_id JOIN revision r ON r.seq = {since}
        WHERE x.seq = :purge AND {seen} ORDER BY x.position"""
    viewer = reading.viewer.id if reading.viewer else 0
    return [(row[0], row[1]) for row in reading.rows(sql, {"purge": step.seq, "viewer": viewer})]


def _without_erased(reading: Reading, found: Sequence[Step]) -> list[Step]:
    """The steps as they can still be told: what was erased is neither shown nor compared with."""
    seqs = [seq for step in found for seq in (step.shown, step.before) if seq is not None]
    sql = f"SELECT erased_seq FROM purged_version WHERE {reading.any_of('erased_seq', 'seqs')}"
    erased = {row[0] for row in reading.rows(sql, {"seqs": reading.listed(seqs)})}
    if not erased:
        return list(found)
    return [
        replace(
            step,
            shown=None if step.shown in erased else step.shown,
            before=None if step.before in erased or step.shown in erased else step.before,
        )
        for step in found
    ]


def _action(is_deleted: int, before: int | None, was_deleted: int | None) -> ChangeAction:
    if is_deleted:
        return ChangeAction.DELETED
    if before is None:
        return ChangeAction.CREATED
    return ChangeAction.RESTORED if was_deleted else ChangeAction.CHANGED
