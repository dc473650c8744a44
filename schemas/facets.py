"""Facets: how many records there are of each actor, topic, source and so on, for the same filters as the lists."""

from pydantic import Field

from schemas.base import Shown
from schemas.counting import Facet, InPeriod, Interval
from schemas.fields import Slug
from schemas.timeline import ChoiceFilter, Limit
from schemas.vocabularies import Kind, Role


class FacetFilter(ChoiceFilter):
    """Which records are counted, and by what."""

    actor: list[Slug] = Field(default=[], max_length=100, description="Slug of an actor.", examples=[["kremlin"]])
    role: Role | None = Field(
        default=None, description="The part that the actor has: agent (the default), addressee, target, mediator, host or any.",
        examples=["agent"],
    )  # fmt: skip
    kind: Kind | None = Field(default=None, description="statement or event; both when not given.", examples=["event"])
    facet: list[Facet] = Field(
        default=[], description="What to count by. Each facet is counted without its own filter, so that a choice can be widened.",
        examples=[["actor"]],
    )  # fmt: skip
    interval: Interval | None = Field(
        default=None, description="Adds a histogram over the dates, by this interval.", examples=["month"]
    )
    top: Limit = Field(default=50, description="How many values of each facet at most, the commonest.", examples=[20])


class FacetValue(Shown):
    """How many records have one value."""

    value: str | None = Field(
        description="The value as its filter takes it; null: they have none.", examples=["kremlin"]
    )
    label: str | None = Field(description="The value for a reader.", examples=["Kremlin"])
    n: int = Field(description="How many records.", examples=[120])


class FacetCounts(Shown):
    """One facet."""

    facet: Facet = Field(description="What is counted by.", examples=["actor"])
    values: list[FacetValue] = Field(
        description="The commonest first; years, confidence bands and reliabilities in their order. A record with several counts for each."
    )
    more: bool = Field(description="Whether there are more values than `top`.", examples=[False])


class HistogramBar(InPeriod):
    """How many records may fall in one period."""

    n: int = Field(description="How many records.", examples=[14])


class Totals(Shown):
    """How many records meet all the filters."""

    records: int = Field(description="Statements and events.", examples=[338])
    statements: int = Field(description="Statements.", examples=[226])
    events: int = Field(description="Events.", examples=[112])


class Facets(Shown):
    """The counts."""

    total: Totals = Field(description="All that meet the filters.")
    facets: list[FacetCounts] = Field(description="In the order asked.")
    histogram: list[HistogramBar] | None = Field(
        description="With `interval`: every period from the first to the last, those without a record too. A record counts in each period that "
        "it may fall in, one with an open end up to today."
    )  # fmt: skip
    as_of: str | None = Field(
        default=None, description="Present with `as_of` only.", examples=["2026-11-01T23:59:59.999999Z"]
    )
