"""The change feed: what was done to which thing, and how it stands since."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Member

from schemas.actors import ActorRead
from schemas.affiliations import AffiliationRead
from schemas.base import Shown
from schemas.codings import CodingRead
from schemas.dismissals import DismissalRead
from schemas.events import EventRead
from schemas.fields import Slug
from schemas.reactions import ReactionRead
from schemas.sources import SourceRead
from schemas.statements import StatementRead
from schemas.timeline import Cursor, Limit
from schemas.topics import TopicRead
from schemas.vocabularies import ChangeAction, ChangeNoun

AnyThing = (
    StatementRead | EventRead | ReactionRead | ActorRead | SourceRead | TopicRead | AffiliationRead | CodingRead | DismissalRead
)  # fmt: skip


class ErasedVersion(Shown):
    """A version whose content was erased for good."""

    version: int = Member(description="Its number.", examples=[2])
    recorded_at: str = Member(
        description="When it was recorded, to the microsecond as in its own item: that names it where a slug is gone too.",
        examples=["2025-03-13T14:05:00Z"],
    )


class Change(Shown):
    """One thing that was done to one statement, event, reaction, actor, source, topic, affiliation, coding or dismissal."""

    action: ChangeAction = Member(
        description="What was done, as you could see it: a draft that is published is created then.",
        examples=["changed"],
    )
    noun: ChangeNoun = Member(description="To what.", examples=["statement"])
    id: str | None = Member(
        description="Its id; null where it has a slug.", examples=["01958f3e-7c00-7000-8000-000000000001"]
    )
    slug: str | None = Member(description="Its slug; null where it has an id.", examples=[None])
    path: str = Member(description="Its address.", examples=["/v1/statements/01958f3e-7c00-7000-8000-000000000001"])
    version: int = Member(description="The version that it has since then.", examples=[2])
    recorded_at: str = Member(
        description="When it was done; never before the item above it.", examples=["2025-03-13T14:05:00Z"]
    )
    recorded_by: str | None = Member(
        description="The name of the key that did it; null where it became a draft again, which is not told.",
        examples=["newsroom-desk"],
    )
    change_note: str | None = Member(
        description="Why, in the words of whoever did it.", examples=["Summary added after the transcript"]
    )
    changed: list[str] = Member(
        description="The members of the content that differ from the version before.", examples=[["summary"]]
    )
    patch: list[dict[str, Any]] = Member(
        description="JSON Patch (RFC 6902) from the content before to the content after: all members but version, recorded_at, "
        "changed_at, recorded_by, corroboration, primary, retracted_by, denied_by and clarified_by. Empty where there is nothing to compare: created, "
        "restored, deleted, linked, unlinked.",
        examples=[[{"op": "replace", "path": "/summary", "value": "Says that a truce should lead to lasting peace."}]],
    )
    erased: list[ErasedVersion] = Member(
        description="Of a purge, the versions whose content was erased: drop your copies of them. Empty otherwise.",
        examples=[[]],
    )
    representation: AnyThing | None = Member(
        description="As this version recorded it, with the names of today; null where it is gone: deleted, unlinked, a draft again, or "
        "erased for good since. Of a purge, how it stands beside what was erased."
    )


class ChangePage(Shown):
    """A stretch of the feed, which never ends."""

    items: list[Change] = Member(description="The changes, in the order in which they were committed.")
    next: str = Member(
        description="Pass it as `after` to go on; always there, also where there is nothing new yet.", examples=["WyJ…"]
    )
    more: bool = Member(
        description="Whether to go on at once. It can be true with few items or none: a request looks through 5,000 revisions at most.",
        examples=[False],
    )


class StreamFilter(BaseModel):
    """Which changes to follow, and from where on. Each filter given must hold; a repeated one means any of its values."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    cursor: Cursor | None = Member(
        default=None,
        alias="after",
        description="The `next` of an answer of `/v1/changes`, or the `id` of an event, with the same filters; from now on when not given.",
        examples=["WyJ…"],
    )
    kind: list[ChangeNoun] = Member(
        default=[], description="Changes of this noun only.", examples=[["statement", "event"]]
    )
    actor: Annotated[list[Slug], Member(max_length=100)] = Member(
        default=[], description="Slug of an actor: records with it in any role, now or in the version before; the actor itself; its affiliations.",
        examples=[["kremlin"]],
    )  # fmt: skip
    topic: Annotated[list[Slug], Member(max_length=100)] = Member(
        default=[], description="Slug of a topic: records with it or a child of it, now or in the version before; the topics themselves; "
        "reactions and codings on them. A topic that stood below it once counts on.",
        examples=[["ceasefire"]],
    )  # fmt: skip


class ChangeFilter(StreamFilter):
    """The same, page by page."""

    cursor: Cursor | None = Member(
        default=None,
        alias="after",
        description="The `next` of the answer before, or the `id` of an event, with the same filters; from the very beginning when not given.",
        examples=["WyJ…"],
    )
    limit: Limit = Member(default=50, description="How many items at most.", examples=[50])
