"""Confidence in the sense of STIX 2.1: how it may be given, what number it stands for and how it reads on each scale.

The numbers are those of OASIS `stix2/confidence/scales.py` (STIX 2.1, appendix A), whose code is right where its
docstrings have typing errors (WEP "Unlikely" is 30, 9 of 10 covers 85 to 94).
"""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import lru_cache
from typing import Final, NamedTuple


class ConfidenceScale(StrEnum):
    """The scale on which a confidence was given; a number without its scale means nothing."""

    STIX = "stix"
    NONE_LOW_MED_HIGH = "none-low-med-high"
    ZERO_TO_TEN = "0-10"
    ADMIRALTY = "admiralty"
    WEP = "wep"
    DNI = "dni"


class ConfidenceLabel(StrEnum):
    """A confidence in one word, by the STIX ranges."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Reliability(StrEnum):
    """How far a source can be relied on (Admiralty A to F); STIX has no number for it."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"


class Credibility(IntEnum):
    """How credible one piece of information is (Admiralty 1 to 6), apart from its source."""

    CONFIRMED = 1
    PROBABLY_TRUE = 2
    POSSIBLY_TRUE = 3
    DOUBTFUL = 4
    IMPROBABLE = 5
    CANNOT_BE_JUDGED = 6


class Hedge(StrEnum):
    """How likely a speaker put something: the words of estimative probability of WEP and DNI (ICD 203) together."""

    IMPOSSIBLE = "impossible"
    ALMOST_NO_CHANCE = "almost_no_chance"
    REMOTE = "remote"
    ALMOST_CERTAINLY_NOT = "almost_certainly_not"
    HIGHLY_UNLIKELY = "highly_unlikely"
    VERY_UNLIKELY = "very_unlikely"
    HIGHLY_IMPROBABLE = "highly_improbable"
    UNLIKELY = "unlikely"
    IMPROBABLE = "improbable"
    PROBABLY_NOT = "probably_not"
    EVEN_CHANCE = "even_chance"
    ROUGHLY_EVEN_CHANCE = "roughly_even_chance"
    ROUGHLY_EVEN_ODDS = "roughly_even_odds"
    LIKELY = "likely"
    PROBABLE = "probable"
    HIGHLY_LIKELY = "highly_likely"
    VERY_LIKELY = "very_likely"
    HIGHLY_PROBABLE = "highly_probable"
    ALMOST_CERTAIN = "almost_certain"
    NEARLY_CERTAIN = "nearly_certain"
    CERTAIN = "certain"


class Band(NamedTuple):
    """One step of a scale: its words, the STIX number they stand for, and the STIX numbers that read as this step."""

    words: tuple[str, ...]
    value: int
    low: int
    high: int


NONE_LOW_MED_HIGH: Final = (
    Band(("none",), 0, 0, 0),
    Band(("low",), 15, 1, 29),
    Band(("medium", "med"), 50, 30, 69),
    Band(("high",), 85, 70, 100),
)
"""STIX 2.1 None / Low / Med / High, after OASIS `stix2/confidence/scales.py`."""

ZERO_TO_TEN: Final = tuple(Band((str(n),), 10 * n, max(0, 10 * n - 5), min(100, 10 * n + 4)) for n in range(11))
"""STIX 2.1 0-10 scale, after OASIS `stix2/confidence/scales.py`."""

ADMIRALTY: Final = (
    Band(("1",), 90, 80, 100),
    Band(("2",), 70, 60, 79),
    Band(("3",), 50, 40, 59),
    Band(("4",), 30, 20, 39),
    Band(("5",), 10, 0, 19),
)
"""STIX 2.1 Admiralty credibility, after OASIS `stix2/confidence/scales.py`; 6 can't be judged and has no number."""

WEP: Final = (
    Band(("impossible",), 0, 0, 0),
    Band(("highly_unlikely", "almost_certainly_not"), 10, 1, 19),
    Band(("unlikely", "probably_not"), 30, 20, 39),
    Band(("even_chance",), 50, 40, 59),
    Band(("likely", "probable"), 70, 60, 79),
    Band(("highly_likely", "almost_certain"), 90, 80, 99),
    Band(("certain",), 100, 100, 100),
)
"""STIX 2.1 words of estimative probability, after OASIS `stix2/confidence/scales.py`."""

