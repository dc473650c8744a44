"""The two handles that every store function takes: one view of the store to read, one transaction to write."""

from collections.abc import Mapping, Sequence
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
            sql = dialects.insert_into(self.dialect, table)
            if self.dialect == "sqlite":
                self.connection.executemany(sql, rows)
            else:
                with self.connection.cursor() as cursor:
                    cursor.executemany(sql, rows)

    def run(self, sql: str, values: Mapping[str, Any]) -> int:
        """Change rows; answers how many."""
        return int(self.connection.execute(dialects.spoken(self.dialect, sql), values).rowcount)

    def next_id(self, table: str) -> int:
        """The next integer id of an identity; safe because the writers' lock is held."""
        row = self.row(f"SELECT coalesce(max(id), 0) + 1 FROM {table}")
        assert row is not None
        return int(row[0])
