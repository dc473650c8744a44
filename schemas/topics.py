"""Topics: one proposition each, "A should do B", so that supporting and opposing it are clear."""

import re
from typing import Annotated

from pydantic import AfterValidator, ValidationInfo, field_validator
from pydantic import Field as Member
from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from schemas.base import Big, Written
from schemas.fields import Ref, Slug, Text200, Text1000, Text5000, fault
from schemas.nouns import Noun, Versioned
from schemas.timeline import Filter
from schemas.versions import Version, version_checks


class Topic(SQLModel, table=True):
    """A topic's identity; all that can change is in its versions."""

    __table_args__ = (CheckConstraint("length(slug) > 0", name="slug"),)

    id: int = Field(primary_key=True, sa_type=Big)
    slug: str = Field(max_length=100, unique=True)


class TopicVersion(Version, table=True):
    """A topic as it was worded from one write to the next."""

    __tablename__ = "topic_version"
    __table_args__ = (
        UniqueConstraint("topic_id", "version"),
        Index("ix_topic_version_current", "topic_id", unique=True,
              sqlite_where=sql("superseded_seq IS NULL"), postgresql_where=sql("superseded_seq IS NULL")),
        Index("ix_topic_version_parent", "parent_id"),
        CheckConstraint("parent_polarity IN (-1, 1)", name="parent_polarity"),
        CheckConstraint("parent_polarity IS NULL OR parent_id IS NOT NULL", name="polarity_needs_parent"),
        CheckConstraint("parent_id <> topic_id", name="circle"),
        *version_checks(),
    )  # fmt: skip

    topic_id: int = Field(sa_type=Big, foreign_key="topic.id")
    name: str = Field(max_length=200)
    proposition: str = Field(sa_type=Text)
    parent_id: int | None = Field(default=None, sa_type=Big, foreign_key="topic.id")
    parent_polarity: int | None = None
    description: str | None = Field(default=None, sa_type=Text)


def _proposition(sentence: str) -> str:
    for word, forms in (("and", r"\band\b|&"), ("not", r"\b(not|cannot)\b|n['’]t\b")):
        if re.search(forms, sentence, re.IGNORECASE):
            raise fault(
                f'a proposition holds no "{word}", or supporting it and opposing it are not clear',
                "Say one thing in the positive: “Russia should accept a truce of thirty days.” Make two topics of two things.",
            )
    return sentence


class TopicCreate(Written):
    """A new topic."""

    slug: Slug = Member(description="Its address, never changed.", examples=["truce-in-principle"])
    name: Text200 = Member(examples=["A truce in principle"], description="A short name.")
    proposition: Annotated[Text1000, AfterValidator(_proposition)] = Member(
        description='One sentence "A should do B", without "and" and without "not".',
        examples=["The parties should stop fighting."],
    )
    parent: Ref | None = Member(default=None, description="The wider topic it belongs to.", examples=["ceasefire"])
    parent_polarity: int | None = Member(
        default=None,
        strict=True,
        description="1: supporting this supports the parent; -1: it opposes the parent; null: neither.",
        examples=[1],
    )
    description: Text5000 | None = Member(
        default=None, description="What belongs to it and what does not.", examples=["Any pause in the fighting"]
    )

    @field_validator("parent_polarity")
    @classmethod
    def polarity_has_a_parent(cls, polarity: int | None, info: ValidationInfo) -> int | None:
        """`parent_polarity` is 1 or -1, and means nothing without a parent."""
        if polarity not in (1, -1, None):
            raise fault("parent_polarity is 1, -1 or null", "1 when supporting this topic supports its parent.")
        if polarity is not None and info.data.get("parent", "") is None:
            raise fault("parent_polarity means nothing without a parent", "Give the parent too, or null for both.")
        return polarity


class TopicRead(Versioned):
    """A topic."""

    slug: str = Member(description="Its address, never changed.", examples=["truce-in-principle"])
    name: str = Member(description="A short name.", examples=["A truce in principle"])
    proposition: str = Member(
        description="The sentence that is supported or opposed.", examples=["The parties should stop fighting."]
    )
    parent: Noun | None = Member(
        description="The wider topic it belongs to.", examples=[{"slug": "ceasefire", "name": "Ceasefire"}]
    )
    parent_polarity: int | None = Member(
        description="1, -1 or null: what supporting this means for the parent.", examples=[1]
    )
    description: str | None = Member(description="What belongs to it.", examples=["Any pause in the fighting"])


class TopicFilter(Filter):
    """Which topics to list."""

    parent: list[Slug] = Member(
        default=[], max_length=100, description="Slug of the parent topic.", examples=[["ceasefire"]]
    )
