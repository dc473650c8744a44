"""Silences: signals that had time for an answer, and got none."""

from api.store import links, timeline
from api.store.conditions import Conditions
from api.store.directory import Directory
from api.store.documents import Listed
from api.store.sessions import Reading
from schemas.dates import CALENDAR_START, DAY
from schemas.links import UnansweredFilter

DEFAULT_WITHIN = 7 * DAY


def page(
    reading: Reading, directory: Directory, filters: UnansweredFilter, known_tag: str | None = None
) -> Listed | None:
    """One page of signals without an answer in time, as a timeline; None when it is still the one with the tag `known_tag`.

    A signal is there from the end of the day on which its time ran out, counted from its last possible moment. An answer
    that may have come in time, by inexact dates, counts as one. Raises what a timeline does.
    """
    return timeline.page(reading, directory, filters, known_tag=known_tag, narrow=_narrow)


def _narrow(reading: Reading, directory: Directory, filters: UnansweredFilter, found: Conditions) -> None:
    within = filters.within or DEFAULT_WITHIN
    moment = reading.clock() if filters.as_of is None else filters.as_of
    over = (moment - CALENDAR_START) // DAY - within // DAY
    found.values |= {"time_over": CALENDAR_START + over * DAY, "answered_within": within}
    found.rows.append("i.latest < :time_over")
    answer = [f"({links.lag('f', 'i').least}) <= :answered_within"]
    if filters.type:
        found.values["answer_types"] = reading.listed([str(one) for one in filters.type])
        answer.append(reading.any_of("x.type", "answer_types"))
    if filters.by:
        actors = directory.named("actor", filters.by, "by", found.faults)
        found.values |= links.bound(reading, directory, "answered_by", actors, bool(filters.affiliates))
        answer.append(links.checked(f"x.from_id IN ({links.spoken_by(reading, 'answered_by')})"))
    found.rows.append(f"NOT EXISTS (SELECT 1 {links.ANSWERS} AND {' AND '.join(answer)})")
