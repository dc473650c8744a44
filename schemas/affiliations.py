"""Affiliations: dated memberships and roles, person → office → state → bloc."""

from pydantic import Field as Member
from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from schemas.base import Big, Written
from schemas.fields import Edtf, Ref, Text200, Text5000
from schemas.nouns import Noun, Versioned
from schemas.timeline import Filter
from schemas.versions import Version, version_checks


class Affiliation(SQLModel, table=True):
    """An affiliation's identity."""

    id: int = Field(primary_key=True, sa_type=Big)
    uid: str = Field(max_length=36, unique=True)
    member_id: int = Field(sa_type=Big, foreign_key="actor.id", index=True)


class AffiliationVersion(Version, table=True):
    """That one actor belonged to another from one date to another, as recorded by one write."""

    __tablename__ = "affiliation_version"
    __table_args__ = (
        UniqueConstraint("affiliation_id", "version"),
        Index("ix_affiliation_version_current", "affiliation_id", unique=True,
              sqlite_where=sql("superseded_seq IS NULL"), postgresql_where=sql("superseded_seq IS NULL")),
        Index("ix_affiliation_version_member", "member_id"),
        Index("ix_affiliation_version_group", "group_id"),
        CheckConstraint("member_id <> group_id", name="circle"),
        CheckConstraint("earliest <= latest", name="dates"),
        *version_checks(),
    )  # fmt: skip

    affiliation_id: int = Field(sa_type=Big, foreign_key="affiliation.id")
    member_id: int = Field(sa_type=Big, foreign_key="actor.id")
    group_id: int = Field(sa_type=Big, foreign_key="actor.id")
    role: str | None = Field(default=None, max_length=200)
    dates: str = Field(max_length=100)
    earliest: int = Field(sa_type=Big)
    latest: int = Field(sa_type=Big)
    note: str | None = Field(default=None, sa_type=Text)


class AffiliationCreate(Written):
    """That this actor belongs, or belonged, to another one."""

    group: Ref = Member(description="What it belongs to: an office, a state, an alliance, a bloc.", examples=["russia"])
    role: Text200 | None = Member(default=None, description="As what it belongs, in words.", examples=["president"])
    dates: Edtf = Member(
        description="EDTF interval in which it holds; `..` for an open end.", examples=["2012-05-07/.."]
    )
    note: Text5000 | None = Member(
        default=None, description="What a reader should know about it.", examples=["Re-elected in 2018 and 2024"]
    )


class AffiliationRead(Versioned):
    """A dated membership or role."""

    id: str = Member(description="Its id, a UUIDv7.", examples=["01958f3e-7c00-7000-8000-000000000001"])
    actor: Noun = Member(description="Who belongs.", examples=[{"slug": "vladimir-putin", "name": "Vladimir Putin"}])
    group: Noun = Member(description="What it belongs to.", examples=[{"slug": "kremlin", "name": "The Kremlin"}])
    role: str | None = Member(description="As what it belongs.", examples=["president"])
    dates: str = Member(description="EDTF interval in which it holds.", examples=["2012-05-07/.."])
    date_earliest: str | None = Member(description="Its first day; null when open.", examples=["2012-05-07"])
    date_latest: str | None = Member(description="Its last day; null when open.", examples=[None])
    note: str | None = Member(description="What a reader should know about it.", examples=[None])


class AffiliationFilter(Filter):
    """Which affiliations of an actor to list."""

    side: str = Member(
        default="any", pattern="^(member|group|any)$",
        description="member: what the actor belongs to; group: who belongs to it; any: both.", examples=["member"],
    )  # fmt: skip
