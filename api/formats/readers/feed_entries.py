"""What Atom, RSS and JSON Feed have in common: a feed and its entries, and the row that an entry becomes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from api.formats.readers import nouns
from api.formats.readers.constants import Constants
from api.formats.readers.drafts import Draft, instant, is_url
from api.formats.readers.files.cells import shorten
from api.formats.readers.nouns import UNCODED
from api.formats.readers.texts import digest, external, line, system
from schemas import dates
from schemas.transfers import Json, Need, Reject, Row
from schemas.vocabularies import ActorKind, CodingCertainty

_NOBODY: Final = nouns.unnamed(
    "unnamed-feed-owner", "Unnamed owner of a feed", "Stands for whoever publishes a feed without a title."
)


@dataclass(frozen=True, slots=True)
class Feed:
    """Who publishes it: its title, the address of its site, the language of its words, when it was last changed."""

    title: str = ""
    url: str = ""
    language: str = ""
    updated: str | None = None

    @property
    def host(self) -> str:
        """The site of the feed, without www."""
        return nouns.host(self.url) if is_url(self.url) else ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, in words that are no HTML any more; dates are EDTF."""

    line: int
    cells: Mapping[str, str]
    id: str = ""
    url: str = ""
    title: str = ""
    summary: str = ""
    published: str | None = None
    updated: str | None = None
    undated: str = ""
    authors: tuple[str, ...] = ()
    tags: list[str] = field(default_factory=list)
    language: str = ""
    origin: Feed | None = None


def row(entry: Entry, feed: Feed, given: Constants) -> Row | Reject:
    """An entry as a draft to be reviewed: nothing of it is coded, and nobody is said to have taken a position."""
    draft = Draft(entry.line, "event" if given.event_type else "statement", entry.cells)
    maker = entry.origin if entry.origin and (entry.origin.host or entry.origin.title) else feed
    _date(draft, entry, feed)
    draft.title(entry.title or line(entry.summary), "title" if entry.title else "summary")
    draft.text("summary", entry.summary, 20_000, "summary")
    if given.actor:
        draft.body["actor"] = given.actor
    else:
        owner = nouns.actor(maker.title, ActorKind.ORGANIZATION) if maker.title else _NOBODY
        draft.put("actor", draft.need(owner), "title of the feed", maker.title)
    draft.body |= {"event_type": given.event_type} if given.event_type else {}
    by = f" By {shorten(', '.join(entry.authors), 1000)}." if entry.authors else ""
    draft.fall_back(given, UNCODED, CodingCertainty.LOW, f"From a feed, not coded.{by}")
    draft.put("citations", [_citation(draft, entry, maker, given)], "link", entry.url or entry.id)
    draft.tags(entry.tags, "tags")
    if not given.event_type:
        draft.language(entry.language or feed.language, "language")
    id_ = entry.id or entry.url
    known = external(id_) if id_ else f"sha256:{digest(entry.title, entry.summary, entry.published)}"
    host = feed.host or (nouns.host(entry.url) if is_url(entry.url) else "")
    draft.body |= {"status": "draft", "external_source": given.external_source or system(host), "external_id": known}
    return draft.done()


def _date(draft: Draft, entry: Entry, feed: Feed) -> None:
    found = entry.published or entry.updated
    if found:
        draft.date("date", found, "published" if entry.published else "updated", found)
        draft.body["date_basis"] = "published"
    elif entry.undated:
        draft.refuse("published", entry.undated, "is no date that can be read", "Such as 2025-03-11T14:00:00Z.")
    elif feed.updated:
        draft.date("date", f"../{feed.updated[:10]}", "updated of the feed", feed.updated)
        draft.body["date_basis"] = "inferred"
        draft.warn(
            "published", None, "has no date: it was published before the feed was last changed, and no more is known"
        )
    else:
        draft.refuse(
            "published", None, "has no date, and nor has its feed", "Give the entry pubDate, published or updated."
        )


def _citation(draft: Draft, entry: Entry, maker: Feed, given: Constants) -> Json:
    cited: Json = {"source": given.source or draft.need(_source(entry, maker))}
    if is_url(entry.url):
        cited["url"] = entry.url
    else:
        if entry.url:
            draft.warn("link", entry.url, "is no web address, and is kept as the place in the source")
        cited["locator"] = shorten(entry.url or entry.id or f"entry “{entry.title or line(entry.summary)}”", 300)
    if published := entry.published or entry.updated:
        cited["published_at"] = published
    return cited


def _source(entry: Entry, maker: Feed) -> Need:
    """The site that publishes it, by its host; its name is that of the feed."""
    if maker.host:
        need = nouns.site(maker.url)
        return Need("source", need.body | ({"name": shorten(maker.title, 200)} if maker.title else {}), need.names)
    if maker.title:
        return nouns.source(maker.title)
    return (
        nouns.site(entry.url)
        if is_url(entry.url)
        else Need("source", {"slug": "feed", "name": "A feed without a title or address"})
    )


def moment(stamp: str) -> str | None:
    """A time stamp as a date of a record: in whole seconds of UTC, or as it is where it has no time. None for what is neither."""
    text = stamp.strip()
    if len(text) > 10:
        return instant(text)
    try:
        return dates.parse(text).text
    except dates.DateProblem:
        return None
