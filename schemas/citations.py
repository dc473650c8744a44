"""Citations: who published it, where, and how good source and content are."""

from typing import Self

from pydantic import Field as Member
from pydantic import StrictInt, model_validator

from schemas.base import Shape, Shown
from schemas.fields import Instant, Published, Ref, Text300, Text5000, Url, fault
from schemas.nouns import Noun
from schemas.vocabularies import CitationRole, OriginRule, Reliability


class Citation(Shape):
    """Where a statement or event was published."""

    source: Ref = Member(description="Who published it.", examples=["kremlin-ru"])
    url: Url | None = Member(
        default=None, description="Its web address; may be missing where locator or excerpt is given."
    )
    locator: Text300 | None = Member(default=None, description="Page, minute or paragraph.", examples=["p. 12"])
    published_at: Published | None = Member(default=None, description="When it was published: EDTF or an instant.")
    credibility: StrictInt | None = Member(
        default=None, ge=1, le=6, description="Admiralty grade 1–6 of the content; 6: cannot be judged.", examples=[2]
    )
    reliability: Reliability | None = Member(
        default=None, description="Admiralty grade A–F of the source here; null: the source's own.", examples=["B"]
    )
    role: CitationRole = Member(
        default=CitationRole.ORIGINAL, description="What this publication is.", examples=["original"]
    )
    origin: Text300 | None = Member(
        default=None,
        description="What it goes back to; citations of one origin count once.",
        examples=["reuters-2025-03-13"],
    )
    excerpt: Text5000 | None = Member(
        default=None, description="A short passage that shows it.", examples=["“we agree with the proposals”"]
    )
    retrieved_at: Instant | None = Member(default=None, description="When it was fetched.")
    archive_url: Url | None = Member(default=None, description="An archived copy.")

    @model_validator(mode="after")
    def can_be_found(self) -> Self:
        """A citation without an address says where to look in another way."""
        if self.url is None and self.locator is None and self.excerpt is None:
            raise fault(
                "a citation needs a url, a locator or an excerpt",
                "Give the web address, or where in the source it stands.",
            )
        return self


class CitationRead(Shown):
    """Where a statement or event was published."""

    source: Noun = Member(description="Who published it.", examples=[{"slug": "kremlin-ru", "name": "kremlin.ru"}])
    url: str | None = Member(
        description="Its web address.", examples=["http://en.kremlin.ru/events/president/news/76450"]
    )
    locator: str | None = Member(description="Page, minute or paragraph.", examples=[None])
    published_at: str | None = Member(description="When it was published.", examples=["2025-03-13"])
    credibility: int | None = Member(description="Admiralty grade 1–6 of the content.", examples=[2])
    reliability: Reliability | None = Member(
        description="Admiralty grade A–F of the source here; null: the source's own.", examples=["B"]
    )
    role: CitationRole = Member(description="What this publication is.", examples=["original"])
    origin: str | None = Member(description="What it goes back to.", examples=[None])
    excerpt: str | None = Member(description="A short passage that shows it.", examples=[None])
    retrieved_at: str | None = Member(description="When it was fetched.", examples=[None])
    archive_url: str | None = Member(description="An archived copy.", examples=[None])


class CitationJoined(Shown):
    """That a citation goes back to the origin of another one."""

    citation: int = Member(description="Its place in `citations`, from 0.", examples=[2])
    with_: int = Member(alias="with", description="The place of the other one.", examples=[0])
    rule: OriginRule = Member(description="By what.", examples=["owner"])
    why: str = Member(description="The same in words.", examples=["Both sources belong to The Kremlin."])


class CorroborationGroup(Shown):
    """Citations that go back to one independent origin, or one that adds nothing."""

    citations: list[int] = Member(description="Their places in `citations`, from 0.", examples=[[0, 2]])
    counts: bool = Member(description="Whether they add one to `corroboration`.", examples=[True])
    primary: bool = Member(description="Whether the speaker's own publication is among them.", examples=[True])
    why: str = Member(
        description="Why they count as one, or add nothing.",
        examples=["They go back to one origin, as `joined` says, and count once."],
    )
    joined: list[CitationJoined] = Member(description="By what each but the first was joined to another.")
