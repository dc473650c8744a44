"""`make bench-shifts`: how often shifts are found where there are none, and how often where there is one.

Series are made by chance: a level, and around it the noise that coded stances have, cut to the scale. Each is also put to
`ruptures` (exact least-squares segmentation, PELT, with the penalty of the Bayesian information criterion for a
variance that is estimated, as its own guide advises), with the same least length of a part.
"""

import random
import sys
from collections.abc import Callable, Sequence
from math import sqrt

import numpy
import ruptures

from api.store.breaks import LEAST_ON_A_SIDE, find

SERIES = 500
LENGTHS = (9, 12, 20, 50, 100)
FALSE_ALARMS, FOUND = 0.05, 0.9
STEP, LENGTH = 1.5, 20
# How far a day lies from the level: how often by 0, 1 or -1 steps, or by a normal deviation of so many steps.
NOISES: dict[str, tuple[float, float]] = {
    "one day in five is a step off": (0.2, 0.0),
    "one day in three is a step off": (1 / 3, 0.0),
    "every second day is a step off": (0.5, 0.0),
    "normal, 0.7 steps": (0.0, 0.7),
}


def series(pick: random.Random, noise: tuple[float, float], levels: Sequence[float]) -> list[float]:
    """One value for each level, cut to the scale."""
    off, deviation = noise

    def value(level: float) -> float:
        step = pick.choice((-1.0, 1.0)) if pick.random() < off else 0.0
        return max(-2.0, min(2.0, level + step + (pick.gauss(0.0, deviation) if deviation else 0.0)))

    return [value(level) for level in levels]


def pelt(values: Sequence[float]) -> list[int]:
    """The breaks of ruptures."""
    if len(values) < 2 * LEAST_ON_A_SIDE:
        return []
    signal = numpy.array(values)
    # The variance of differences of neighbours, which a few steps change little.
    variance = max(float(numpy.mean(numpy.diff(signal) ** 2)) / 2, 1e-6)
    penalty = 2 * variance * float(numpy.log(len(values)))
    found = ruptures.Pelt(model="l2", min_size=LEAST_ON_A_SIDE, jump=1).fit(signal).predict(pen=penalty)
    return [int(one) for one in found[:-1]]


def ours(values: Sequence[float]) -> list[int]:
    """The breaks of the service."""
    return [one.at for one in find(values)]


def share(
    method: Callable[[Sequence[float]], list[int]], made: Sequence[tuple[list[float], int | None]]
) -> tuple[float, float]:
    """Of how many series a break is found at all, and of how many within two values of where it is."""
    found = [(method(values), at) for values, at in made]
    near = sum(any(at is not None and abs(one - at) <= 2 for one in breaks) for breaks, at in found)
    return sum(bool(breaks) for breaks, _ in found) / len(found), near / len(found)


def main() -> int:
    """Print both tables; 1 where a promise is broken."""
    pick = random.Random(1)
    broken = 0
    print(
        f"False alarms: share of {SERIES:,} series without a change in which a shift is found; at most {FALSE_ALARMS:.0%} is promised.\n"
    )
    print("| noise | values | here | ruptures |\n|---|---|---|---|")
    for name, noise in NOISES.items():
        for length in LENGTHS:
            made: list[tuple[list[float], int | None]] = [
                (series(pick, noise, [pick.choice((-1.0, 1.0))] * length), None) for _ in range(SERIES)
            ]
            alarms, theirs = share(ours, made)[0], share(pelt, made)[0]
            # Twice the standard error of a share of so many series is chance.
            broken += alarms > FALSE_ALARMS + 2 * sqrt(FALSE_ALARMS * (1 - FALSE_ALARMS) / SERIES)
            print(f"| {name} | {length} | {alarms:.1%} | {theirs:.1%} |", flush=True)
    print(
        f"\nFound: share of {SERIES:,} series of {LENGTH} with one shift of {STEP} steps after 5 to 15 of them; at least {FOUND:.0%} is promised; "
        "in brackets: within two values of its place.\n"
    )
    print("| noise | here | ruptures |\n|---|---|---|")
    for name, noise in NOISES.items():
        made = []
        for _ in range(SERIES):
            at, sign = pick.randint(5, LENGTH - 5), pick.choice((-1, 1))
            levels = [-STEP / 2 * sign] * at + [STEP / 2 * sign] * (LENGTH - at)
            made.append((series(pick, noise, levels), at))
        here, there = share(ours, made), share(pelt, made)
        broken += here[0] < FOUND
        print(f"| {name} | {here[0]:.1%} ({here[1]:.1%}) | {there[0]:.1%} ({there[1]:.1%}) |", flush=True)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
