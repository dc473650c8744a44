"""Where the program begins: `demarche`, or `python -m api`. The verbs stand in `api.verbs`, which is imported late."""

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType
from typing import NoReturn

from api.commands import endings


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was asked; answers the exit code."""
    from api.verbs import app

    try:
        app(None if arguments is None else list(arguments), prog_name="demarche")
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    """Told to end, a server has done its work (this comes after uvicorn's own orderly end); another verb was broken off.

    At once: what is under way is one transaction, of which the database leaves nothing, while an exception in the
    midst of a query leaves a driver that can't even roll back without complaint.
    """
    endings.clear()
    os._exit(0 if _serves() else 128 + number)


def _serves() -> bool:
    return sys.argv[1:2] == ["serve"]


def run() -> NoReturn:
    """The program itself, with its signals."""
    # Before anything else is imported, so that an early Ctrl-C is quiet.
    signal.signal(signal.SIGINT, _end)
    signal.signal(signal.SIGTERM, _end)
    if not _serves():
        # A reader that has seen enough, as in `demarche keys list | head -1`; a terminal that is closed, unless under nohup.
        for name in ("SIGPIPE", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and (name == "SIGPIPE" or signal.getsignal(number) is not signal.SIG_IGN):
                signal.signal(number, _end)
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    if not (sys.stdout.isatty() and sys.stderr.isatty()):
        # In some environments typer would take a file for a terminal.
        os.environ.setdefault("_TYPER_FORCE_DISABLE_TERMINAL", "1")
    sys.exit(main())


if __name__ == "__main__":
    run()
