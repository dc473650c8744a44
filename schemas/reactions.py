"""Reactions: typed links that say that one record answers another."""

from typing import Annotated

from pydantic import Field as Member
from pydantic import WithJsonSchema
from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from schemas.base import Big, Shown, Written, one_of
from schemas.citations import Citation, CitationRead
from schemas.fields import Confidence, Ref, Text450, Text5000
from schemas.links import LinkFilter, RecordEnd
from schemas.nouns import Noun, Versioned
from schemas.pages import AnyRecord
from schemas.timeline import Filter, Limit, MomentFilter, Whole
from schemas.versions import Version, version_checks
from schemas.vocabularies import ConfidenceLabel, ReactionType, Status

# The types whose answers are shown on the record they answer.
DERIVED = {
    ReactionType.RETRACTS: "retracted_by",
    ReactionType.DENIES: "denied_by",
    ReactionType.CLARIFIES: "clarified_by",
}

RecordRef = Text450


class Reaction(SQLModel, table=True):
    """A reaction's identity: what it links, as what, on which topic; none of it ever changes."""

    __table_args__ = (
        one_of("type", ReactionType),
        CheckConstraint("from_id <> to_id", name="self"),
        # Topic 0 stands for none: a null would let the same link be made twice.
        UniqueConstraint("from_id", "to_id", "type", "topic_key"),
        CheckConstraint("topic_key = coalesce(topic_id, 0)", name="topic_key"),
        Index("ix_reaction_type", "type", "to_id", "from_id"),
    )

    id: int = Field(primary_key=True, sa_type=Big)
    uid: str = Field(max_length=36, unique=True)
    from_id: int = Field(sa_type=Big, foreign_key="record.id")
    to_id: int = Field(sa_type=Big, foreign_key="record.id", index=True)
    type: str = Field(max_length=20)
    topic_id: int | None = Field(default=None, sa_type=Big, foreign_key="topic.id", index=True)
    topic_key: int = Field(sa_type=Big)


class ReactionVersion(Version, table=True):
    """What was recorded about the link by one write."""

    __tablename__ = "reaction_version"
    __table_args__ = (
        UniqueConstraint("reaction_id", "version"),
        Index("ix_reaction_version_current", "reaction_id", unique=True,
              sqlite_where=sql("superseded_seq IS NULL"), postgresql_where=sql("superseded_seq IS NULL")),
        CheckConstraint("confidence BETWEEN 0 AND 100", name="confidence"),
        *version_checks(),
    )  # fmt: skip

    reaction_id: int = Field(sa_type=Big, foreign_key="reaction.id")
    asserted_by_id: int | None = Field(default=None, sa_type=Big, foreign_key="actor.id", index=True)
    confidence: int | None = None
    confidence_given: str = Field(sa_type=Text)
    citations: str = Field(sa_type=Text)  # JSON list; each source also in reaction_source
    note: str | None = Field(default=None, sa_type=Text)


class ReactionSource(SQLModel, table=True):
    """The sources that a reaction version cites, so that one in use can't be deleted."""

    __tablename__ = "reaction_source"

    seq: int = Field(primary_key=True, sa_type=Big, foreign_key="reaction_version.seq")
    source_id: int = Field(primary_key=True, sa_type=Big, foreign_key="source.id", index=True)


class ReactionAmend(Written):
    """What may change about a reaction; what it links never does."""

    asserted_by: Ref | None = Member(
        default=None, description="Who says that it is an answer; null: the coder.", examples=["state-department"]
    )
    confidence: Confidence = Member(
        default=None, validate_default=True, description="That it is an answer of this type, 0–100.", examples=["high"]
    )
    citations: list[Citation] = Member(default=[], max_length=50, description="Where that is said.", examples=[[]])
    note: Text5000 | None = Member(
        default=None, description="Why it is coded so.", examples=["Names the proposal in its first line"]
    )