DNI: Final = (
    Band(("almost_no_chance", "remote"), 5, 0, 9),
    Band(("very_unlikely", "highly_improbable"), 15, 10, 19),
    Band(("unlikely", "improbable"), 30, 20, 39),
    Band(("roughly_even_chance", "roughly_even_odds"), 50, 40, 59),
    Band(("likely", "probable"), 70, 60, 79),
    Band(("very_likely", "highly_probable"), 85, 80, 89),
    Band(("almost_certain", "nearly_certain"), 95, 90, 100),
)
"""STIX 2.1 DNI scale (the words of ICD 203, not its percentages), after OASIS `stix2/confidence/scales.py`."""

BANDS: Final[dict[ConfidenceScale, tuple[Band, ...]]] = {
    ConfidenceScale.NONE_LOW_MED_HIGH: NONE_LOW_MED_HIGH,
    ConfidenceScale.ZERO_TO_TEN: ZERO_TO_TEN,
    ConfidenceScale.ADMIRALTY: ADMIRALTY,
    ConfidenceScale.WEP: WEP,
    ConfidenceScale.DNI: DNI,
}

# Label, definition, number in MISP's taxonomy. MISP's 50 for F and 6 is shown as MISP's and never used.
RELIABILITY_TERMS: Final = {
    "A": ("Completely reliable", "Its authenticity and competence are beyond doubt and it has always been right.", 100),
    "B": ("Usually reliable", "There is little doubt of it and it has been right most of the time.", 75),
    "C": ("Fairly reliable", "There is some doubt of it, yet it has been right before.", 50),
    "D": ("Not usually reliable", "There is much doubt of it, though it has been right before.", 25),
    "E": ("Unreliable", "It lacks authenticity or competence and has been wrong before.", 0),
    "F": ("Reliability cannot be judged", "Nothing is known to judge it by; it counts as no value, not as 50.", 50),
}
CREDIBILITY_TERMS: Final = {
    "1": ("Confirmed by other sources", "Independent sources confirm it and it fits all that is known.", 100),
    "2": ("Probably true", "Nobody confirms it, but it is logical and fits what is known.", 75),
    "3": ("Possibly true", "Nobody confirms it; it is reasonable and fits some of what is known.", 50),
    "4": ("Doubtful", "Nobody confirms it; it is possible but not logical and nothing else is known.", 25),
    "5": ("Improbable", "It is not logical and other information contradicts it.", 0),
    "6": ("Truth cannot be judged", "Nothing is known to judge it by; it counts as no value, not as 50.", 50),
}
# Label and definition of each scale.
SCALE_TERMS: Final = {
    "stix": ("STIX 2.1, 0 to 100", "An integer from 0 to 100, or null where it can't be judged."),
    "none-low-med-high": ("None, low, medium, high", "One of four words; med is taken for medium."),
    "0-10": ("0 to 10", "An integer from 0 to 10."),
    "admiralty": ("Admiralty", "A grade such as B2, or the credibility from 1 to 6 alone; a 6 gives null."),
    "wep": ("Words of estimative probability", "A word of STIX's own list, from impossible to certain."),
    "dni": ("DNI words", "A word of ICD 203, from almost no chance to nearly certain, by STIX's ranges."),
}
LABEL_TERMS: Final = {
    "none": "Nothing speaks for it.",
    "low": "Little speaks for it: one doubtful account, or accounts that differ.",
    "medium": "A fair account of it exists, yet it could be otherwise.",
    "high": "It is well documented, as by the speaker's own publication or independent accounts.",
}

_VALUE_OF: Final = {
    scale: {word: band.value for band in bands for word in band.words} for scale, bands in BANDS.items()
}
# The order in which a word given without a scale is looked up: "likely" and "almost certain" are then WEP's.
_WORD_SCALES: Final = (ConfidenceScale.NONE_LOW_MED_HIGH, ConfidenceScale.WEP, ConfidenceScale.DNI)
_LONGEST_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class Grade:
    """A confidence as it was given, with the STIX number it stands for (None: it can't be judged)."""

    value: int | None
    given: str | int | None
    scale: ConfidenceScale
    reliability: Reliability | None = None
    credibility: int | None = None


