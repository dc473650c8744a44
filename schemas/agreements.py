"""Agreement: how far coders who read the same statements on the same topics read the same stances."""

from typing import Annotated, Literal

from pydantic import Field as Member

from schemas.base import Shown
from schemas.codings import Coder
from schemas.fields import Slug
from schemas.nouns import Noun
from schemas.timeline import Bound, MomentFilter
from schemas.vocabularies import ConditionType, Stance

MOST_TOLD = 20  # of the units that coders disagree on most
_TOPIC = {"slug": "truce-in-principle", "name": "Truce in principle"}


class AgreementFilter(MomentFilter):
    """Which codings to compare: of statements that are published or under review."""

    topic: Annotated[list[Slug], Member(max_length=100)] = Member(
        default=[], description="Slug of a topic; its children count too. All topics when not given.", examples=[["ceasefire"]]
    )  # fmt: skip
    coder: Annotated[list[Coder], Member(max_length=100)] = Member(
        default=[], description="Name of a coder; all of them when not given.", examples=[["first-reader", "second-reader"]]
    )  # fmt: skip
    from_: Bound | None = Member(
        default=None, alias="from", description="Statements from this date on, inclusive; vague dates count where they may fall in it. Forms as in `/v1/timeline`.",
        examples=["2025-02"],
    )  # fmt: skip
    to: Bound | None = Member(
        default=None, description="Statements up to this date, inclusive; forms as `from`.", examples=["2025-05"]
    )


class Measure(Shown):
    """Agreement on one thing that is coded."""

    scale: Literal["ordinal", "nominal"] = Member(
        description="ordinal: values further apart on the scale disagree more; nominal: they differ or not.",
        examples=["ordinal"],
    )
    alpha: float | None = Member(
        description="Krippendorff's alpha: 1 is perfect, 0 is chance, below 0 worse than chance; null where it is undefined.",
        examples=[0.8154],
    )
    undefined: str | None = Member(description="Why there is no alpha; null where there is one.", examples=[None])
    units: int = Member(
        description="How many units have two values or more, which alone can be compared.", examples=[11]
    )
    values: int = Member(description="How many values they have.", examples=[40])
    percent: float | None = Member(
        description="Of all pairs of coders within a unit, the share that gave the same value, in percent; chance is not taken off. Null where "
        "there is no pair.", examples=[78.2],
    )  # fmt: skip


class Agreement(Shown):
    """How far coders agree on one topic, or on all that were asked for. A unit is one topic of one statement."""

    units: int = Member(description="How many units two coders or more have coded.", examples=[11])
    single: int = Member(description="How many units only one coder has coded; they tell nothing.", examples=[1])
    coders: int = Member(description="How many coders have coded any of either.", examples=[4])
    codes: int = Member(description="How many codes the units of two coders or more have.", examples=[40])
    no_position: int = Member(
        description="How many of these are no_position, which is no place on the scale.", examples=[0]
    )
    unclear: int = Member(description="How many of these are unclear, which is no place on the scale.", examples=[0])
    stance: Measure = Member(
        description="The five stances from strongly_supports to strongly_opposes, as a scale; no_position and unclear count as not coded."
    )
    stance_nominal: Measure = Member(description="All seven stances, each a value of its own.")
    condition_type: Measure = Member(description="What a position is made to depend on.")


class TopicAgreement(Agreement):
    """Agreement on one topic."""

    topic: Noun = Member(description="The topic.", examples=[_TOPIC])


class CoderCount(Shown):
    """How much one coder has coded."""

    coder: str = Member(description="The name of the coder.", examples=["second-reader"])
    codes: int = Member(description="How many codes are compared or stand alone.", examples=[14])


class CodedRecord(Shown):
    """A statement that coders disagree on."""

    id: str = Member(description="Its id.", examples=["01958f3e-7c00-7000-8000-000000000001"])
    path: str = Member(description="Its address.", examples=["/v1/statements/01958f3e-7c00-7000-8000-000000000001"])
    title: str = Member(description="What it was, in a line.", examples=["Agrees with the idea of a truce"])


class Code(Shown):
    """What one coder read."""

    coder: str = Member(description="The name of the coder.", examples=["second-reader"])
    stance: Stance = Member(description="The stance.", examples=["neutral"])
    condition_type: ConditionType = Member(description="What it is made to depend on.", examples=["none"])


class Disagreement(Shown):
    """One unit on which coders read different stances."""

    record: CodedRecord = Member(description="The statement.")
    topic: Noun = Member(description="The topic.", examples=[_TOPIC])
    codes: list[Code] = Member(description="What each coder read, by name.")


class AgreementRead(Shown):
    """How far coders agree, in all and topic by topic."""

    method: str = Member(description="The measure.", examples=["Krippendorff's alpha"])
    source: str = Member(
        description="Where it is defined.",
        examples=[
            "Krippendorff, K. (2011). Computing Krippendorff's Alpha-Reliability. https://repository.upenn.edu/asc_papers/43"
        ],
    )
    total: Agreement = Member(description="All topics together, each topic of each statement a unit.")
    topics: list[TopicAgreement] = Member(description="Each topic that was coded, by slug.")
    coders: list[CoderCount] = Member(description="Who coded how much, by name.")
    disagreements: list[Disagreement] = Member(
        description=f"The units on which coders disagree most, {MOST_TOLD} at most: first those whose scored stances lie furthest apart, then "
        "those with most pairs of coders that differ, then by entry."
    )
