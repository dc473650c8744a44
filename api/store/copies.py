"""Rows carried from one database to another as they are: every table, every version, in the order of the keys."""

import struct
from collections.abc import Generator, Iterable
from contextlib import closing
from typing import Any

import psycopg
from psycopg import sql as quoting
from sqlalchemy import LargeBinary, Table
from sqlmodel import SQLModel

import schemas.tables  # noqa: F401  (every table, for the metadata)
from api.store.sessions import Reading, Writing

# Rows that PostgreSQL sends at once, so that memory stays flat: a snapshot can have 10 MB.
MANY, FEW = 5_000, 20
Row = tuple[Any, ...]


def tables() -> list[Table]:
    """Every table, each behind those that it points to."""
    return list(SQLModel.metadata.sorted_tables)


def counts(reading: Reading) -> dict[str, int]:
    """How many rows each table has."""
    return {one.name: int((reading.row(f"SELECT count(*) FROM {one.name}") or (0,))[0]) for one in tables()}


def revisions(reading: Reading) -> int:
    """How many revisions there are."""
    return int((reading.row("SELECT count(*) FROM revision") or (0,))[0])


def is_empty(reading: Reading) -> bool:
    """Whether no table has any row."""
    return not any(reading.row(f"SELECT 1 FROM {one.name} LIMIT 1") for one in tables())


def rows(reading: Reading, table: Table) -> Generator[Row]:
    """All rows of a table in the order of its key, one after the other, so that they need not fit into memory."""
    key = ", ".join(column.name for column in table.primary_key)
    sql = f"SELECT {', '.join(table.columns.keys())} FROM {table.name} ORDER BY {key}"
    if reading.dialect == "sqlite":
        with closing(reading.connection.execute(sql)) as found:
            yield from found
        return
    with reading.connection.cursor(name="copied") as cursor:
        has_bytes = any(isinstance(column.type, LargeBinary) for column in table.columns)
        cursor.itersize = FEW if has_bytes else MANY
        yield from cursor.execute(sql, binary=True)


def add(writing: Writing, table: Table, given: Iterable[Row]) -> None:
    """Put rows in as they come. Raises the driver's error where the schema does not allow one."""
    columns = table.columns.keys()
    if writing.dialect == "sqlite":
        values = ", ".join("?" * len(columns))
        sql = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({values})"
        writing.connection.executemany(sql, given)
        return
    # With their types told, what is of another type is refused, and not made into text.
    sql = "SELECT attname, atttypid FROM pg_attribute WHERE attrelid = to_regclass(:table) AND attnum > 0"
    types = dict(writing.rows(sql, {"table": table.name}))
    listed = quoting.SQL(", ").join(map(quoting.Identifier, columns))
    into = quoting.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(quoting.Identifier(table.name), listed)
    with writing.connection.cursor() as cursor, cursor.copy(into) as copied:
        copied.set_types([types[column] for column in columns])
        for row in given:
            try:
                copied.write_row(row)
            except (TypeError, AttributeError, OverflowError, struct.error) as error:
                raise psycopg.DataError(f"{table.name} has a value of another type: {error}") from error


def strip(writing: Writing) -> list[str]:
    """Take away indexes, on PostgreSQL also keys; answers what makes them again, in the very words of the catalogue.

    To make them at the end takes a fraction of keeping them row by row, and finds what does not keep to them.
    """
    dropped = _of_sqlite(writing) if writing.dialect == "sqlite" else _of_postgresql(writing)
    for drop, _ in dropped:
        writing.connection.execute(drop)
    return [make for _, make in reversed(dropped)]


def make_again(writing: Writing, statement: str) -> None:
    """Make one of them again. Raises the driver's error where the rows don't keep to it."""
    writing.connection.execute(statement)


def _of_sqlite(writing: Writing) -> list[tuple[str, str]]:
    ours = writing.any_of("tbl_name", "tables")
    sql = f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND {ours} ORDER BY name"
    rows = writing.rows(sql, {"tables": writing.listed([one.name for one in tables()])})
    return [(f"DROP INDEX {name}", sql) for name, sql in rows]


def _of_postgresql(writing: Writing) -> list[tuple[str, str]]:
    # Foreign keys go first and come last: they stand on the others.
    keys = (
        "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname), "
        "format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) "
        "FROM pg_constraint WHERE contype IN ('p', 'u', 'f') AND connamespace = current_schema()::regnamespace "
        f"AND {writing.any_of('conrelid::regclass::text', 'tables')} ORDER BY contype <> 'f', conrelid, conname"
    )
    indexes = (
        "SELECT format('DROP INDEX %I', indexname), indexdef FROM pg_indexes WHERE schemaname = current_schema() "
        f"AND {writing.any_of('tablename', 'tables')} AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = indexname) ORDER BY indexname"
    )
    # Sorting for an index in little memory takes twice as long.
    writing.connection.execute("SET LOCAL maintenance_work_mem = '256MB'")
    named = {"tables": writing.listed([one.name for one in tables()])}
    return [*writing.rows(keys, named), *writing.rows(indexes, named)]
