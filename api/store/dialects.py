"""All that differs between SQLite and PostgreSQL: how to open, to begin, to read the clock, and how a group is walked."""

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier
from psycopg.types.numeric import Int8Dumper
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlmodel import SQLModel

# SQLite 3.7.0 to 3.51.2 can corrupt a WAL database that several processes write (the WAL-reset bug).
FIXED_SQLITE = (3, 51, 3)
# So few rows are inserted; more are copied.
FEW = 20
# Any number will do, as long as nothing else in the database takes the same one.
WRITERS_LOCK = 0x0DE3A5C4E

SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",  # NORMAL lost acknowledged writes in 7 of 20 power cuts
    "foreign_keys=ON",
    "automatic_index=OFF",  # the planner once built one over 3.3 million rows for a single page: 2.5 s instead of 13 ms
    "mmap_size=1099511627776",  # all of it: beyond, each scattered document is copied twice (page 700 us, mapped 500)
    "cache_size=-65536",
    "temp_store=MEMORY",
    "secure_delete=ON",  # what a purge erases must not lie about in free pages
    "wal_autocheckpoint=20000",  # of a hundred writes the slowest takes 3.6 ms instead of 11; a pause of 75 ms in 1,500
)  # fmt: skip


# What the drivers raise when the database is away, busy or full; SQLite also for faulty SQL, which `is_outage` tells apart.
FAILURES = (sqlite.OperationalError, sqlite.DatabaseError, psycopg.OperationalError, psycopg.InterfaceError)
_OUTAGES = re.compile(r"locked|busy|disk|full|readonly|unable to open|malformed|not a database", re.IGNORECASE)


def is_outage(error: Exception) -> bool:
    """Whether the database itself is the trouble, rather than what was asked of it."""
    original = getattr(error, "orig", error)
    if isinstance(original, sqlite.IntegrityError):
        return False
    return not isinstance(original, sqlite.DatabaseError) or _OUTAGES.search(str(original)) is not None


class Unusable(Exception):
    """The database can't be used, in one sentence for the person who started the service."""


def is_sqlite(url: str) -> bool:
    """Whether the address is that of an SQLite file."""
    return url.startswith("sqlite")


def normal(url: str) -> str:
    """The address as SQLAlchemy takes it: `postgres://` and `postgresql://` both mean psycopg 3."""
    return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url)


def open_engine(url: str, pool_size: int, busy_seconds: float) -> Engine:
    """A pool of connections in autocommit: BEGIN and COMMIT are always written out, by us."""
    if not is_sqlite(url):
        connect = {"autocommit": True, "connect_timeout": 5, "application_name": "demarche", "client_encoding": "utf8"}
        engine = create_engine(
            normal(url),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=busy_seconds,
            pool_pre_ping=True,
            connect_args=connect,
        )

        @event.listens_for(engine, "connect")
        def _adapt(connection: Any, _record: Any) -> None:
            # Else each integer has the type of its size, and one query becomes many.
            connection.adapters.register_dumper(int, Int8Dumper)

        return engine
    if sqlite.sqlite_version_info < FIXED_SQLITE:
        raise Unusable(
            f"SQLite {sqlite.sqlite_version} can corrupt a database that several processes write; 3.51.3 or later is needed."
        )
    path = make_url(url).database
    if not path or path == ":memory:":
        raise Unusable("The SQLite database must be a file, such as sqlite:///var/demarche.sqlite3.")
    engine = create_engine(
        url, module=sqlite, pool_size=pool_size, max_overflow=0, pool_timeout=busy_seconds,
        connect_args={"check_same_thread": False, "isolation_level": None, "timeout": busy_seconds, "cached_statements": 512},
    )  # fmt: skip

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        _set_up(connection, busy_seconds)
        assert_durable(connection)

    return engine


def _set_up(connection: Any, patience: float) -> None:
    """Where two processes open a new file at once, SQLite fails on the step to WAL instead of waiting: 1 of 300 did."""
    deadline = time.monotonic() + patience
    for pragma in SQLITE_PRAGMAS:
        while True:
            try:
                connection.execute(f"PRAGMA {pragma}")
                break
            except sqlite.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)


def masked(url: str) -> str:
    """An address to be shown: without a password, wherever in it one stands."""
    found = make_url(url)
    return found.difference_update_query([name for name in found.query if "password" in name]).render_as_string(
        hide_password=True
    )


def file_of(url: str) -> Path | None:
    """The file of an SQLite address; None on PostgreSQL."""
    return Path(str(make_url(url).database)) if is_sqlite(url) else None


def assert_durable(connection: Any) -> None:
    """Refuse to start when a write could be acknowledged before it is on disk, or a foreign key pass unchecked."""
    found = {
        name: connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "foreign_keys")
    }
    if found != {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}:
        raise Unusable(
            f"SQLite did not take the settings that keep every record ({found}): put the file on a local disk."
        )