class ConfidenceProblem(ValueError):
    """What was given is no confidence: why, and the closest thing that is."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def parse(given: object) -> Grade:
    """Read a confidence in any accepted form; ConfidenceProblem if it is none of them."""
    if given is None:
        return Grade(None, None, ConfidenceScale.STIX)
    if isinstance(given, dict):
        return _parse_object(given)
    if isinstance(given, str):
        return _parse_bare(given)
    return Grade(_integer(given, 0, 100), _plain(given), ConfidenceScale.STIX)


def as_given(grade: Grade) -> dict[str, str | int | None]:
    """What was given with its scale, in the spelling it was given in; `parse` reads it back to an equal grade."""
    return {"value": grade.given, "scale": grade.scale.value}


@lru_cache(maxsize=128)
def label(value: int | None) -> ConfidenceLabel | None:
    """The word for a STIX number; None stays None, for what can't be judged is not low."""
    return None if value is None else ConfidenceLabel(str(to_scale(value, ConfidenceScale.NONE_LOW_MED_HIGH)))


def to_scale(value: int, scale: ConfidenceScale) -> str | int:
    """The step of a scale in whose range a STIX number lies: a word, or a number on stix, 0-10 and admiralty."""
    if not 0 <= value <= 100:
        raise ValueError(f"a STIX confidence lies between 0 and 100, not {_shown(value)}")
    if scale is ConfidenceScale.STIX:
        return value
    word = next(band.words[0] for band in BANDS[scale] if band.low <= value <= band.high)
    return int(word) if scale in (ConfidenceScale.ZERO_TO_TEN, ConfidenceScale.ADMIRALTY) else word


def _parse_bare(given: str) -> Grade:
    word = _normal(given)
    for scale in _WORD_SCALES:
        if word in _VALUE_OF[scale]:
            return Grade(_VALUE_OF[scale][word], given, scale)
    if grade := _admiralty_grade(given):
        return grade
    if re.fullmatch("[A-F]", given.strip(), re.ASCII | re.IGNORECASE):
        raise ConfidenceProblem(
            f"{_shown(given)} grades the source alone; an Admiralty grade has a letter and a number",
            f"{given.strip().upper()}2, or leave the letter to the citation's reliability",
        )
    if re.fullmatch("[1-6]", given.strip(), re.ASCII):
        raise ConfidenceProblem(
            f"{_shown(given)} is a bare credibility or a number in quotes; neither is accepted",
            f'B{given.strip()}, or {{"value": {given.strip()}, "scale": "admiralty"}}, or a number without quotes',
        )
    if re.fullmatch("[0-9]{1,3}", given.strip(), re.ASCII) and int(given) <= 100:
        raise ConfidenceProblem(f"{_shown(given)} is a number in quotes", f"{int(given)} without quotes")
    raise ConfidenceProblem(
        f"{_shown(given)} is no confidence: give an integer from 0 to 100, low, medium or high, "
        "a word of estimative probability, or an Admiralty grade such as B2",
        _closest(word, [word for scale in _WORD_SCALES for word in _VALUE_OF[scale]]),
    )


def _parse_object(given: dict[object, object]) -> Grade:
    for name in given:
        if name not in ("value", "scale"):
            shown = _shown(name)
            raise ConfidenceProblem(
                f"a confidence object has value and scale, no {shown}",
                _closest(_normal(name), ["value", "scale"]) if isinstance(name, str) else None,
            )
    for name in ("value", "scale"):
        if name not in given:
            raise ConfidenceProblem(f"a confidence object needs {name}", name)
    value, scale = given["value"], _scale(given["scale"])
    match scale:
        case ConfidenceScale.STIX:
            return Grade(None if value is None else _integer(value, 0, 100), _plain(value), scale)
        case ConfidenceScale.ZERO_TO_TEN:
            return Grade(10 * _integer(value, 0, 10), _plain(value), scale)
        case ConfidenceScale.ADMIRALTY:
            return _parse_admiralty(value)
        case _:
            return _parse_word(value, scale)


