"""Dismissals: pairs of records of which an editor says that they are two, so that they are not offered any more."""

from pydantic import Field as Member
from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from schemas.base import Big, Written
from schemas.fields import Text5000
from schemas.nouns import Versioned
from schemas.reactions import RecordRef
from schemas.timeline import Filter
from schemas.versions import Version, version_checks

_PAIR = ["01958f3e-7c00-7000-8000-000000000001", "01958f3e-7c00-7000-8000-000000000002"]


class Dismissal(SQLModel, table=True):
    """A dismissal's identity: two records, in the order in which they were entered."""

    __table_args__ = (
        UniqueConstraint("one_id", "other_id"),
        CheckConstraint("one_id < other_id", name="order"),
    )

    id: int = Field(primary_key=True, sa_type=Big)
    uid: str = Field(max_length=36, unique=True)
    one_id: int = Field(sa_type=Big, foreign_key="record.id")
    other_id: int = Field(sa_type=Big, foreign_key="record.id", index=True)


class DismissalVersion(Version, table=True):
    """What was recorded about it by one write."""

    __tablename__ = "dismissal_version"
    __table_args__ = (
        UniqueConstraint("dismissal_id", "version"),
        Index("ix_dismissal_version_current", "dismissal_id", unique=True,
              sqlite_where=sql("superseded_seq IS NULL"), postgresql_where=sql("superseded_seq IS NULL")),
        *version_checks(),
    )  # fmt: skip

    dismissal_id: int = Field(sa_type=Big, foreign_key="dismissal.id")
    note: str | None = Field(default=None, sa_type=Text)


class DismissalCreate(Written):
    """That two records are two."""

    records: list[RecordRef] = Member(
        min_length=2, max_length=2, description="Ids of the two records, or `external_source:external_id`; in any order.", examples=[_PAIR]
    )  # fmt: skip
    note: Text5000 | None = Member(
        default=None, description="How that is known.", examples=["Two calls on one day, by both readouts"]
    )


class DismissalRead(Versioned):
    """That two records are two."""

    id: str = Member(description="Its id, a UUIDv7.", examples=["01958f3e-7c00-7000-8000-000000000006"])
    records: list[str] = Member(
        description="Ids of the two records, in the order in which they were entered.", examples=[_PAIR]
    )
    note: str | None = Member(description="How that is known.", examples=["Two calls on one day, by both readouts"])


class DismissalFilter(Filter):
    """Which dismissals to list."""

    record: list[RecordRef] = Member(
        default=[], max_length=100, description="Id of either record, or `external_source:external_id`.", examples=[_PAIR[:1]]
    )  # fmt: skip
