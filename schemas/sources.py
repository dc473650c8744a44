"""Sources: who published it, how reliable they usually are and why."""

from pydantic import Field as Member
from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from schemas.base import Big, Written, one_of
from schemas.fields import Language, Ref, Slug, Text200, Text5000, Url
from schemas.nouns import Noun, Versioned
from schemas.timeline import Filter
from schemas.versions import Version, version_checks
from schemas.vocabularies import Reliability


class Source(SQLModel, table=True):
    """A source's identity; all that can change is in its versions."""

    __table_args__ = (CheckConstraint("length(slug) > 0", name="slug"),)

    id: int = Field(primary_key=True, sa_type=Big)
    slug: str = Field(max_length=100, unique=True)


class SourceVersion(Version, table=True):
    """A source as it was described from one write to the next."""

    __tablename__ = "source_version"
    __table_args__ = (
        UniqueConstraint("source_id", "version"),
        Index("ix_source_version_current", "source_id", unique=True,
              sqlite_where=sql("superseded_seq IS NULL"), postgresql_where=sql("superseded_seq IS NULL")),
        one_of("reliability", Reliability),
        *version_checks(),
    )  # fmt: skip

    source_id: int = Field(sa_type=Big, foreign_key="source.id")
    name: str = Field(max_length=200)
    url: str | None = Field(default=None, max_length=2048)
    owner_id: int | None = Field(default=None, sa_type=Big, foreign_key="actor.id", index=True)
    reliability: str | None = Field(default=None, max_length=1)
    reliability_reason: str | None = Field(default=None, sa_type=Text)
    language: str | None = Field(default=None, max_length=35)
    licence: str | None = Field(default=None, max_length=200)
    description: str | None = Field(default=None, sa_type=Text)


class SourceCreate(Written):
    """A new source."""

    slug: Slug = Member(description="Its address, never changed.", examples=["kremlin-ru"])
    name: Text200 = Member(examples=["kremlin.ru"], description="Its name.")
    url: Url | None = Member(default=None, description="Where it is published.", examples=["http://kremlin.ru"])
    owner: Ref | None = Member(default=None, description="The actor that owns or runs it.", examples=["kremlin"])
    reliability: Reliability | None = Member(
        default=None,
        description="Admiralty grade A–F of the source as a rule; a citation can override it.",
        examples=["B"],
    )
    reliability_reason: Text5000 | None = Member(
        default=None, description="Why it is graded so.", examples=["Publishes full transcripts"]
    )
    language: Language | None = Member(default=None, description="BCP 47 tag of its main language.", examples=["ru"])
    licence: Text200 | None = Member(
        default=None, description="Under what terms it may be quoted.", examples=["CC BY 4.0"]
    )
    description: Text5000 | None = Member(
        default=None, description="What it is, in a sentence.", examples=["The president's web site"]
    )


class SourceRead(Versioned):
    """A source."""

    slug: str = Member(description="Its address, never changed.", examples=["kremlin-ru"])
    name: str = Member(description="Its name.", examples=["kremlin.ru"])
    url: str | None = Member(description="Where it is published.", examples=["http://kremlin.ru"])
    owner: Noun | None = Member(
        description="The actor that owns or runs it.", examples=[{"slug": "kremlin", "name": "The Kremlin"}]
    )
    reliability: Reliability | None = Member(description="Admiralty grade A–F of the source as a rule.", examples=["B"])
    reliability_reason: str | None = Member(description="Why it is graded so.", examples=["Publishes full transcripts"])
    language: str | None = Member(description="BCP 47 tag of its main language.", examples=["ru"])
    licence: str | None = Member(description="Under what terms it may be quoted.", examples=["CC BY 4.0"])
    description: str | None = Member(description="What it is.", examples=["The president's web site"])


class SourceFilter(Filter):
    """Which sources to list."""

    reliability: list[Reliability] = Member(default=[], description="An Admiralty grade.", examples=[["A", "B"]])
    owner: list[Slug] = Member(default=[], max_length=100, description="Slug of the owner.", examples=[["kremlin"]])
