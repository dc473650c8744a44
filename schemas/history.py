"""Histories: what each version of a thing changed, who wrote it and why; and what is sent to take up an old one again."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, StrictInt, WithJsonSchema
from pydantic import Field as Member

from schemas.base import Shown, Written
from schemas.timeline import Filter, MomentFilter, Whole
from schemas.vocabularies import ChangeAction

_EXAMPLE: dict[str, Any] = {"op": "replace", "path": "/title", "value": "Agrees with the idea of a truce"}

_MOST = 10**9
Number = Annotated[Whole, Member(ge=1, le=_MOST), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": _MOST})]


class HistoryFilter(Filter):
    """How much of a history to give."""


class VersionFilter(MomentFilter):
    """Which version of a thing to give."""

    version: Number | None = Member(
        default=None, description="As this version recorded it, with today's names (with `as_of`, those of then); the current one when not given.", examples=[1]
    )  # fmt: skip


class RecordVersionFilter(VersionFilter):
    """Which version of a record to give, and what to explain of it."""

    explain: Literal["corroboration"] | None = Member(
        default=None, description="`corroboration` adds `corroboration_groups`: how the citations were counted.", examples=["corroboration"]
    )  # fmt: skip


class PatchOperation(Shown):
    """One step of a JSON Patch (RFC 6902): `value` goes with add and replace, `from` with move."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [_EXAMPLE]})

    op: Literal["add", "remove", "replace", "move"] = Member(description="What is done.", examples=["replace"])
    path: str = Member(description="JSON Pointer to where.", examples=["/title"])


class Purged(Shown):
    """That and when the content of a version was erased for good."""

    at: str = Member(description="When.", examples=["2025-04-01T10:00:00Z"])
    by: str = Member(description="The name of the key that did it.", examples=["data-protection"])
    reason: str | None = Member(description="Why.", examples=["Request of a private person, 2026/17"])


class VersionRead(Shown):
    """One version: who wrote it, when and why, and what it changed."""

    version: int = Member(description="Its number; 1 is the first.", examples=[2])
    action: ChangeAction = Member(description="What it did, in the words of the change feed.", examples=["changed"])
    recorded_at: str = Member(
        description="When it was written; where a record that it hangs on was a draft then that may not be seen, when that was published.",
        examples=["2025-03-14T09:30:00Z"],
    )
    recorded_by: str | None = Member(
        description="The name of the key that wrote it; null for a draft that may not be seen.", examples=["newsroom-desk"]
    )  # fmt: skip
    change_note: str | None = Member(description="Why, as its writer put it.", examples=["Title after the transcript"])
    restored_from: int | None = Member(
        description="The earlier version whose content this one took up, where it was written by a restore; null where that may not be seen.",
        examples=[None],
    )
    changed: list[str] = Member(
        description="The members that differ from the version before; empty for the first and for a tombstone.", examples=[["title"]]
    )  # fmt: skip
    patch: list[PatchOperation] = Member(
        description="JSON Patch (RFC 6902) from the content of the version before to this one's: without version, recorded_at, "
        "changed_at, recorded_by, corroboration, primary and what other records say; both with today's names.",
        examples=[[_EXAMPLE]],
    )
    purged: Purged | None = Member(
        description="That and when its content was erased for good; null otherwise. Beside it nothing is compared.",
        examples=[None],
    )


class Restore(Written):
    """Which version to take up again, as a new one; where its content is what stands, nothing is written, nor the note."""

    version: StrictInt = Member(ge=1, le=_MOST, description="The version whose content comes back.", examples=[1])
