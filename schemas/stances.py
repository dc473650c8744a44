"""Stances counted: what each side holds now, over time, and when it shifted. Rows are flat, so that they go into a chart as they are."""

from pydantic import Field

from schemas.base import Shown
from schemas.counting import ConditionsChange, Consistency, CountOf, Inexact, InPeriod, Interval, Weight
from schemas.fields import Slug
from schemas.timeline import ChoiceFilter
from schemas.vocabularies import ConditionType, Kind, Stance


class CurrentFilter(ChoiceFilter):
    """Which actors' stances on which topics; all where none is named."""

    actor: list[Slug] = Field(
        default=[], max_length=100, description="Slug of an actor: a row for each. With `affiliates=true` also one for each affiliate.",
        examples=[["kremlin"]],
    )  # fmt: skip
    topic: list[Slug] = Field(
        default=[], max_length=100, description="Slug of a topic: a row for each. What is said on a topic below counts for it by the product of "
        "the `parent_polarity` on the way; where one is null, it is left out.", examples=[["ceasefire"]],
    )  # fmt: skip
    kind: Kind | None = Field(default=None, description="statement or event; both when not given.", examples=["event"])
    count: CountOf = Field(
        default=CountOf.DAYS, description="`days` (default): all that an actor said on a topic on one day counts once, shared evenly among the "
        "records of the day, and the part of a record among its positions on topics below; `no_position` and `unclear` have a share only "
        "where nothing else was said. `records`: every record counts.", examples=["records"],
    )  # fmt: skip


class SeriesFilter(CurrentFilter):
    """The same, over time."""

    interval: Interval = Field(default=Interval.MONTH, description="The periods.", examples=["month"])
    weight: Weight = Field(
        default=Weight.NONE, description="`confidence`: in mean and spread each stance counts by the confidence of its record.",
        examples=["confidence"],
    )  # fmt: skip
    inexact: Inexact = Field(
        default=Inexact.SPREAD, description="A date that may fall in several periods counts in each by the share of its days (`spread`), in none (`exclude`) or in the first (`earliest`).", examples=["spread"],
    )  # fmt: skip


class ShiftFilter(CurrentFilter):
    """The same, to find when it shifted."""


class LeftOutCounts(Shown):
    """How many records were left out, and why; a record counts once for each actor and topic it was left out for, and for one reason,
    but that `no_polarity` is of single positions: the record may count by another one, or be left out for another reason too."""

    attribution: int = Field(
        description="Not the actor's own words and no account of its own office. None where `attribution` was asked.", examples=[3]
    )  # fmt: skip
    retracted: int = Field(
        description="The actor itself took it back, whenever that was, by its own or its office's account.",
        examples=[0],
    )
    no_polarity: int = Field(
        description="With a position on a topic below that is neither for nor against the one shown.", examples=[2]
    )
    same_day: int = Field(description="Said on a day that counts already; it has its share of that day.", examples=[1])
    inexact: int = Field(
        description="Dates that do not fall in one period, with `inexact=exclude`, or begin before the range, with `inexact=earliest`; an open start does either, an open end the former.",
        examples=[0],
    )
    no_confidence: int = Field(
        description="With `weight=confidence`: without a confidence, so that they are in n and not in the mean.", examples=[0]
    )  # fmt: skip


class Counts(Shown):
    """Of one actor on one topic. With shared days and spread dates a count can be a fraction."""

    actor: str = Field(description="Slug of the actor.", examples=["vladimir-putin"])
    actor_name: str = Field(description="Its name.", examples=["Vladimir Putin"])
    topic: str = Field(description="Slug of the topic.", examples=["negotiations"])
    topic_name: str = Field(description="Its name.", examples=["Negotiations"])
    n: float = Field(description="How many stances on the scale were counted, from −2 to +2.", examples=[6])
    mean: float | None = Field(description="Their mean; null where there is none, never 0.", examples=[0.83])
    spread: float | None = Field(description="Their standard deviation, of those counted.", examples=[0.37])
    n_strongly_supports: float = Field(description="How many at +2.", examples=[0])
    n_supports: float = Field(description="How many at +1.", examples=[5])
    n_neutral: float = Field(description="How many at 0.", examples=[0])
    n_opposes: float = Field(description="How many at −1.", examples=[1])
    n_strongly_opposes: float = Field(description="How many at −2.", examples=[0])
    n_conditional: float = Field(description="How many with preconditions, of whatever stance.", examples=[2])
    n_unclear: float = Field(
        description="How many took a position that can't be read, on days with none on the scale; not in n.",
        examples=[0],
    )
    n_no_position: float = Field(
        description="How many declined to take one, on days with none on the scale; not in n.", examples=[1]
    )


class StanceRecord(Shown):
    """The record behind a stance."""

    id: str = Field(description="Its id.", examples=["01958f3e-7c00-7000-8000-000000000001"])
    kind: Kind = Field(description="statement or event.", examples=["statement"])
    date: str = Field(description="When it was said or done, EDTF.", examples=["2025-03-13"])
    title: str = Field(description="In a line.", examples=["Agrees with the idea of a truce, raises questions first"])
    confidence: int | None = Field(description="That it was so, 0–100.", examples=[85])
    topic: str = Field(
        description="Slug of the topic it speaks of: the row's own, or one below it.", examples=["truce-in-principle"]
    )
    stance: Stance = Field(description="Its stance on that topic.", examples=["supports"])
    condition_type: ConditionType = Field(description="What it depends on.", examples=["modalities"])
    conditions: str | None = Field(description="The conditions in words.", examples=["Who monitors 2,000 kilometres?"])


