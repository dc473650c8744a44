"""Snippets: the passage of a record that what was searched for is found in, safe to be put into a page as it is."""

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

from api.store.sessions import Reading
from schemas import searches
from schemas.searches import Searched, Term

LENGTH = 200
BEFORE = 60
MOST_HITS, MOST_WITHIN = 300, 30
_BLANK = re.compile(r"\s+")
# What says most beside the title, which is shown anyway; of texts that are met alike the first one is taken.
_ORDER = ("quote", "translation", "summary", "title")


class _Hit(NamedTuple):
    start: int
    end: int
    term: int


def snippets(reading: Reading, searched: Searched, seqs: Sequence[int]) -> list[str | None]:
    """For each of these versions the passage with most of the terms: HTML with `<mark>`; None where a name alone was met."""
    sql = f"SELECT v.seq, {', '.join(f'v.{name}' for name in _ORDER)} FROM record_version v WHERE {reading.any_of('v.seq', 'seqs')}"
    texts = {seq: rest for seq, *rest in reading.rows(sql, {"seqs": reading.listed(seqs)})}
    return [snippet(searched, texts[seq]) for seq in seqs]


def snippet(searched: Searched, texts: Iterable[str | None]) -> str | None:
    """The best passage out of several texts; None where none of them has any of the terms."""
    best: tuple[tuple[int, int], str, list[_Hit]] | None = None
    for text in filter(None, texts):
        found = _hits(searched.wanted, text)
        for number, first in enumerate(found):
            reach = max(first.end, first.start + LENGTH - BEFORE)
            within = [hit for hit in found[number : number + MOST_WITHIN] if hit.end <= reach]
            score = (len({hit.term for hit in within}), len(within))
            if best is None or score > best[0]:
                best = (score, text, within)
    return _shown(best[1], best[2]) if best else None


def _hits(terms: Sequence[Term], text: str) -> list[_Hit]:
    """Where the terms stand, in the order of the text; the first few hundred."""
    line = searches.line(text)
    asked = [(number, term) for number, term in enumerate(terms) if term.part in line]
    if not asked:
        return []
    there = list(searches.placed(text))
    places: dict[str, list[int]] = {}
    for at, one in enumerate(there):
        places.setdefault(one.word, []).append(at)
    found = []
    for number, term in asked:
        first, last = term.words[0], len(term.words) - 1
        if term.is_prefix and not last:
            starts = [at for word, ats in places.items() if word.startswith(first) for at in ats]
        else:
            starts = places.get(first, [])
        found += [
            _Hit(there[at].start, there[at + last].end, number)
            for at in starts
            if last == 0 or term.part in f" {' '.join(one.word for one in there[at : at + last + 1])} "
        ]
    return sorted(found)[:MOST_HITS]


def _shown(text: str, hits: Sequence[_Hit]) -> str:
    """The passage around these hits, cut between words, with what is no text of ours made harmless."""
    end = min(len(text), max(hits[-1].end, hits[0].start - BEFORE + LENGTH))
    start = max(0, min(hits[0].start - BEFORE, end - LENGTH))
    if start:
        blank = _BLANK.search(text, start, hits[0].start)
        start = blank.end() if blank else hits[0].start
    if end < len(text):
        blanks = list(_BLANK.finditer(text, hits[-1].end, end))
        end = blanks[-1].start() if blanks else end
    parts = ["… "] if start else []
    at = start
    for hit in hits:
        if hit.end > at:  # else it lies within the one before
            parts.append(escape(text[at : max(hit.start, at)]))
            parts.append(f"<mark>{escape(text[max(hit.start, at) : hit.end])}</mark>")
            at = hit.end
    parts += [escape(text[at:end]), " …" if end < len(text) else ""]
    return _BLANK.sub(" ", "".join(parts)).strip()
