"""Snapshots: answers kept byte for byte, found by a short id, and erased where something that they show is purged."""

import hashlib
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from api import cursors
from api.errors import Problem, not_found
from api.store import documents
from api.store.documents import Listed, Rendered
from api.store.sessions import Reading, Writing
from schemas import dates
from schemas.snapshots import ADDRESSES, Snapshot, SnapshotFilter, SnapshotPurge

PATH = "/v1/snapshots"
MOST_ITEMS = 10_000
MOST_BYTES = 10_000_000

# Crockford's base 32: no letter that is taken for a digit when an id is typed from paper.
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_TYPED = str.maketrans({"o": "0", "i": "1", "l": "1"})
_ID_LENGTH = 10  # 50 bits: among a million ids, one in a billion is drawn again

# The nouns that stand in an answer, by the member that they stand in.
NOUN_OF = {
    "actor": "actor", "on_behalf_of": "actor", "asserted_by": "actor", "group": "actor", "owner": "actor", "source": "source",
    "topic": "topic", "parent": "topic", "record": "record", "records": "record", "since_record": "record", "before": "record", "after": "record", "reaction": "reaction", "reactions": "reaction", "from_record": "record", "to_record": "record", "from_actor": "actor", "to_actor": "actor",
    "codings": "coding", "actors": "actor", "merged": "record", "into": "record",
}  # fmt: skip

# The nouns that a facet counts by.
FACETS = {"actor": "actor", "bloc": "actor", "topic": "topic", "source": "source"}

# What a page begins with, and what follows its items. No text in an item can look so: its quotes are escaped.
_OPENED, _CLOSED = b'{"items":[', b'],"next":'

