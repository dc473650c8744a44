"""What hangs on records (a link, a coding, a dismissal) is seen only together with all of them, and not while one is a draft."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from api.store import dialects
from api.store.sessions import Reading
from schemas.vocabularies import Status

_EVER = 2**62  # after every revision


def visible(reading: Reading, ends: Sequence[str], deleted: bool = False) -> tuple[str, dict[str, Any]]:
    """SQL that the records of `i` may be seen, and its values; records that are deleted count only if asked for."""
    standing = "" if deleted else " AND e.is_deleted = 0"
    mine = " OR r.created_by = :viewer" if reading.viewer else ""
    drafts = "" if reading.sees_drafts else f" AND (e.status <> '{Status.DRAFT}'{mine})"
    each = (
        f"EXISTS (SELECT 1 FROM record_version e JOIN record r ON r.id = e.record_id WHERE e.record_id = i.{end} "
        f"AND e.superseded_seq IS NULL{standing}{drafts})"
        for end in ends
    )
    return " AND ".join(each), values(reading)


def values(reading: Reading) -> dict[str, Any]:
    """What the SQL of this module binds."""
    return {"viewer": reading.viewer.id} if reading.viewer and not reading.sees_drafts else {}


def first(reading: Reading, name: str, ends: Sequence[str], version: str) -> str:
    """SQL of the first revision at which a version, by its alias, stood and all its records could be seen; null where none is.

    It is the version's own, unless that was written while one of the records was a draft of somebody else.
    """
    spans, together = _together(reading, name, ends, version)
    return f"(SELECT min({dialects.greatest(reading.dialect, [f'{one}.seq' for one in spans])}) {together})"


def last(reading: Reading, name: str, ends: Sequence[str], version: str) -> str:
    """SQL of the revision that took such a version out of sight for good: what replaced it, or a record that had become a draft."""
    spans, together = _together(reading, name, ends, version)
    return f"(SELECT max({dialects.least(reading.dialect, [_end(one) for one in spans])}) {together})"


def _end(version: str) -> str:
    return f"coalesce({version}.superseded_seq, {_EVER})"


def _together(reading: Reading, name: str, ends: Sequence[str], version: str) -> tuple[list[str], str]:
    """A version and versions of all its records that could be seen while it stood: their aliases, and the rows of an SQL query."""
    spans, joins, where = [version], [], [f"h.id = {version}.{name}_id"]
    for number, end in enumerate(ends):
        one = f"{version}{number}"
        seen = f"{one}.status <> '{Status.DRAFT}'"
        if reading.viewer:
            seen = f"({seen} OR (SELECT created_by FROM record WHERE id = {one}.record_id) = :viewer)"
        joins.append(dialects.by_key(reading.dialect, "record_version", one, f"{one}.record_id = h.{end} AND {seen}"))
        where += [f"{one}.seq <= :at"] if reading.at is not None else []
        spans.append(one)
    # Spans of revisions have one in common when each two of them have.
    for one, other in combinations(spans, 2):
        where += [f"{one}.seq < {_end(other)}", f"{other}.seq < {_end(one)}"]
    return spans, f"FROM {name} h {' '.join(joins)} WHERE {' AND '.join(where)}"
