"""The main job: what these actors said and did, in order, one page at a time, from the index alone.

Ids are picked first, then documents are fetched: a page never sorts anyone's whole past. The order is earliest,
latest, id; newest first is its exact reverse.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from api import cursors
from api.errors import Problem, invalid, not_found
from api.store import documents, reactions, walks
from api.store.conditions import Conditions, conditions
from api.store.directory import Directory, Interval
from api.store.documents import Listed
from api.store.sessions import Reading
from api.store.walks import Walk
from schemas.dates import CALENDAR_END, CALENDAR_START
from schemas.fields import closest
from schemas.problems import Fault
from schemas.records import EVERYONE, KIND_CODES, ROLE_CODES
from schemas.timeline import RecordFilter
from schemas.vocabularies import Kind, Order, Role

MOST_COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class _Scope:
    """Whose records: the actors with the time each counts, and the role classes."""

    stays: list[Interval]
    roles: list[int]


def page(
    reading: Reading,
    directory: Directory,
    filters: RecordFilter,
    kind: Kind | None = None,
    subject: str | None = None,
    known_tag: str | None = None,
    narrow: Callable[[Reading, Directory, Any, Conditions], None] | None = None,
) -> Listed | None:
    """One page of records; None when it is still the one with the tag `known_tag`.

    `kind` narrows a list to statements or events, `subject` is the actor in the path, `narrow` adds conditions and
    faults of its own. Raises Problem `invalid` with every fault, `cursor-mismatch`, `group-too-large`, or `not-found` for the actor in the path.
    """
    kind = kind or getattr(filters, "kind", None)
    found = conditions(reading, directory, filters, KIND_CODES[kind] if kind else None)
    if narrow:
        narrow(reading, directory, filters, found)
    scope = _scope(reading, directory, filters, subject, found)
    question = cursors.question(filters, kind or "", subject or "")
    types: tuple[type, ...] = (int,) if filters.order in (Order.ENTERED, Order.ENTERED_DESC) else (int, int, int)
    after = cursors.decode(filters.cursor, question, types) if filters.cursor else None
    walk = Walk(scope.stays, scope.roles, found, filters.order)
    rows = walks.pick(reading, walk, filters.limit + 1, after)
    more, rows = len(rows) > filters.limit, rows[: filters.limit]
    upcoming = cursors.encode(question, rows[-1][1:] if len(types) == 3 else rows[-1][3:]) if more else None
    others = reactions.answers(reading, [row[3] for row in rows])
    tag = _tag(directory, rows, others, upcoming)
    if known_tag == tag and filters.count is None:
        return None
    bodies = walks.fetch(reading, [row[0] for row in rows])
    count = walks.count(reading, walk, MOST_COUNTED + 1) if filters.count else None
    return Listed(documents.splice(bodies, directory.shown, others), upcoming, tag, count)


def _tag(directory: Directory, rows: Sequence[Any], others: dict[bytes, bytes], upcoming: str | None) -> str:
    """The page's entity tag, known before any document is read: which versions, under which names, answered by whom."""
    text = repr((directory.generation, [row[0] for row in rows], sorted(others.items()), upcoming))
    return f'"{hashlib.blake2b(text.encode(), digest_size=12).hexdigest()}"'


def _scope(
    reading: Reading, directory: Directory, filters: RecordFilter, subject: str | None, found: Conditions
) -> _Scope:
    faults = list(found.faults)
    actors = _actors(reading, directory, filters, subject, faults)
    if not actors:
        faults += [
            Fault(
                where=f"query.{name}",
                message=f"{name} means nothing without an actor",
                hint="Give actor too, or leave it out.",
            )
            for name in ("role", "affiliates")
            if getattr(filters, name) is not None and not (name == "affiliates" and getattr(filters, "by", []))
        ]
    if faults:
        raise invalid(faults)
    if not actors:
        return _Scope([(EVERYONE, CALENDAR_START, CALENDAR_END)], [ROLE_CODES["agent"]])
    role = filters.role or Role.AGENT
    roles = sorted(ROLE_CODES.values()) if role is Role.ANY else [ROLE_CODES[role]]
    if not filters.affiliates:
        return _Scope([(actor, CALENDAR_START, CALENDAR_END) for actor in actors], roles)
    return _Scope(directory.affiliates(actors, found.since, found.until), roles)


def _actors(
    reading: Reading, directory: Directory, filters: RecordFilter, subject: str | None, faults: list[Fault]
) -> list[int]:
    known = directory.identities["actor"]
    if subject is not None:
        if subject not in known:
            row = reading.row(
                "SELECT v.version FROM actor a JOIN actor_version v ON v.actor_id = a.id AND v.superseded_seq IS NULL WHERE a.slug = :slug",
                {"slug": subject},
            )
            if row:
                raise Problem("deleted", "This actor was deleted.", headers={"ETag": documents.etag(row[0], b"")})
            raise not_found("actor", subject, closest(subject, list(known)))
        return [known[subject]]
    return sorted(set(directory.named("actor", getattr(filters, "actor", []), "actor", faults)))
