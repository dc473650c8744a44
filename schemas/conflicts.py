"""Conflicts: records that disagree, by what they say or by how they are linked."""

from typing import Literal

from pydantic import Field as Member

from schemas.base import Shown
from schemas.fields import Slug
from schemas.nouns import Noun
from schemas.pages import AnyRecord
from schemas.timeline import SharedFilter
from schemas.vocabularies import ConflictReason, Kind


class ConflictLink(Shown):
    """The reaction that says so."""

    id: str = Member(description="Its id.", examples=["01958f3e-7c00-7000-8000-000000000003"])


class ConflictRead(Shown):
    """Records that disagree: those of one actor on one topic and date, or the two ends of a link."""

    why: list[ConflictReason] = Member(description="In what they disagree.", examples=[["opposite_stances"]])
    actor: Noun | None = Member(
        description="Whose records they are: who speaks in all of them, or the body or co-actor that they share; null where a "
        "link joins records of two.",
        examples=[{"slug": "ukraine", "name": "Ukraine"}],
    )
    topic: Noun | None = Member(
        description="What they disagree on; null where a link names no topic.",
        examples=[{"slug": "easter-truce", "name": "The Easter truce"}],
    )
    date_earliest: str | None = Member(
        description="First day of the date that they share, or of the record that a link is listed by; null when open.",
        examples=["2025-04-19"],
    )
    date_latest: str | None = Member(description="Last day of it; null when open.", examples=["2025-04-20"])
    reaction: ConflictLink | None = Member(
        description="The link that says so; null where none is needed.", examples=[None]
    )
    records: list[AnyRecord] = Member(
        description="The records, the newest first; of a link the one that contradicts or denies, then the other."
    )


class ConflictFilter(SharedFilter):
    """Conflicts among the records that these filters keep; of a link one of the two is enough."""

    actor: list[Slug] = Member(default=[], max_length=100, description="Slug of an actor.", examples=[["kremlin"]])
    kind: Kind | None = Member(
        default=None, description="statement or event; both when not given.", examples=["statement"]
    )
    why: list[ConflictReason] = Member(default=[], description="In what they disagree.", examples=[["contradicts"]])
    order: Literal["desc", "asc"] = Member(
        default="desc", description="desc (newest first) or asc, its exact reverse.", examples=["desc"]
    )
