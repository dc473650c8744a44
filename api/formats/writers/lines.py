"""NDJSON: one JSON object a line; and JSON, a page of them in the content profile."""

import json
from collections.abc import Sequence

from api.formats.contents import content, noun_of
from api.formats.writers.outputs import Answer, Commas
from schemas.transfers import Json


def shown(answer: Answer, item: Json) -> Json:
    """An item as it was answered, or its content."""
    return content(noun_of(answer.table, item), item) if answer.is_content else item


class Lines:
    """NDJSON being written."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def head(self) -> bytes:
        """Nothing: each line stands alone."""
        return b""

    def items(self, items: Sequence[Json]) -> bytes:
        """A line each."""
        return "".join(
            [json.dumps(shown(self._answer, item), ensure_ascii=False, separators=(",", ":")) + "\n" for item in items]
        ).encode()

    def tail(self) -> bytes:
        """Nothing."""
        return b""


class JsonPage:
    """A page of JSON being written."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._commas = Commas()

    def head(self) -> bytes:
        """As every list begins."""
        return b'{"items":['

    def items(self, items: Sequence[Json]) -> bytes:
        """Each, with commas between them."""
        return self._commas([shown(self._answer, item) for item in items])

    def tail(self) -> bytes:
        """What a list has beside its items."""
        return b"]," + json.dumps(self._answer.members, ensure_ascii=False, separators=(",", ":")).encode()[1:]
