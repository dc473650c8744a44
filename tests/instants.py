"""What the tests of dates share: a second road to an instant, and what is said of a refused text."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas.dates import (
    DateProblem,
    parse,
)

OUTSIDE = "outside the years 0001 to 9999"
SECOND = 1_000_000


def us(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, micro: int = 0) -> int:
    """An instant by another road than the module's: the difference of two aware datetimes."""
    instant = datetime(year, month, day, hour, minute, second, micro, tzinfo=UTC)
    return (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def problem(text: str, reader: Callable[[str], Any] = parse) -> DateProblem:
    with pytest.raises(DateProblem) as caught:
        reader(text)
    return caught.value


def answer(text: str) -> tuple[str | None, str | None] | str:
    try:
        span = parse(text)
    except DateProblem as refusal:
        return refusal.message
    return span.date_earliest, span.date_latest
