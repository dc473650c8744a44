"""Tables of statements and events: one store for both, its children, and the two indexes that every list walks."""

from functools import lru_cache

from sqlalchemy import CheckConstraint, Index, LargeBinary, PrimaryKeyConstraint, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from schemas.base import Big, one_of
from schemas.dates import DAY, Precision
from schemas.versions import Version, version_checks
from schemas.vocabularies import (
    Attribution,
    Channel,
    CitationRole,
    CodingCertainty,
    ConditionType,
    DateBasis,
    EventType,
    Kind,
    ParticipantRole,
    Reliability,
    Stance,
    Status,
    TranslationBy,
)  # fmt: skip

# What the integers in `involvement` and `record_topic` stand for. Role classes, not roles: agent is the actor, whoever it
# speaks for and its co-actors, written once, so that no page needs DISTINCT over one actor's rows.
ROLE_CODES = {"agent": 0, "addressee": 1, "target": 2, "mediator": 3, "host": 4}
KIND_CODES = {Kind.STATEMENT: 0, Kind.EVENT: 1}
STATUS_CODES = {Status.DRAFT: 0, Status.PUBLISHED: 1, Status.UNDER_REVIEW: 2, Status.WITHDRAWN: 3}
ATTRIBUTION_CODES = {word: code for code, word in enumerate(Attribution)}
LISTED = (Status.PUBLISHED, Status.UNDER_REVIEW)
EVERYONE = 0  # the actor of the one row per version that the timeline of all walks

_STANCES = list(Stance)
_CONDITIONS = list(ConditionType)


@lru_cache(maxsize=64)
def position_bit(stance: Stance | str, condition: ConditionType | str) -> int:
    """The bit that stands for one stance under one kind of condition: 7 x 3 = 21 bits of `positions`."""
    return 1 << (_STANCES.index(Stance(stance)) * len(_CONDITIONS) + _CONDITIONS.index(ConditionType(condition)))


def position_mask(stances: list[Stance], conditions: list[ConditionType]) -> int:
    """All bits that a filter by stance and by condition type accepts; an empty list accepts any."""
    return sum(
        position_bit(stance, condition) for stance in stances or _STANCES for condition in conditions or _CONDITIONS
    )


_CURRENT = sql("superseded_seq IS NULL AND listed = 1")
_CURRENT_LONG = sql(f"superseded_seq IS NULL AND listed = 1 AND latest - earliest >= {DAY}")
_LONG = sql(f"latest - earliest >= {DAY}")
_BESIDE = [
    "superseded_seq",
    "listed",
    "status",
    "kind",
    "confidence",
    "positions",
]


class Record(SQLModel, table=True):
    """A statement's or an event's identity."""

    __table_args__ = (
        one_of("kind", Kind),
        UniqueConstraint("external_source", "external_id"),
        CheckConstraint("(external_source IS NULL) = (external_id IS NULL)", name="external"),
        Index("ix_record_external_id", "external_id"),
    )

    id: int = Field(primary_key=True, sa_type=Big)
    uid: str = Field(max_length=36, unique=True)
    kind: str = Field(max_length=10)
    external_source: str | None = Field(default=None, max_length=100)
    external_id: str | None = Field(default=None, max_length=300)
    created_by: int = Field(sa_type=Big, foreign_key="api_key.id")


class RecordVersion(Version, table=True):
    """A statement or event as it was recorded from one write to the next, with its answer already rendered.

    `document` is the answer's JSON in UTF-8 with 0x1f-delimited keys where names are spliced in; it can be built again
    from the columns and children.
    """

    __tablename__ = "record_version"
    __table_args__ = (
        UniqueConstraint("record_id", "version"),
        Index("ix_record_version_current", "record_id", unique=True,
              sqlite_where=sql("superseded_seq IS NULL"), postgresql_where=sql("superseded_seq IS NULL")),
        CheckConstraint("earliest <= latest", name="dates"),
        CheckConstraint("effective_earliest <= effective_latest", name="effective"),
        CheckConstraint("confidence BETWEEN 0 AND 100", name="confidence"),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
        CheckConstraint("prompted IN (0, 1)", name="prompted"),
        one_of("status", Status), one_of("date_precision", Precision), one_of("date_basis", DateBasis),
        one_of("attribution", Attribution), one_of("channel", Channel),
        one_of("translation_by", TranslationBy), one_of("event_type", EventType),
        *version_checks(),
    )  # fmt: skip

    record_id: int = Field(sa_type=Big, foreign_key="record.id")
    status: str = Field(max_length=20)
    date: str = Field(max_length=100)
    earliest: int = Field(sa_type=Big)
    latest: int = Field(sa_type=Big)
    date_precision: str = Field(max_length=20)
    date_basis: str = Field(max_length=20)
    effective: str | None = Field(default=None, max_length=100)
    effective_earliest: int | None = Field(default=None, sa_type=Big)
    effective_latest: int | None = Field(default=None, sa_type=Big)
    title: str = Field(max_length=300)
    summary: str | None = Field(default=None, sa_type=Text)
    actor_id: int = Field(sa_type=Big, foreign_key="actor.id", index=True)
    on_behalf_of_id: int | None = Field(default=None, sa_type=Big, foreign_key="actor.id", index=True)
    confidence: int | None = None
    confidence_given: str = Field(sa_type=Text)  # JSON, {"value", "scale"}
    attribution: str = Field(max_length=20)
    hedge: str | None = Field(default=None, max_length=100)
    quote: str | None = Field(default=None, sa_type=Text)
    language: str | None = Field(default=None, max_length=35)
    translation: str | None = Field(default=None, sa_type=Text)
    translation_by: str | None = Field(default=None, max_length=20)
    channel: str | None = Field(default=None, max_length=20)
    prompted: int | None = None
    event_type: str | None = Field(default=None, max_length=20)
    event_mode: str | None = Field(default=None, max_length=30)
    place_name: str | None = Field(default=None, max_length=300)
    country: str | None = Field(default=None, max_length=2)
    latitude: float | None = None
    longitude: float | None = None
    rationale: str | None = Field(default=None, sa_type=Text)
    document: bytes = Field(sa_type=LargeBinary)


