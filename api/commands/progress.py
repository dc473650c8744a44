"""How far a long command has come: one line that is written over, on a terminal and nowhere else."""

import sys
import time


class Progress:
    """Says of how many how many are done, at what rate, and how long it will take; the line goes when it is over."""

    def __init__(self, what: str, total: int) -> None:
        self._what = what
        self._total = total
        self._begun = time.monotonic()
        self._shown = sys.stderr.isatty()

    def __call__(self, done: int) -> None:
        """So many are done."""
        if self._shown:
            rate = done / max(time.monotonic() - self._begun, 0.001)
            left = f", {(self._total - done) / rate:,.0f} s left" if rate else ""
            sys.stderr.write(f"\r\x1b[K{self._what}: {done:,} of {self._total:,}, {rate:,.0f} a second{left} ")
            sys.stderr.flush()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_error: object) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
