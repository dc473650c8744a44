"""Fingerprints: each version's digest over its salt, the digest of the version before of the same thing, and its content.

They are made in one place, at the end of every write transaction, for whatever has none yet, in the order of the
revisions: so no way of writing can forget them, and a database of an earlier release is brought up the same way.
"""

import os
from collections.abc import Sequence
from hashlib import sha256

from api.store import contents
from api.store.contents import THINGS, Content
from api.store.sessions import Reading, Writing
from schemas.seals import Fingerprint

NONE_BEFORE = bytes(32)
SALT_BYTES = 16
CHUNK = 5_000

_MISSING = f"""
    SELECT m.done, (SELECT coalesce(max(seq), 0) FROM revision),
           {", ".join(f"EXISTS (SELECT 1 FROM {thing.name}_version WHERE seq > m.done)" for thing in THINGS)}
    FROM (SELECT coalesce(max(seq), 0) AS done FROM fingerprint) m"""


def digest(salt: bytes, before: bytes, said: bytes) -> bytes:
    """The digest of a version: SHA-256 over salt, digest of the version before (or zeros), and content."""
    return sha256(salt + before + said).digest()


def missing(reading: Reading) -> int:
    """How many revisions there are since the last one with a fingerprint."""
    row = reading.row(_MISSING)
    return int(row[1] - row[0]) if row and any(row[2:]) else 0


def write(writing: Writing, most: int | None = None) -> int:
    """Give every version that has no fingerprint its own, or those of the next `most` revisions; answers how many are left.

    One after the other: each is over the digest of the version before.
    """
    row = writing.row(_MISSING)
    assert row is not None
    done, newest, *written = row
    things = [thing for thing, is_written in zip(THINGS, written, strict=True) if is_written]
    last = newest if most is None else min(newest, done + most)
    while things and done < last:
        until = min(last, done + CHUNK)
        _write(writing, contents.read(writing, things, done + 1, until))
        done = until
    return int(newest - done)


def _write(writing: Writing, found: Sequence[Content]) -> None:
    made: dict[int, bytes] = {}
    rows = []
    for content in found:
        before = NONE_BEFORE
        if content.before is not None:
            before = content.digest_before or made[content.before]
        salt = os.urandom(SALT_BYTES)
        made[content.seq] = digest(salt, before, content.said)
        rows.append({"seq": content.seq, "salt": salt, "digest": made[content.seq]})
    writing.insert(Fingerprint, rows)


def erase(writing: Writing, seqs: Sequence[int]) -> None:
    """Take the salts of these versions away for good: what they said can't even be guessed at; their digests stay."""
    writing.run(
        f"UPDATE fingerprint SET salt = NULL WHERE {writing.any_of('seq', 'seqs')}", {"seqs": writing.listed(seqs)}
    )