def _parse_admiralty(given: object) -> Grade:
    if isinstance(given, str):
        if grade := _admiralty_grade(given):
            return grade
        raise ConfidenceProblem(
            f"{_shown(given)} is no Admiralty grade: a letter from A to F and a number from 1 to 6",
            _closest(given.strip().upper(), [letter + str(number) for letter in Reliability for number in Credibility]),
        )
    credibility = _integer(given, 1, 6)
    return Grade(_credibility_value(credibility), credibility, ConfidenceScale.ADMIRALTY, credibility=credibility)


def _parse_word(given: object, scale: ConfidenceScale) -> Grade:
    values = _VALUE_OF[scale]
    if not isinstance(given, str):
        raise ConfidenceProblem(f"the scale {scale.value} takes a word, not {_shown(given)}", ", ".join(values))
    word = _normal(given)
    if word not in values:
        hint = _closest(word, values) or ", ".join(values)
        raise ConfidenceProblem(f"{_shown(given)} is no word of the scale {scale.value}", hint)
    return Grade(values[word], given, scale)


def _admiralty_grade(given: str) -> Grade | None:
    found = re.fullmatch("([A-F])([1-6])", given.strip(), re.ASCII | re.IGNORECASE)
    if found is None:
        return None
    credibility = int(found[2])
    reliability = Reliability(found[1].upper())
    return Grade(_credibility_value(credibility), given, ConfidenceScale.ADMIRALTY, reliability, credibility)


def _credibility_value(credibility: int) -> int | None:
    return _VALUE_OF[ConfidenceScale.ADMIRALTY].get(str(credibility))


def _scale(given: object) -> ConfidenceScale:
    names = [scale.value for scale in ConfidenceScale]
    if isinstance(given, str) and given in names:
        return ConfidenceScale(given)
    hint = _closest(given.strip().lower(), names) if isinstance(given, str) else None
    raise ConfidenceProblem(f"{_shown(given)} is no scale of confidence", hint or ", ".join(names))


def _integer(given: object, low: int, high: int) -> int:
    wanted = f"give an integer from {low} to {high}"
    # A bool is an int to Python, and 70.0 equals 70: neither is what a client meant by a confidence.
    if isinstance(given, float) and low <= given <= high:
        raise ConfidenceProblem(f"{_shown(given)} is no integer: {wanted}", str(round(given)))
    if isinstance(given, bool) or not isinstance(given, int):
        raise ConfidenceProblem(f"{_shown(given)} is no integer: {wanted}")
    if not low <= given <= high:
        raise ConfidenceProblem(f"{_shown(given)} is out of range: {wanted}", str(low if given < low else high))
    return int(given)


def _plain(given: object) -> int | None:
    return int(given) if isinstance(given, int) else None


def _normal(word: str) -> str:
    return re.sub(r"[\s_-]+", "_", word.strip().lower())


def _closest(word: str, words: Iterable[str]) -> str | None:
    """The nearest word with the same first letter: "possible" must not be answered with "impossible"."""
    # Of a combined label such as "almost certain / nearly certain" the first word is meant.
    first = word[:_LONGEST_SHOWN].partition("/")[0].rstrip("_")
    same = [candidate for candidate in words if candidate[:1] == first[:1]]
    near = difflib.get_close_matches(first, same, n=1, cutoff=0.5)
    return near[0] if near else None


def _shown(given: object) -> str:
    """What was given, short enough for a message; a huge integer or a deep list is named, not printed."""
    match given:
        case None:
            return "null"
        case bool():
            return "true" if given else "false"
        case int():
            return str(given) if given.bit_length() <= 64 else "an integer of that size"
        case float():
            return repr(given)
        case str():
            return f"'{given}'" if len(given) <= _LONGEST_SHOWN else f"'{given[:_LONGEST_SHOWN]}…'"
        case list() | tuple():
            return "an array"
        case dict():
            return "an object"
        case _:
            return f"a {type(given).__name__}"
