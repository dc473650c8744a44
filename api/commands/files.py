"""Files that appear whole or not at all."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from api.commands import endings
from api.commands.failures import Failure


@contextmanager
def whole(file: Path) -> Iterator[Path]:
    """Where to write what becomes this file at the end, when all of it is on the disk; else it goes. Raises Failure.

    Killed in between, it leaves behind a file whose name ends in .part, and which may be deleted.
    """
    part = file.with_name(f"{file.name}.{secrets.token_hex(4)}.part")
    try:
        _expect_none(file)
        with endings.cleared(lambda: _remove(part)):
            part.open("xb").close()
            try:
                yield part
                _to_disk(part)
                _expect_none(file)
                part.rename(file)
                _to_disk(file.parent)
            finally:
                _remove(part)
    except OSError as error:
        raise Failure(
            f"{file} can't be written ({error.strerror}): make its folder, and room in it, or name another file."
        ) from None


def _expect_none(file: Path) -> None:
    if file.exists():
        raise Failure(f"There is a file {file} already: name another one, or move that one away.")


def _remove(part: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        with suppress(OSError):
            part.with_name(part.name + end).unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    with suppress(PermissionError):  # Windows opens no folder
        number = os.open(path, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
