"""The one envelope of every list."""

from typing import Annotated, Generic, TypeVar

from pydantic import Field

from schemas.base import Shown
from schemas.events import EventRead
from schemas.statements import StatementRead

Item = TypeVar("Item")

AnyRecord = Annotated[StatementRead | EventRead, Field(discriminator="kind")]


class Count(Shown):
    """How many there are, counted up to a cap."""

    n: int = Field(description="The number of matches, at most 1,000.", examples=[137])
    at_least: bool = Field(description="Whether there are more than that.", examples=[False])


class Page(Shown, Generic[Item]):
    """One page of a list."""

    items: list[Item] = Field(description="The items of this page, in order.")
    next: str | None = Field(
        description="Pass it as `cursor` for the next page; null at the end, and only there.", examples=[None]
    )


class PastPage(Page[Item], Generic[Item]):
    """One page of a list that can be asked of a moment in the past; `as_of` is there when that was done."""

    as_of: str | None = Field(
        default=None, description="Present with `as_of` only: the instant that it was resolved to.",
        examples=["2026-11-01T23:59:59.999999Z"],
    )  # fmt: skip


class CountedPage(PastPage[Item], Generic[Item]):
    """One page of a list of records; `count` is there when `count=capped` asked for it."""

    count: Count | None = Field(
        default=None, description="Present with `count=capped` only.", examples=[{"n": 137, "at_least": False}]
    )