def begin(name: str, write: bool, patience: float) -> tuple[str, ...]:
    """What opens a transaction. A writer takes the one lock before its first read, and holds it to the commit.

    It waits for the lock at most `patience` seconds; on SQLite the connection itself knows how long.
    """
    if name == "sqlite":
        # A deferred writer that has read fails at once when it must upgrade its lock: 977 of 1,200 edits did.
        return ("BEGIN IMMEDIATE",) if write else ("BEGIN",)
    if write:
        lock_timeout = f"SET LOCAL lock_timeout = {int(patience * 1000)}"
        return ("BEGIN", lock_timeout, f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})")
    return ("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",)


def scrub(name: str) -> tuple[str, ...]:
    """What takes erased rows out of the files: the journal of SQLite is emptied, PostgreSQL is told to sweep.

    An index of words keeps each word for ever, also of rows that are gone, until it is made anew.
    """
    if name == "sqlite":
        return ("PRAGMA wal_checkpoint(TRUNCATE)",)
    return ("VACUUM", "REINDEX INDEX CONCURRENTLY ix_record_text_words")


def after_copy(name: str) -> tuple[str, ...]:
    """What makes a database that was filled in one go as quick as one that grew: statistics, and a journal of no length."""
    return ("PRAGMA wal_checkpoint(TRUNCATE)",) if name == "sqlite" else ("VACUUM (ANALYZE)",)


def holding_words(name: str, parameter: str) -> str:
    """SQL of the versions whose words meet the expression bound as `parameter`; see `all_of`."""
    if name == "sqlite":
        return f"SELECT rowid FROM record_word WHERE record_word MATCH :{parameter}"
    return f"SELECT seq FROM record_text WHERE array_to_tsvector(string_to_array(words, ' ')) @@ :{parameter}::tsquery"


def word(name: str, text: str, is_beginning: bool) -> str:
    """A word, or how it begins, in such an expression; it holds neither quotes nor backslashes."""
    return f'"{text}"{" *" * is_beginning}' if name == "sqlite" else f"'{text}'{':*' * is_beginning}"


def all_of(name: str, parts: Sequence[str]) -> str:
    """An expression that all of these must meet."""
    return f"({(' AND ' if name == 'sqlite' else ' & ').join(parts)})"


def one_of(name: str, parts: Sequence[str]) -> str:
    """An expression that one of these must meet."""
    return f"({(' OR ' if name == 'sqlite' else ' | ').join(parts)})"


def clock(name: str) -> str:
    """The database's clock in microseconds since 1970."""
    if name == "sqlite":
        return "SELECT cast(unixepoch('subsec') * 1000000 AS INTEGER)"
    return "SELECT cast(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)"


_NAMED = re.compile(r"(?<!:):([a-z_][a-z0-9_]*)")


_CURRENT = re.compile(r"\b(\w+\.)?superseded_seq IS NULL\b")


def of_the_past(sql: str) -> str:
    """The same question about the moment `:at`."""
    return _CURRENT.sub(r"(\1seq <= :at AND (\1superseded_seq IS NULL OR \1superseded_seq > :at))", sql)


@lru_cache(maxsize=4096)
def spoken(name: str, sql: str, past: bool = False) -> str:
    """Our SQL, with `:name` for values, as the driver wants it.

    Of the past, what is current means: written by the revision `:at`, and not replaced by it. Every question is put
    through here, so that none can forget it.
    """
    if past:
        sql = of_the_past(sql)
    if name == "sqlite":
        return sql
    return _NAMED.sub(r"%(\1)s", sql.replace("%", "%%"))


@lru_cache(maxsize=100)
def _insertion(name: str, table: type[SQLModel]) -> tuple[str, Callable[[Mapping[str, Any]], tuple[Any, ...]]]:
    """The INSERT of all columns of a table, and what puts the values of a row in their order.

    By name, SQLite would look each value up anew: a row of 14 took 4.7 us instead of 2.0.
    """
    columns = table.__table__.columns.keys()  # type: ignore[attr-defined]
    mark = "?" if name == "sqlite" else "%s"
    sql = f"INSERT INTO {table.__tablename__} ({', '.join(columns)}) VALUES ({', '.join([mark] * len(columns))})"
    several = itemgetter(*columns)
    return sql, several if len(columns) > 1 else lambda row: (several(row),)


