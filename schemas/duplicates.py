"""Duplicates: pairs of records that may be one thing recorded twice, or a position said again."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, PlainValidator, WithJsonSchema
from pydantic import Field as Member

from schemas.base import Shown
from schemas.dates import DAY
from schemas.fields import Slug, fault
from schemas.findings import DuplicateDoubt, DuplicateOffer, DuplicateReason
from schemas.links import RecordEnd
from schemas.nouns import Noun
from schemas.timeline import Period, SharedFilter
from schemas.vocabularies import Kind

MOST_APART = 31  # days; further apart two records are no longer one
MOST_LATER = 366
WITHIN, REPEATS_WITHIN = 1 * DAY, 31 * DAY  # where nothing is given


def _share(text: str) -> float:
    if not re.fullmatch(r"0(\.[0-9]{1,3})?|1(\.0{1,3})?", text):
        raise fault(f"{text[:40]!r} is no number from 0 to 1", "Such as 0.7.")
    return float(text)


def _up_to(most: int, hint: str) -> AfterValidator:
    def check(period: int) -> int:
        if period > most * DAY:
            raise fault(f"is longer than {most} days", hint)
        return period

    return AfterValidator(check)


Share = Annotated[float, PlainValidator(_share), WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1})]


class DuplicateRecord(RecordEnd):
    """One of two records that are alike, in short."""

    path: str = Member(description="Its address.", examples=["/v1/statements/01958f3e-7c00-7000-8000-000000000001"])
    version: int = Member(description="The version that stands.", examples=[1])
    etag: str = Member(description="Its ETag, for If-Match.", examples=['"1-4f1d2c3b4a596877"'])
    source: Noun = Member(description="The first citation's source.")
    url: str | None = Member(
        description="The first citation's address.", examples=["http://en.kremlin.ru/events/president/news/76450"]
    )
    recorded_at: str = Member(
        description="When it was first entered here; of what began as a draft, when it was first published.",
        examples=["2025-03-13T14:00:00Z"],
    )


class ReadyRequest(Shown):
    """A request that would do what is offered, ready to be sent with an editor's key."""

    method: Literal["POST"] = Member(description="The method.", examples=["POST"])
    path: str = Member(
        description="The address.", examples=["/v1/statements/01958f3e-7c00-7000-8000-000000000001/merge"]
    )
    headers: dict[str, str] = Member(
        description="Headers beside the key.", examples=[{"If-Match": '"1-4f1d2c3b4a596877"'}]
    )
    body: dict[str, Any] = Member(
        description="The body.", examples=[{"with": "01958f3e-7c00-7000-8000-000000000002", "with_version": 1}]
    )


class DuplicateRead(Shown):
    """Two records that are alike, why, and what could be done."""

    offer: DuplicateOffer = Member(description="merge or repeat.", examples=["merge"])
    score: float = Member(
        description="How much speaks for it, from 0 to 1: 1 less the product of what each reason leaves open, halved for each doubt.",
        examples=[0.74],
    )  # fmt: skip
    reasons: list[DuplicateReason] = Member(
        description="Why they are alike.", examples=[["same_actor", "same_day", "same_url"]]
    )
    doubts: list[DuplicateDoubt] = Member(description="What speaks against it.", examples=[[]])
    why: str = Member(
        description="The same in words.",
        examples=["Both are of Vladimir Putin, on 2025-03-13; both cite en.kremlin.ru/events/president/news/76450."],
    )
    actors: list[Noun] = Member(description="The actors that speak, or are spoken for, in both.")
    records: list[DuplicateRecord] = Member(
        description="The two records: the later one, then the earlier one that it may repeat or be."
    )
    request: ReadyRequest | None = Member(
        description="What would do it; of a merge the one that was entered first is kept, unless only the other is public. Null with `as_of`."
    )


class DuplicateFilter(SharedFilter):
    """Pairs of which one of the two, of repeats the later one, is kept by these filters."""

    actor: list[Slug] = Member(default=[], max_length=100, description="Slug of an actor.", examples=[["kremlin"]])
    kind: Kind | None = Member(
        default=None, description="statement or event; both when not given.", examples=["statement"]
    )
    offer: list[DuplicateOffer] = Member(default=[], description="What is offered.", examples=[["merge"]])
    within: (
        Annotated[Period, _up_to(MOST_APART, "Two records further apart are no longer one; a repeat is offered as such.")]
        | None
    ) = Member(
        default=None, description="How far apart the dates of one thing may be, in whole days (UTC); P1D, the next day, when not given. PT12H: the same day.",
        examples=["P1D"],
    )  # fmt: skip
    repeats_within: Annotated[Period, _up_to(MOST_LATER, "A year at most, P1Y.")] | None = Member(
        default=None, description="How long after a position may be said again to be offered as a repeat; P31D when not given.", examples=["P31D"]
    )  # fmt: skip
    min_score: Share = Member(default=0.5, description="Score at least this; 0.5 when not given.", examples=[0.5])
    order: Literal["desc", "asc"] = Member(
        default="desc", description="desc (newest first) or asc, its exact reverse.", examples=["desc"]
    )
