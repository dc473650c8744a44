"""The closed lists of counts: by what periods, weights and units, and what a count says."""

from pydantic import Field

from schemas.base import Shown
from schemas.words import Word


class Interval(Word):
    """The periods that a count over time is divided by."""

    DAY = "day", "Days, as 2025-03-13, in UTC."
    WEEK = "week", "Weeks from Monday to Sunday, as 2025-W11 (ISO 8601)."
    MONTH = "month", "Months, as 2025-03."
    QUARTER = "quarter", "Quarters of a year, as 2025-Q1."
    YEAR = "year", "Years, as 2025."


class CountOf(Word):
    """What counts as one in an account of stances."""

    DAYS = (
        "days",
        "Whatever an actor said on one topic on one day counts once, shared evenly among the records; the default.",
    )
    RECORDS = "records", "Every record counts."


class Weight(Word):
    """How much each stance counts in a mean."""

    NONE = "none", "All the same; the default."
    CONFIDENCE = "confidence", "By the confidence of its record; one without counts for nothing."


class Inexact(Word):
    """What becomes of a date that may fall in several periods."""

    SPREAD = "spread", "It counts in each, by the share of its days; the default."
    EXCLUDE = "exclude", "It is left out, and counted among what was left out; so is one with an open start or end."
    EARLIEST = (
        "earliest",
        "It counts in the first of them; where that lies before the range, or its start is open, it is left out.",
    )


class Consistency(Word):
    """Whether an actor has kept to one side of a topic."""

    CONSISTENT = "consistent", "Never on the other side: all for, all against, or all neutral; some may be neutral."
    MOSTLY = "mostly", "At least three of four for or against were on the same side."
    MIXED = "mixed", "Fewer than that."


class ConditionsChange(Word):
    """What became of preconditions where a stance shifted."""

    APPEARED = "appeared", "Fewer than half of the days before had them, at least half of those after."
    FELL_AWAY = "fell_away", "At least half of the days before had them, fewer than half of those after."


class Facet(Word):
    """What records can be counted by."""

    ACTOR = "actor", "The actors in the role asked, an agent if none was; their filter is `actor`."
    BLOC = (
        "bloc",
        "Blocs and alliances, with all who belonged to them on the record's date; `actor` with `affiliates=true`.",
    )
    TOPIC = "topic", "The topics spoken of, each with those below it; `topic`."
    STANCE = "stance", "The stances, on the topic asked if one was; `stance`."
    KIND = "kind", "Statements and events; `kind`."
    EVENT_TYPE = "event_type", "PLOVER types; `event_type`."
    SOURCE = "source", "The sources cited; `source`."
    RELIABILITY = "reliability", "The reliability of the best citation; `min_reliability`."
    COUNTRY = "country", "The country of the place; `country`."
    LANGUAGE = "language", "The language of the words; `language`."
    STATUS = "status", "The editorial status, of all that may be seen; `status`."
    CONFIDENCE = "confidence", "STIX's bands of confidence: none, low, medium, high; `min_confidence`."
    YEAR = "year", "The years that the date may fall in; `from` and `to`."


class InPeriod(Shown):
    """The members that name a period, in a row or on an axis."""

    period: str = Field(description="2025-03-13, 2025-W11, 2025-03, 2025-Q1 or 2025.", examples=["2025-03"])
    period_start: str = Field(description="Its first day.", examples=["2025-03-01"])
    period_end: str = Field(description="Its last day.", examples=["2025-03-31"])
