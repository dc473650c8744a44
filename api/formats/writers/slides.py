"""TimelineJS 3 (https://timeline.knightlab.com/docs/json-format.html): a title and a slide for each record.

Its texts are HTML, so that ours are escaped. A date is one day or a range of days; what EDTF says beyond that stands in
`display_date`. A record with an open end stands on the day that is known.
"""

import json
from collections.abc import Sequence
from html import escape

from api.formats.writers.outputs import Answer, Commas
from api.formats.writers.wordings import address_of, instant_of, lines, when
from schemas import dates
from schemas.transfers import Json


class Slides:
    """TimelineJS being written."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._commas = Commas()

    def head(self) -> bytes:
        """The title, and the beginning of the slides."""
        title = {"text": {"headline": "Demarche", "text": escape(self._answer.address)}, "unique_id": "title"}
        return b'{"scale":"human","title":' + json.dumps(title, ensure_ascii=False).encode() + b',"events":['

    def items(self, items: Sequence[Json]) -> bytes:
        """A slide each."""
        return self._commas([_slide(item) for item in items])

    def tail(self) -> bytes:
        """The end."""
        return b"]}"


def _slide(item: Json) -> Json:
    instant, cited = instant_of(item), address_of(item)
    first, last = item["date_earliest"] or item["date_latest"], item["date_latest"] or item["date_earliest"]
    start = _day(first) if instant is None else _second(instant)
    text = "".join(f"<p>{escape(line).replace(chr(10), '<br>')}</p>" for line in lines(item))
    if cited:
        text += f'<p><a href="{escape(cited)}" rel="noopener">{escape(item["source"]["name"])}</a></p>'
    return {
        "unique_id": item["id"],
        "start_date": start,
        **({"end_date": _day(last)} if last != first else {}),
        "display_date": escape(when(item)),
        "text": {"headline": escape(item["title"]), "text": text},
        "group": escape(item["actor"]["name"]),
    }


def _day(day: str) -> Json:
    year, month, of_month = map(int, day.split("-"))
    return {"year": year, "month": month, "day": of_month}


def _second(instant: int) -> Json:
    text = dates.format_instant(instant)
    clock = zip(("hour", "minute", "second"), map(int, text[11:19].split(":")), strict=True)
    return {**_day(text[:10]), **dict(clock)}
