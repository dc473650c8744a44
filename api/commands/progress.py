"""How far a long command has come: a bar with the rate and the time left, on a terminal and nowhere else."""

import os
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

from api.commands import endings

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import Task


def _show_cursor() -> None:
    """Undo what a bar does to a terminal: its line goes, and the cursor comes back."""
    os.write(2, b"\r\x1b[K\x1b[?25h")


class Progress:
    """Says of how many how many are done, at what rate, and how long it will take; the line goes when it is over.

    Without a number, for what tells nothing of how far it has come, it says how long it has taken.
    """

    def __init__(self, what: str, total: int | None = None) -> None:
        self._what = what
        self._total = total
        self._bar: Bar | None = None
        self._held = ExitStack()

    def __call__(self, done: int, total: int | None = None) -> None:
        """So many are done; of how many, where that is only known by now."""
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=done, total=total)

    def __enter__(self) -> "Progress":
        if sys.stderr.isatty() and self._total != 0:
            self._held.enter_context(endings.cleared(_show_cursor))
            self._bar = self._held.enter_context(_bar(self._total is not None))
            self._bar.add_task(self._what, total=self._total)
        return self

    def __exit__(self, *_error: object) -> None:
        self._bar = None
        self._held.close()


def _bar(counts: bool) -> "Bar":
    # Only here: most commands end before there is anything to show.
    from rich.console import Console
    from rich.progress import BarColumn, ProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: "Task") -> Text:
            # Of the last half minute; at first there is none yet.
            speed = task.speed or (task.completed / task.elapsed if task.elapsed else 0)
            return Text(f"{speed:,.0f} a second" if speed else "")

    counted = TextColumn("{task.completed:,.0f} of {task.total:,.0f}")
    told = (counted, Rate(), TimeRemainingColumn(), TextColumn("left")) if counts else (TimeElapsedColumn(),)
    console = Console(stderr=True)
    return Bar(TextColumn("{task.description}"), BarColumn(), *told, console=console, transient=True)
