"""The generated database once more on PostgreSQL: the same rows by COPY, constraints and indexes afterwards, vacuumed."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from pysqlite3 import dbapi2 as sqlite
from sqlmodel import SQLModel

import schemas.tables  # noqa: F401  (every table, for the metadata)
from api.commands.migrate import migrate
from api.store import dialects
from tests.benchmarks.generate import step

# Sorting for an index in little memory takes twice as long.
SETTINGS = ("maintenance_work_mem = '512MB'", "work_mem = '128MB'", "synchronous_commit = off", "jit = off")
BATCH = 5_000


def copy(path: Path, url: str) -> None:
    """Fill the empty PostgreSQL database at this address with the generated one; vacuum and analyze it."""
    migrate(url)
    source = sqlite.connect(f"file:{path}?mode=ro", uri=True)
    target = psycopg.connect(dialects.normal(url).replace("+psycopg", "", 1), autocommit=True)
    try:
        for setting in SETTINGS:
            target.execute(f"SET {setting}".encode())
        with _bare(target):
            for table in SQLModel.metadata.sorted_tables:
                with step(f"copying {table.name}"):
                    _copy(source, target, table.name, [column.name for column in table.columns])
        with step("vacuum"):
            target.execute("VACUUM (ANALYZE)")
    finally:
        source.close()
        target.close()


def _copy(source: Any, target: psycopg.Connection[Any], table: str, columns: list[str]) -> None:
    listed = ", ".join(columns)
    rows = source.execute(f"SELECT {listed} FROM {table}")
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with target.cursor().copy(into) as copied:
        while batch := rows.fetchmany(BATCH):
            for row in batch:
                copied.write_row(row)


@contextlib.contextmanager
def _bare(target: psycopg.Connection[Any]) -> Iterator[None]:
    """Without keys, foreign keys and indexes; they are made again in the very words in which the catalogue has them."""
    keys = target.execute(
        "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname), "
        "format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) "
        "FROM pg_constraint WHERE contype IN ('p', 'u', 'f') AND connamespace = 'public'::regnamespace "
        "AND conrelid <> 'alembic_version'::regclass ORDER BY contype = 'f', conrelid, conname"
    ).fetchall()
    indexes = target.execute(
        "SELECT format('DROP INDEX %I', indexname), indexdef FROM pg_indexes WHERE schemaname = 'public' "
        "AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = indexname) ORDER BY indexname"
    ).fetchall()
    for drop, _ in (*reversed(keys), *indexes):
        target.execute(drop.encode())
    yield
    with step("keys, indexes and foreign keys"):
        for _, make in (
            *(key for key in keys if "FOREIGN KEY" not in key[1]),
            *indexes,
            *(key for key in keys if "FOREIGN KEY" in key[1]),
        ):
            target.execute(make.encode())
