"""`copy`: all of one database into another, empty one, of either kind; and `restore`, which takes a backup for the first."""

from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import count
from pathlib import Path
from typing import NamedTuple

import psycopg
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Table

from api.commands import failures, output, verify
from api.commands.failures import Failure
from api.commands.files import whole
from api.commands.migrate import migrate, path
from api.commands.progress import Progress
from api.commands.verify import Verdict
from api.database import Database, reading_file
from api.settings import Settings
from api.store import copies, dialects, keys, migrations, sqlite_files
from api.store.sessions import Reading, Writing

# What a database says of rows that its schema does not allow.
_REFUSED = (sqlite.IntegrityError, sqlite.DataError, psycopg.IntegrityError, psycopg.DataError)

STEP = 1_000  # rows from one word about them to the next


class Place(NamedTuple):
    """A database, and what it is called where the command was typed."""

    url: str
    named: str

    @property
    def shown(self) -> str:
        """Where it is, without a password."""
        return dialects.masked(self.url)

    @property
    def file(self) -> Path | None:
        """Its file; None on PostgreSQL."""
        return dialects.file_of(self.url)

    def settings(self, given: Settings) -> Settings:
        """The settings of a service on it."""
        return given.model_copy(update={"database_url": self.url})


def at(file: Path, named: str) -> Place:
    """The database in a file. Raises Failure."""
    if "?" in str(file):
        raise Failure(f"{file} can't be the file of a database: name one without a question mark.")
    return Place(f"sqlite:///{file}", named)


@contextmanager
def opened(source: Place, given: Settings, of_any_version: bool = False) -> Iterator[Reading]:
    """What is to be copied, at one moment; nothing of it is changed. Raises Failure."""
    if source.file and not source.file.is_file():
        raise Failure(f"There is no file {source.file}: correct {source.named}.")
    with ExitStack() as held:
        with failures.told(source.url, source.named):
            if source.file:
                reading = held.enter_context(reading_file(source.file))
            else:
                database = held.enter_context(closing(Database(source.settings(given))))
                reading = held.enter_context(database.reading())
            _expect_ours(reading, source, of_any_version)
        yield reading


def _expect_ours(reading: Reading, source: Place, of_any_version: bool) -> None:
    revision = migrations.revision(reading)
    if revision is None:
        raise Failure(f"{source.shown} holds no data of Demarche: correct {source.named}.")
    if revision not in path():
        raise Failure(
            f"{source.shown} stands at revision {revision}, which this version does not know: use the newer version that made it."
        )
    if revision != path()[-1] and not of_any_version:
        raise Failure(
            f"{source.shown} stands at revision {revision}, this version at {path()[-1]}: run `demarche migrate` on it, or on a copy, first."
        )


def fill(reading: Reading, source: Place, target: Place, given: Settings) -> dict[str, int]:
    """Copy every row into an empty database, all of it or nothing; answers how many rows each table has. Raises Failure."""
    if target.file is None or target.file.exists():
        return _fill(reading, source, target, given)
    failures.make_folder(target.url)
    with whole(target.file) as part:
        return fill_file(reading, source, part, given)


def fill_file(reading: Reading, source: Place, file: Path, given: Settings) -> dict[str, int]:
    """The same into an empty file, which then needs no journal beside it."""
    copied = _fill(reading, source, at(file, "FILE"), given)
    sqlite_files.settle(file)
    return copied


def _fill(reading: Reading, source: Place, target: Place, given: Settings) -> dict[str, int]:
    with failures.told(source.url, source.named):
        expected = copies.counts(reading)
    with failures.told(target.url, target.named), closing(Database(target.settings(given))) as database:
        with database.reading() as looking:
            if migrations.revision(looking) is not None:
                _expect_empty(looking, target)
        migrate(target.url)
        with database.filling(keys.SYSTEM) as writing:
            _expect_empty(writing, target)
            _pour(reading, source, writing, sum(expected.values()))
            found = copies.counts(writing)
            if found != expected:
                raise Failure(f"Not every row arrived ({found}, not {expected}): nothing was kept; please report that.")
        with database.connection() as connection:
            for statement in dialects.after_copy(database.dialect):
                connection.execute(statement)
    return found


def _expect_empty(reading: Reading, target: Place) -> None:
    if migrations.revision(reading) != path()[-1]:
        raise Failure(
            f"{target.shown} stands at another revision of the schema: correct {target.named}, or migrate it first."
        )
    if not copies.is_empty(reading):
        raise Failure(
            f"{target.shown} holds data already, and only an empty database takes a copy: correct {target.named}."
        )


def _pour(reading: Reading, source: Place, writing: Writing, total: int) -> None:
    try:
        stripped = copies.strip(writing)
        with Progress("Rows", total) as progress:
            counted = count(1)
            for table in copies.tables():
                with closing(_read(reading, source, table, counted, progress)) as rows:
                    copies.add(writing, table, rows)
        with Progress("Indexes", len(stripped)) as progress:
            for number, statement in enumerate(stripped, 1):
                copies.make_again(writing, statement)
                progress(number)
    except _REFUSED as error:
        raise _unfit(source, error) from error


def _read(
    reading: Reading, source: Place, table: Table, counted: Iterator[int], progress: Progress
) -> Generator[copies.Row]:
    try:
        with failures.told(source.url, source.named), closing(copies.rows(reading, table)) as rows:
            for row in rows:
                yield row
                done = next(counted)
                if done % STEP == 0:
                    progress(done)
    except dialects.FAILURES as error:
        raise _unfit(source, error) from error


def _unfit(source: Place, error: Exception) -> Failure:
    said = " ".join(str(error).split())
    return Failure(
        f"{source.shown} holds what its schema does not allow ({said}): see what `demarche verify` finds in it."
    )


def run(settings: Settings, source: Place, target: Place, verifies: bool, as_json: bool) -> int:
    """The verb; answers 1 where what was copied is not as it was entered, which the copy then shows as well. Raises Failure."""
    for one in (source, target):
        failures.check_address(one.url, one.named)
    with opened(source, settings) as reading:
        rows = fill(reading, source, target, settings)
    found: Verdict | None = None
    if verifies:
        with failures.told(target.url, target.named), closing(Database(target.settings(settings))) as database:
            found = verify.look(database, target.settings(settings))
    told = [f"Copied: {sum(rows.values()):,} rows of {len(rows)} tables, from {source.shown} to {target.shown}."]
    if found:
        verify.complain(found)
        told.append(verify.in_a_line(found))
    document = {"from": source.shown, "to": target.shown, "rows": rows, "verified": found and found.document}
    output.tell(as_json, document, told)
    return 1 if found and found.faults else 0


def restore(settings: Settings, file: Path, verifies: bool, as_json: bool) -> int:
    """The verb `restore`: a backup, which is looked through first, into the database of the environment. Raises Failure."""
    source = at(file, "FILE")
    with (
        opened(source, settings) as reading,
        failures.told(source.url, source.named),
        Progress("Looking through the backup"),
    ):
        faults = sqlite_files.faults(reading.connection)
    if faults:
        raise Failure(f"{file} is damaged ({'; '.join(faults)}): take another backup.")
    return run(settings, source, Place(settings.database_url, "DATABASE_URL"), verifies, as_json)
