"""Krippendorff's alpha, after his "Computing Krippendorff's Alpha-Reliability" (2011), for any number of readers."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import permutations

Totals = dict[str | int, Fraction]
Difference = Callable[[str | int, str | int, Totals], Fraction]


def nominal(one: str | int, other: str | int, totals: Totals) -> Fraction:
    """Tell whether the two differ at all."""
    return Fraction(one != other)


def ordinal(one: str | int, other: str | int, totals: Totals) -> Fraction:
    """Square the number of values that lie between the two in rank, counting half of either end."""
    low, high = sorted((int(one), int(other)))
    between = sum((count for value, count in totals.items() if low <= int(value) <= high), Fraction())
    return (between - (totals[one] + totals[other]) / 2) ** 2


def alpha(units: Sequence[Sequence[str | int]], difference: Difference) -> float | None:
    """Agreement beyond chance: 1 is perfect, 0 is chance. None where every value is the same, so that nothing can be told.

    A unit holds the values that its readers gave. What a reader left out is not in it, and a unit of one value tells nothing.
    """
    together: dict[tuple[str | int, str | int], Fraction] = defaultdict(Fraction)
    totals: Totals = defaultdict(Fraction)
    for values in units:
        for one, other in permutations(values, 2):
            together[one, other] += Fraction(1, len(values) - 1)
            totals[one] += Fraction(1, len(values) - 1)
    observed = sum(count * difference(*pair, totals) for pair, count in together.items())
    expected = sum(totals[one] * totals[other] * difference(one, other, totals) for one in totals for other in totals)
    return float(1 - (sum(totals.values()) - 1) * observed / expected) if expected else None
