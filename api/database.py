"""The one place where transactions begin and end: reads see one moment, writes are committed before they are answered."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import anyio
import anyio.to_thread
from sqlalchemy import exc

from api.errors import Problem
from api.settings import Settings
from api.store import dialects, fingerprints, sqlite_files
from api.store.sessions import Gathering, Reading, Writer, Writing

P = ParamSpec("P")
T = TypeVar("T")


class Database:
    """The connections of one process.

    Writers anywhere wait for one lock, so one thread per process writes, in the order of arrival. On SQLite a read
    that an index bounds runs on the event loop (a thread hop costs as much as the query); any other in a thread.
    """

    def __init__(self, settings: Settings) -> None:
        self.url = settings.database_url
        self.dialect = "sqlite" if dialects.is_sqlite(self.url) else "postgresql"
        self.engine = dialects.open_engine(self.url, settings.pool_size + 2, settings.busy_seconds)
        self._readers = anyio.CapacityLimiter(settings.pool_size)
        self._writers = anyio.CapacityLimiter(1)
        self._write_lock = threading.Lock()
        self._inline: Any = None
        self._patience = settings.busy_seconds
        self.on_write: Callable[[], object] | None = None

    def describe(self) -> str:
        """Where the data is, without a password."""
        return dialects.masked(self.url)

    def close(self) -> None:
        """Close every connection."""
        if self._inline is not None:
            self._inline.close()
            self._inline = None
        self.engine.dispose()

    @contextmanager
    def connection(self) -> Iterator[Any]:
        """A raw connection out of the pool, in autocommit."""
        proxy = self.engine.raw_connection()
        try:
            yield proxy.driver_connection
        finally:
            proxy.close()

    @contextmanager
    def reading(self, viewer: Writer | None = None) -> Iterator[Reading]:
        """One consistent view of the store."""
        with self.connection() as connection, self._transaction(connection, write=False):
            yield Reading(connection, self.dialect, viewer)

    @contextmanager
    def writing(self, writer: Writer) -> Iterator[Writing]:
        """The write transaction: all of it or nothing; it has been committed when the block has been left.

        Every version leaves it with its fingerprint, whoever wrote it.
        """
        with self._write_lock, self.connection() as connection, self._transaction(connection, write=True):
            opened = Writing(connection, self.dialect, writer)
            yield opened
            fingerprints.write(opened)

    @contextmanager
    def gathering(self, writer: Writer) -> Iterator[Gathering]:
        """The write transaction for many things at once; it has been committed when the block has been left."""
        with self._write_lock, self.connection() as connection, self._transaction(connection, write=True):
            opened = Gathering(connection, self.dialect, writer)
            yield opened
            opened.flush()
            fingerprints.write(opened)
            opened.flush()

    @contextmanager
    def filling(self, writer: Writer) -> Iterator[Writing]:
        """The write transaction of a copy: what it takes in has the fingerprints that it came with, and gets no others."""
        with self._write_lock, self.connection() as connection, self._transaction(connection, write=True):
            yield Writing(connection, self.dialect, writer)

    def fingerprint(self, writer: Writer, most: int) -> int:
        """Give the versions of so many revisions that an earlier release wrote their fingerprints; answers how many are left."""
        with self._write_lock, self.connection() as connection, self._transaction(connection, write=True):
            return fingerprints.write(Writing(connection, self.dialect, writer), most)

    @contextmanager
    def _transaction(self, connection: Any, write: bool) -> Iterator[None]:
        execute = connection.execute
        try:
            for statement in dialects.begin(self.dialect, write, self._patience):
                execute(statement)
            yield
            execute("COMMIT")
        except BaseException:
            # After a failed BEGIN or COMMIT there may be no transaction left to roll back.
            with suppress(Exception):
                connection.rollback()
            raise

    async def read(
        self, viewer: Writer | None, ask: Callable[Concatenate[Reading, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Put a question whose cost is not bounded by an index: in a thread."""

        def run() -> T:
            with self.reading(viewer) as reading:
                return ask(reading, *args, **kwargs)

        with _available():
            return await anyio.to_thread.run_sync(run, limiter=self._readers)

    async def read_fast(
        self, viewer: Writer | None, ask: Callable[Concatenate[Reading, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Put a question that an index bounds: on SQLite on the event loop itself."""
        if self.dialect != "sqlite":
            return await self.read(viewer, ask, *args, **kwargs)
        with _available():
            if self._inline is None:
                self._inline = self.engine.raw_connection()
            connection = self._inline.driver_connection
            with self._transaction(connection, write=False):
                return ask(Reading(connection, self.dialect, viewer), *args, **kwargs)

    async def write(
        self, writer: Writer, change: Callable[Concatenate[Writing, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Make a change; when this returns, it has been committed."""

        def run() -> T:
            with self.writing(writer) as writing:
                return change(writing, *args, **kwargs)

        with _available():
            made = await anyio.to_thread.run_sync(run, limiter=self._writers)
        if self.on_write:
            self.on_write()
        return made

    async def scrub(self) -> None:
        """Take what was erased out of the files too, as far as nobody reads in them: the rest goes when it is written over."""

        def run() -> None:
            with suppress(*dialects.FAILURES), self.connection() as connection:
                for statement in dialects.scrub(self.dialect):
                    connection.execute(statement)

        await anyio.to_thread.run_sync(run, limiter=self._readers)


@contextmanager
def reading_file(file: Path) -> Iterator[Reading]:
    """One consistent view of an SQLite file, of which nothing is changed."""
    with closing(sqlite_files.open_unchanged(file)) as connection:
        connection.execute("BEGIN")
        yield Reading(connection, "sqlite")


@contextmanager
def _available() -> Iterator[None]:
    """A database that does not answer is no bug of the request: 503, never 2xx."""
    try:
        yield
    except (exc.OperationalError, exc.TimeoutError, exc.InterfaceError, *dialects.FAILURES) as error:
        if not dialects.is_outage(error):
            raise
        detail = "Another writer holds the database." if "lock" in str(error) else "The database does not answer."
        raise Problem(
            "unavailable", f"{detail} Nothing was acknowledged; try again.", headers={"Retry-After": "2"}
        ) from error
