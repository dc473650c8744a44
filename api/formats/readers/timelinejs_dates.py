"""Dates of TimelineJS as EDTF: numbers or texts for year, month, day and time; a text of commas; a text to be shown."""

import re
from collections.abc import Mapping
from typing import Any, Final

_PARTS: Final = ("year", "month", "day", "hour", "minute", "second")
_LIMITS: Final = {"month": (1, 12), "day": (1, 31), "hour": (0, 23), "minute": (0, 59), "second": (0, 59)}
_YEAR: Final = re.compile(r"([+-]?)0*([0-9]{1,9})")
_CLOCK: Final = re.compile(
    r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?\s*(am|pm|a\.m\.|p\.m\.)?", re.IGNORECASE
)
_ABOUT: Final = re.compile(
    r"(c\.|(ca|circa|about|around|approx|approximately|early|mid|late)\b).*|~.*|.*\(approximate\)", re.IGNORECASE
)
_UNSURE: Final = re.compile(r".*\?|.*\(uncertain\)|(perhaps|possibly|probably)\b.*", re.IGNORECASE)


class NotADate(ValueError):
    """Why it can't be read as a date, and what would be right."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def parts(given: Any) -> dict[str, int]:
    """The numbers of a date, from its year down to the first that is missing; none of them for no date.

    Raises NotADate for what is no number, for a day without its month, and for 14:61.
    """
    if isinstance(given, str):
        given = _from_text(given)
    if not isinstance(given, Mapping):
        if given in (None, "", []):
            return {}
        raise NotADate("a date is an object with a year", 'Such as {"year": 2025, "month": 3, "day": 11}.')
    found: dict[str, int] = {}
    missing = None
    for name in _PARTS:
        value = _number(name, given.get(name))
        if value is None:
            missing = missing or name
        elif missing and (found or name != "hour"):
            raise NotADate(
                f"there is a {name} without a {missing}", f"Give the {missing} too, or leave the {name} out."
            )
        else:
            found[name] = value
    return found


def from_clock(text: str) -> dict[str, int]:
    """The hour, minute and second of a time of day such as 14:05, 14:05:30 or 2:05 PM. Raises NotADate."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        raise NotADate("is no time of day", "Such as 14:05 or 2:05 PM.")
    hour, half = int(match[1]), (match[4] or "").lower()[:1]
    if half and not 1 <= hour <= 12:
        raise NotADate("is no time of day: with AM or PM the hour runs from 1 to 12", "Such as 2:05 PM.")
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return {"hour": hour, "minute": int(match[2])} | ({"second": int(match[3])} if match[3] else {})


def edtf(start: Mapping[str, int], end: Mapping[str, int], shown: str) -> tuple[str, bool]:
    """A date, or the interval from one to another, and whether a time of day was left out: intervals are made of days.

    What is shown instead of the date says whether it is approximate (“c. 1850”) or uncertain (“1850?”).
    """
    first, last = _written(start), _written(end)
    if not last or _day(last) == _day(first):
        mark = "~" if _ABOUT.fullmatch(shown) else "?" if _UNSURE.fullmatch(shown) else ""
        return (_day(first) if mark else first) + mark, bool(mark) and "T" in first
    return f"{_day(first)}/{_day(last)}", "T" in first or "T" in last


def _written(found: Mapping[str, int]) -> str:
    if not found:
        return ""
    year = found["year"]
    text = f"{'-' if year < 0 else ''}{abs(year):04}" + "".join(
        f"-{found[name]:02}" for name in ("month", "day") if name in found
    )
    if "hour" in found:
        text += f"T{found['hour']:02}:{found.get('minute', 0):02}:{found.get('second', 0):02}"
    return text


def _day(text: str) -> str:
    return text.partition("T")[0]


def _number(name: str, value: Any) -> int | None:
    text = (
        str(value).strip().replace(",", "")
        if isinstance(value, str | int | float) and not isinstance(value, bool)
        else ""
    )
    text = text.removesuffix(".0")
    if (not text and value in (None, "")) or (isinstance(value, str) and not text):
        return None
    match = _YEAR.fullmatch(text)
    if match is None or (match[1] and name != "year"):
        raise NotADate(f"the {name} {str(value)[:40]!r} is no whole number", "Such as 2025, 3 and 11.")
    number = -int(match[2]) if match[1] == "-" else int(match[2])
    low, high = _LIMITS.get(name, (number, number))
    if not low <= number <= high:
        raise NotADate(f"the {name} {number} is not from {low} to {high}", f"Write a {name} from {low} to {high}.")
    return number


def _from_text(text: str) -> Mapping[str, str]:
    """The parts of "2012,1,26,14,30" or "2012-01-26", as version 2 has them; not 1/2/2012, which may be either month."""
    plain = text.strip()
    if re.fullmatch(r"-?[0-9]+(\s*,\s*[0-9]*)*", plain):
        numbers = [number.strip() for number in plain.rstrip(", ").split(",")]
        if len(numbers) <= len(_PARTS) + 1:
            return dict(zip(_PARTS, numbers, strict=False))
    found = re.fullmatch(r"([0-9]{4})-([0-9]{1,2})(?:-([0-9]{1,2}))?(?:T([0-9]{2}):([0-9]{2}).*)?", plain)
    if found:
        return {name: value for name, value in zip(_PARTS, found.groups(), strict=False) if value}
    if not plain:
        return {}
    raise NotADate(
        f"the date {plain[:40]!r} can't be read for certain", "Write 2012,1,26 or 2012-01-26: year, month, day."
    )
