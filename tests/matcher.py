"""Full text in plain Python, by another way than the service's: what a search has to find in a small set of records."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

WEIGHTS = {"title": 4, "name": 3, "summary": 2, "quote": 2, "translation": 1}
LETTERS = {"ł": "l", "ø": "o", "ı": "i", "œ": "oe", "æ": "ae", "đ": "d"}


class Asked(NamedTuple):
    """One term as it was meant, before it was written into a query."""

    words: tuple[str, ...]
    is_prefix: bool
    is_excluded: bool

    @property
    def text(self) -> str:
        """The term as somebody types it."""
        words = " ".join(self.words)
        is_quoted = len(self.words) > 1 or (len(words) % 2 == 0 and not self.is_prefix)
        quotes = '"' * is_quoted
        return f"{'-' * self.is_excluded}{quotes}{words}{quotes}{'*' * self.is_prefix}"


def plain(text: str) -> list[str]:
    """The words of a text in Latin or Cyrillic letters."""
    small = unicodedata.normalize("NFC", text).casefold()
    bare = "".join(one for one in unicodedata.normalize("NFD", small) if unicodedata.category(one) != "Mn")
    return re.findall(r"[^\W_]+", "".join(LETTERS.get(one, one) for one in bare))


def places(record: Mapping[str, Any], names: Mapping[str, Sequence[str]], term: Asked) -> set[str]:
    """Where a record has a term: in which of its texts, or in a name."""
    involved = {record["actor"], record.get("on_behalf_of"), *(one["actor"] for one in record.get("participants", []))}
    texts = {name: record.get(name) for name in ("title", "summary", "quote", "translation")}
    found = {name for name, text in texts.items() if text and _has(plain(text), term)}
    called = [name for slug in involved if slug for name in names[slug]]
    return found | ({"name"} if any(_has(plain(name), term) for name in called) else set())


def _has(words: Sequence[str], term: Asked) -> bool:
    asked = [word for one in term.words for word in plain(one)]
    size = len(asked)
    for start in range(len(words) - size + 1):
        there = list(words[start : start + size])
        if there == asked or (term.is_prefix and there[:-1] == asked[:-1] and there[-1].startswith(asked[-1])):
            return True
    return False


def rank(record: Mapping[str, Any], names: Mapping[str, Sequence[str]], terms: Sequence[Asked]) -> int | None:
    """How well a record matches; None when it does not."""
    different = {
        (" ".join(word for one in term.words for word in plain(one)), *term[1:]): term for term in terms
    }.values()
    wanted = [places(record, names, term) for term in different if not term.is_excluded]
    if not all(wanted) or any(places(record, names, term) for term in different if term.is_excluded):
        return None
    return sum(WEIGHTS[place] for found in wanted for place in found)
