"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/): a page of records, for feed readers."""

import json
from collections.abc import Sequence

from api.formats.writers.outputs import Answer, Commas
from api.formats.writers.wordings import address_of, headline, lines, place_of, when
from schemas.transfers import Json

VERSION = "https://jsonfeed.org/version/1.1"


class JsonFeed:
    """JSON Feed being written."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._commas = Commas()

    def head(self) -> bytes:
        """The feed up to its items. Addresses of our own are whole only where the service knows its own."""
        answer = self._answer
        path, question, query = answer.address.partition("?")
        members = {
            "version": VERSION,
            "title": f"Demarche: {answer.address}",
            "feed_url": f"{answer.site}{path}.jsonfeed.json{question}{query}",
            **({"next_url": answer.site + answer.next} if answer.next else {}),
        }
        return json.dumps(members, ensure_ascii=False).encode()[:-1] + b',"items":['

    def items(self, items: Sequence[Json]) -> bytes:
        """An item each."""
        return self._commas([_item(self._answer, item) for item in items])

    def tail(self) -> bytes:
        """The end."""
        return b"]}"


def _item(answer: Answer, item: Json) -> Json:
    cited = address_of(item)
    language = item.get("language")
    return {
        "id": item["id"],
        "url": answer.site + place_of(item),
        **({"external_url": cited} if cited else {}),
        "title": f"{when(item)} · {headline(item)}",
        "content_text": "\n".join(lines(item)),
        **({"summary": item["summary"]} if item["summary"] else {}),
        "date_published": item["recorded_at"],
        "date_modified": item["changed_at"],
        "authors": [{"name": item["actor"]["name"]}],
        "tags": [item["kind"], *(one["topic"]["slug"] for one in item["topics"]), *item["tags"]],
        **({"language": language} if language else {}),
        "_demarche": {
            "date": item["date"],
            "stance": item["stance"],
            "confidence": item["confidence"],
            "version": item["version"],
        },
    }
