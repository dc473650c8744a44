"""Dates as people write them, turned into EDTF: several styles in one column, months by name, times with a zone or none.

A style is written as spreadsheets do: `YYYY-MM-DD`, `D MMMM YYYY`, `MM/DD/YYYY hh:mm`. Nothing is guessed: of a date such as
03/04/2025, which can be read in two ways, only the mapping can say which is meant.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from schemas import dates

# Read where the mapping names no styles, in this order, after EDTF itself; those with day and month in numbers need an order.
USUAL: Final = (
    "YYYY-MM-DDThh:mm:ss", "YYYY-MM-DDThh:mm", "YYYY-MM-DD", "YYYY/MM/DD", "YYYYMMDD", "D MMMM YYYY", "MMMM D, YYYY", "MMMM D YYYY",
    "MMMM YYYY", "D/M/YYYY", "M/D/YYYY", "D.M.YYYY", "M.D.YYYY", "D-M-YYYY", "M-D-YYYY", "D/M/YYYY hh:mm:ss", "M/D/YYYY hh:mm:ss",
    "D/M/YYYY hh:mm", "M/D/YYYY hh:mm", "D.M.YYYY hh:mm", "M.D.YYYY hh:mm", "D.M.YYYY, hh:mm", "M.D.YYYY, hh:mm", "D. MMMM YYYY", "D-MMM-YYYY",
    "WWW D MMMM YYYY", "WWW, D MMMM YYYY", "WWW, D. MMMM YYYY", "WWW, MMMM D, YYYY", "'le' D MMMM YYYY", "D MMMM YYYY 'г.'", "D MMMM YYYY 'года'",
    "D MMMM YYYY 'р.'", "D MMMM YYYY 'року'",
)  # fmt: skip
EDTF: Final = "EDTF"  # the one style that is no pattern
_LONGEST: Final = 100
_NOTHING: Final = re.compile(r"(?!)")
_DAY: Final = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er)?"
TOKENS: Final = {
    "YYYY": r"(?P<year>\d{4})", "MMMM": r"(?P<name>[^\W\d_]{3,15})\.?", "MMM": r"(?P<name>[^\W\d_]{3,15})\.?", "MM": r"(?P<month>\d{2})", "M": r"(?P<month>\d{1,2})",
    "DD": r"(?P<day>\d{2})", "D": _DAY, "WWW": r"[^\W\d_]{2,15}\.?", "hh": r"(?P<hour>\d{1,2})", "mm": r"(?P<minute>\d{2})",
    "ss": r"(?P<second>\d{2})(?:[.,]\d{1,9})?", "AM": r"(?P<half>[AaPp])\.?\s?[Mm]\.?",
}  # fmt: skip
_ZONE: Final = r"(?:\s?(?P<zone>[Zz]|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?"
_PART: Final = re.compile(r"YYYY|MMMM|MMM|WWW|MM|DD|T(?=hh)|hh|mm|ss|AM|M|D|'[^']*'|[A-Za-z]+|\s+|.", re.DOTALL)
_MONTHS: Final = """
january february march april may june july august september october november december
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь
січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
січень лютий березень квітень травень червень липень серпень вересень жовтень листопад грудень
janvier février mars avril mai juin juillet août septembre octobre novembre décembre
januar februar märz april mai juni juli august september oktober november dezember
"""
_MONTH_NAMES: Final = {
    name: month for line in _MONTHS.split("\n") for month, name in enumerate(line.split(), 1)
}  # fmt: skip


class FormatProblem(ValueError):
    """A style of dates that can't be read as one."""


