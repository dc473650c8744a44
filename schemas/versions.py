"""Tables of the append-only store: the one sequence of writes, and the columns that every version has."""

from sqlalchemy import CheckConstraint, LargeBinary, Text
from sqlmodel import Field, SQLModel

from schemas.base import Big


class Revision(SQLModel, table=True):
    """One version written: its place in the one order of writes, when, by whom and why."""

    seq: int = Field(primary_key=True, sa_type=Big)
    recorded_at: int = Field(sa_type=Big, unique=True)  # microseconds since 1970, strictly increasing with seq
    recorded_by: int = Field(sa_type=Big, foreign_key="api_key.id")
    change_note: str | None = Field(default=None, sa_type=Text)
    restored_from: int | None = None  # the version of the same thing whose content was taken up again


class Version(SQLModel):
    """What every version has; `superseded_seq` is the revision that replaced it, null while it is current."""

    seq: int = Field(primary_key=True, sa_type=Big, foreign_key="revision.seq")
    version: int
    superseded_seq: int | None = Field(default=None, sa_type=Big, foreign_key="revision.seq")
    is_deleted: int = 0


def version_checks() -> tuple[CheckConstraint, ...]:
    """A version counts from 1, is replaced only by a later write, and is a tombstone or is not."""
    return (
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("superseded_seq > seq", name="superseded"),
        CheckConstraint("is_deleted IN (0, 1)", name="is_deleted"),
    )


class Horizon(SQLModel, table=True):
    """The latest instant that an as-of answer was given for: whatever is written later is recorded after it.

    One row. Without it, a writer still under way, or a clock set back, could add to an answer that was given already.
    """

    __table_args__ = (CheckConstraint("id = 1", name="id"),)

    id: int = Field(default=1, primary_key=True, sa_type=Big, sa_column_kwargs={"autoincrement": False})
    instant: int = Field(sa_type=Big)  # microseconds since 1970


class Replay(SQLModel, table=True):
    """The answer to a POST that carried an Idempotency-Key, kept 24 hours in the write's own transaction."""

    __table_args__ = ({"sqlite_with_rowid": False},)

    key_id: int = Field(primary_key=True, sa_type=Big, foreign_key="api_key.id")
    method: str = Field(primary_key=True, max_length=10)
    path: str = Field(primary_key=True, max_length=500)
    idempotency_key: str = Field(primary_key=True, max_length=255)
    body_hash: str = Field(max_length=64)
    status: int
    headers: str = Field(sa_type=Text)
    body: bytes = Field(sa_type=LargeBinary)
    recorded_at: int = Field(sa_type=Big, index=True)
