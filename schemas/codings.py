"""Codings: how one coder reads the stances of a statement, kept beside what is published."""

from typing import Annotated, Literal

from pydantic import AfterValidator, StringConstraints
from pydantic import Field as Member
from sqlalchemy import Index, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from schemas.base import Big, Shape, Shown, Written, one_of
from schemas.fields import Ref, Text5000
from schemas.nouns import Noun, Versioned
from schemas.parts import topics_once
from schemas.timeline import Filter, MomentFilter
from schemas.versions import Version, version_checks
from schemas.vocabularies import CodingCertainty, ConditionType, Stance

CODER = r"^[a-z0-9-]{1,60}$"
Coder = Annotated[str, StringConstraints(max_length=60)]
MOST_CODERS = 100  # of one statement: its codings are answered in one piece


class Coding(SQLModel, table=True):
    """A coding's identity: one coder of one statement."""

    __table_args__ = (UniqueConstraint("record_id", "coder"),)

    id: int = Field(primary_key=True, sa_type=Big)
    uid: str = Field(max_length=36, unique=True)
    record_id: int = Field(sa_type=Big, foreign_key="record.id")
    coder: str = Field(max_length=60)


class CodingVersion(Version, table=True):
    """A coding as it was from one write to the next; all that it says is in its stances."""

    __tablename__ = "coding_version"
    __table_args__ = (
        UniqueConstraint("coding_id", "version"),
        Index("ix_coding_version_current", "coding_id", unique=True,
              sqlite_where=sql("superseded_seq IS NULL"), postgresql_where=sql("superseded_seq IS NULL")),
        *version_checks(),
    )  # fmt: skip

    coding_id: int = Field(sa_type=Big, foreign_key="coding.id")


class CodingStance(SQLModel, table=True):
    """The stance that a coder reads on one topic, in the order given; a topic only once."""

    __tablename__ = "coding_stance"
    __table_args__ = (
        UniqueConstraint("seq", "topic_id"),
        one_of("stance", Stance), one_of("condition_type", ConditionType), one_of("coding_certainty", CodingCertainty),
    )  # fmt: skip

    seq: int = Field(primary_key=True, sa_type=Big, foreign_key="coding_version.seq")
    position: int = Field(primary_key=True)
    topic_id: int = Field(sa_type=Big, foreign_key="topic.id", index=True)
    stance: str = Field(max_length=20)
    condition_type: str = Field(max_length=20)
    coding_certainty: str | None = Field(default=None, max_length=10)
    rationale: str | None = Field(default=None, sa_type=Text)


class CodedStance(Shape):
    """How the coder reads the stance on one topic's proposition as worded."""

    topic: Ref = Member(description="The topic.", examples=["truce-in-principle"])
    stance: Stance = Member(description="The actor's position on the proposition, as this coder reads it.", examples=["supports"])  # fmt: skip
    condition_type: ConditionType = Member(
        default=ConditionType.NONE,
        description="none · modalities · preconditions (another must first do something).",
        examples=["preconditions"],
    )
    coding_certainty: CodingCertainty | None = Member(
        default=None, description="How sure the coder is of this code.", examples=["high"]
    )
    rationale: Text5000 | None = Member(
        default=None, description="Why it is coded so.", examples=["Says yes to the idea, no to the plan"]
    )


class CodingCreate(Written):
    """One coder's reading of a statement, whole: it takes the place of what this coder said before."""

    topics: Annotated[list[CodedStance], AfterValidator(topics_once)] = Member(
        min_length=1, max_length=100, description="The topics that the coder finds touched, each with a stance. What is left out is not coded.",
        examples=[[{"topic": "truce-in-principle", "stance": "supports", "condition_type": "preconditions"}]],
    )  # fmt: skip


class CodedStanceRead(Shown):
    """How the coder reads the stance on one topic."""

    topic: Noun = Member(
        description="The topic.", examples=[{"slug": "truce-in-principle", "name": "Truce in principle"}]
    )
    stance: Stance = Member(description="The actor's position on the proposition.", examples=["supports"])
    condition_type: ConditionType = Member(description="What it is made to depend on.", examples=["preconditions"])
    coding_certainty: CodingCertainty | None = Member(description="How sure the coder is.", examples=["high"])
    rationale: str | None = Member(description="Why it is coded so.", examples=["Says yes to the idea, no to the plan"])


class CodingRead(Versioned):
    """One coder's reading of a statement."""

    id: str = Member(description="Its id, a UUIDv7.", examples=["01958f3e-7c00-7000-8000-000000000005"])
    statement: str = Member(
        description="Id of the statement that is coded.", examples=["01958f3e-7c00-7000-8000-000000000001"]
    )
    coder: str = Member(description="The name of the coder in this project.", examples=["second-reader"])
    topics: list[CodedStanceRead] = Member(description="The topics coded, each with a stance.")


class PublishedStance(Shown):
    """The stance that the statement itself has on a topic."""

    stance: Stance = Member(description="The actor's position on the proposition.", examples=["supports"])
    condition_type: ConditionType = Member(description="What it is made to depend on.", examples=["preconditions"])


class StanceTally(Shown):
    """How many coders read one stance."""

    stance: Stance = Member(description="The stance.", examples=["supports"])
    coders: int = Member(description="How many coders read it.", examples=[2])


class CodedTopic(Shown):
    """What is published on one topic, by which rule, and what the coders say to it."""

    topic: Noun = Member(
        description="The topic.", examples=[{"slug": "truce-in-principle", "name": "Truce in principle"}]
    )
    published: PublishedStance | None = Member(
        description="What the statement says, and every other answer shows; null where it says nothing on this topic."
    )
    rule: Literal["editor"] = Member(
        description="How the published stance comes about. editor: it is what an editor entered in the statement; codings stand beside it, and "
        "never change it.", examples=["editor"],
    )  # fmt: skip
    coders: int = Member(description="How many coders coded this topic.", examples=[3])
    agree: int = Member(description="How many of them read the stance that is published.", examples=[2])
    majority: Stance | None = Member(
        description="The stance that more than half of them read; null where there is none.", examples=["supports"]
    )
    tally: list[StanceTally] = Member(description="How many coders read each stance, in the order of the scale.")
    in_words: str = Member(
        description="The same in a sentence.",
        examples=[
            "Published is what the statement says: supports. 2 of 3 coders read the same; so does their majority."
        ],
    )


class Codings(Shown):
    """All codings of a statement, beside what is published."""

    id: str = Member(description="Id of the statement.", examples=["01958f3e-7c00-7000-8000-000000000001"])
    topics: list[CodedTopic] = Member(
        description="Each topic: those of the statement first, then those that only coders found."
    )
    codings: list[CodingRead] = Member(description="The codings, by the name of the coder.")


class CodingFilter(Filter):
    """Which codings to list, of any statements."""

    coder: list[Coder] = Member(
        default=[], max_length=100, description="The name of a coder.", examples=[["second-reader"]]
    )


class CodingsFilter(MomentFilter):
    """Of which moment to give the codings of a statement."""
