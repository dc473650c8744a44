"""A full SQLite database out of a seed: nouns through the store's own doors, records through the store's own rows.

Every body is checked by the shape that a request's is and made into rows by `api.store.rows.insert_version`; only the
way into the tables is another: in bulk, the walked tables in the order of their keys, the indexes afterwards.
"""

import contextlib
import hashlib
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from os import cpu_count
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2 as sqlite

from api.commands.migrate import ROOT, migrate
from api.database import Database
from api.settings import Settings
from api.store import actors, affiliations, fingerprints, keys, sources, topics
from api.store.sessions import Writing
from tests.benchmarks import made as making
from tests.benchmarks.made import TABLES, Clocked, Name, Rows, columns_of
from tests.benchmarks.world import World

PLACE = ROOT / "var" / "bench"
CHUNK = 2_000
RENAMED = 50
ALONE = 20_000  # so few records are made in this process
# What decides the rows: when one of these files changes, a kept database is not used again.
DECISIVE = ("alembic/versions/*.py", "api/store/rows.py", "api/store/documents.py", "api/store/contents.py", "api/store/texts.py", "schemas/searches.py",
            "api/store/fingerprints.py", "tests/benchmarks/world.py", "tests/benchmarks/made.py", "tests/benchmarks/generate.py")  # fmt: skip
_WALKED = ("involvement", "record_topic")
_MAKE = {"actor": actors.create, "source": sources.create, "topic": topics.create}


def fingerprint() -> str:
    """A short hash of everything but seed and size that decides what is generated."""
    digest = hashlib.blake2b(digest_size=4)
    for pattern in DECISIVE:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def kept(world: World) -> Path:
    """The database of this world under var/bench/, made now unless it is there."""
    path = PLACE / f"records-{world.records}-{world.seed}-{fingerprint()}.sqlite3"
    if not path.exists():
        PLACE.mkdir(parents=True, exist_ok=True)
        for old in PLACE.glob(f"records-{world.records}-{world.seed}-*"):
            old.unlink()
        unfinished = PLACE / f"unfinished-{world.records}.sqlite3"
        generate(world, unfinished)
        unfinished.rename(path)
    return path


def generate(world: World, path: Path) -> None:
    """Make the database of this world in a new file, and analyze it."""
    for old in path.parent.glob(f"{path.name}*"):
        old.unlink()
    migrate(f"sqlite:///{path}")
    identities = _nouns(world, path)
    stage = path.with_name(f"{path.name}.stage")
    connection = sqlite.connect(path, isolation_level=None)
    try:
        for setting in (
            "journal_mode=OFF",
            "synchronous=OFF",
            "foreign_keys=OFF",
            "cache_size=-262144",
            "temp_store=FILE",
        ):
            connection.execute(f"PRAGMA {setting}")
        connection.execute("ATTACH ? AS stage", (str(stage),))
        connection.execute("PRAGMA stage.journal_mode=OFF")
        for table in _WALKED:
            connection.execute(f"CREATE TABLE stage.{table} AS SELECT * FROM {table} LIMIT 0")
        with _without_indexes(connection):
            _fill(connection, world, identities)
            for table in _WALKED:
                with step(f"{table} in the order of its key"):
                    key = ", ".join(
                        row[1]
                        for row in sorted(
                            connection.execute(f"PRAGMA main.table_info({table})"), key=lambda row: row[5]
                        )
                        if row[5]
                    )
                    connection.execute(f"INSERT INTO main.{table} SELECT * FROM stage.{table} ORDER BY {key}")
        connection.execute("DETACH stage")
        with step("fingerprints"):
            connection.execute("BEGIN")
            fingerprints.write(Writing(connection, "sqlite", making.DESK))
            connection.execute("COMMIT")
        with step("analyzing"):
            connection.execute("ANALYZE")
        connection.execute("PRAGMA journal_mode=WAL")
    finally:
        connection.close()
        stage.unlink(missing_ok=True)
    _rename(world, path)


@contextlib.contextmanager
def step(what: str) -> Iterator[None]:
    """Say in a terminal what takes a while."""
    begun = time.monotonic()
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{what} …")
    yield
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{what}: {time.monotonic() - begun:.0f} s\n")