_MEMBERS = ("id", "uid", "query", "title", "as_of", "created_at", "created_by", "sha256", "bytes", "count", "purged_at")
_COLUMNS = {name: f"s.{name}" for name in _MEMBERS} | {"created_by": "k.name", "bytes": "s.size"}
_SELECT = f"SELECT {', '.join(_COLUMNS.values())} FROM snapshot s JOIN api_key k ON k.id = s.created_by"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be kept: a question in its normal form, and the moment that it is asked of, in microseconds."""

    query: str
    as_of: int
    title: str | None

    @property
    def question(self) -> str:
        """Equal for equal snapshots alone."""
        return hashlib.sha256(repr((self.query, self.as_of, self.title)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Answered:
    """A whole answer, how many items it has, and what it shows: addresses by noun."""

    body: bytes
    count: int
    shown: Mapping[str, Sequence[str]]


def join(pages: Sequence[bytes], noun: str) -> Answered:
    """The pages of an answer in one; `noun` is what stands in it at the top.

    Their bytes are put together as they are: to write ten thousand items anew would hold up every other thread for a second.
    """
    shown: dict[str, dict[str, None]] = {}
    count = 0
    for page in pages:
        part = documents.loads(page)
        count += len(part["items"]) if "items" in part else 1
        _look_through(part, noun, {**NOUN_OF, "items": noun}, shown)
    *before, last = pages
    items = [page[len(_OPENED) : page.rindex(_CLOSED)] for page in before]
    body = _OPENED + b",".join([*items, last[len(_OPENED) :]]) if before else last
    return Answered(body, count, {name: list(found) for name, found in shown.items()})


def _look_through(value: Any, noun: str | None, nouns: Mapping[str, str], shown: dict[str, dict[str, None]]) -> None:
    """Add what an answer shows, at any depth."""
    if isinstance(value, list):
        for one in value:
            _look_through(one, noun, nouns, shown)
    elif isinstance(value, dict):
        address = value.get("id") or value.get("slug") or value.get("value")
        if value.get("facet") in FACETS:
            nouns = {**nouns, "values": FACETS[value["facet"]]}
        if noun and address:
            shown.setdefault(noun, {})[address] = None
        for name, one in value.items():
            if isinstance(one, str) and name in nouns:  # in the flat rows of counts
                shown.setdefault(nouns[name], {})[one] = None
            elif isinstance(one, list | dict):
                _look_through(one, nouns.get(name), nouns, shown)


def purges(reading: Reading) -> int:
    """How many purges there have been; an answer read before another one must not be kept after it."""
    row = reading.row("SELECT count(*) FROM snapshot_purge")
    assert row is not None
    return int(row[0])


def create(writing: Writing, asked: Asked, answered: Answered, purges_before: int, site: str) -> Rendered:
    """Keep an answer, or answer with the snapshot that there is of the same question, moment and title.

    Raises Problem `unavailable` where a purge came in between.
    """
    there = writing.row(f"{_SELECT} WHERE s.question = :question", {"question": asked.question})
    if there:
        return _rendered(there, site)
    if purges(writing) != purges_before:
        told = "Something was erased for good while the answer was read. Nothing was kept; try again."
        raise Problem("unavailable", told, headers={"Retry-After": "1"})
    uid = _new_id(writing)
    created_at = writing.now()
    head = {"id": uid, "title": asked.title, "query": asked.query, "as_of": dates.format_instant(asked.as_of),
            "created_at": dates.format_instant(created_at)}  # fmt: skip
    content = b'{"snapshot":%b,"count":%d,"answer":%b}' % (documents.dumps(head), answered.count, answered.body)
    row = {
        "id": writing.next_id("snapshot"), "uid": uid, "question": asked.question, "query": asked.query, "title": asked.title,
        "as_of": asked.as_of, "created_at": created_at, "created_by": writing.writer.id, "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content), "count": answered.count, "purged_at": None, "content": content,
    }  # fmt: skip
    writing.insert(Snapshot, [row])
    for noun, addresses in answered.shown.items():
        # One statement each, not one a row: the writers' lock is held.
        writing.run(
            f"INSERT INTO snapshot_shown (noun, shown_id, snapshot_id) SELECT '{noun}', i.id, :snapshot FROM {noun} i "
            f"WHERE {writing.any_of(f'i.{ADDRESSES[noun]}', 'addresses')}",
            {"snapshot": row["id"], "addresses": writing.listed(addresses)},
        )
    made = writing.row(f"{_SELECT} WHERE s.id = :id", {"id": row["id"]})
    assert made is not None
    return _rendered(made, site, created=True)


def _new_id(writing: Writing) -> str:
    while True:
        uid = "".join(secrets.choice(_LETTERS) for _ in range(_ID_LENGTH))
        if writing.row("SELECT 1 FROM snapshot WHERE uid = :uid", {"uid": uid}) is None:
            return uid


def find(reading: Reading, address: str, known: str | None) -> tuple[str, bytes | None]:
    """The SHA-256 of a snapshot, and its bytes unless `known` is their SHA-256.

    Raises Problem `not-found` or `purged`.
    """
    row = reading.row(
        "SELECT sha256, purged_at, CASE WHEN sha256 = :known THEN NULL ELSE content END FROM snapshot WHERE uid = :uid",
        {"uid": _typed(address), "known": known or ""},
    )
    if row is None:
        raise not_found("snapshot", address)
    sha256, purged_at, content = row
    if purged_at is not None:
        at = dates.format_instant(purged_at)
        told = f"This snapshot was erased for good at {at}, because it showed something that was purged."
        raise Problem("purged", told, purged_at=at)
    return sha256, None if content is None else bytes(content)


def cite(reading: Reading, address: str, site: str) -> Rendered:
    """What is known of a snapshot, also of one that was purged. Raises Problem `not-found`."""
    row = reading.row(f"{_SELECT} WHERE s.uid = :uid", {"uid": _typed(address)})
    if row is None:
        raise not_found("snapshot", address)
    return _rendered(row, site)


def page(reading: Reading, filters: SnapshotFilter, site: str) -> Listed:
    """One page of the snapshots, newest first. Raises Problem `cursor-mismatch`."""
    question = cursors.question(filters, "snapshot")
    after = cursors.decode(filters.cursor, question, (int,)) if filters.cursor else None
    below = "WHERE s.id < :after" if after else ""
    values = {"limit": filters.limit + 1, **({"after": after[0]} if after else {})}
    rows = reading.rows(f"{_SELECT} {below} ORDER BY s.id DESC LIMIT :limit", values)
    more, rows = len(rows) > filters.limit, rows[: filters.limit]
    items = b",".join(_rendered(row, site).body for row in rows)
    return Listed(items, cursors.encode(question, (rows[-1][0],)) if more else None, documents.tag_of(items))


def purge_of(writing: Writing, noun: str, ids: Sequence[int], purged_at: int, names: Sequence[str] = ()) -> int:
    """Erase every snapshot that shows one of these records, reactions, affiliations, actors, sources or topics.

    `noun` is a key of ADDRESSES, `ids` are those of its table; `names` are slugs or external ids that go with them, so
    that a snapshot whose query or title has one goes too, whatever it shows. Answers how many snapshots were erased.
    """
    writing.insert(SnapshotPurge, [{"id": writing.next_id("snapshot_purge"), "purged_at": purged_at}])
    found = writing.rows(
        "SELECT s.id, s.uid FROM snapshot s WHERE s.id IN (SELECT t.snapshot_id FROM snapshot_shown t "
        f"WHERE t.noun = :noun AND {writing.any_of('t.shown_id', 'ids')})",
        {"noun": noun, "ids": writing.listed(ids)},
    )
    if names:
        named = re.compile("|".join(rf"(?<![\w-]){re.escape(name)}(?![\w-])" for name in names))
        asked = writing.rows("SELECT id, uid, query, title FROM snapshot WHERE purged_at IS NULL")
        found += [row[:2] for row in asked if named.search(f"{unquote_plus(row[2])} {row[3] or ''}")]
    return erase(writing, dict(found), purged_at)


def erase(writing: Writing, found: Mapping[int, str], purged_at: int) -> int:
    """Erase snapshots, given by number with their ids: all that tells of the content goes, which is bytes, query, title,
    SHA-256 (whoever guesses at the content could check it), and the answers kept for a repeated POST."""
    showing = {"showing": writing.listed(list(found))}
    writing.run(
        "UPDATE snapshot SET purged_at = :at, content = NULL, question = NULL, query = NULL, title = NULL, sha256 = NULL "
        f"WHERE {writing.any_of('id', 'showing')}",
        {"at": purged_at, **showing},
    )
    writing.run(f"DELETE FROM snapshot_shown WHERE {writing.any_of('snapshot_id', 'showing')}", showing)
    for uid in found.values():
        writing.run("DELETE FROM replay WHERE headers LIKE :named", {"named": f'%"{PATH}/{uid}"%'})
    return len(found)


def purge(writing: Writing, address: str, purged_at: int) -> int:
    """Erase one snapshot itself, whose query or title says what it should not; answers its number.

    Raises Problem `not-found` or `purged`.
    """
    find(writing, address, None)
    row = writing.row("SELECT id, uid FROM snapshot WHERE uid = :uid", {"uid": _typed(address)})
    assert row is not None
    writing.insert(SnapshotPurge, [{"id": writing.next_id("snapshot_purge"), "purged_at": purged_at}])
    erase(writing, dict([row]), purged_at)
    return int(row[0])


def altered(reading: Reading) -> Iterator[str]:
    """The snapshots whose bytes no longer have the SHA-256 that they were cited by, in words."""
    last = 0
    while row := reading.row(
        "SELECT id, uid, sha256, content FROM snapshot WHERE id > :last AND purged_at IS NULL ORDER BY id LIMIT 1",
        {"last": last},
    ):
        last = row[0]
        if hashlib.sha256(bytes(row[3])).hexdigest() != row[2]:
            yield f"Snapshot {row[1]}: its bytes do not have the SHA-256 that it is cited by."


def _typed(address: str) -> str:
    """An id as it was made, from one as it was typed."""
    return address.lower().translate(_TYPED)


def _rendered(row: Sequence[Any], site: str, created: bool = False) -> Rendered:
    told = dict(zip(_MEMBERS, row, strict=True))
    path = f"{PATH}/{told['uid']}"
    instants = {
        name: None if told[name] is None else dates.format_instant(told[name])
        for name in ("as_of", "created_at", "purged_at")
    }
    told = {**told, **instants}
    shown = {
        "id": told["uid"], "path": path, **{name: told[name] for name in _MEMBERS[2:-1]}, "citation": _citation(told, site + path),
        "purged_at": told["purged_at"],
    }  # fmt: skip
    return Rendered(path, 1, documents.dumps(shown), created)


def _citation(told: Mapping[str, Any], address: str) -> str:
    title = f"“{' '.join(told['title'].split())}”" if told["title"] else None
    count = f"{told['count']:,} {'item' if told['count'] == 1 else 'items'}"
    end = f"SHA-256 {told['sha256']}" if told["purged_at"] is None else f"erased for good at {told['purged_at']}"
    parts = ("Demarche", title, told["query"], f"as of {told['as_of']}", count, address, end)
    return ", ".join(part for part in parts if part)