class ReactionCreate(ReactionAmend):
    """That one record answers another."""

    from_: RecordRef = Member(
        alias="from",
        description="Id of the record that answers, or `external_source:external_id`.",
        examples=["01958f3e-7c00-7000-8000-000000000002"],
    )
    to: RecordRef = Member(
        description="Id of the record that is answered, or `external_source:external_id`.",
        examples=["01958f3e-7c00-7000-8000-000000000001"],
    )
    type: ReactionType = Member(description="What the answer does to it.", examples=["conditions"])
    topic: Ref | None = Member(
        default=None, description="The topic that the answer is about.", examples=["truce-in-principle"]
    )


class ReactionRead(Versioned):
    """A typed link: this record answers that one."""

    id: str = Member(description="Its id, a UUIDv7.", examples=["01958f3e-7c00-7000-8000-000000000003"])
    from_: str = Member(
        alias="from", description="Id of the record that answers.", examples=["01958f3e-7c00-7000-8000-000000000002"]
    )
    to: str = Member(
        description="Id of the record that is answered.", examples=["01958f3e-7c00-7000-8000-000000000001"]
    )
    type: ReactionType = Member(description="What the answer does to it.", examples=["conditions"])
    topic: Noun | None = Member(description="The topic that it is about.", examples=[None])
    asserted_by: Noun | None = Member(description="Who says that it is an answer; null: the coder.", examples=[None])
    confidence: int | None = Member(description="That it is an answer of this type, 0–100 (STIX 2.1).", examples=[85])
    confidence_label: ConfidenceLabel | None = Member(description="The same in words.", examples=["high"])
    confidence_given: dict[str, str | int | None] = Member(
        description="What was given, with its scale.", examples=[{"value": "high", "scale": "none-low-med-high"}]
    )
    citations: list[CitationRead] = Member(description="Where that is said.", examples=[[]])
    note: str | None = Member(description="Why it is coded so.", examples=[None])


class ThreadItem(Shown):
    """One record of a thread and how far it stands from the first."""

    depth: int = Member(
        description="0: the record asked for; below 0: what it answers; above 0: what answers it.", examples=[1]
    )
    record: AnyRecord = Member(description="The record.")


class Thread(Shown):
    """The chain of answers around one record, both ways."""

    items: list[ThreadItem] = Member(description="The records, by depth and then in the timeline's order.")
    reactions: list[ReactionRead] = Member(description="The links between them.")
    truncated: bool = Member(description="Whether `limit` or `depth` cut the thread.", examples=[False])


class ReactionFilter(LinkFilter, Filter):
    """Which reactions to list."""

    record: list[RecordRef] = Member(
        default=[],
        max_length=100,
        description="Id of a record that answers or is answered.",
        examples=[["01958f3e-7c00-7000-8000-000000000001"]],
    )
    status: list[Status] = Member(
        default=[], description="Editorial status of both records; any that may be seen when not given.",
        examples=[["published"]],
    )  # fmt: skip


class ReactionItem(ReactionRead):
    """A link in a list, with both ends in short and the time between them."""

    from_record: RecordEnd = Member(description="The record that answers.")
    to_record: RecordEnd = Member(description="The record that is answered.")
    lag_days_min: int = Member(
        description="From what is answered to the answer: at least so many calendar days (UTC).", examples=[1]
    )
    lag_days_max: int | None = Member(
        description="At most so many calendar days, by the bounds of inexact dates; null: a date has an open end.", examples=[1]
    )  # fmt: skip
    lag_hours: float | None = Member(
        description="Hours between them, where both dates are instants; else null.", examples=[None]
    )


Depth = Annotated[Whole, Member(ge=1, le=1000), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 1000})]


class ThreadFilter(MomentFilter):
    """How far a thread is followed."""

    depth: Depth = Member(default=1000, description="How many steps to follow, each way.", examples=[10])
    limit: Limit = Member(default=200, description="How many records at most; the nearest are kept.", examples=[200])
