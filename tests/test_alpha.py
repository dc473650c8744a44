"""Krippendorff's alpha: the published examples, and the same computed from every pair of values by itself."""

from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.store.alpha import Pattern, Totals, Value, alpha, nominal, ordinal

Units = Sequence[Sequence[int]]

# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011). Section A: two observers, ten units, two values; five
# units are 0 and 0, four 0 and 1, one is 1 and 1.
BINARY = [[0, 0]] * 5 + [[0, 1]] * 4 + [[1, 1]]
# Sections C to E: four observers, twelve units, values missing.
ROWS = [
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
]
MATRIX = [
    [int(value) for value in column if value != "."] for column in zip(*(row.split() for row in ROWS), strict=True)
]


def interval(one: Value, other: Value, _totals: Totals) -> Fraction:
    """The difference of intervals, of section E, which the service has no use for."""
    return Fraction((int(one) - int(other)) ** 2)


def ratio(one: Value, other: Value, _totals: Totals) -> Fraction:
    """The difference of ratios, likewise."""
    return Fraction(int(one) - int(other), int(one) + int(other)) ** 2


def patterns(units: Units) -> list[Pattern]:
    """Units that are alike, counted as the database counts them."""
    alike = Counter(tuple(sorted(values)) for values in units)
    return [Pattern(Counter(values), times) for values, times in alike.items()]


@pytest.mark.parametrize(
    ("units", "difference", "published"),
    [
        (BINARY, nominal, 0.095),
        (MATRIX, nominal, 0.743),
        (MATRIX, ordinal, 0.815),
        (MATRIX, interval, 0.849),
        (MATRIX, ratio, 0.797),
    ],
)
def test_alpha_is_that_of_the_published_examples(
    units: Units, difference: Callable[[Value, Value, Totals], Fraction], published: float
) -> None:
    found = alpha(patterns(units), difference)
    assert found is not None
    assert float(found) == pytest.approx(published, abs=5e-4)


def by_pairs(units: Units, difference: Callable[[int, int, Sequence[int]], float]) -> float | None:
    """Alpha from its definition: what the pairs within units differ by, against what any two values differ by."""
    compared = [values for values in units if len(values) > 1]
    every = [value for values in compared for value in values]
    observed = sum(
        difference(one, other, every) / (len(values) - 1)
        for values in compared
        for one, other in permutations(values, 2)
    )
    expected = sum(difference(one, other, every) for one, other in permutations(every, 2))
    if expected == 0:
        return None
    return 1 - (observed / len(every)) / (expected / (len(every) * (len(every) - 1)))


def apart(one: int, other: int, every: Sequence[int]) -> float:
    """How far apart two values are in rank: the places from the middle of the one's ties to the middle of the other's."""

    def middle(value: int) -> float:
        below = sum(1 for each in every if each < value)
        return below + sum(1 for each in every if each == value) / 2

    return (middle(one) - middle(other)) ** 2


UNITS = st.lists(st.lists(st.integers(-2, 2), max_size=5), max_size=8)


@given(UNITS)
def test_alpha_is_what_all_pairs_give(units: Units) -> None:
    for ours, theirs in ((nominal, lambda one, other, _: float(one != other)), (ordinal, apart)):
        found, wanted = alpha(patterns(units), ours), by_pairs(units, theirs)
        assert (found is None) == (wanted is None)
        if found is not None:
            assert float(found) == pytest.approx(wanted)
            assert found <= 1
            assert (found == 1) == all(len(set(values)) <= 1 for values in units)


@given(UNITS, st.randoms(use_true_random=False))
def test_neither_the_order_nor_a_lone_value_nor_the_direction_of_the_scale_counts(units: Units, random: object) -> None:
    shuffled = [*[[-value for value in reversed(values)] for values in units], [2], []]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    for difference in (nominal, ordinal):
        assert alpha(patterns(units), difference) == alpha(patterns(shuffled), difference)


def test_nothing_can_be_told_without_pairs_or_without_a_difference() -> None:
    for units in ([], [[1], [2]], [[1, 1], [1, 1, 1]], [[1, 1], [2]]):
        assert alpha(patterns(units), nominal) is None
        assert alpha(patterns(units), ordinal) is None
