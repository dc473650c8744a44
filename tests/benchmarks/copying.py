"""The generated database once more on PostgreSQL, as `demarche copy` does it."""

from pathlib import Path

from api.commands import copy as copying
from api.settings import Settings


def copy(path: Path, url: str) -> None:
    """Fill the empty PostgreSQL database at this address with the generated one; it is vacuumed and analyzed."""
    given, source = Settings(), copying.at(path, "FROM")
    with copying.opened(source, given) as reading:
        copying.fill(reading, source, copying.Place(url, "TO"), given)
