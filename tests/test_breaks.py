"""Breaks in a series: where least squares put them, and hardly any where there is nothing but noise."""

import random
from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from api.store.breaks import LEAST, LEAST_ON_A_SIDE, NEARLY, find

SCORES = st.sampled_from([-2.0, -1.0, 0.0, 0.5, 1.0, 2.0])


def residue(values: Sequence[float]) -> float:
    """The squared deviations from the mean."""
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values)


def test_a_clear_step_is_found_where_it_is() -> None:
    [one] = find([1.0, 1.0, 1.0, 0.0, 1.0, 1.0, -1.0, -1.0, -2.0, -1.0, -1.0, -1.0])
    assert (one.at, one.first, one.last) == (6, 6, 6)


def test_two_steps_are_found_in_order() -> None:
    found = find([-1.0] * 10 + [1.0] * 12 + [-2.0] * 9)
    assert [one.at for one in found] == [10, 22]


def test_what_never_changes_and_what_is_too_short_has_no_break() -> None:
    assert find([1.0] * 200) == []
    assert find([-2.0] * 3 + [2.0] * (LEAST - 4)) == []
    assert find([]) == []
    assert find([1.0, -1.0] * 50) == []


@settings(max_examples=150, deadline=None)
@given(st.lists(SCORES, max_size=40), st.sampled_from([-1.0, 3.0]), st.sampled_from([0.0, -7.0]))
def test_each_break_is_the_best_place_for_two_means(values: list[float], factor: float, level: float) -> None:
    found = find(values)
    assert [one.at for one in found] == [one.at for one in find([factor * value + level for value in values])]
    assert found == find(values)
    # The first break is the best of all places, by its definition.
    if not found:
        return
    whole = residue(values)
    gains = {
        k: whole - residue(values[:k]) - residue(values[k:])
        for k in range(LEAST_ON_A_SIDE, len(values) - LEAST_ON_A_SIDE + 1)
    }
    best = max(gains.values())
    first = next(one for one in found if abs(gains[one.at] - best) < 1e-6)
    assert all(gains[k] >= NEARLY * best - 1e-6 for k in (first.first, first.last))
    assert first.first <= first.at <= first.last
    bounds = [0, *(one.at for one in found), len(values)]
    assert min(end - start for start, end in pairwise(bounds)) >= LEAST_ON_A_SIDE


def test_noise_alone_rarely_has_a_break_and_a_step_in_it_mostly_has() -> None:
    pick = random.Random(1)
    noise = [[1.0 + pick.choices((0, 1, -1, -2), (70, 14, 12, 4))[0] for _ in range(30)] for _ in range(200)]
    assert sum(bool(find(series)) for series in noise) <= 10
    steps = [[value - (1.5 if index < 10 else 0) for index, value in enumerate(series[:20])] for series in noise]
    assert sum(bool(find(series)) for series in steps) >= 180
