"""The service's own measure of agreement, asked of the values that the readers of the demo set gave to each unit."""

from collections import Counter
from collections.abc import Sequence

from api.store import alpha as measure
from api.store.alpha import Difference, Pattern, Value, nominal, ordinal

__all__ = ["alpha", "nominal", "ordinal"]


def alpha(units: Sequence[Sequence[Value]], difference: Difference) -> float | None:
    """Agreement beyond chance: 1 is perfect, 0 is chance. None where nothing can be told.

    A unit holds the values that its readers gave. What a reader left out is not in it, and a unit of one value tells nothing.
    """
    found = measure.alpha([Pattern(Counter(values), 1) for values in units], difference)
    return None if found is None else float(found)
