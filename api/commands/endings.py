"""What is cleared away when a command is broken off: a signal ends it at once, and then no `finally` is run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_waiting: list[Callable[[], object]] = []


@contextmanager
def cleared(away: Callable[[], object]) -> Iterator[None]:
    """Within the block, a signal that ends the program calls this first."""
    _waiting.append(away)
    try:
        yield
    finally:
        _waiting.remove(away)


def clear() -> None:
    """Clear everything away, the latest first."""
    while _waiting:
        with suppress(Exception):
            _waiting.pop()()
