"""The two handles that every store function takes: one view of the store to read, one transaction to write."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlmodel import SQLModel

from api.store import dialects
from schemas.versions import Revision
from schemas.vocabularies import KeyRole


@dataclass(frozen=True, slots=True)
class Writer:
    """The key that asks, or a writer inside the service."""

    id: int
    name: str
    role: KeyRole


class Reading:
    """One consistent view of the store: plain SQL with `:name` for values, rows as tuples.

    With `at`, the number of a revision, it is the store as that revision left it: `superseded_seq IS NULL` in any
    question then means what was current at that time.
    """

    def __init__(self, connection: Any, dialect: str, viewer: Writer | None = None) -> None:
        self.connection = connection
        self.dialect = dialect
        self.viewer = viewer
        self.at: int | None = None

    def rows(self, sql: str, values: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        spoken = dialects.spoken(self.dialect, sql, self.at is not None)
        given = values or {}
        if self.at is not None:
            given = {**given, "at": self.at}
        if self.dialect == "sqlite":
            return list(self.connection.execute(spoken, given))
        return list(self.connection.execute(spoken, given, binary=True).fetchall())

    def row(self, sql: str, values: Mapping[str, Any] | None = None) -> tuple[Any, ...] | None:
        """The first row, or None."""
        rows = self.rows(sql, values)
        return rows[0] if rows else None

    def any_of(self, column: str, parameter: str) -> str:
        """SQL that a column equals one of the list bound as `parameter`; bind what `listed` gives."""
        return dialects.any_of(self.dialect, column, parameter)

    def listed(self, values: Sequence[Any]) -> Any:
        """A list as a value for `any_of`."""
        return dialects.listed(self.dialect, list(values))

    def clock(self) -> int:
        """The database's clock, in microseconds since 1970."""
        row = self.row(dialects.clock(self.dialect))
        assert row is not None
        return int(row[0])

    @property
    def sees_drafts(self) -> bool:
        """Whether the one who asks sees everybody's drafts."""
        return self.viewer is not None and self.viewer.role in (KeyRole.EDITOR, KeyRole.ADMIN)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A place in the one order of writes, and the instant in microseconds."""

    seq: int
    recorded_at: int


class Writing(Reading):
    """The one write transaction: it holds the writers' lock from before its first read until the commit."""

    def __init__(self, connection: Any, dialect: str, writer: Writer) -> None:
        super().__init__(connection, dialect, writer)
        self.writer = writer
        self._last: Stamp | None = None
        self._floor = 0

    def now(self) -> int:
        """The instant of the next revision: the database's clock, but always after the last revision and the horizon."""
        if self._last is None:
            self._last = Stamp(*(self.row("SELECT seq, recorded_at FROM revision ORDER BY seq DESC LIMIT 1") or (0, 0)))
            self._floor = int((self.row("SELECT max(instant) FROM horizon") or (0,))[0] or 0)
        return max(self.clock(), self._last.recorded_at + 1, self._floor + 1)

    def draw(self, change_note: str | None, restored_from: int | None = None) -> Stamp:
        """The next revision: `seq` without gaps, `recorded_at` the database's clock, but never before the last one."""
        recorded_at = self.now()
        assert self._last is not None
        self._last = Stamp(self._last.seq + 1, recorded_at)
        self.insert(
            Revision,
            [
                {
                    "seq": self._last.seq,
                    "recorded_at": self._last.recorded_at,
                    "recorded_by": self.writer.id,
                    "change_note": change_note,
                    "restored_from": restored_from,
                }
            ],
        )
        return self._last

    def insert(self, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows; each has every column of the table."""
        if rows:
            dialects.insert_many(self.connection, self.dialect, table, rows)

    def run(self, sql: str, values: Mapping[str, Any]) -> int:
        """Change rows; answers how many."""
        return int(self.connection.execute(dialects.spoken(self.dialect, sql), values).rowcount)

    def next_id(self, table: str) -> int:
        """The next integer id of an identity; safe because the writers' lock is held."""
        row = self.row(f"SELECT coalesce(max(id), 0) + 1 FROM {table}")
        assert row is not None
        return int(row[0])


class Gathering(Writing):
    """A write transaction of many things: rows are kept, and written table by table ahead of the next question.

    The clock is read once for all revisions between two questions; they stand a microsecond apart.
    """

    def __init__(self, connection: Any, dialect: str, writer: Writer) -> None:
        super().__init__(connection, dialect, writer)
        self._kept: dict[type[SQLModel], list[Mapping[str, Any]]] = {}
        self._next: dict[str, int] = {}
        self._clock: int | None = None

    @property
    def last_seq(self) -> int:
        """The revision that was drawn last, here or before."""
        if self._last is None:
            self.now()
        assert self._last is not None
        return self._last.seq

    def clock(self) -> int:
        """The database's clock, as it was when it was last asked something."""
        if self._clock is None:
            self._clock = super().clock()
        return self._clock

    def rows(self, sql: str, values: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        self.flush()
        return super().rows(sql, values)

    def run(self, sql: str, values: Mapping[str, Any]) -> int:
        """Change rows; answers how many."""
        self.flush()
        return super().run(sql, values)

    def insert(self, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
        """Keep rows until the next question."""
        if rows:
            self._kept.setdefault(table, []).extend(rows)

    def next_id(self, table: str) -> int:
        """The next integer id of an identity: counted on from the last one, as nobody else draws any."""
        if table not in self._next:
            self._next[table] = super().next_id(table)
        self._next[table] += 1
        return self._next[table] - 1

    def flush(self) -> None:
        """Write what was kept, each table after those that it refers to."""
        if not self._kept:
            return
        kept, self._kept = self._kept, {}
        names = {str(table.__tablename__): table for table in kept}
        for table in SQLModel.metadata.sorted_tables:
            if table.name in names:
                dialects.insert_many(self.connection, self.dialect, names[table.name], kept[names[table.name]])
        self._clock = None

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A part that leaves nothing behind if it raises."""
        self.flush()
        before = self._last, dict(self._next)
        self.connection.execute("SAVEPOINT attempt")
        try:
            yield
            self.flush()
        except BaseException:
            self._kept = {}
            self._last, self._next = before
            self.connection.execute("ROLLBACK TO SAVEPOINT attempt")
            raise
        finally:
            self.connection.execute("RELEASE SAVEPOINT attempt")
