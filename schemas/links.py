"""Questions about links between records: the filters on either end, and the shapes of what is counted."""

from pydantic import Field as Member

from schemas.base import Shown
from schemas.counting import InPeriod, Interval
from schemas.fields import Slug
from schemas.nouns import Noun
from schemas.timeline import Bound, MomentFilter, Percent, Period, TimelineFilter, Yes
from schemas.vocabularies import DateMatch, Kind, ReactionType, Stance, Status

# The share of pairs that is not above a quantile, in percent.
QUANTILES = {"p10": 10, "p25": 25, "median": 50, "p75": 75, "p90": 90}
# Days from the answered to the answer: the first and the last of each bar; the last bar has no end.
BARS = ((0, 0), (1, 1), (2, 3), (4, 7), (8, 30), (31, None))
ANSWER_TYPE = "How the one answers the other."


class LinkFilter(MomentFilter):
    """Which links to look at. Each filter given must hold; a repeated one means any of its values."""

    type: list[ReactionType] = Member(default=[], description="A type.", examples=[["rejects"]])
    topic: list[Slug] = Member(
        default=[],
        max_length=100,
        description="Slug of the topic that the answer is about, as the link says; its children count too.",
        examples=[["truce-in-principle"]],
    )
    actor: list[Slug] = Member(
        default=[], max_length=100, description="Slug of an actor that answers or is answered: as actor, on_behalf_of or co_actor.",
        examples=[["kremlin"]],
    )  # fmt: skip
    from_actor: list[Slug] = Member(
        default=[], max_length=100, description="Slug of an actor that answers.", examples=[["united-states"]]
    )
    to_actor: list[Slug] = Member(
        default=[], max_length=100, description="Slug of an actor that is answered.", examples=[["kremlin"]]
    )
    affiliates: Yes | None = Member(
        default=None, description="Also members and office-holders of these actors at any depth, each only while affiliated on the record's date.",
        examples=[True],
    )  # fmt: skip
    from_topic: list[Slug] = Member(
        default=[], max_length=100, description="Slug of a topic of the record that answers; its children count too.",
        examples=[["ceasefire"]],
    )  # fmt: skip
    to_topic: list[Slug] = Member(
        default=[], max_length=100, description="Slug of a topic of the record that is answered; its children count too.",
        examples=[["ceasefire"]],
    )  # fmt: skip
    from_kind: Kind | None = Member(
        default=None, description="What answers: statement or event; both when not given.", examples=["statement"]
    )
    to_kind: Kind | None = Member(
        default=None, description="What is answered: statement or event; both when not given.", examples=["event"]
    )
    from_: Bound | None = Member(
        default=None, alias="from", description="Answered from this date on, inclusive: EDTF, an instant, or 13-digit epoch milliseconds.",
        examples=["2025-02"],
    )  # fmt: skip
    to: Bound | None = Member(
        default=None, description="Answered up to this date, inclusive; forms as `from`.", examples=["2025-05"]
    )
    date_match: DateMatch | None = Member(
        default=None, description="overlaps (default): date and lag may meet the filters; within: they certainly do.",
        examples=["overlaps"],
    )  # fmt: skip
    max_span: Period | None = Member(
        default=None, description="Leave out links with a date at either end vaguer than this ISO 8601 duration.",
        examples=["P31D"],
    )  # fmt: skip
    min_confidence: Percent | None = Member(
        default=None, description="Confidence of both records at least this; leaves out null, which is no value.", examples=[70]
    )  # fmt: skip
    min_link_confidence: Percent | None = Member(
        default=None, description="Confidence of the link itself at least this; leaves out null, which is no value.", examples=[70]
    )  # fmt: skip
    min_lag: Period | None = Member(
        default=None, description="Answered after this ISO 8601 duration or later: exact between two instants, else in calendar days (UTC).",
        examples=["P1D"],
    )  # fmt: skip
    max_lag: Period | None = Member(
        default=None, description="Answered within this ISO 8601 duration: exact between two instants, else in calendar days (UTC).",
        examples=["P7D"],
    )  # fmt: skip


class RecordEnd(Shown):
    """A record at an end of a link, in short."""

    id: str = Member(description="Its id.", examples=["01958f3e-7c00-7000-8000-000000000001"])
    kind: Kind = Member(description="statement or event.", examples=["statement"])
    status: Status = Member(description="Where it stands in the editing.", examples=["published"])
    title: str = Member(description="What was said or done, in a line.", examples=["Agrees with the idea of a truce"])
    date: str = Member(description="When, in EDTF.", examples=["2025-03-13"])
    date_earliest: str | None = Member(
        description="The first day it can mean, UTC; null: open.", examples=["2025-03-13"]
    )
    date_latest: str | None = Member(description="The last day it can mean, UTC; null: open.", examples=["2025-03-13"])
    actor: Noun = Member(description="Who said or did it.")
    topic: Noun | None = Member(description="Its first topic.", examples=[None])
    stance: Stance | None = Member(description="The stance on that topic.", examples=["supports"])