class RecordParticipant(SQLModel, table=True):
    """Another actor with a part in the record, in the order given."""

    __tablename__ = "record_participant"
    __table_args__ = (one_of("role", ParticipantRole),)

    seq: int = Field(primary_key=True, sa_type=Big, foreign_key="record_version.seq")
    position: int = Field(primary_key=True)
    actor_id: int = Field(sa_type=Big, foreign_key="actor.id", index=True)
    role: str = Field(max_length=20)


class RecordStance(SQLModel, table=True):
    """The stance that a record takes on one topic, in the order given; a topic only once."""

    __tablename__ = "record_stance"
    __table_args__ = (
        UniqueConstraint("seq", "topic_id"),
        one_of("stance", Stance), one_of("condition_type", ConditionType), one_of("coding_certainty", CodingCertainty),
    )  # fmt: skip

    seq: int = Field(primary_key=True, sa_type=Big, foreign_key="record_version.seq")
    position: int = Field(primary_key=True)
    topic_id: int = Field(sa_type=Big, foreign_key="topic.id", index=True)
    stance: str = Field(max_length=20)
    condition_type: str = Field(max_length=20)
    conditions: str | None = Field(default=None, sa_type=Text)
    coding_certainty: str | None = Field(default=None, max_length=10)


class RecordCitation(SQLModel, table=True):
    """Where it was published, in the order given."""

    __tablename__ = "record_citation"
    __table_args__ = (
        one_of("reliability", Reliability), one_of("role", CitationRole),
        CheckConstraint("credibility BETWEEN 1 AND 6", name="credibility"),
        CheckConstraint("url IS NOT NULL OR locator IS NOT NULL OR excerpt IS NOT NULL", name="findable"),
        Index("ix_record_citation_source", "source_id", "seq"),
        Index("ix_record_citation_ungrouped", "seq", sqlite_where=sql("url_group IS NULL"),
              postgresql_where=sql("url_group IS NULL")),
    )  # fmt: skip

    seq: int = Field(primary_key=True, sa_type=Big, foreign_key="record_version.seq")
    position: int = Field(primary_key=True)
    source_id: int = Field(sa_type=Big, foreign_key="source.id")
    url: str | None = Field(default=None, max_length=2048, index=True)
    locator: str | None = Field(default=None, max_length=300)
    published_at: str | None = Field(default=None, max_length=100)
    credibility: int | None = None
    reliability: str | None = Field(default=None, max_length=1)
    role: str = Field(max_length=20)
    origin: str | None = Field(default=None, max_length=300)
    excerpt: str | None = Field(default=None, sa_type=Text)
    retrieved_at: str | None = Field(default=None, max_length=40)
    archive_url: str | None = Field(default=None, max_length=2048)
    # What it shares with earlier citations: `schemas.corroboration.Groups`. Null only where an earlier release wrote it.
    url_group: int | None = None
    origin_group: int | None = None


class RecordTag(SQLModel, table=True):
    """A free tag, in the order given; a tag only once."""

    __tablename__ = "record_tag"
    __table_args__ = (UniqueConstraint("seq", "tag"), Index("ix_record_tag_tag", "tag", "seq"))

    seq: int = Field(primary_key=True, sa_type=Big, foreign_key="record_version.seq")
    position: int = Field(primary_key=True)
    tag: str = Field(max_length=100)


