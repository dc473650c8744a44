"""Merging: two records of one thing become one, and can be taken apart again."""

from typing import Annotated

from pydantic import Field as Member
from pydantic import StrictInt
from sqlmodel import Field, SQLModel

from schemas.base import Big, Shown, Written
from schemas.pages import AnyRecord
from schemas.reactions import RecordRef
from schemas.timeline import Filter
from schemas.vocabularies import Kind


class RecordMerge(SQLModel, table=True):
    """Of a tombstone: into which record it was merged, and what the merge wrote, so that it can be undone.

    It stands as long as the tombstone does: to take the two apart brings the record back as its next version.
    """

    __tablename__ = "record_merge"

    seq: int = Field(primary_key=True, sa_type=Big, foreign_key="record_version.seq")
    position: int = Field(primary_key=True)  # 0: it is the only one
    into_id: int = Field(sa_type=Big, foreign_key="record.id", index=True)
    # The other one's versions before and after; the same where it gained nothing.
    before_seq: int = Field(sa_type=Big, foreign_key="record_version.seq")
    after_seq: int = Field(sa_type=Big, foreign_key="record_version.seq")
    last_seq: int = Field(sa_type=Big, foreign_key="revision.seq")  # the last thing that the merge wrote


class UnmergeCreate(Written):
    """Which record is to be taken out of this one again."""

    # Shorter than elsewhere: what was done goes before it.
    change_note: str | None = Member(
        default=None, min_length=1, max_length=1000, description="Why; kept in the histories of both.", examples=["One call, entered twice"],
    )  # fmt: skip
    with_: RecordRef = Member(
        alias="with", description="Id of the other record, or `external_source:external_id`.", examples=["01958f3e-7c00-7000-8000-000000000002"]
    )  # fmt: skip


class MergeCreate(UnmergeCreate):
    """Which record is to be merged into this one."""

    with_version: Annotated[StrictInt, Member(ge=1, le=10**9)] = Member(
        description="The version of it that was read, so that nobody's edit is lost.", examples=[1]
    )


class MergedRecord(Shown):
    """One of two records that were merged."""

    id: str = Member(description="Its id.", examples=["01958f3e-7c00-7000-8000-000000000002"])
    path: str = Member(description="Its address.", examples=["/v1/statements/01958f3e-7c00-7000-8000-000000000002"])
    version: int = Member(description="The version that it has since then.", examples=[2])


class MergeLeft(Shown):
    """What a merge, or its undoing, left where it was."""

    path: str = Member(description="What.", examples=["/v1/reactions/01958f3e-7c00-7000-8000-000000000003"])
    code: str = Member(description="Why, as a problem's code.", examples=["circle"])
    detail: str = Member(description="The same in words.", examples=["A record can't answer itself."])


class MergeRead(Shown):
    """What a merge, or its undoing, made of two records."""

    record: AnyRecord = Member(description="The record that stands, as it is now; the ETag is its own.")
    merged: MergedRecord = Member(description="The other one.")
    citations: int = Member(description="How many citations came to the record, or went from it.", examples=[1])
    tags: int = Member(description="How many tags did.", examples=[0])
    moved: list[str] = Member(
        description="Reactions and codings that were made for it, or taken from it.",
        examples=[["/v1/reactions/01958f3e-7c00-7000-8000-000000000003"]],
    )
    left: list[MergeLeft] = Member(description="What was left where it was, and why.", examples=[[]])


class MergeItem(Shown):
    """A merge that stands."""

    kind: Kind = Member(description="statement or event.", examples=["statement"])
    merged: MergedRecord = Member(description="The record that was merged; its version is the tombstone.")
    into: MergedRecord = Member(description="The record that it was merged into, as it is now.")
    merged_at: str = Member(description="When.", examples=["2025-03-14T09:30:00Z"])
    merged_by: str = Member(description="The name of the key that did it.", examples=["newsroom-desk"])
    change_note: str | None = Member(description="Why.", examples=["Merged into /v1/statements/01958f3e-7c00-7000-8000-000000000001"])  # fmt: skip


class MergeFilter(Filter):
    """Which merges to list."""

    record: list[RecordRef] = Member(
        default=[], max_length=100, description="Id of either record, or `external_source:external_id`.",
        examples=[["01958f3e-7c00-7000-8000-000000000001"]],
    )  # fmt: skip