def insert_many(connection: Any, name: str, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows, each with every column of the table; on PostgreSQL by COPY where that pays."""
    insert, values = _insertion(name, table)
    if name == "sqlite":
        connection.executemany(insert, map(values, rows))
        return
    with connection.cursor() as cursor:
        if len(rows) < FEW:
            cursor.executemany(insert, map(values, rows))
            return
        columns = table.__table__.columns.keys()  # type: ignore[attr-defined]
        into = SQL("COPY {} ({}) FROM STDIN").format(
            Identifier(str(table.__tablename__)), SQL(", ").join(map(Identifier, columns))
        )
        with cursor.copy(into) as copied:
            for row in map(values, rows):
                copied.write_row(row)


def by_key(name: str, table: str, alias: str, where: str, optional: bool = False) -> str:
    """A join that is a lookup for each row that stands before it, in this order, whatever the planner would rather do.

    Of a window of 5,000 rows PostgreSQL thinks that it pays to read a whole table of 100,000 for a hash. Where a sweep
    found a table empty, it takes it for empty until the next statistics, in whatever order the rest is joined: for each of
    262 links that were imported it read all pairs of 338 records, for four seconds.
    """
    if name == "sqlite":
        return f"{'LEFT' if optional else 'CROSS'} JOIN {table} {alias} ON {where}"
    looked_up = f"LATERAL (SELECT * FROM {table} {alias} WHERE {where} OFFSET 0) {alias} ON TRUE"
    return f"{'LEFT' if optional else 'INNER'} JOIN {looked_up}"


def greatest(name: str, parts: Sequence[str]) -> str:
    """SQL of the greatest of some values, none of which is null."""
    return f"{'max' if name == 'sqlite' else 'greatest'}({', '.join(parts)})"


def least(name: str, parts: Sequence[str]) -> str:
    """SQL of the least of some values, none of which is null."""
    return f"{'min' if name == 'sqlite' else 'least'}({', '.join(parts)})"


def once(name: str) -> str:
    """At the end of a subquery: its columns are worked out once for each row, not anew wherever they are named."""
    return " LIMIT -1 OFFSET 0" if name == "sqlite" else " OFFSET 0"


def fraction(name: str) -> str:
    """One as a double, for whole numbers to be divided: of 1.0 PostgreSQL makes decimals, and took a third more for a sum of shares."""
    return "1.0" if name == "sqlite" else "1.0::float8"


def month_of(name: str) -> str:
    """The month that a day `{0}` lies in, as the number year x 100 + month; days are counted from 0001-01-01, which is 0."""
    if name == "sqlite":  # to which a bare number is a Julian day
        return "cast(strftime('%Y%m', {0} + 1721425.5) AS INTEGER)"
    day = "date '0001-01-01' + ({0})::int"
    return f"(extract(year FROM {day}) * 100 + extract(month FROM {day}))::bigint"


def any_of(name: str, column: str, parameter: str) -> str:
    """That a column equals one of a list; see `listed` for the value to bind."""
    if name == "sqlite":
        return f"{column} IN (SELECT value FROM json_each(:{parameter}))"
    return f"{column} = ANY(:{parameter})"


def quoted(name: str, column: str) -> str:
    """A text or an integer as JSON, the same from either database: in a text quotes, backslashes and control characters
    alone are escaped.
    """
    return f"json_quote({column})" if name == "sqlite" else f"to_json({column})"


def character(name: str, one: bytes) -> str:
    """A control character."""
    return f"{'char' if name == 'sqlite' else 'chr'}({ord(one)})"


def bytes_of(name: str, text: str) -> str:
    """A text as bytes in UTF-8, which spares the driver to make text of it and Python to take it apart again."""
    return f"cast({text} AS BLOB)" if name == "sqlite" else f"convert_to({text}, 'UTF8')"


def joined(name: str, item: str, order: str) -> str:
    """The items of a group with commas between them, in order; null where there is none."""
    return f"{'group_concat' if name == 'sqlite' else 'string_agg'}({item}, ',' ORDER BY {order})"


def joined_list(name: str, item: str, table: str, where: str) -> str:
    """What asks for the items of a list with commas between them, by their positions; null where there is none. `l` is a row of its table.

    On SQLite the index of its key gives them in that order: to sort them again took a twelfth of what `verify` takes.
    """
    if name == "sqlite":
        return f"SELECT group_concat({item}, ',') FROM {table} l INDEXED BY sqlite_autoindex_{table}_1 WHERE {where}"
    return f"SELECT string_agg({item}, ',' ORDER BY l.position) FROM {table} l WHERE {where}"


def holds(name: str, column: str, parameter: str) -> str:
    """That a column of bytes, or of text, holds the bytes or the text bound as `parameter`."""
    return f"instr({column}, :{parameter}) > 0" if name == "sqlite" else f"position(:{parameter} IN {column}) > 0"


def listed(name: str, values: list[Any]) -> Any:
    """A list as the value of `any_of`."""
    if name == "sqlite":
        return json.dumps(values)
    return values


def table_of(name: str, columns: Sequence[str], parameter: str) -> str:
    """Rows of whole numbers, bound by `tabled`, as a table in FROM."""
    if name == "sqlite":
        named = ", ".join(f"value ->> {index} AS {column}" for index, column in enumerate(columns))
        return f"(SELECT {named} FROM json_each(:{parameter}))"
    bound = ", ".join(f":{parameter}_{column}::bigint[]" for column in columns)
    return f"(SELECT * FROM unnest({bound}) AS bound({', '.join(columns)}))"


def tabled(name: str, columns: Sequence[str], parameter: str, rows: Sequence[Sequence[int | None]]) -> dict[str, Any]:
    """The values of `table_of`."""
    if name == "sqlite":
        return {parameter: json.dumps(rows)}
    return {f"{parameter}_{column}": [row[index] for row in rows] for index, column in enumerate(columns)}


def given(name: str, table: str, columns: Sequence[str]) -> str:
    """The same as a table with a name, for behind WITH; the parameter has that name too."""
    return f"{table} AS MATERIALIZED {table_of(name, columns, table)}"