class _Walked(SQLModel):
    """What both walked tables carry behind their key, so that a page is read from the index alone."""

    superseded_seq: int | None = Field(default=None, sa_type=Big)
    listed: int
    status: int
    kind: int
    confidence: int | None = None


class Involvement(_Walked, table=True):
    """One row per version, actor and role class, clustered in the timeline's own order.

    The rows of all versions stand here: a table of the past would be scanned whole by the first question about it.
    """

    __table_args__ = (
        # On PostgreSQL the key carries what is behind it, so that a page of the past needs no row.
        PrimaryKeyConstraint("actor", "role", "earliest", "latest", "id", "seq", postgresql_include=_BESIDE),
        Index("ix_involvement_long", "actor", "role", "earliest", "latest", "id", "seq", "superseded_seq", "listed",
              "status", "kind", "confidence", "positions", sqlite_where=_LONG, info={"only": "sqlite"}),
        Index("ix_involvement_entered", "actor", "role", "id", "superseded_seq", "listed", "status", "kind", "confidence",
              "positions", "earliest", "latest", "seq", info={"only": "sqlite"}),
        Index("ix_involvement_current", "actor", "role", "earliest", "latest", "id", postgresql_where=_CURRENT,
              postgresql_include=["seq", "confidence", "positions", "kind", "status"], info={"only": "postgresql"}),
        Index("ix_involvement_current_long", "actor", "role", "earliest", "latest", "id", postgresql_where=_CURRENT_LONG,
              postgresql_include=["seq", "confidence", "positions", "kind", "status"], info={"only": "postgresql"}),
        Index("ix_involvement_current_entered", "actor", "role", "id", postgresql_where=_CURRENT,
              postgresql_include=["seq", "confidence", "positions", "kind", "status", "earliest", "latest"],
              info={"only": "postgresql"}),
        # A version's row among everyone's, by the record: what a link needs of the records at its ends.
        Index("ix_involvement_everyone", "id", "seq", postgresql_where=sql(f"actor = {EVERYONE} AND role = {ROLE_CODES['agent']}"),
              postgresql_include=["superseded_seq", "listed", "status", "kind", "confidence", "earliest", "latest"],
              info={"only": "postgresql"}),
        Index("ix_involvement_past_long", "actor", "role", "earliest", "latest", "id", "seq", postgresql_where=_LONG,
              postgresql_include=_BESIDE, info={"only": "postgresql"}),
        Index("ix_involvement_seq", "seq"),
        {"sqlite_with_rowid": False},
    )  # fmt: skip

    actor: int = Field(primary_key=True, sa_type=Big)
    role: int = Field(primary_key=True)
    earliest: int = Field(primary_key=True, sa_type=Big)
    latest: int = Field(primary_key=True, sa_type=Big)
    id: int = Field(primary_key=True, sa_type=Big)
    seq: int = Field(primary_key=True, sa_type=Big, foreign_key="record_version.seq")
    positions: int = 0


class RecordTopic(_Walked, table=True):
    """The same rows once more for each topic of the version, with the one position taken on it and whose account that is."""

    __tablename__ = "record_topic"
    __table_args__ = (
        PrimaryKeyConstraint("topic", "actor", "role", "earliest", "latest", "id", "seq", postgresql_include=[*_BESIDE, "attribution"]),
        Index("ix_record_topic_long", "topic", "actor", "role", "earliest", "latest", "id", "seq", "superseded_seq",
              "listed", "status", "kind", "confidence", "positions", "attribution", sqlite_where=_LONG, info={"only": "sqlite"}),
        Index("ix_record_topic_current", "topic", "actor", "role", "earliest", "latest", "id", postgresql_where=_CURRENT,
              postgresql_include=["seq", "confidence", "positions", "kind", "status", "attribution"], info={"only": "postgresql"}),
        Index("ix_record_topic_current_long", "topic", "actor", "role", "earliest", "latest", "id",
              postgresql_where=_CURRENT_LONG,
              postgresql_include=["seq", "confidence", "positions", "kind", "status", "attribution"], info={"only": "postgresql"}),
        Index("ix_record_topic_past_long", "topic", "actor", "role", "earliest", "latest", "id", "seq", postgresql_where=_LONG,
              postgresql_include=[*_BESIDE, "attribution"], info={"only": "postgresql"}),
        Index("ix_record_topic_seq", "seq"),
        {"sqlite_with_rowid": False},
    )  # fmt: skip

    topic: int = Field(primary_key=True, sa_type=Big)
    actor: int = Field(primary_key=True, sa_type=Big)
    role: int = Field(primary_key=True)
    earliest: int = Field(primary_key=True, sa_type=Big)
    latest: int = Field(primary_key=True, sa_type=Big)
    id: int = Field(primary_key=True, sa_type=Big)
    seq: int = Field(primary_key=True, sa_type=Big, foreign_key="record_version.seq")
    positions: int
    attribution: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
