"""Patterns in a mapping: names of numbered columns, text made of several cells, and regular expressions that can't run away.

Expressions come from whoever sends a mapping, and Python's can take years over a short text. So they are short, look at the
beginning of a cell, and have few places at which they could try again: two repeats, two parts that may be missing, one
group. The worst of them then takes part of a second, and those that people write some microseconds.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

LONGEST: Final = 200
SEARCHED: Final = 100
MOST_REPEATS: Final = 2
_ESCAPED_OR_CLASS: Final = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_SET_IN_SET: Final = re.compile(r"\[|--|&&|~~|\|\|")
_GROUP_REPEATED: Final = re.compile(r"\)[*+{]")
_REPEAT: Final = re.compile(r"[*+{]")
_MAYBE: Final = re.compile(r"(?<!\()\?")
_COLUMN: Final = re.compile(r"\{([^{}\[\]]+)\}")
_OPTIONAL: Final = re.compile(r"\[([^\[\]]*)\]")
_NUMBER: Final = re.compile(r"[0-9]{1,9}")


class PatternProblem(ValueError):
    """A pattern that can't be used, and why."""


@lru_cache(maxsize=500)
def expression(written: str) -> re.Pattern[str]:
    """A regular expression, for `search` on the first SEARCHED characters of a text. Raises PatternProblem."""
    bare = _ESCAPED_OR_CLASS.sub("_", written)
    tries = max(len(_REPEAT.findall(bare)), len(_MAYBE.findall(bare)), 2 * bare.count("("))
    if len(written) > LONGEST or tries > MOST_REPEATS or _GROUP_REPEATED.search(bare):
        raise PatternProblem(
            f"the expression is too much: at most {LONGEST} characters, two of * + {{…}}, two of ?, one (…) that is not repeated"
        )
    if "(?" in bare or re.search(r"\\[1-9]", written):
        raise PatternProblem("the expression goes back to a group, or looks around, which is not taken here")
    if any(_SET_IN_SET.search(one[1:]) for one in _ESCAPED_OR_CLASS.findall(written) if one[0] == "["):
        raise PatternProblem("in […] stands what may come to mean a set in a set; put a backslash before it")
    try:
        return re.compile(written)
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternProblem(f"this is no regular expression: {error}") from None


def found(written: str, text: str) -> bool:
    """Whether an expression is found in the beginning of a text."""
    return expression(written).search(text[:SEARCHED]) is not None


def numbered(pattern: str, columns: Sequence[str]) -> list[str]:
    """The columns that a pattern such as `text_*` names, in the order of their numbers: text_2 before text_10."""
    before, _, after = pattern.partition("*")
    matched = [
        (int(column[len(before) : len(column) - len(after)]), column)
        for column in columns
        if column.startswith(before)
        and column.endswith(after)
        and _NUMBER.fullmatch(column[len(before) : len(column) - len(after)])
    ]
    return [column for _, column in sorted(matched)]


@dataclass(frozen=True, slots=True)
class Template:
    """Text made of cells: `{name}` is that column's, and what stands in square brackets is left out where a cell in it is empty."""

    parts: tuple[tuple[str, bool], ...]  # text with columns in braces, and whether it may be left out
    needed: tuple[str, ...]  # the columns outside of brackets
    columns: tuple[str, ...]

    def fill(self, cell: Callable[[str], str]) -> str:
        """The text for a row, of which `cell` gives the cells; empty where every cell of it is."""
        if not any(map(cell, self.columns)):
            return ""
        made = []
        for text, optional in self.parts:
            names = _COLUMN.findall(text)
            if not optional or all(map(cell, names)):
                made.append(_COLUMN.sub(lambda name: cell(name[1]), text))
        return "".join(made)


@lru_cache(maxsize=500)
def template(written: str) -> Template:
    """Text made of cells, ready to be filled. Raises PatternProblem."""
    parts: list[tuple[str, bool]] = []
    place = 0
    for optional in _OPTIONAL.finditer(written):
        parts += [(written[place : optional.start()], False), (optional[1], True)]
        place = optional.end()
    parts.append((written[place:], False))
    if any(sign in _COLUMN.sub("", text) for text, _ in parts for sign in "{}[]"):
        raise PatternProblem("a bracket in the text is never closed, or stands in another one")
    columns = tuple(dict.fromkeys(_COLUMN.findall(written)))
    if not columns:
        raise PatternProblem("the text names no column; a column stands in braces: {name}")
    needed = tuple(dict.fromkeys(name for text, optional in parts if not optional for name in _COLUMN.findall(text)))
    return Template(tuple(part for part in parts if part[0]), needed, columns)