def _nouns(world: World, path: Path) -> dict[Name, int]:
    """Create all nouns and affiliations as requests would; answer the identities."""
    database = Database(Settings(database_url=f"sqlite:///{path}"))
    try:
        with database.writing(keys.SYSTEM) as writing:
            keys.create_system(writing)
            keys.create(writing, {"name": making.DESK.name, "role": "editor"})
        with step("actors, sources, topics, affiliations"), database.writing(making.DESK) as opened:
            clocked = Clocked(opened.connection, opened.dialect, making.DESK)
            for noun, body in making.names_of(world):
                _MAKE[noun](clocked, body)
            for member, group, dates in world.affiliations():
                affiliations.create(clocked, member, {"group": group, "dates": dates})
        with database.reading() as reading:
            return {
                (noun, slug): identity
                for noun in _MAKE
                for identity, slug in reading.rows(f"SELECT id, slug FROM {noun}")
            }
    finally:
        database.close()


def _rename(world: World, path: Path) -> None:
    """Give some actors another name after all that was written, so that the past has other names than today."""
    database = Database(Settings(database_url=f"sqlite:///{path}"))
    try:
        with database.writing(making.DESK) as writing:
            for slug in [body["slug"] for noun, body in making.names_of(world) if noun == "actor"][:RENAMED]:
                actors.amend(writing, slug, {"name": f"{slug}, renamed"}, None)
    finally:
        database.close()


@contextlib.contextmanager
def _without_indexes(connection: Any) -> Iterator[None]:
    """Without the indexes of the tables to be filled; afterwards they are made by the very words of the migration."""
    names = [str(table.__tablename__) for table in TABLES]
    marks = ", ".join("?" for _ in names)
    sql = f"SELECT name, sql FROM main.sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({marks})"
    found = connection.execute(sql, names).fetchall()
    for name, _ in found:
        connection.execute(f"DROP INDEX main.{name}")
    yield
    for name, statement in found:
        with step(f"index {name}"):
            connection.execute(statement)


def _fill(connection: Any, world: World, identities: dict[Name, int]) -> None:
    first = connection.execute("SELECT max(seq) + 1 FROM revision").fetchone()[0]
    jobs = making.plan(world, first)
    chunks = [jobs[start : start + CHUNK] for start in range(0, len(jobs), CHUNK)]
    begun, done = time.monotonic(), 0
    connection.execute("BEGIN")
    for rows in _made(world, identities, chunks):
        for table in TABLES:
            name, columns = str(table.__tablename__), columns_of(table)
            place = f"stage.{name}" if name in _WALKED else f"main.{name}"
            marks = ", ".join("?" for _ in columns)
            connection.executemany(f"INSERT INTO {place} ({', '.join(columns)}) VALUES ({marks})", rows[name])
        done += len(rows["revision"])
        if sys.stderr.isatty():
            rate = done / (time.monotonic() - begun)
            left = (len(jobs) - done) / rate
            sys.stderr.write(f"\r\x1b[K{done:,} of {len(jobs):,} versions, {rate:,.0f} a second, {left:.0f} s left ")
    connection.execute("COMMIT")
    if sys.stderr.isatty():
        sys.stderr.write("\n")


def _made(world: World, identities: dict[Name, int], chunks: Sequence[list[Any]]) -> Iterator[Rows]:
    """The rows of each chunk, in order; many are made by other processes while this one writes."""
    if world.records <= ALONE:
        yield from (making.make(world, identities, chunk) for chunk in chunks)
        return
    workers = cpu_count() or 1
    spawn = get_context("spawn")
    with ProcessPoolExecutor(workers, spawn, making.prepare, (world, identities)) as pool:
        waiting: deque[Future[Rows]] = deque()
        try:
            for chunk in chunks:
                waiting.append(pool.submit(making.make_here, chunk))
                if len(waiting) > 2 * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def forget_statistics(path: Path) -> None:
    """Undo ANALYZE, as in a database that nobody ever analyzed."""
    connection = sqlite.connect(path, isolation_level=None)
    for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE name LIKE 'sqlite_stat%'").fetchall():
        connection.execute(f"DROP TABLE {table}")
    connection.close()
