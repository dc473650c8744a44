"""`make bench-imports`: how fast a file of our own lines is taken in, as a ratio to the rows alone, in the same run.

The limit is what the database itself takes: the very rows that the import wrote, all columns of all tables, with indexes,
triggers and full text in place, by `sqlite3.executemany` or by COPY, in one transaction. The nouns are there before.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from pysqlite3 import dbapi2 as sqlite
from sqlmodel import SQLModel

from api import imports
from api.commands.migrate import migrate
from api.database import Database
from api.settings import Settings
from api.store import dialects, keys
from schemas.imports import ImportAsked
from schemas.transfers import ImportFormat
from tests import postgres
from tests.benchmarks import made
from tests.benchmarks.world import World

AIM = 0.3
SOURCE = "bench"


class Taken(NamedTuple):
    """Seconds by the wall and of this process's CPU, which says more where other programs run beside it."""

    wall: float
    cpu: float

    @classmethod
    def now(cls) -> "Taken":
        """Both clocks."""
        return cls(time.perf_counter(), time.process_time())

    def since(self) -> "Taken":
        """What went by since."""
        now = self.now()
        return Taken(now.wall - self.wall, now.cpu - self.cpu)


def lines(world: World, nouns: bool) -> Iterator[bytes]:
    """The nouns of a world, or its records, as lines of an import."""
    if nouns:
        found: list[dict[str, Any]] = [{"noun": noun, **body} for noun, body in made.names_of(world)]
        found += [
            {"noun": "affiliation", "actor": one, "group": group, "dates": dates}
            for one, group, dates in world.affiliations()
        ]
        yield from (json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in found)
        return
    for number in range(1, world.records + 1):
        kind, body = world.body(number, 1)
        line = {"noun": str(kind), "external_source": SOURCE, "external_id": str(number), **body}
        yield json.dumps(line, ensure_ascii=False).encode() + b"\n"


def prepare(url: str, nouns: Path) -> None:
    """A migrated database that has the nouns."""
    migrate(url)
    with closing(Database(Settings(database_url=url))) as database:
        with database.writing(keys.SYSTEM) as writing:
            keys.create_system(writing)
        take_in(database, nouns)


def take_in(database: Database, path: Path) -> Taken:
    """Take in a file."""
    begun = Taken.now()
    with path.open("rb") as file:
        told = imports.take_in(database, keys.SYSTEM, file, ImportAsked(format=ImportFormat.NDJSON))
    taken = begun.since()
    assert told["rejected"] == 0, told["rejects"][:3]
    return taken


def rows_since(url: str, last_seq: int, last_record: int) -> dict[str, tuple[list[str], list[tuple[Any, ...]]]]:
    """The rows that came after a revision and a record, by table, in the order in which tables refer to each other."""
    found = {}
    with closing(Database(Settings(database_url=url))) as database, database.reading() as reading:
        for table in SQLModel.metadata.sorted_tables:
            columns = [column.name for column in table.columns]
            if table.name == "record":
                where = f"id > {last_record}"
            elif table.name == "imported_record":
                where = f"record_id > {last_record}"
            elif ("seq" in columns and table.name != "fingerprint") or table.name == "fingerprint":
                where = f"seq > {last_seq}"
            else:
                continue
            found[table.name] = (columns, reading.rows(f"SELECT {', '.join(columns)} FROM {table.name} WHERE {where}"))
    return found


def limit(
    url: str, rows: dict[str, tuple[list[str], list[tuple[Any, ...]]]], batch: tuple[list[str], list[Any]]
) -> Taken:
    """Seconds for the rows alone, into a database that has the nouns."""
    with closing(Database(Settings(database_url=url))) as database, database.connection() as connection:
        columns, ones = batch
        marks = ", ".join("?" for _ in columns) if database.dialect == "sqlite" else ", ".join("%s" for _ in columns)
        insert = f"INSERT INTO import_batch ({', '.join(columns)}) VALUES ({marks})"
        begun = Taken.now()
        for statement in dialects.begin(database.dialect, True, 30):
            connection.execute(statement)
        for one in ones:
            connection.execute(insert, one)
        for table, (names, found) in rows.items():
            if not found:
                continue
            if database.dialect == "sqlite":
                into = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' for _ in names)})"
                connection.executemany(into, found)
            else:
                with (
                    connection.cursor() as cursor,
                    cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copied,
                ):
                    for row in found:
                        copied.write_row(row)
        connection.execute("COMMIT")
        return begun.since()


def measure(name: str, first: str, second: str, nouns: Path, records: Path, count: int) -> bool:
    """Import into one database, the rows alone into another; say the ratio, and whether it is what is aimed at."""
    prepare(first, nouns)
    prepare(second, nouns)
    with closing(Database(Settings(database_url=first))) as database:
        with database.reading() as reading:
            last_seq, last_record = reading.row(
                "SELECT max(seq), (SELECT coalesce(max(id), 0) FROM record) FROM revision"
            ) or (0, 0)
            last_batch = (reading.row("SELECT max(id) FROM import_batch") or (0,))[0]
        taken = take_in(database, records)
        again = take_in(database, records)
        with database.reading() as reading:
            columns = [column.name for column in SQLModel.metadata.tables["import_batch"].columns]
            batch = reading.rows(f"SELECT {', '.join(columns)} FROM import_batch WHERE id = {last_batch + 1}")
    bare = limit(second, rows_since(first, last_seq, last_record), (columns, batch))
    ratio = bare.wall / taken.wall
    print(
        f"{name}: {count:,} records in {taken.wall:.1f} s = {count / taken.wall:,.0f}/s; the rows alone in {bare.wall:.1f} s = "
        f"{count / bare.wall:,.0f}/s; ratio {ratio:.2f} ({AIM} is aimed at), {bare.cpu / taken.cpu:.2f} by the CPU of the process "
        f"({taken.cpu / count * 1e6:.0f} and {bare.cpu / count * 1e6:.0f} µs a record); the same file again {again.wall:.1f} s = "
        f"{count / again.wall:,.0f}/s"
    )
    return ratio >= AIM


def main() -> int:
    """Measure both databases; 1 where the aim is missed."""
    parser = argparse.ArgumentParser(prog="make bench-imports", description=__doc__)
    parser.add_argument("--records", type=int, default=100_000, help="how many records (100,000)")
    parser.add_argument("--without-postgres", action="store_true", help="SQLite alone")
    given = parser.parse_args()
    world = World(1, given.records)
    print(f"Python {sys.version.split()[0]}, SQLite {sqlite.sqlite_version}, psycopg {psycopg.__version__}")
    with tempfile.TemporaryDirectory() as folder:
        nouns, records = Path(folder, "nouns.ndjson"), Path(folder, "records.ndjson")
        for path, is_nouns in ((nouns, True), (records, False)):
            with path.open("wb") as file:
                file.writelines(lines(world, is_nouns))
        kept = [
            measure(
                "SQLite",
                f"sqlite:///{folder}/a.sqlite3",
                f"sqlite:///{folder}/b.sqlite3",
                nouns,
                records,
                given.records,
            )
        ]
        if not given.without_postgres:
            postgres.SETTINGS.update({"shared_buffers": "512MB", "max_wal_size": "8GB"})
            with postgres.server() as server:
                urls = [postgres.create_database(server, f"bench_imports_{one}") for one in ("a", "b")]
                kept.append(measure("PostgreSQL", urls[0], urls[1], nouns, records, given.records))
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
