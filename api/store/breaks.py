"""Where a series shifts for good from one level to another: binary segmentation, each break held against shuffles of the series.

The break is where the squared deviations from the mean before and the mean after are least in sum, as in any least-squares
segmentation (Scott and Knott, A Cluster Analysis Method for Grouping Means, 1974). It stands if the same values in a
random order have as large a break in at most 14 of 399 shuffles: of series without any change, whatever their values and
however noisy, about one in twenty-seven shows one. Then both halves are looked at in the same way.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import mul

LEAST = 9  # values; of eight even two clean halves are too likely to come by chance
LEAST_ON_A_SIDE = 3
SHUFFLES, AS_LARGE = 399, 14
NEARLY = 0.9
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Break:
    """A break before the value `at`; from `first` to `last` it would be nearly as good: nine tenths of what it explains."""

    at: int
    first: int
    last: int


def find(values: Sequence[float]) -> list[Break]:
    """All breaks of a series, in order. The same series has the same breaks on any machine."""
    found: list[Break] = []
    waiting = [(0, len(values))]
    while waiting:
        start, end = waiting.pop()
        one = _first(values[start:end])
        if one:
            found.append(Break(start + one.at, start + one.first, start + one.last))
            waiting += [(start, start + one.at), (start + one.at, end)]
    return sorted(found, key=lambda one: one.at)


def _first(values: Sequence[float]) -> Break | None:
    n = len(values)
    if n < LEAST:
        return None
    mean = sum(values) / n
    deviations = [value - mean for value in values]
    weights = [n / (k * (n - k)) for k in range(LEAST_ON_A_SIDE, n - LEAST_ON_A_SIDE + 1)]
    explained = _explained(deviations, weights)
    largest = max(explained)
    if largest < _ROUNDING or not _is_rare(deviations, weights, largest):
        return None
    near = [k for k, value in enumerate(explained) if value >= NEARLY * largest]
    at = explained.index(largest)
    return Break(*(k + LEAST_ON_A_SIDE for k in (at, near[0], near[-1])))


def _explained(deviations: Sequence[float], weights: Sequence[float]) -> list[float]:
    """By how much two means instead of one lower the sum of squares, for each place of a break."""
    sums = list(accumulate(deviations))[LEAST_ON_A_SIDE - 1 : len(deviations) - LEAST_ON_A_SIDE]
    return list(map(mul, map(mul, sums, sums), weights))


def _is_rare(deviations: Sequence[float], weights: Sequence[float], largest: float) -> bool:
    draw = random.Random(len(deviations)).random  # noqa: S311 (not for secrets; its sequence is the same in every Python)
    as_large = 0
    for _ in range(SHUFFLES):
        order = sorted(zip([draw() for _ in deviations], deviations, strict=True))
        as_large += max(_explained([value for _, value in order], weights)) >= largest - _ROUNDING
        if as_large > AS_LARGE:
            return False
    return True