class WrittenDateProblem(ValueError):
    """A date that can't be taken as it is written: what is wrong with it, and what would be right."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Style:
    """How the dates of a column are written, and what their clock times mean."""

    formats: tuple[str, ...] = ()
    order: str | None = None  # day_first or month_first
    zone: str | None = None  # None: a time without a zone stays without one, and means its whole day
    trust_zone: bool = True
    day_only: bool = False


def read(text: str, style: Style) -> str:
    """The date in EDTF. Raises WrittenDateProblem."""
    if len(text) > _LONGEST:
        raise WrittenDateProblem(f"{text[:40]!r}… is too long for a date", "A date such as 2025-03-13.")
    if _is_edtf(text) and (not style.formats or EDTF in style.formats):
        return text
    found: tuple[str, _Form] | None = None
    problem: WrittenDateProblem | None = None
    for written in style.formats or USUAL:
        form = compiled(written)
        match = form.pattern.fullmatch(text)
        if match is None or (style.order and form.order and form.order != style.order):
            continue
        try:
            made = _made(text, match.groupdict(), style)
        except WrittenDateProblem as fault:
            problem = problem or fault
            continue
        if found is None and form.order is None:
            return made
        if found is None:
            found = made, form
        elif form.shape == found[1].shape and made != found[0]:
            hint = 'Say in the mapping which comes first: order = "day_first" or order = "month_first".'
            raise WrittenDateProblem(f"{text!r} can be {found[0]} and {made}", hint)
    if found is None:
        raise problem or _unread(text, style)
    return found[0]


def interval(start: str, end: str) -> str:
    """Both ends as one date: a day that is the same at both, a whole month or year by its name, else `start/end` in days."""
    if start == end:
        return start
    first, last = start[:10], end[:10]
    if first == last:
        return first
    for width, begin in ((7, "-01"), (4, "-01-01")):
        whole = first[:width]
        if len(first) == 10 and first == whole + begin and _is_edtf(whole) and last == dates.parse(whole).date_latest:
            return whole
    return f"{first}/{last}"


@dataclass(frozen=True, slots=True)
class _Form:
    pattern: re.Pattern[str]
    order: str | None  # where day and month are both numbers and stand before the year
    shape: str  # the same for two that differ in that order alone


@lru_cache(maxsize=500)
def compiled(written: str) -> _Form:
    """A style of dates, ready to be read. Raises FormatProblem."""
    if written == EDTF:
        return _Form(_NOTHING, None, EDTF)
    parts = _PART.findall(written)
    unknown = next((part for part in parts if part.isalpha() and part not in TOKENS and part != "T"), None)
    if unknown:
        known = ", ".join(TOKENS)
        raise FormatProblem(f"{unknown!r} in {written!r} is no part of a date. Known are {known}; words stand in '…'.")
    if "YYYY" not in parts or ("hh" in parts and not {"D", "DD"} & set(parts)):
        raise FormatProblem(f"{written!r} has no year, YYYY, or a time and no day, DD.")
    try:
        pattern = re.compile("".join(map(_pattern, parts)) + (_ZONE if "hh" in parts else ""))
    except re.error:
        raise FormatProblem(f"{written!r} has a part twice.") from None
    numbers = [part[0] for part in parts if part in TOKENS and part[0] in "DMY" and part not in ("MMMM", "MMM")]
    order = {"DMY": "day_first", "MDY": "month_first"}.get("".join(numbers))
    return _Form(pattern, order, "".join("#" if part in ("M", "MM", "D", "DD") else part for part in parts))


def zone_named(name: str) -> ZoneInfo:
    """A time zone by its name, such as Europe/Moscow. Raises FormatProblem."""
    try:
        return ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        raise FormatProblem(
            f"there is no time zone {name[:60]!r}: known are such as Europe/Moscow, Europe/Kyiv, UTC."
        ) from None


def _pattern(part: str) -> str:
    if part in TOKENS:
        return TOKENS[part]
    if part == "T":
        return r"(?:[Tt]|\s)"
    if part.isspace():
        return r"\s+"
    return re.escape(part[1:-1] if len(part) > 1 and part[0] == "'" else part)


def _is_edtf(text: str) -> bool:
    """Whether it is a date in EDTF; a time is read as the column says, for it may want a zone."""
    try:
        return "T" not in text and bool(dates.parse(text))
    except dates.DateProblem:
        return False


def _made(text: str, parts: dict[str, str | None], style: Style) -> str:
    year = int(parts.get("year") or 0)
    month = _month_named(name) if (name := parts.get("name")) else int(parts.get("month") or 0)
    if name and not month:
        raise WrittenDateProblem(
            f"{name!r} in {text!r} is no month", "The name of a month, or three letters or more of it."
        )
    if not parts.get("day"):
        day = f"{year:04}-{month:02}" if month else f"{year:04}"
        return day if _is_edtf(day) else _impossible(text)
    try:
        moment = datetime(year, month, int(parts["day"] or 0), *_clock(parts))  # noqa: DTZ001 (the zone comes below)
    except ValueError:
        return _impossible(text)
    if style.day_only or parts.get("hour") is None:
        return f"{moment:%Y-%m-%d}" if year > 999 else moment.date().isoformat()
    return moment.isoformat() + _zone(moment, parts.get("zone"), style)


def _impossible(text: str) -> str:
    raise WrittenDateProblem(f"there is no such day or time: {text!r}", "A date such as 2025-03-13.")


def _clock(parts: dict[str, str | None]) -> tuple[int, int, int]:
    hour, minute, second = (int(parts.get(name) or 0) for name in ("hour", "minute", "second"))
    if half := parts.get("half"):
        if not 1 <= hour <= 12:
            raise ValueError("a clock with am and pm has the hours 1 to 12")
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    return hour, minute, second


def _zone(moment: datetime, written: str | None, style: Style) -> str:
    """What stands behind a clock time: the zone written there, that of the column, or nothing, which means the whole day."""
    if written and style.trust_zone:
        if written.upper() in ("Z", "UTC", "GMT"):
            return "Z"
        return f"{written[:3]}:{written[3:].lstrip(':') or '00'}"
    if style.zone is None:
        return ""
    zone = zone_named(style.zone)
    offsets = {moment.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)}
    offset = offsets.pop() or timedelta()
    # Where the clocks were put back or forward the time is there twice or never, and only its day is known.
    if offsets or offset % timedelta(minutes=1):
        return ""
    return moment.replace(tzinfo=zone).isoformat()[19:].replace("+00:00", "Z")


@lru_cache(maxsize=500)
def _month_named(name: str) -> int:
    """The number of a month by its name, or by three letters or more of it; 0 for none, or for more than one."""
    word = name.casefold()
    months = {month for known, month in _MONTH_NAMES.items() if known.startswith(word)}
    return _MONTH_NAMES.get(word) or (months.pop() if len(months) == 1 else 0)


def _unread(text: str, style: Style) -> WrittenDateProblem:
    known = ", ".join(style.formats) or "2025-03-13, 13 March 2025, March 13, 2025, 13.03.2025 and their like"
    hint = "Add the style to `formats` of the date in the mapping, or to `na` what stands there instead of a date."
    return WrittenDateProblem(f"{text[:60]!r} is not written as a date of this column: {known}", hint)
