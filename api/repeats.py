"""Rows of a file that tell of one thing twice, which leaves it open which of them is right."""

import hashlib
import tempfile
from pathlib import Path

from pysqlite3 import dbapi2 as sqlite

from api.store.imports import Prepared
from schemas.transfers import Reject, RowFault, Skipped


class Repeats:
    """Which things a file told of already, where, and what.

    The last of them are at hand, all before them in a file: at hand, those of 2 GB would take more than all else does.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._told: dict[int, tuple[int, int]] = {}  # by key: the line, and what it says
        self._before: sqlite.Connection | None = None

    def look(self, one: Prepared) -> Skipped | Reject | None:
        """What a row is where the file told of its thing before; None where it did not."""
        key = _short(hashlib.blake2b(one.key.encode("utf-8", "replace"), digest_size=8).digest())
        says = _short(one.digest[:8])
        before = self._told.get(key) or self._look_up(key)
        if before is None:
            self._told[key] = one.row.line, says
            if len(self._told) >= self._most:
                self._put_away()
            return None
        if before[1] == says:
            return Skipped(one.row.line, "the same row as before")
        message = f"it is about the same as the row on line {before[0]}, and says something else"
        hint = "Keep the row that is right."
        return Reject(one.row.line, one.row.cells, (RowFault(None, None, message, hint),))

    def _look_up(self, key: int) -> tuple[int, int] | None:
        if self._before is None:
            return None
        row = self._before.execute("SELECT line, says FROM told WHERE key = ?", (key,)).fetchone()
        return (row[0], row[1]) if row else None

    def _put_away(self) -> None:
        if self._before is None:
            # The file has no name any more once it is open, so that nothing is left of it, not even after a kill.
            with tempfile.TemporaryDirectory(prefix="demarche-") as folder:
                path = Path(folder, "told.sqlite3")
                self._before = sqlite.connect(path, isolation_level=None, check_same_thread=False)
                self._before.execute("PRAGMA journal_mode = OFF")
                self._before.execute("PRAGMA cache_size = -16000")  # KB
                self._before.execute("CREATE TABLE told (key INTEGER PRIMARY KEY, line INTEGER, says INTEGER)")
                self._before.execute("BEGIN")
        self._before.executemany(
            "INSERT INTO told VALUES (?, ?, ?)", ((key, *told) for key, told in sorted(self._told.items()))
        )
        self._told.clear()

    def close(self) -> None:
        """Take the file away."""
        if self._before is not None:
            self._before.close()


def _short(digest: bytes) -> int:
    return int.from_bytes(digest, signed=True)
