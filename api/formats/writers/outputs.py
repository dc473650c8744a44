"""What every format of an answer has in common: its names, whether it has pages, and how it is written."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from schemas.transfers import Json

# Where records are listed; every other table is exported in rows alone.
RECORD = "record"


class Extent(Enum):
    """How much of an answer a format has."""

    PAGE = "a page"
    WHOLE = "all of it"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is written: of which table, at which address, and as of which instant."""

    table: str
    address: str  # from /v1/ on, with its query, without its suffix
    site: str = ""  # where the service is, if it knows; what stands at an address of ours is linked below it
    as_of: str = ""
    next: str | None = None  # where the next page is, from /v1/ on
    is_content: bool = False
    names: Sequence[str] = ()  # the columns of a table that is not one of COLUMNS
    flat: Callable[[Json], Json] = lambda item: item  # its items, by these columns
    members: Json = field(default_factory=lambda: {"next": None})  # what JSON has beside the items


class Output(Protocol):
    """One answer being written; `items` is called once for each page."""

    def head(self) -> bytes:
        """What comes first."""

    def items(self, items: Sequence[Json]) -> bytes:
        """Some items, the public JSON of each."""

    def tail(self) -> bytes:
        """What comes last."""


class Commas:
    """Puts commas between objects that come page by page."""

    def __init__(self) -> None:
        self._begun = False

    def __call__(self, objects: Sequence[Json]) -> bytes:
        """Some more, as JSON."""
        text = ",".join([json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in objects])
        begun, self._begun = self._begun, self._begun or bool(objects)
        return f",{text}".encode() if begun and objects else text.encode()


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write an answer."""

    suffix: str
    media_type: str
    parameters: str  # of the media type, as the header Content-Type has them
    extent: Extent
    of_records: bool  # whether it is for records alone
    example: str
    open: Callable[[Answer], Output]

    @property
    def content_type(self) -> str:
        """The header of an answer."""
        return self.media_type + self.parameters
