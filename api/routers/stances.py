"""Stances counted: what each side holds now, over time, and when it shifted."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api import answers, queries
from api.dependencies import Reads
from api.openapi import refused
from api.store import current_stances, stance_series, stance_shifts
from schemas.stances import CurrentFilter, CurrentStances, SeriesFilter, ShiftFilter, StanceSeries, StanceShifts

router = APIRouter(prefix="/v1/stances", tags=["stances"])
Asked = Annotated[CurrentFilter, Depends(queries.asked(CurrentFilter))]
AskedSeries = Annotated[SeriesFilter, Depends(queries.asked(SeriesFilter))]
AskedShifts = Annotated[ShiftFilter, Depends(queries.asked(ShiftFilter))]
REFUSED = refused("invalid", "group-too-large", "key-required", "key-invalid")


@router.get(
    "/current", summary="Read what each side holds now", response_model=CurrentStances,
    openapi_extra=queries.parameters(CurrentFilter), responses=REFUSED,
)  # fmt: skip
async def read_current_stances(request: Request, reading: Reads, asked: Asked) -> Response:
    """The matrix of actors and topics: for each pair the latest stance, since when, and the record behind it.

    Counted are own words and the accounts of the actor's own office, unless `attribution` says otherwise; what the
    actor took back is not. All that an actor said on a topic on one day counts once. A pair of which nothing was said has null, never 0.
    """
    found = await reading.at(asked.as_of).listing(False, current_stances.current, asked)
    return answers.counted(request, found, asked.as_of)


@router.get(
    "/series", summary="Read the stances over time", response_model=StanceSeries,
    openapi_extra=queries.parameters(SeriesFilter), responses=REFUSED,
)  # fmt: skip
async def read_stance_series(request: Request, reading: Reads, asked: AskedSeries) -> Response:
    """Flat rows, one for each actor, topic and period, those without a stance too; of the first and the last period
    only what lies between `from` and `to` counts.

    Counted is what `/v1/stances/current` counts. A date that may fall in several periods counts in each by the share of its days; an
    open start is cut at the start of the range, an open end at its end or today. Mean and spread (the standard deviation) are null where n is 0.
    """
    found = await reading.at(asked.as_of).listing(False, stance_series.series, asked)
    return answers.counted(request, found, asked.as_of)


@router.get(
    "/shifts", summary="Read when stances shifted", response_model=StanceShifts,
    openapi_extra=queries.parameters(ShiftFilter), responses=REFUSED,
)  # fmt: skip
async def read_stance_shifts(request: Request, reading: Reads, asked: AskedShifts) -> Response:
    """Lasting changes of an actor's stance on a topic: from what to what, on which day and how surely that one, and the records around it.

    Counted is what `/v1/stances/current` counts, by days in their order. The answer names the method and what it can't say.
    """
    found = await reading.at(asked.as_of).listing(False, stance_shifts.shifts, asked)
    return answers.counted(request, found, asked.as_of)
