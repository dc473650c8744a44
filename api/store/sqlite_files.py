"""SQLite files as files: opened without being changed, copied page by page while others write, checked and settled."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pysqlite3 import dbapi2 as sqlite

PAGES = 2_000  # copied at a time


def open_unchanged(file: Path) -> Any:
    """A connection that can't change the file, not even how it keeps its journal."""
    return sqlite.connect(f"file:{quote(str(file.absolute()))}?mode=ro", uri=True, isolation_level=None)


def copy_pages(source: Any, file: Path, tell: Callable[[int, int], object]) -> None:
    """Copy what a connection sees into a file, page by page; `tell` hears how many of how many are done.

    Within a transaction of the source it is one moment, and writers go on meanwhile: where there is none, each step would
    see another moment, and SQLite begin anew.
    """
    target = sqlite.connect(file, isolation_level=None)
    try:
        source.backup(target, pages=PAGES, progress=lambda _status, left, total: tell(total - left, total))
    finally:
        target.close()


def settle(file: Path) -> None:
    """Make it one file that anybody can open, without a journal beside it."""
    connection = sqlite.connect(file, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode=DELETE").fetchall()
    finally:
        connection.close()


def faults(connection: Any) -> list[str]:
    """What SQLite itself finds wrong with a file: damaged pages, and rows that point nowhere."""
    told = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(10)") if row[0] != "ok"]
    told += [
        f"a row of {table} points to no {parent}"
        for table, _, parent, _ in connection.execute("PRAGMA foreign_key_check")
    ][:10]
    return told
