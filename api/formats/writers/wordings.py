"""A record in words, for formats that are read and not counted: when it was, who it was, and the rest in lines."""

from collections.abc import Mapping
from typing import Any

from schemas import dates
from schemas.dates import Precision

_MARKS = {"?": "uncertain", "~": "approximate", "%": "uncertain and approximate"}
_PLACES = {"statement": "/v1/statements/", "event": "/v1/events/"}


def place_of(item: Mapping[str, Any]) -> str:
    """Where a record stands, from /v1/ on."""
    return f"{_PLACES[item['kind']]}{item['id']}"


def instant_of(item: Mapping[str, Any]) -> int | None:
    """The instant that a record is dated to the second by, in microseconds; None for any other date."""
    return dates.parse(item["date"]).earliest if item["date_precision"] == Precision.SECOND else None


def when(item: Mapping[str, Any]) -> str:
    """The date as a reader wants it: `since 2022-02-24`, `2025-03 (approximate)`, `2025-03-11 or 2025-03-13`."""
    text: str = item["date"]
    instant = instant_of(item)
    if instant is not None:
        return dates.format_instant(instant).replace("T", " ").replace("Z", " UTC")
    if text.startswith("["):
        return " or ".join(map(_one, text.strip("[]").split(",")))
    start, slash, end = text.partition("/")
    if not slash:
        return _one(text)
    if end in ("", ".."):
        return f"since {_one(start)}"
    return f"until {_one(end)}" if start in ("", "..") else f"{_one(start)} to {_one(end)}"


def _one(text: str) -> str:
    found = f"{text[:-1]} ({_MARKS[text[-1]]})" if text[-1:] in _MARKS else text
    return f"{found} (not known more exactly)" if "X" in text else found


def who(item: Mapping[str, Any]) -> str:
    """Who said or did it, and for whom."""
    behind = item["on_behalf_of"]
    return f"{item['actor']['name']} for {behind['name']}" if behind else str(item["actor"]["name"])


def headline(item: Mapping[str, Any]) -> str:
    """Who and what, in a line."""
    return f"{item['actor']['name']}: {item['title']}"


def lines(item: Mapping[str, Any]) -> list[str]:
    """All that a reader of one entry wants, each in a line, or in a paragraph where the record has one."""
    found = [item["summary"], item.get("quote") and f"“{item['quote']}”", item.get("translation")]
    found += [f"Date: {when(item)}, {item['date_basis']}", f"Who: {who(item)}"]
    for one in item["topics"]:
        depends = "" if one["condition_type"] == "none" else f", {one['condition_type']}"
        told = f": {one['conditions']}" if one["conditions"] else ""
        found.append(f"On {one['topic']['name']}: {one['stance'].replace('_', ' ')}{depends}{told}")
    sure = "can’t be judged" if item["confidence"] is None else f"{item['confidence']} ({item['confidence_label']})"
    found.append(f"Confidence: {sure}")
    if item["status"] != "published":
        found.append(f"Status: {item['status'].replace('_', ' ')}")
    found += [
        f"Source: {' '.join(filter(None, (one['source']['name'], one['locator'], one['url'])))}"
        for one in item["citations"]
    ]
    return [one for one in found if one]


def address_of(item: Mapping[str, Any]) -> str | None:
    """The web address of the first citation that has one."""
    return next((one["url"] for one in item["citations"] if one["url"]), None)
