"""The cell `source_article` of UCDP GED: the reports that an event was coded from, as citations.

It has one text per report, `"office,date,headline"`, joined by semicolons. None of them has an address, so the headline
says where to look. `source_original` names what the reports go back to: as the origin of all of them it makes them count
once, for UCDP does not say which report has it from whom.
"""

import re
from typing import Any, Final

from api.formats.readers.files.cells import one_line, shorten, without_entities
from schemas.transfers import Json

_BETWEEN: Final = re.compile(r'"\s*;\s*"')
_ARTICLE: Final = re.compile(
    r"(?P<office>[^,]*(?:,[^,]*){0,3}?),\s*(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})\s*,(?P<headline>.*)", re.DOTALL
)
_MOST: Final = 100


def citations(text: str, original: str) -> list[Json]:
    """Each report as a citation whose source is still a name. Raises ValueError where a part is no report."""
    found: list[Json] = []
    for part in _BETWEEN.split(text.strip().strip('"')):
        article = _ARTICLE.fullmatch(one_line(without_entities(part)))
        if article is None or not article["office"].strip():
            raise ValueError(f"{part[:60]!r} is no report: office, date, headline")
        headline = article["headline"].strip() or f"report of {article['date']}"
        one: dict[str, Any] = {
            "source": article["office"].strip(),
            "locator": shorten(headline, 300),
            "published_at": article["date"],
            "role": "report",
        }
        if original:
            one["origin"] = shorten(one_line(original), 300)
        if one not in found:
            found.append(one)
    return found[:_MOST]
