"""Answers kept for a repeated POST with the same Idempotency-Key, in the transaction of the write itself."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

from api.errors import Problem
from api.store.checks import Json
from api.store.documents import Rendered
from api.store.sessions import Reading, Writing
from schemas.versions import Replay

KEPT = 24 * 3600 * 1_000_000  # microseconds


@dataclass(frozen=True, slots=True)
class Once:
    """A POST as its sender named it."""

    writer: int
    key: str
    method: str
    path: str
    body: Json

    @property
    def at(self) -> dict[str, int | str]:
        """Where its answer is kept."""
        return {"key_id": self.writer, "method": self.method, "path": self.path, "idempotency_key": self.key}

    @property
    def body_hash(self) -> str:
        """Equal for equal bodies alone."""
        return hashlib.sha256(json.dumps(self.body, sort_keys=True).encode()).hexdigest()


def find(reading: Reading, named: Once) -> Rendered | None:
    """What it was answered before, if it was. Raises Problem `key-reused` for another body under the same key."""
    row = reading.row(
        "SELECT body_hash, headers, body, status FROM replay WHERE key_id = :key_id AND method = :method AND path = :path "
        "AND idempotency_key = :idempotency_key AND recorded_at > :oldest",
        {**named.at, "oldest": reading.clock() - KEPT},
    )
    if row is None:
        return None
    if row[0] != named.body_hash:
        raise Problem("key-reused", "This Idempotency-Key came with another body before. Nothing was done.")
    kept = json.loads(row[1])
    return Rendered(kept["path"], kept["version"], bytes(row[2]), created=row[3] == 201)


def once(writing: Writing, named: Once, change: Callable[[], Rendered]) -> tuple[Rendered, bool]:
    """Make the change, or answer as it was answered before; also whether it was.

    A concurrent twin waits for the writers' lock, and then finds the answer. Raises Problem `key-reused` for another
    body under the same key.
    """
    if before := find(writing, named):
        return before, True
    answer = change()
    writing.run("DELETE FROM replay WHERE recorded_at <= :oldest", {"oldest": writing.now() - KEPT})
    headers = json.dumps({"path": answer.path, "version": answer.version})
    writing.insert(
        Replay,
        [
            {
                **named.at,
                "body_hash": named.body_hash,
                "status": 201 if answer.created else 200,
                "headers": headers,
                "body": answer.body,
                "recorded_at": writing.now(),
            }
        ],
    )
    return answer, False
