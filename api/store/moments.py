"""Moments in the past: which revision was the last by then, and the promise that none will be added to it.

Revisions are drawn under the writers' lock, each with a later instant than the one before. So an instant up to that of
the last revision committed is settled for good. A later one is settled by the horizon: it is moved there under the same
lock, when no writer is under way, and whoever writes from then on is recorded after it, whatever the clock says.
"""

from api.errors import invalid
from api.store.sessions import Reading, Writing
from schemas import dates
from schemas.problems import Fault


def settled(reading: Reading) -> int:
    """Up to this instant nothing will ever be recorded any more."""
    row = reading.row("SELECT (SELECT max(recorded_at) FROM revision), (SELECT max(instant) FROM horizon)")
    return max(int(instant or 0) for instant in row or (0,))


def is_settled(reading: Reading, instant: int) -> bool:
    """Whether nothing will ever be recorded up to this instant any more. Raises Problem `invalid` when it is yet to come.

    A plain read, so that no number of questions about the future can hold up a writer.
    """
    _until(reading, instant)
    return instant <= settled(reading)


def settle(writing: Writing, instant: int) -> int:
    """Promise that nothing more will be recorded up to now; answers until when that holds.

    Raises Problem `invalid` when the instant is yet to come.
    """
    until = _until(writing, instant)
    writing.run(
        "INSERT INTO horizon (id, instant) VALUES (1, :instant) ON CONFLICT (id) DO UPDATE SET instant = :instant",
        {"instant": until},
    )
    return until


def _until(reading: Reading, instant: int) -> int:
    """It is now, by the clock or by what was recorded last. Raises Problem `invalid` when the instant lies beyond."""
    until = max(reading.clock(), settled(reading))
    if instant > until:
        fault = Fault(
            where="query.as_of",
            message=f"{dates.format_instant(instant)} lies in the future",
            hint=f"It is {dates.format_instant(until)} now; a day is over only at its end (UTC).",
        )
        raise invalid([fault])
    return until


def go_to(reading: Reading, instant: int) -> None:
    """Read from now on what stood at a settled instant."""
    row = reading.row("SELECT max(seq) FROM revision WHERE recorded_at <= :instant", {"instant": instant})
    reading.at = int(row[0]) if row and row[0] is not None else 0


def last(reading: Reading) -> tuple[int, int]:
    """The instant of the last revision, which is settled for good without any promise, and how many purges there were.

    Of one moment in the past the answer stays what it is until something is purged.
    """
    row = reading.row("SELECT (SELECT max(recorded_at) FROM revision), (SELECT count(*) FROM purge)")
    assert row is not None
    return int(row[0] or 0), int(row[1])
