"""Lists of nouns, affiliations and reactions: one page at a time, by a key that never changes."""

from collections.abc import Mapping, Sequence
from typing import Any

from api import cursors
from api.store import documents, nouns, versioned
from api.store.documents import Listed
from api.store.sessions import Reading
from api.store.versioned import Noun
from schemas.timeline import Filter


def page(
    noun: Noun,
    reading: Reading,
    filters: Filter,
    conditions: Sequence[str],
    values: Mapping[str, Any],
    subject: str = "",
) -> Listed:
    """One page of what is not deleted and meets the conditions, by slug or by id.

    `subject` is what the path adds to the filters. Raises Problem `cursor-mismatch`.
    """
    key = "i.slug" if noun.address == "slug" else "i.id"
    question = cursors.question(filters, noun.name, subject)
    after = (
        cursors.decode(filters.cursor, question, (str if noun.address == "slug" else int,)) if filters.cursor else None
    )
    where = ["v.is_deleted = 0", *conditions, *([f"{key} > :after"] if after else [])]
    given = {**values, "limit": filters.limit + 1, **({"after": after[0]} if after else {})}
    rows = versioned.select(noun, reading, " AND ".join(where), given, f"ORDER BY {key} LIMIT :limit")
    more, rows = len(rows) > filters.limit, rows[: filters.limit]
    items = documents.splice(versioned.rows_as_documents(noun, reading, rows), nouns.Names(reading))
    last = (rows[-1].address if noun.address == "slug" else rows[-1].id) if rows else ""
    upcoming = cursors.encode(question, (last,)) if more else None
    return Listed(items, upcoming, documents.tag_of(items))
