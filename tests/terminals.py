"""The program on a terminal, which shows colours and bars."""

import os
import pty
import subprocess
import sys
import threading
from contextlib import suppress

from tests.test_commands_program import PATIENCE, ROOT


class Terminal:
    """A running program whose output is a terminal of 100 columns."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "api", *arguments],
            cwd=ROOT,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "100", **environment},
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.seen = b""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        with suppress(OSError):  # which is how the end of the other side is told
            while some := os.read(self._ours, 65536):
                self.seen += some

    def ended(self, code: int) -> bytes:
        """All that the terminal got to see, when the program has ended with this code."""
        found = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        os.close(self._ours)
        assert found == code, self.seen
        return self.seen


def on_a_terminal(*arguments: str, **environment: str) -> Terminal:
    """Start the program on a terminal."""
    return Terminal(*arguments, **environment)
