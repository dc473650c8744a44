"""Whether everything is as it was entered: the chain of revisions, the chain of each thing's versions, and the seals.

A range of revisions is checked alone, because the digest of the version before is stored: so many can be checked at the
same time, and each is held against its own neighbours. What is found is told in the order of the revisions.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from api.store import contents, dialects, fingerprints, merkle, seals
from api.store.contents import THINGS, Content
from api.store.seals import Sealed
from api.store.sessions import Reading
from schemas import dates

MOST_TOLD = 100  # of one range; all are counted


@dataclass(slots=True)
class Audit:
    """What was checked of a range, and what is wrong with it: each fault with the revision where it stands."""

    versions: int = 0
    erased: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)
    more: int = 0

    def tell(self, seq: int, told: str) -> None:
        """Add a fault."""
        if len(self.faults) < MOST_TOLD:
            self.faults.append((seq, told))
        else:
            self.more += 1

    def add(self, other: "Audit") -> None:
        """Add what was found of the next range."""
        self.versions, self.erased = self.versions + other.versions, self.erased + other.erased
        room = MOST_TOLD - len(self.faults)
        self.faults += other.faults[:room]
        self.more += other.more + len(other.faults[room:])


def extent(reading: Reading) -> int:
    """The last revision that anything is told of: that of the revisions themselves, of versions, of fingerprints."""
    tables = ["revision", "fingerprint", *(f"{thing.name}_version" for thing in THINGS)]
    row = reading.row(f"SELECT {', '.join(f'(SELECT max(seq) FROM {table})' for table in tables)}")
    return max(int(seq or 0) for seq in row or (0,))


def revisions(reading: Reading, first: int, last: int) -> Audit:
    """Check the versions of a range of revisions, each against what it was entered as."""
    try:
        return _revisions(reading, first, last)
    except (TypeError, *dialects.FAILURES) as error:
        if not isinstance(error, TypeError) and dialects.is_outage(error):
            raise
        # On SQLite a column can hold what is of no use in it, such as bytes for text: look for the one which does.
        audit, half = Audit(), (first + last) // 2
        if first == last:
            audit.tell(first, f"Revision {first} can't be read: something stands in it that no release writes.")
        else:
            audit.add(revisions(reading, first, half))
            audit.add(revisions(reading, half + 1, last))
        return audit


def _revisions(reading: Reading, first: int, last: int) -> Audit:
    audit = Audit()
    sql = (
        "SELECT r.seq, r.recorded_at, f.salt, f.digest, x.seq IS NOT NULL FROM revision r LEFT JOIN fingerprint f ON f.seq = r.seq "
        "LEFT JOIN purged_version x ON x.erased_seq = r.seq "
        "WHERE r.seq BETWEEN :first AND :last ORDER BY r.seq"
    )
    rows = {row[0]: row for row in reading.rows(sql, {"first": first - 1, "last": last})}
    found: dict[int, Content] = {}
    for one in contents.read(reading, THINGS, first, last):
        if one.seq in found:
            audit.tell(one.seq, f"{_named(one)}: {_named(found[one.seq])} has the same revision.")
        found[one.seq] = one
    before = rows.pop(first - 1, None)
    for seq in range(first, last + 1):
        row, content = rows.get(seq), found.get(seq)
        if row is None:
            audit.tell(seq, f"Revision {seq} is missing: what was entered then was taken away.")
        elif before is not None and row[1] <= before[1]:
            audit.tell(
                seq, f"Revision {seq}: recorded at {_at(row[1])}, though the one before it was at {_at(before[1])}."
            )
        if content is not None:
            audit.versions += 1
        elif row is not None:
            audit.tell(seq, f"Revision {seq} ({_at(row[1])}): the version that was entered then is missing.")
        if content is not None and row is not None:
            _hold(audit, content, row[2], row[3], bool(row[4]))
        before = row or before
    _hold_order(reading, audit, found, first, last)
    audit.faults.sort(key=lambda fault: fault[0])
    return audit


def _hold(audit: Audit, content: Content, salt: bytes | None, digest: bytes | None, is_purged: bool) -> None:
    """Hold one version against its fingerprint."""
    if (content.before is None) != (content.version == 1):
        audit.tell(content.seq, f"{_named(content)}: version {content.version - 1} of it is missing.")
    elif content.before is not None and content.digest_before is None:
        audit.tell(content.seq, f"{_named(content)}: the fingerprint of the version before is missing.")
    elif digest is None:
        audit.tell(content.seq, f"{_named(content)}: its fingerprint is missing.")
    elif salt is None:
        audit.erased += 1
        if not is_purged:
            audit.tell(content.seq, f"{_named(content)}: it was erased, and no purge is recorded that did it.")
    elif fingerprints.digest(salt, content.digest_before or fingerprints.NONE_BEFORE, content.said) != digest:
        audit.tell(
            content.seq,
            f"{_named(content)}: it is not what was entered: it, its fingerprint or the one before was altered.",
        )


def _hold_order(reading: Reading, audit: Audit, found: dict[int, Content], first: int, last: int) -> None:
    """That each version is marked as replaced by the next one of the same thing, and by no other revision."""
    for thing in THINGS:
        key, table = f"{thing.name}_id", f"{thing.name}_version"
        sql = (
            f"SELECT v.seq, v.superseded_seq, n.seq FROM {table} v "
            f"LEFT JOIN {table} n ON n.{key} = v.{key} AND n.version = v.version + 1 "
            "WHERE v.seq BETWEEN :first AND :last AND (v.superseded_seq IS DISTINCT FROM n.seq OR n.seq <= v.seq)"
        )
        for seq, marked, following in reading.rows(sql, {"first": first, "last": last}):
            told = f"Revision {seq}" if seq not in found else _named(found[seq])
            audit.tell(seq, f"{told}: it is marked as {_replaced(marked)}, but was {_replaced(following)}.")


def _replaced(seq: int | None) -> str:
    return "current, not replaced" if seq is None else f"replaced by revision {seq}"


def seal(reading: Reading, sealed: Sealed, before: Sealed | None) -> Audit:
    """Check one seal: that it follows the one before, and that its root is that of the versions as they are."""
    audit = Audit()
    named = f"Seal {sealed.number} ({_at(sealed.sealed_at)})"
    chained = before.digest if before else seals.NONE_BEFORE
    found = seals.digests(reading, sealed)
    if sealed.first != (before.last if before else 0) + 1 or sealed.number != (before.number if before else 0) + 1:
        audit.tell(sealed.first, f"{named}: a seal before it is missing.")
    elif seals.digest(chained, sealed.root, sealed.header) != sealed.digest:
        audit.tell(sealed.first, f"{named}: it, or the seal before it, is not as it was made.")
    elif merkle.root(digest for _, digest in found) != sealed.root or len(found) != sealed.versions:
        told = f"the fingerprints of revisions {sealed.first:,} to {sealed.last:,} are not those that were sealed."
        audit.tell(sealed.first, f"{named}: {told}")
    return audit


def published(known: Sequence[Sealed], digests: Sequence[tuple[int, bytes]], roots: Sequence[bytes]) -> Iterator[str]:
    """What is wrong with published seals (by number and digest, or by root): they are not among those there are."""
    by_number = {sealed.number: sealed for sealed in known}
    for number, digest in digests:
        if number not in by_number:
            yield f"Seal {number}, which was published, is missing: all that it was for may have been replaced."
        elif by_number[number].digest != digest:
            yield f"Seal {number} is not the one that was published: something entered before it was altered since."
    for root in roots:
        if root not in {sealed.root for sealed in known}:
            yield f"No seal has the root {root.hex()}, which was published: something was altered since."


def _named(content: Content) -> str:
    """Which version of what, entered when and by whom, as it says of itself now."""
    said: dict[str, Any] = json.loads(content.said.decode(errors="replace"))
    identity, revision = said["identity"], said["revision"]
    noun = identity.get("kind", said["noun"]) if said["noun"] == "record" else said["noun"]
    address = identity.get("slug") or identity.get("uid") or f"number {content.id}"
    by = f"by {revision['recorded_by_name']}, revision {content.seq}"
    told = f"{noun} {address}, version {content.version} ({_at(revision['recorded_at'])} {by})"
    return told[:1].upper() + told[1:]


def _at(instant: Any) -> str:
    """An instant to be read; what is none is shown as it is."""
    try:
        return dates.format_instant(instant)
    except (TypeError, ValueError, OverflowError):
        return repr(instant)
