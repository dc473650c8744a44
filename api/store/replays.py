"""Answers kept for a repeated POST with the same Idempotency-Key, in the transaction of the write itself."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

from api.errors import Problem
from api.store.checks import Json
from api.store.documents import Rendered
from api.store.sessions import Writing
from schemas.versions import Replay

KEPT = 24 * 3600 * 1_000_000  # microseconds


@dataclass(frozen=True, slots=True)
class Once:
    """A POST as its sender named it."""

    key: str
    method: str
    path: str
    body: Json


def once(writing: Writing, named: Once, change: Callable[[], Rendered]) -> tuple[Rendered, bool]:
    """Make the change, or answer as it was answered before; also whether it was.

    A concurrent twin waits for the writers' lock, and then finds the answer. Raises Problem `key-reused` for another
    body under the same key.
    """
    at = {"key_id": writing.writer.id, "method": named.method, "path": named.path, "idempotency_key": named.key}
    body_hash = hashlib.sha256(json.dumps(named.body, sort_keys=True).encode()).hexdigest()
    row = writing.row(
        "SELECT body_hash, headers, body, status FROM replay WHERE key_id = :key_id AND method = :method AND path = :path "
        "AND idempotency_key = :idempotency_key AND recorded_at > :oldest",
        {**at, "oldest": writing.now() - KEPT},
    )
    if row:
        if row[0] != body_hash:
            raise Problem("key-reused", "This Idempotency-Key came with another body before. Nothing was done.")
        kept = json.loads(row[1])
        return Rendered(kept["path"], kept["version"], bytes(row[2]), created=row[3] == 201), True
    answer = change()
    writing.run("DELETE FROM replay WHERE recorded_at <= :oldest", {"oldest": writing.now() - KEPT})
    headers = json.dumps({"path": answer.path, "version": answer.version})
    writing.insert(
        Replay,
        [
            {
                **at,
                "body_hash": body_hash,
                "status": 201 if answer.created else 200,
                "headers": headers,
                "body": answer.body,
                "recorded_at": writing.now(),
            }
        ],
    )
    return answer, False
