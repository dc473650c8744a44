"""The tables and answers of the tutorial's application: one class for each noun, relationships between them."""

from typing import Any

from sqlalchemy import JSON, Column, Index, MetaData
from sqlalchemy.orm import registry
from sqlmodel import Field, Relationship, SQLModel


class Base(SQLModel, registry=registry(metadata=MetaData())):
    """Tables of its own, apart from the service's."""


class NounBase(SQLModel):
    """What actors, topics and sources have in common."""

    slug: str = Field(index=True, unique=True)
    name: str


class Actor(Base, NounBase, table=True):
    """An actor."""

    id: int | None = Field(default=None, primary_key=True)


class Topic(Base, NounBase, table=True):
    """A topic."""

    id: int | None = Field(default=None, primary_key=True)


class Source(Base, NounBase, table=True):
    """A source."""

    id: int | None = Field(default=None, primary_key=True)


class PositionBase(SQLModel):
    """A stance on a topic."""

    stance: str
    stance_score: int | None = None
    condition_type: str
    conditions: str | None = None
    coding_certainty: str | None = None


class Position(Base, PositionBase, table=True):
    """The link between a record and a topic."""

    record_id: int = Field(foreign_key="record.number", primary_key=True)
    topic_id: int = Field(foreign_key="topic.id", primary_key=True)
    topic: Topic = Relationship()


class ParticipantBase(SQLModel):
    """A part in a record."""

    role: str


class Participant(Base, ParticipantBase, table=True):
    """The link between a record and another actor."""

    record_id: int = Field(foreign_key="record.number", primary_key=True)
    actor_id: int = Field(foreign_key="actor.id", primary_key=True)
    role: str = Field(primary_key=True)
    actor: Actor = Relationship()


class CitationBase(SQLModel):
    """Where it was published."""

    url: str | None = None
    locator: str | None = None
    published_at: str | None = None
    credibility: int | None = None
    reliability: str | None = None
    role: str
    origin: str | None = None
    excerpt: str | None = None
    retrieved_at: str | None = None
    archive_url: str | None = None


class Citation(Base, CitationBase, table=True):
    """A citation of a record."""

    id: int | None = Field(default=None, primary_key=True)
    record_id: int = Field(foreign_key="record.number", index=True)
    source_id: int = Field(foreign_key="source.id")
    source: Source = Relationship()


class Tag(Base, table=True):
    """A tag of a record."""

    record_id: int = Field(foreign_key="record.number", primary_key=True)
    tag: str = Field(primary_key=True)


class RecordBase(SQLModel):
    """What a record has of its own."""

    kind: str
    version: int
    status: str
    date: str
    date_basis: str
    date_earliest: str | None = None
    date_latest: str | None = None
    date_precision: str
    effective: str | None = None
    title: str
    summary: str | None = None
    stance: str | None = None
    stance_score: int | None = None
    confidence: int | None = None
    confidence_label: str | None = None
    attribution: str
    hedge: str | None = None
    quote: str | None = None
    language: str | None = None
    translation: str | None = None
    translation_by: str | None = None
    channel: str | None = None
    prompted: bool | None = None
    event_type: str | None = None
    event_mode: str | None = None
    rationale: str | None = None
    external_source: str | None = None
    external_id: str | None = None
    recorded_at: str
    changed_at: str
    recorded_by: str


class Record(Base, RecordBase, table=True):
    """A statement or an event."""

    __table_args__ = (Index("ix_record_actor_date", "actor_id", "earliest"),)

    number: int | None = Field(default=None, primary_key=True)
    id: str = Field(index=True, unique=True)
    earliest: int  # microseconds
    actor_id: int = Field(foreign_key="actor.id")
    on_behalf_of_id: int | None = Field(default=None, foreign_key="actor.id")
    source_id: int = Field(foreign_key="source.id")
    confidence_given: dict[str, Any] = Field(sa_column=Column(JSON))
    place: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    actor: Actor = Relationship(sa_relationship_kwargs={"foreign_keys": "Record.actor_id"})
    on_behalf_of: Actor | None = Relationship(sa_relationship_kwargs={"foreign_keys": "Record.on_behalf_of_id"})
    source: Source = Relationship()
    participants: list[Participant] = Relationship()
    topics: list[Position] = Relationship()
    citations: list[Citation] = Relationship()
    labels: list[Tag] = Relationship()

    @property
    def tags(self) -> list[str]:
        """The tags as text."""
        return [label.tag for label in self.labels]


class NounPublic(SQLModel):
    """A noun in an answer."""

    slug: str
    name: str


class PositionPublic(PositionBase):
    """A stance in an answer."""

    topic: NounPublic


class ParticipantPublic(ParticipantBase):
    """A participant in an answer."""

    actor: NounPublic


class CitationPublic(CitationBase):
    """A citation in an answer."""

    source: NounPublic


class RecordPublic(RecordBase):
    """A record in an answer: the members that the service's own answer has."""

    id: str
    actor: NounPublic
    on_behalf_of: NounPublic | None = None
    participants: list[ParticipantPublic] = []
    topics: list[PositionPublic] = []
    confidence_given: dict[str, Any]
    source: NounPublic
    citations: list[CitationPublic] = []
    place: dict[str, Any] | None = None
    tags: list[str] = []
    retracted_by: list[str] = []
    denied_by: list[str] = []
    clarified_by: list[str] = []
