"""The main job: what these actors said and did, in order, one page at a time, from the index alone.

Ids are picked first, then documents are fetched: a page never sorts anyone's whole past. The order is earliest,
latest, id; newest first is its exact reverse.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from api import cursors
from api.store import documents, matches, reactions, scopes, snippets, walks
from api.store.conditions import Conditions, conditions
from api.store.directory import Directory
from api.store.documents import Listed
from api.store.sessions import Reading
from api.store.walks import Walk
from schemas.records import KIND_CODES
from schemas.timeline import RecordFilter
from schemas.vocabularies import Kind, Order

MOST_COUNTED = 1_000
MOST_RANKED = 2_000
# Of how many numbers a position in each order consists; in the others: earliest, latest, id.
_SIZES = {Order.ENTERED: 1, Order.ENTERED_DESC: 1, Order.RELEVANCE: 4}


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
    whose = scopes.scope(reading, directory, filters, subject, found)
    question = cursors.question(filters, kind or "", subject or "")
    size = _SIZES.get(filters.order, 3)
    after = cursors.decode(filters.cursor, question, (int,) * size) if filters.cursor else None
    walk = Walk(whose.stays, whose.roles, found, filters.order)
    ask = _best if filters.order is Order.RELEVANCE else walks.pick
    rows = ask(reading, walk, filters.limit + 1, after)
    more, rows = len(rows) > filters.limit, rows[: filters.limit]
    upcoming = cursors.encode(question, rows[-1][-size:]) if more else None
    others = reactions.answers(reading, [row[-1] for row in rows])
    tag = _tag(directory, rows, others, upcoming)
    if known_tag == tag and filters.count is None:
        return None
    seqs = [row[0] for row in rows]
    bodies = walks.fetch(reading, seqs)
    if filters.q is not None:
        shown = snippets.snippets(reading, filters.q, seqs)
        bodies = [documents.with_member(body, "snippet", one) for body, one in zip(bodies, shown, strict=True)]
    count = walks.count(reading, walk, MOST_COUNTED + 1) if filters.count else None
    return Listed(documents.splice(bodies, directory.shown, others), upcoming, tag, count)


def _best(reading: Reading, walk: Walk, limit: int, after: tuple[int, ...] | None) -> list[tuple[int, ...]]:
    """The best matches after a position, out of the newest 2,000: seq, rank, earliest, latest, id."""
    assert walk.conditions.match is not None
    newest = walks.pick(reading, replace(walk, order=Order.DESC), MOST_RANKED, None)
    ranks = matches.ranks(reading, walk.conditions.match, [row[0] for row in newest])
    rows = sorted(((seq, ranks[seq], *rest) for seq, *rest in newest), key=lambda row: row[1:], reverse=True)
    return [row for row in rows if after is None or row[1:] < after][:limit]


def _tag(directory: Directory, rows: Sequence[Any], others: dict[bytes, bytes], upcoming: str | None) -> str:
    """The page's entity tag, known before any document is read: which versions, under which names, answered by whom."""
    text = repr((directory.generation, [row[0] for row in rows], sorted(others.items()), upcoming))
    return f'"{hashlib.blake2b(text.encode(), digest_size=12).hexdigest()}"'
