"""Cells that hold a list of objects: as JSON, or as Python prints it, which spreadsheets made by scripts are full of."""

import json
import re
from typing import Any, Final

_DEEPEST: Final = 16
_TOKEN: Final = re.compile(
    r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|None\b|True\b|False\b|[\[\]{}(),:]|-?[0-9]+(?:\.[0-9]+)?|\s+""", re.DOTALL
)
_ESCAPE: Final = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_UNKEEPABLE: Final = re.compile("[\x00\ud800-\udfff]")
_SIGNS: Final = {"n": "\n", "t": "\t", "r": "\r"}
_IN_JSON: Final = {"None": "null", "True": "true", "False": "false", "(": "[", ")": "]"}


def values(text: str, key: str) -> list[str]:
    """What stands at a key in each object of the list, as text; objects without it give nothing. Raises ValueError."""
    listed = _parsed(text)
    objects = listed if isinstance(listed, list) else [listed]
    found = [one[key] for one in objects if isinstance(one, dict) and one.get(key) is not None]
    if any(_UNKEEPABLE.search(one) for one in found if isinstance(one, str)):
        raise ValueError("a text holds U+0000 or half of a surrogate pair")
    return [str(one) for one in found if isinstance(one, str | int | float)]


def _parsed(text: str) -> Any:
    if text.count("[") + text.count("{") + text.count("(") > _DEEPEST and _depth(text) > _DEEPEST:
        raise ValueError("brackets stand too deep in each other")
    try:
        return json.loads(text)
    except ValueError:
        return json.loads(_as_json(text))


def _depth(text: str) -> int:
    depth = deepest = 0
    for sign in _TOKEN.findall(text):
        depth += (sign in "[{(") - (sign in "]})")
        deepest = max(deepest, depth)
    return deepest


def _as_json(text: str) -> str:
    """What Python prints, written as JSON. Raises ValueError for what is neither."""
    made: list[str] = []
    place = 0
    while place < len(text):
        token = _TOKEN.match(text, place)
        if token is None:
            raise ValueError("this is no list of objects")
        written, place = token[0], token.end()
        if written == ")" or (written == "]" and made):
            while made and made[-1].isspace():
                made.pop()
            if made and made[-1] == ",":  # Python lets a comma stand before the end
                made.pop()
        made.append(
            json.dumps(_ESCAPE.sub(_unescaped, written[1:-1]))
            if written[0] in "'\""
            else _IN_JSON.get(written, written)
        )
    return "".join(made)


def _unescaped(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2] or escape[3]
    if code:
        return chr(min(int(code, 16), 0x10FFFF))
    return _SIGNS.get(escape[4], escape[4])