class CurrentStance(Counts):
    """What an actor holds on a topic: the latest stance, and how steadily."""

    stance: Stance | None = Field(
        description="The latest stance on the scale; `unclear` or `no_position` where there never was one; null where nothing was said.",
        examples=["supports"],
    )  # fmt: skip
    stance_score: int | None = Field(description="Its score.", examples=[1])
    condition_type: ConditionType | None = Field(description="What it depends on.", examples=["modalities"])
    since: str | None = Field(
        description="The date, EDTF, of the first record with this stance after the last with another on the scale.",
        examples=["2025-03-13"],
    )  # fmt: skip
    since_record: str | None = Field(
        description="The id of that record.", examples=["01958f3e-7c00-7000-8000-000000000001"]
    )
    record: StanceRecord | None = Field(description="The record behind the stance.")
    consistency: Consistency | None = Field(
        description="consistent: never on the other side; mostly: at least three of four for or against on one side; mixed: fewer.",
        examples=["mostly"],
    )  # fmt: skip
    tally: str | None = Field(description="The same in words.", examples=["5 for, 1 against"])


class CurrentStances(Shown):
    """The matrix of actors and topics, a row for each pair."""

    items: list[CurrentStance] = Field(description="By actor and topic, in the order of their slugs.")
    left_out: LeftOutCounts = Field(description="What was left out.")
    as_of: str | None = Field(
        default=None, description="Present with `as_of` only.", examples=["2026-11-01T23:59:59.999999Z"]
    )


class PeriodStance(Counts, InPeriod):
    """One actor's stances on one topic in one period."""


class StanceSeries(Shown):
    """Stances over time: a row for each actor, topic and period, those without a stance too."""

    items: list[PeriodStance] = Field(description="By actor, topic and period.")
    left_out: LeftOutCounts = Field(description="What was left out.")
    as_of: str | None = Field(
        default=None, description="Present with `as_of` only.", examples=["2026-11-01T23:59:59.999999Z"]
    )


class StanceShift(Shown):
    """One lasting change of an actor's stance on a topic, and the records that it rests on."""

    actor: str = Field(description="Slug of the actor.", examples=["vladimir-putin"])
    actor_name: str = Field(description="Its name.", examples=["Vladimir Putin"])
    topic: str = Field(description="Slug of the topic.", examples=["sanctions-on-russia"])
    topic_name: str = Field(description="Its name.", examples=["Sanctions on Russia"])
    date: str = Field(description="The first day of the new stance.", examples=["2025-03-18"])
    not_before: str = Field(
        description="The last day of the old stance: the shift came after it was said …", examples=["2025-02-12"]
    )
    not_after: str = Field(description="… and by this day.", examples=["2025-03-18"])
    earliest: str = Field(
        description="From this day on a break would explain at least nine tenths as much …", examples=["2025-02-12"]
    )
    latest: str = Field(description="… and up to this one.", examples=["2025-04-21"])
    from_stance: Stance = Field(description="The stance nearest to the mean before.", examples=["opposes"])
    to_stance: Stance = Field(description="The stance nearest to the mean after.", examples=["supports"])
    from_mean: float = Field(description="The mean from the shift before, or the start, −2 to +2.", examples=[-1.2])
    to_mean: float = Field(description="The mean to the next shift, or the end.", examples=[0.8])
    effect: float = Field(description="`to_mean` less `from_mean`, in steps of the scale.", examples=[2.0])
    effect_sd: float | None = Field(
        description="The same in standard deviations of the days around their means; null where there are no deviations.", examples=[3.1]
    )  # fmt: skip
    n_before: int = Field(description="Days counted before.", examples=[9])
    n_after: int = Field(description="Days counted after.", examples=[7])
    n_conditional_before: float = Field(description="Of them with preconditions.", examples=[0])
    n_conditional_after: float = Field(description="Of them with preconditions.", examples=[5])
    conditions: ConditionsChange | None = Field(
        description="Whether preconditions appeared or fell away: from fewer than half of the days to at least half, or back.", examples=["appeared"]
    )  # fmt: skip
    before: list[StanceRecord] = Field(description="The records of the last three days before, in order.")
    after: list[StanceRecord] = Field(description="The records of the first three days after.")


class Pairs(Shown):
    """How many pairs of an actor and a topic could be looked at."""

    looked_at: int = Field(description="With at least 9 days.", examples=[12])
    too_few: int = Field(description="With fewer, of which nothing can be said.", examples=[31])


class StanceShifts(Shown):
    """Shifts, and how they were found."""

    items: list[StanceShift] = Field(description="By actor, topic and date.")
    pairs: Pairs = Field(description="What was looked at.")
    left_out: LeftOutCounts = Field(
        description="What was left out; `inexact`: dates that are open, or vaguer than 31 days."
    )
    method: str = Field(description="How a shift is found.", examples=["Least-squares segmentation: …"])
    limits: str = Field(
        description="What that can't say.", examples=["Records are neither independent of each other nor a sample …"]
    )
    as_of: str | None = Field(
        default=None, description="Present with `as_of` only.", examples=["2026-11-01T23:59:59.999999Z"]
    )
