"""Atom (RFC 4287): a page of records, for feed readers. An entry is a record, and changes when the record does."""

import uuid
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from api.formats.writers.outputs import Answer
from api.formats.writers.wordings import address_of, headline, lines, place_of, when
from schemas.transfers import Json

# For ids of feeds: the same question has the same id, wherever the service is.
FEEDS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:demarche:feeds")
_BEGINNING = "1970-01-01T00:00:00Z"


class Feed:
    """Atom being written."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._items: list[Json] = []

    def head(self) -> bytes:
        """Nothing yet: when the feed was last changed stands before its entries."""
        return b""

    def items(self, items: Sequence[Json]) -> bytes:
        """Nothing yet."""
        self._items += items
        return b""

    def tail(self) -> bytes:
        """The feed."""
        answer = self._answer
        updated = max((item["changed_at"] for item in self._items), default=answer.as_of or _BEGINNING)
        found = [
            '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">',
            f"<id>urn:uuid:{uuid.uuid5(FEEDS, answer.address)}</id>",
            f"<title>{_text(f'Demarche: {answer.address}')}</title>",
            f"<updated>{updated}</updated>",
            "<generator>Demarche</generator>",
            _link("self", answer.site + _with_suffix(answer.address), "application/atom+xml"),
            _link("alternate", answer.site + answer.address, "application/json"),
        ]
        if answer.next:
            found.append(_link("next", answer.site + answer.next, "application/atom+xml"))
        found += [_entry(answer, item) for item in self._items]
        return "\n".join([*found, "</feed>\n"]).encode()


def _with_suffix(address: str) -> str:
    path, question, query = address.partition("?")
    return f"{path}.atom{question}{query}"


def _entry(answer: Answer, item: Json) -> str:
    cited = address_of(item)
    found = [
        "<entry>",
        f"<id>urn:uuid:{item['id']}</id>",
        f"<title>{_text(f'{when(item)} · {headline(item)}')}</title>",
        f"<published>{item['recorded_at']}</published>",
        f"<updated>{item['changed_at']}</updated>",
        f"<author><name>{_text(item['actor']['name'])}</name></author>",
        *([_link("alternate", cited)] if cited else []),
        _link("related" if cited else "alternate", answer.site + place_of(item), "application/json"),
        f"<category term={_quoted(item['kind'])}/>",
    ]
    for one in item["topics"]:
        found.append(f"<category term={_quoted(one['topic']['slug'])} label={_quoted(one['topic']['name'])}/>")
    found.append(f'<content type="text">{_text(chr(10).join(lines(item)))}</content>')
    return "\n".join([*found, "</entry>"])


def _link(rel: str, address: str, kind: str = "") -> str:
    return f'<link rel="{rel}" href={_quoted(address)}{f" type={_quoted(kind)}" if kind else ""}/>'


def _text(text: str) -> str:
    return escape(_legal(text))


def _quoted(text: str) -> str:
    return quoteattr(_legal(text))


def _legal(text: str) -> str:
    """Without the two characters that JSON takes and XML 1.0 does not; no control character can be recorded anyway."""
    return text.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")