class MatrixFilter(LinkFilter):
    """Which links to count, and by which periods."""

    interval: Interval | None = Member(
        default=None, description="Counts by the period of the answer's date.", examples=["month"]
    )  # fmt: skip


class PairRow(Shown):
    """Who answers whom; the ground of what is counted or measured for each pair."""

    from_actor: str = Member(description="Slug of the actor that answers.", examples=["united-states"])
    from_actor_name: str = Member(description="Its name.", examples=["United States"])
    to_actor: str = Member(description="Slug of the actor that is answered.", examples=["kremlin"])
    to_actor_name: str = Member(description="Its name.", examples=["The Kremlin"])


class MatrixRow(PairRow):
    """How often one actor answered another in one way."""

    type: ReactionType = Member(description=ANSWER_TYPE, examples=["responds_to"])
    period: str | None = Member(
        description="2025-03-13, 2025-W11, 2025-03, 2025-Q1 or 2025; null without `interval`, and where the answer's date reaches over more than one.",
        examples=["2025-03"],
    )  # fmt: skip
    period_start: str | None = Member(description="Its first day.", examples=["2025-03-01"])
    period_end: str | None = Member(description="Its last day.", examples=["2025-03-31"])
    n: int = Member(description="How many links.", examples=[4])


class Matrix(Shown):
    """Who answers whom, how and how often."""

    items: list[MatrixRow] = Member(description="The counts above zero, by actors, type and period.")
    periods: list[InPeriod] = Member(
        description="Every period from the first to the last, also those without an answer; empty without `interval`."
    )
    links: int = Member(description="How many links there are, each counted once.", examples=[4])
    as_of: str | None = Member(description="The instant that `as_of` was resolved to.", examples=[None])


class DayBounds(Shown):
    """Days from one date to another, where the dates may be inexact."""

    low: int = Member(description="At least so many.", examples=[1])
    high: int | None = Member(description="At most so many; null: a date has an open end.", examples=[3])


class DayQuantiles(Shown):
    """Quantiles of days, by nearest rank: of the lower bounds, and of the upper bounds."""

    p10: DayBounds = Member(description="10 % of the answers took no longer.")
    p25: DayBounds = Member(description="25 % of the answers took no longer.")
    median: DayBounds = Member(description="Half of the answers took no longer.")
    p75: DayBounds = Member(description="75 % of the answers took no longer.")
    p90: DayBounds = Member(description="90 % of the answers took no longer.")


class HourQuantiles(Shown):
    """Quantiles of hours between instants, by nearest rank."""

    p10: float = Member(description="10 % of the answers took no longer.", examples=[0.5])
    p25: float = Member(description="25 % of the answers took no longer.", examples=[2.0])
    median: float = Member(description="Half of the answers took no longer.", examples=[5.25])
    p75: float = Member(description="75 % of the answers took no longer.", examples=[20.0])
    p90: float = Member(description="90 % of the answers took no longer.", examples=[46.5])


class LagBar(Shown):
    """How many answers took so many days."""

    days_from: int = Member(description="From so many days on.", examples=[2])
    days_to: int | None = Member(description="Up to so many days; null: or more.", examples=[3])
    n_low: int = Member(description="How many by the lower bound of their lag.", examples=[2])
    n_high: int = Member(description="How many by the upper bound; an open one counts as the longest.", examples=[1])


class LagRow(PairRow):
    """How long one actor takes to answer another."""

    n: int = Member(description="How many pairs of an answer and what it answers, each once.", examples=[4])
    days: DayQuantiles = Member(description="Calendar days (UTC); 0 is the same day.")
    n_exact: int = Member(description="How many pairs have an instant at both ends.", examples=[1])
    hours: HourQuantiles | None = Member(
        description="Hours, over those with an instant at both ends; null without any."
    )
    histogram: list[LagBar] = Member(description="Six bars: 0, 1, 2–3, 4–7, 8–30 and more days.")


class Lags(Shown):
    """How long it takes until an answer."""

    items: list[LagRow] = Member(description="Each pair of actors, by their slugs.")
    as_of: str | None = Member(description="The instant that `as_of` was resolved to.", examples=[None])


class UnansweredFilter(TimelineFilter):
    """Which signals to look at, whose answers are missed, and how long they had. `affiliates` holds for `actor` and `by`."""

    by: list[Slug] = Member(
        default=[], max_length=100, description="Slug of an actor that should have answered; anyone when not given.",
        examples=[["united-states"]],
    )  # fmt: skip
    within: Period | None = Member(
        default=None, description="The time for an answer, an ISO 8601 duration; P7D when not given.", examples=["P7D"]
    )
    type: list[ReactionType] = Member(
        default=[], description="A type that counts as an answer; any when not given.", examples=[["accepts", "rejects"]]
    )  # fmt: skip
