"""Krippendorff's alpha: agreement among any number of coders beyond chance, codes missing or not.

Klaus Krippendorff, "Computing Krippendorff's Alpha-Reliability", Annenberg School for Communication, University of
Pennsylvania, 2011, https://repository.upenn.edu/asc_papers/43: the coincidences of section C, the nominal and the
ordinal difference of section E.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple

METHOD = "Krippendorff's alpha"
SOURCE = (
    "Krippendorff, K. (2011). Computing Krippendorff's Alpha-Reliability. https://repository.upenn.edu/asc_papers/43"
)

Value = str | int
Totals = Mapping[Value, Fraction]
Difference = Callable[[Value, Value, Totals], Fraction]


class Pattern(NamedTuple):
    """How many coders of a unit gave each value, and how many units are coded so."""

    counts: Mapping[Value, int]
    units: int


def nominal(one: Value, other: Value, _totals: Totals) -> Fraction:
    """Whether the two values differ at all."""
    return Fraction(one != other)


def ordinal(one: Value, other: Value, totals: Totals) -> Fraction:
    """The square of the number of values that lie between the two in rank, of either end half."""
    low, high = sorted((int(one), int(other)))
    between = sum((count for value, count in totals.items() if low <= int(value) <= high), Fraction())
    return (between - (totals[one] + totals[other]) / 2) ** 2


def alpha(patterns: Iterable[Pattern], difference: Difference) -> Fraction | None:
    """1 where all coders agree, 0 where they agree as by chance, below 0 where they disagree more than that.

    None where it is undefined: no unit has two values, or every value is the same. A unit of one value tells nothing.
    """
    together: dict[tuple[Value, Value], Fraction] = defaultdict(Fraction)
    totals: dict[Value, Fraction] = defaultdict(Fraction)
    for counts, units in patterns:
        coders = sum(counts.values())
        if coders < 2:
            continue
        for one, count in counts.items():
            totals[one] += units * count
            for other, times in counts.items():
                together[one, other] += Fraction(units * count * (times - (one == other)), coders - 1)
    observed = sum(count * difference(*pair, totals) for pair, count in together.items())
    expected = sum(totals[one] * totals[other] * difference(one, other, totals) for one in totals for other in totals)
    return 1 - (sum(totals.values()) - 1) * observed / expected if expected else None
