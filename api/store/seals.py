"""Seals: the root of the Merkle tree (RFC 9162) over all versions since the seal before, and a digest that chains them.

Whoever keeps the digest of one seal can tell whether anything that was entered before it was altered since.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from api import cursors
from api.errors import not_found
from api.store import documents, merkle
from api.store.documents import Listed
from api.store.sessions import Reading, Writing
from schemas import dates
from schemas.seals import Seal, SealFilter

FORMAT = 1
NONE_BEFORE = bytes(32)
# So that a proof has few versions to read; a run on a large database makes several seals.
MOST_VERSIONS = 65_536
_LAST = 2**62
_COLUMNS = "number, first_seq, last_seq, versions, root, digest, sealed_at"


@dataclass(frozen=True, slots=True)
class Sealed:
    """One seal."""

    number: int
    first: int
    last: int
    versions: int
    root: bytes
    digest: bytes
    sealed_at: int

    @property
    def header(self) -> bytes:
        """What its digest is taken of, besides the digest of the seal before and the root."""
        return header(self.number, self.first, self.last, self.versions, self.sealed_at)

    @property
    def published(self) -> str:
        """What is to be kept elsewhere, as `verify --seal` takes it."""
        return f"{self.number}:{self.digest.hex()}"


@dataclass(frozen=True, slots=True)
class Tree:
    """The versions that the next seal is for, and the root over them."""

    before: Sealed | None
    first: int
    last: int
    versions: int
    root: bytes


def header(number: int, first: int, last: int, versions: int, sealed_at: int) -> bytes:
    """Which versions a seal is for, and when it was made, as the bytes that its digest is taken of."""
    said = {
        "format": FORMAT,
        "seal": number,
        "first_seq": first,
        "last_seq": last,
        "versions": versions,
        "sealed_at": sealed_at,
    }
    return documents.dumps(said)


def digest(before: bytes, root: bytes, head: bytes) -> bytes:
    """The digest of a seal: SHA-256 over the digest of the seal before (or zeros), the root and the header."""
    return sha256(before + root + head).digest()


def tree(reading: Reading) -> Tree | None:
    """The tree over the versions since the last seal, at most so many as one seal takes; None where there is nothing new."""
    before = newest(reading)
    sql = "SELECT seq, digest FROM fingerprint WHERE seq > :last ORDER BY seq LIMIT :limit"
    rows = reading.rows(sql, {"last": before.last if before else 0, "limit": MOST_VERSIONS})
    if not rows:
        return None
    return Tree(before, rows[0][0], rows[-1][0], len(rows), merkle.root(bytes(row[1]) for row in rows))


def append(writing: Writing, grown: Tree) -> Sealed | None:
    """Seal what was read before; None where another seal has come between."""
    before = newest(writing)
    if before != grown.before:
        return None
    number, sealed_at = before.number + 1 if before else 1, writing.now()
    head = header(number, grown.first, grown.last, grown.versions, sealed_at)
    chained = digest(before.digest if before else NONE_BEFORE, grown.root, head)
    made = Sealed(number, grown.first, grown.last, grown.versions, grown.root, chained, sealed_at)
    row = {"number": number, "first_seq": made.first, "last_seq": made.last, "versions": made.versions, "root": made.root,
           "digest": made.digest, "sealed_at": sealed_at}  # fmt: skip
    writing.insert(Seal, [row])
    return made


def newest(reading: Reading) -> Sealed | None:
    """The last seal."""
    found = select(reading, "TRUE ORDER BY number DESC LIMIT 1", {})
    return found[0] if found else None


def select(reading: Reading, where: str, values: dict[str, Any]) -> list[Sealed]:
    """Seals under a condition."""
    rows = reading.rows(f"SELECT {_COLUMNS} FROM seal WHERE {where}", values)
    return [
        Sealed(number, first, last, versions, _raw(root), _raw(chained), sealed_at)
        for number, first, last, versions, root, chained, sealed_at in rows
    ]


def page(reading: Reading, filters: SealFilter) -> Listed:
    """Seals, the newest first. Raises Problem `cursor-mismatch`."""
    question = cursors.question(filters, "seals")
    before = cursors.decode(filters.cursor, question, (int,))[0] if filters.cursor else _LAST
    then = _LAST if filters.as_of is None else filters.as_of
    where = "number < :before AND sealed_at <= :then ORDER BY number DESC LIMIT :limit"
    found = select(reading, where, {"before": before, "then": then, "limit": filters.limit + 1})
    shown = found[: filters.limit]
    items = b",".join(documents.dumps(shape(reading, sealed)) for sealed in shown)
    upcoming = cursors.encode(question, (shown[-1].number,)) if len(found) > len(shown) else None
    return Listed(items, upcoming, documents.tag_of(items))


def find(reading: Reading, number: int, as_of: int | None) -> bytes:
    """One seal. Raises Problem `not-found`."""
    then = _LAST if as_of is None else as_of
    found = select(reading, "number = :number AND sealed_at <= :then", {"number": number, "then": then})
    if not found:
        raise not_found("seal", str(number))
    return documents.dumps(shape(reading, found[0]))


def over(reading: Reading, seq: int) -> Sealed | None:
    """The seal that a revision is under, if it is under any."""
    found = select(reading, "last_seq >= :seq AND first_seq <= :seq ORDER BY last_seq LIMIT 1", {"seq": seq})
    return found[0] if found else None


def shape(reading: Reading, sealed: Sealed) -> dict[str, Any]:
    """A seal as it is answered."""
    before = select(reading, "number = :number", {"number": sealed.number - 1})
    return {
        "number": sealed.number,
        "first_seq": sealed.first,
        "last_seq": sealed.last,
        "versions": sealed.versions,
        "sealed_at": dates.format_instant(sealed.sealed_at),
        "root": sealed.root.hex(),
        "previous": (before[0].digest if before else NONE_BEFORE).hex(),
        "header": sealed.header.decode(),
        "digest": sealed.digest.hex(),
    }


def digests(reading: Reading, sealed: Sealed) -> list[tuple[int, bytes]]:
    """The versions under a seal, by seq, each with its digest."""
    sql = "SELECT seq, digest FROM fingerprint WHERE seq BETWEEN :first AND :last ORDER BY seq"
    return [(seq, _raw(one)) for seq, one in reading.rows(sql, {"first": sealed.first, "last": sealed.last})]


def _raw(stored: Any) -> bytes:
    """A digest as it is stored; on SQLite a text or a number can stand in its place, which is that of nothing."""
    return bytes(stored) if isinstance(stored, bytes | memoryview) else b""
