"""The main job: what these actors said and did, in order, one page at a time, from the index alone.

Ids are picked first, then documents are fetched: a page never sorts anyone's whole past. The order is earliest,
latest, id; newest first is its exact reverse.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from api import cursors
from api.store import documents, reactions, scopes, walks
from api.store.conditions import conditions
from api.store.directory import Directory
from api.store.documents import Listed
from api.store.sessions import Reading
from api.store.walks import Walk
from schemas.records import KIND_CODES
from schemas.timeline import RecordFilter
from schemas.vocabularies import Kind, Order

MOST_COUNTED = 1_000


def page(
    reading: Reading,
    directory: Directory,
    filters: RecordFilter,
    kind: Kind | None = None,
    subject: str | None = None,
    known_tag: str | None = None,
) -> Listed | None:
    """One page of records; None when it is still the one with the tag `known_tag`.

    `kind` narrows a list to statements or events, `subject` is the actor in the path. Raises Problem `invalid` with
    every fault, `cursor-mismatch`, `group-too-large`, or `not-found` for the actor in the path.
    """
    kind = kind or getattr(filters, "kind", None)
    found = conditions(reading, directory, filters, KIND_CODES[kind] if kind else None)
    whose = scopes.scope(reading, directory, filters, subject, found)
    question = cursors.question(filters, kind or "", subject or "")
    types: tuple[type, ...] = (int,) if filters.order in (Order.ENTERED, Order.ENTERED_DESC) else (int, int, int)
    after = cursors.decode(filters.cursor, question, types) if filters.cursor else None
    walk = Walk(whose.stays, whose.roles, found, filters.order)
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
