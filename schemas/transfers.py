"""What goes in and out in bulk: the rows that readers of files give, and what is told of those that can't be taken."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from schemas.words import Word

Json = dict[str, Any]
# What is told of rejected rows behind their own columns: a file of them is mended, and read without these.
TOLD_COLUMNS = ("import_line", "import_column", "import_value", "import_problem", "import_hint")
# Of a row with too many cells what stood beyond the last column, of one with too few how many are missing. As long as it
# is filled the row is not taken: in a sheet all rows are of one width, and it would pass for a whole one.
MISFIT_COLUMN = "import_misfit"
RowNoun = Literal["actor", "source", "topic", "affiliation", "statement", "event", "reaction", "coding"]


class ImportFormat(Word):
    """What a file that is taken in is written as."""

    NDJSON = "ndjson", "Our own lines of JSON, as an export with `profile=content` has them.", "NDJSON"
    CSV = "csv", "Our own CSV, as an export has it.", "CSV"
    MAPPED = "mapped", "Any CSV, TSV or lines of JSON, by a mapping in TOML or a preset.", "Mapped table"
    GDELT = "gdelt", "GDELT events, 1.0 or 2.0, with or without a header.", "GDELT events"
    ICEWS = "icews", "ICEWS coded events.", "ICEWS"
    POLECAT = "polecat", "POLECAT coded events.", "POLECAT"
    STIX = "stix", "A bundle of STIX 2.1.", "STIX 2.1"
    MISP = "misp", "Events of MISP.", "MISP"
    TIMELINEJS = "timelinejs", "A timeline of TimelineJS, JSON or CSV.", "TimelineJS"
    FEED = "feed", "Atom, RSS or JSON Feed: each entry becomes a draft for review.", "Feed"


class ImportState(Word):
    """How far an import has come."""

    RUNNING = "running", "Under way, or broken off: the same file again goes on where it stopped."
    DONE = "done", "All rows of the file were gone through."
    UNDONE = "undone", "It was taken back."
    DRY_RUN = "dry_run", "It was only tried: nothing was written."


class OnError(Word):
    """What a row at fault does to an import."""

    REJECT_ROW = "reject_row", "It is told, and the rows that are in order are taken."
    ABORT = "abort", "Nothing of the file is taken."


class EditedRows(Word):
    """What is done with a changed row whose record was edited here since its last import."""

    REJECT = "reject", "The row is rejected, and the edit stands."
    OVERWRITE = "overwrite", "The row becomes the next version."


class Unreadable(Exception):
    """Why a file as a whole is not what it should be, in one sentence, and what would be right."""


@dataclass(frozen=True, slots=True)
class Need:
    """A noun that a row names, to be made where it is missing.

    One that exists with the slug of `body` is taken; else one that has a text of `names` exactly as its name or alias, if
    there is just one; else it is made from `body`, which is what its POST takes, unless too little is known of it. `groups` are what an actor made so is
    affiliated with: bodies of POST /v1/actors/{slug}/affiliations, whose groups are needs too, named before it.
    """

    noun: Literal["actor", "source", "topic"]
    body: Json
    names: tuple[str, ...] = ()
    groups: tuple[Json, ...] = ()
    is_known: bool = True  # else it has to be there


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why a row can't be taken: where, what stands there, what is wrong, and what would be right."""

    column: str | None
    value: str | None
    message: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One thing out of a file, as its POST would take it.

    `line` is the line of the file where it begins, from 1. `columns` says from which column a member came, and what stood
    there: `{"date": ("SQLDATE", "20170101")}`, so that a fault of `body.date` is told as one of SQLDATE. `cells` is the
    row as it stood in the file, so that it can be given back to be mended: its columns, or for JSON `{"json": "…"}`.
    `warnings` are told and counted, and stop nothing. `version` is that of the answer which the row was made of, where it says so:
    what was written since is then seen.
    """

    line: int
    noun: RowNoun
    body: Json
    cells: Mapping[str, str]
    columns: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    needs: tuple[Need, ...] = ()
    warnings: tuple[RowFault, ...] = ()
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    """A row of a file that its reader can't make anything of."""

    line: int
    cells: Mapping[str, str]
    faults: tuple[RowFault, ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row of a file that holds no record by the rules of its format, such as a second header; it is counted."""

    line: int
    why: str
