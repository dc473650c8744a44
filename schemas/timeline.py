"""The filters of every list of records: one model each, its parameters shown in the documentation from the same model."""

import re
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    PrivateAttr,
    StringConstraints,
    WithJsonSchema,
)  # fmt: skip

from schemas import dates, searches
from schemas.fields import Country, Language, Slug, fault
from schemas.problems import Fault
from schemas.vocabularies import (
    Attribution,
    Channel,
    ConditionType,
    DateMatch,
    EventType,
    Kind,
    Order,
    Reliability,
    Role,
    Stance,
    Status,
)  # fmt: skip


def _bound(text: str) -> dates.Span:
    try:
        return dates.parse_bound(text)
    except dates.DateProblem as problem:
        raise fault(problem.message, problem.hint) from None


def _instant(text: str) -> int:
    try:
        return dates.parse_instant(text)
    except dates.DateProblem as problem:
        raise fault(problem.message, problem.hint) from None


def _moment(text: str) -> int:
    """An instant exactly, 13-digit epoch milliseconds, or the end of a date."""
    if "T" in text.upper() and "/" not in text:
        return _instant(text)
    bound = _bound(text)
    if bound.open_end:
        raise fault(f"{text[:60]!r} has an open end, so that no moment is meant", "Give a day, or an instant.")
    return bound.latest


def _period(text: str) -> int:
    try:
        return dates.parse_period(text)
    except dates.DateProblem as problem:
        raise fault(problem.message, problem.hint) from None


def _box(text: str) -> tuple[float, float, float, float]:
    hint = "Four numbers west,south,east,north in degrees, such as 22.1,44.3,40.2,52.4."
    parts = text.split(",")
    if len(parts) != 4 or not all(re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{1,15})?", part) for part in parts):
        raise fault(f"{text[:60]!r} is no bounding box", hint)
    west, south, east, north = map(float, parts)
    if south > north:
        raise fault(f"{text[:60]!r} has its south north of its north", hint)
    if max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90:
        raise fault(f"{text[:60]!r} does not lie on the globe", hint)
    return west, south, east, north


def _grade(grade: Reliability) -> Reliability:
    if grade is Reliability.F:
        raise fault(
            "F says that reliability can't be judged: nothing is above or below it", "Give a grade from A to E."
        )
    return grade


def _whole(text: str) -> str:
    if not (text.isascii() and text.isdigit()):
        raise fault(f"{text[:40]!r} is no whole number", "Digits alone, such as 50.")
    return text.lstrip("0")[:20] or "0"  # twenty digits are above every bound, which the fault then names


def _yes(text: str) -> bool:
    if text not in ("true", "false"):
        raise fault(f"{text[:40]!r} is neither true nor false", "Write true or false.")
    return text == "true"


Whole = Annotated[int, BeforeValidator(_whole)]
Yes = Annotated[bool, PlainValidator(_yes), WithJsonSchema({"type": "boolean"})]
Bound = Annotated[dates.Span, PlainValidator(_bound), WithJsonSchema({"type": "string", "maxLength": 100})]
Moment = Annotated[int, PlainValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})]
AsOf = Annotated[int, PlainValidator(_moment), WithJsonSchema({"type": "string", "maxLength": 100})]
Period = Annotated[int, PlainValidator(_period), WithJsonSchema({"type": "string", "maxLength": 40})]
Box = Annotated[
    tuple[float, float, float, float], PlainValidator(_box), WithJsonSchema({"type": "string", "maxLength": 100})
]
Words = Annotated[
    searches.Searched,
    PlainValidator(searches.search),
    WithJsonSchema({"type": "string", "maxLength": searches.MOST_LETTERS}),
]
Limit = Annotated[Whole, Field(ge=1, le=500), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 500})]
Percent = Annotated[Whole, Field(ge=0, le=100), WithJsonSchema({"type": "integer", "minimum": 0, "maximum": 100})]
AtLeastOne = Annotated[Whole, Field(ge=1, le=50), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 50})]
Text = Annotated[str, StringConstraints(max_length=2048)]
MOST_OF_A_CURSOR = 2000  # characters
Cursor = Annotated[str, StringConstraints(max_length=MOST_OF_A_CURSOR)]


class MomentFilter(BaseModel):
    """The ground of every read: an unknown parameter is refused, never ignored; each can be asked of a moment in the past."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    as_of: AsOf | None = Field(
        default=None, description="The answer as it would have been given then: an RFC 3339 instant, or an EDTF date, whose end counts. "
        "Not in the future.", examples=["2026-11-01"],
    )  # fmt: skip


class Filter(MomentFilter):
    """The ground of every list's parameters."""

    limit: Limit = Field(default=50, description="How many items at most.", examples=[50])
    cursor: Cursor | None = Field(
        default=None, description="The `next` of the page before, with the same filters.", examples=["eyJ…"]
    )


