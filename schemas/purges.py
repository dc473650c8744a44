"""Purges: content erased for good, for the law's sake; that it was done, when, by whom and why is kept."""

from typing import Annotated

from pydantic import Field as Member
from pydantic import StrictInt
from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from schemas.base import Big, Shape, Shown
from schemas.fields import Text1000
from schemas.versions import Version, version_checks


class Purge(SQLModel, table=True):
    """A purge's identity."""

    id: int = Field(primary_key=True, sa_type=Big)


class PurgeVersion(Version, table=True):
    """That versions of one thing were erased; it is written once, and stands in the order of all that was written.

    `thing` names the table of identities and `thing_id` a row of it; no key can point to seven tables.
    """

    __tablename__ = "purge_version"
    __table_args__ = (UniqueConstraint("purge_id", "version"), *version_checks())

    purge_id: int = Field(sa_type=Big, foreign_key="purge.id")
    thing: str = Field(max_length=20)
    thing_id: int = Field(sa_type=Big)
    is_whole: int


class PurgedVersion(SQLModel, table=True):
    """One version whose content was erased. It counts as deleted since, so that no list of any moment shows it."""

    __tablename__ = "purged_version"

    seq: int = Field(primary_key=True, sa_type=Big, foreign_key="purge_version.seq")
    position: int = Field(primary_key=True)
    erased_seq: int = Field(sa_type=Big, foreign_key="revision.seq", unique=True)
    was_deleted: int


class PurgeCreate(Shape):
    """What is to be erased, and why."""

    path: Text1000 = Member(
        description="The address of the statement, event, reaction, actor, affiliation, source, topic, coding, dismissal, snapshot or import.",
        examples=["/v1/statements/01958f3e-7c00-7000-8000-000000000001"],
    )
    reason: Text1000 = Member(
        description="Why, for everybody to read: it must not repeat what is erased.",
        examples=["Request of a private person, 2026/17"],
    )
    versions: list[Annotated[StrictInt, Member(ge=1, le=10**9)]] | None = Member(
        default=None, min_length=1, max_length=1000,
        description="Only these versions, none of which stands; all of them when not given, of what was deleted before.",
        examples=[[2, 3]],
    )  # fmt: skip


class PurgeRead(Shown):
    """What was erased."""

    path: str = Member(
        description="The address since then: a slug is erased too.",
        examples=["/v1/statements/01958f3e-7c00-7000-8000-000000000001"],
    )
    versions: list[int] = Member(
        description="The versions erased, with the tombstones that repeated them.", examples=[[1, 2, 3]]
    )
    reactions: int = Member(description="How many reactions at it were erased whole.", examples=[1])
    affiliations: int = Member(description="How many affiliations of it were erased whole.", examples=[0])
    codings: int = Member(description="How many codings of it were erased whole.", examples=[0])
    dismissals: int = Member(description="How many dismissals of it were erased whole.", examples=[0])
    snapshots: int = Member(description="How many snapshots that showed any of it were erased.", examples=[1])
    rejects: int = Member(description="How many rejected rows of an import were erased.", examples=[0])
    purged_at: str = Member(description="When.", examples=["2025-04-01T10:00:00Z"])
    purged_by: str = Member(description="The name of the key that did it.", examples=["data-protection"])
    reason: str = Member(description="Why.", examples=["Request of a private person, 2026/17"])
