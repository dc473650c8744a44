"""Actors: persons, offices, governments, alliances, blocs and unnamed voices, with aliases in any script."""

from pydantic import Field as Member
from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from schemas.base import Big, Written, one_of
from schemas.fields import Country, Slug, Text20, Text200, Text5000
from schemas.nouns import Versioned
from schemas.timeline import Filter, Search
from schemas.versions import Version, version_checks
from schemas.vocabularies import ActorKind


class Actor(SQLModel, table=True):
    """An actor's identity; all that can change is in its versions."""

    __table_args__ = (CheckConstraint("length(slug) > 0", name="slug"),)

    id: int = Field(primary_key=True, sa_type=Big)
    slug: str = Field(max_length=100, unique=True)


class ActorVersion(Version, table=True):
    """An actor as it was described from one write to the next."""

    __tablename__ = "actor_version"
    __table_args__ = (
        UniqueConstraint("actor_id", "version"),
        Index("ix_actor_version_current", "actor_id", unique=True,
              sqlite_where=sql("superseded_seq IS NULL"), postgresql_where=sql("superseded_seq IS NULL")),
        one_of("kind", ActorKind),
        *version_checks(),
    )  # fmt: skip

    actor_id: int = Field(sa_type=Big, foreign_key="actor.id")
    kind: str = Field(max_length=20)
    name: str = Field(max_length=200)
    country: str | None = Field(default=None, max_length=2)
    wikidata: str | None = Field(default=None, max_length=20)
    description: str | None = Field(default=None, sa_type=Text)


class ActorAlias(SQLModel, table=True):
    """One more name of an actor version; `folded` is how it is searched. Position 0 is the name itself."""

    __tablename__ = "actor_alias"

    seq: int = Field(primary_key=True, sa_type=Big, foreign_key="actor_version.seq")
    position: int = Field(primary_key=True)
    alias: str = Field(max_length=200)
    folded: str = Field(sa_type=Text)  # folding can make one letter into eighteen


Wikidata = Text20


class ActorCreate(Written):
    """A new actor."""

    slug: Slug = Member(description="Its address, never changed.", examples=["vladimir-putin"])
    kind: ActorKind = Member(description="What sort of actor it is.", examples=["person"])
    name: Text200 = Member(examples=["Vladimir Putin"], description="Its usual name in English.")
    aliases: list[Text200] = Member(
        default=[],
        max_length=100,
        description="Other names, in any script; `q` finds them.",
        examples=[["Владимир Путин", "Putin"]],
    )
    country: Country | None = Member(
        default=None, description="ISO 3166-1 alpha-2 country it belongs to.", examples=["RU"]
    )
    wikidata: str | None = Member(
        default=None,
        pattern=r"^Q[1-9][0-9]{0,17}$",
        description="Its Wikidata item, where certain.",
        examples=["Q7747"],
    )
    description: Text5000 | None = Member(
        default=None, description="Who this is, in a sentence.", examples=["President of Russia"]
    )


class ActorRead(Versioned):
    """An actor."""

    slug: str = Member(description="Its address, never changed.", examples=["vladimir-putin"])
    kind: ActorKind = Member(description="What sort of actor it is.", examples=["person"])
    name: str = Member(description="Its usual name in English.", examples=["Vladimir Putin"])
    aliases: list[str] = Member(description="Other names, in any script.", examples=[["Владимир Путин"]])
    country: str | None = Member(description="ISO 3166-1 alpha-2 country it belongs to.", examples=["RU"])
    wikidata: str | None = Member(description="Its Wikidata item.", examples=["Q7747"])
    description: str | None = Member(description="Who this is.", examples=["President of Russia"])


class ActorFilter(Filter):
    """Which actors to list."""

    q: Search | None = Member(
        default=None,
        description="Part of a name or alias, in any script; case and accents do not matter.",
        examples=["Кремль"],
    )
    kind: list[ActorKind] = Member(default=[], description="A kind of actor.", examples=[["person"]])