class ChoiceFilter(MomentFilter):
    """Which records are meant, in a list or a count. Each filter given must hold; a repeated one means any of its values."""

    # What was wrong with other parameters: told together with the names that do not exist, once those have been looked up.
    _faults: list[Fault] = PrivateAttr(default_factory=list)

    q: Words | None = Field(
        default=None, description='Full text of titles, summaries, quotes, translations, and names and aliases of the actors involved: words, "phrases", '
        "-exclusions, beginnings*; in any script, without case and accents. Each item then has a `snippet`.",
        examples=['"cease fire" -energy'],
    )  # fmt: skip
    target: list[Slug] = Field(
        default=[], max_length=100, description="Slug of an actor that is the target.", examples=[["ukraine"]]
    )
    affiliates: Yes | None = Field(
        default=None, description="Also members and office-holders of the actor at any depth, each only while affiliated on the record's date.",
        examples=[True],
    )  # fmt: skip
    topic: list[Slug] = Field(
        default=[], max_length=100, description="Slug of a topic; its children count too.", examples=[["ceasefire"]]
    )
    stance: list[Stance] = Field(
        default=[], description="A stance, on the same topic as `topic` and `condition_type`.", examples=[["supports"]]
    )
    condition_type: list[ConditionType] = Field(
        default=[],
        description="A kind of conditions, on the same topic as `topic` and `stance`.",
        examples=[["preconditions"]],
    )
    attribution: list[Attribution] = Field(default=[], description="Whose account it is.", examples=[["own_words"]])
    min_confidence: Percent | None = Field(
        default=None, description="Confidence at least this; leaves out null, which is no value.", examples=[70]
    )
    source: list[Slug] = Field(
        default=[], max_length=100, description="Slug of a source cited.", examples=[["kremlin-ru"]]
    )
    min_reliability: Annotated[Reliability, AfterValidator(_grade)] | None = Field(
        default=None, description="Reliability of the best citation at least this good, A–E; F (can't be judged) is no grade.",
        examples=["B"],
    )  # fmt: skip
    min_corroboration: AtLeastOne | None = Field(
        default=None, description="At least so many independent origins, or the speaker's own publication. 1 leaves out what is known from "
        "translations and repeats alone.", examples=[2],
    )  # fmt: skip
    event_type: list[EventType] = Field(default=[], description="PLOVER type.", examples=[["CONSULT"]])
    country: list[Country] = Field(
        default=[], max_length=300, description="Country of the place, ISO 3166-1 alpha-2.", examples=[["TR"]]
    )
    bbox: Box | None = Field(
        default=None, description="Place inside west,south,east,north in degrees.", examples=["22.1,44.3,40.2,52.4"]
    )
    language: list[Language] = Field(
        default=[], max_length=100, description="BCP 47 tag of the words; `en` finds en-GB too.", examples=[["ru"]]
    )
    tag: list[Text] = Field(default=[], max_length=100, description="A tag.", examples=[["istanbul-talks"]])
    channel: list[Channel] = Field(default=[], description="How it was said.", examples=[["press_conference"]])
    status: list[Status] = Field(
        default=[], description="Editorial status; published and under_review when not given.", examples=[["published"]]
    )
    from_: Bound | None = Field(
        default=None, alias="from", description="From this date on, inclusive: EDTF, an instant, or 13-digit epoch milliseconds.",
        examples=["2025-02"],
    )  # fmt: skip
    to: Bound | None = Field(
        default=None, description="Up to this date, inclusive; forms as `from`.", examples=["2025-05"]
    )
    date_match: DateMatch | None = Field(
        default=None,
        description="overlaps (default): may fall in the range; within: certainly does.",
        examples=["overlaps"],
    )
    max_span: Period | None = Field(
        default=None, description="Leave out dates vaguer than this ISO 8601 duration.", examples=["P31D"]
    )
    effective_from: Bound | None = Field(
        default=None, description="In effect on or after this date.", examples=["2025-03-18"]
    )
    effective_to: Bound | None = Field(
        default=None, description="In effect on or before this date.", examples=["2025-04-17"]
    )
    id: list[Text] = Field(
        default=[],
        max_length=100,
        description="Id, or `external_source:external_id`.",
        examples=[["01958f3e-7c00-7000-8000-000000000001"]],
    )
    url: Text | None = Field(
        default=None,
        min_length=1,
        description="Address that a citation has, as given.",
        examples=["http://en.kremlin.ru/events/president/news/76450"],
    )
    external_id: Text | None = Field(
        default=None,
        min_length=1,
        description="Id in the system it came from, or `external_source:external_id`.",
        examples=["UKR12345"],
    )
    changed_since: Moment | None = Field(
        default=None, description="Created or changed at or after this instant.", examples=["2025-03-13T14:00:00Z"]
    )


class SharedFilter(ChoiceFilter, Filter):
    """What records can be filtered by wherever they are listed."""

    role: Role | None = Field(
        default=None, description="The part that the actor has: agent (actor, on_behalf_of or co_actor; the default), addressee, "
        "target, mediator, host or any.", examples=["agent"],
    )  # fmt: skip


class RecordFilter(SharedFilter):
    """What every list of records can be filtered by, in which order, and whether it is counted."""

    order: Order = Field(
        default=Order.DESC, description="desc (newest first), asc (its exact reverse); entered or -entered: by entry, oldest or newest first; "
        "relevance: what `q` finds best first.",
        examples=["desc"],
    )  # fmt: skip
    count: str | None = Field(
        default=None, pattern="^capped$", description="`capped` adds `count`, up to 1,000.", examples=["capped"]
    )


class ActorTimelineFilter(RecordFilter):
    """One actor's timeline; the actor stands in the path."""

    kind: Kind | None = Field(
        default=None, description="statement or event; both when not given.", examples=["statement"]
    )


class StatementFilter(RecordFilter):
    """Statements of any actors."""

    actor: list[Slug] = Field(default=[], max_length=100, description="Slug of an actor.", examples=[["kremlin"]])


class EventFilter(StatementFilter):
    """Events of any actors."""


class TimelineFilter(StatementFilter):
    """Statements and events of any actors."""

    kind: Kind | None = Field(
        default=None, description="statement or event; both when not given.", examples=["statement"]
    )


def _search(text: str) -> str:
    if not text.strip():
        raise fault("is blank", "Write part of a name or of an alias, in any script.")
    return text


Search = Annotated[str, StringConstraints(max_length=200), BeforeValidator(_search)]
