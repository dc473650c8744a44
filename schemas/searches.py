"""Full text: how any text becomes words, and how what is searched for is read. One way for both, in any script.

A text is folded by `fold`: case and accents go (`Ёлка`, `ЕЛКА` and `елка` are one word, and so are `мой` and `мои`).
Then letters and digits make words, and everything else parts them: `l'accord`, `cease-fire` and `п'ять` are two words
each, which stand one after the other. In scripts that are written without blanks each letter is a word.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from schemas.fields import fault, fold

MOST_LETTERS = 1_000
MOST_TERMS = 32

# Han with kana, Thai and Lao, Burmese, Khmer: their words have no blanks between them.
_WITHOUT_BLANKS = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x2E80, 0x30FF), (0x31F0, 0x31FF), (0x3400, 0x9FFF),
    (0xF900, 0xFAFF), (0x1B000, 0x1B2FF), (0x20000, 0x3FFFF),
)  # fmt: skip
# Apostrophes that Unicode takes for letters, as in п\u02bcять.
_APOSTROPHES = frozenset("\u02b9\u02ba\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ee")
_KEPT = 0x2E80  # nobody should be able to fill the memory by asking for every sign there is
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))


class _Letters(dict[int, str]):
    """What each character gives: letters of words, blanks between them, or nothing at all."""

    def __missing__(self, code: int) -> str:
        made = "".join(map(_letter, fold(chr(code))))
        if code < _KEPT:
            self[code] = made
        return made


def _letter(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cf", "Me") or 0xFE00 <= ord(character) <= 0xFE0F or 0xE0100 <= ord(character) <= 0xE01EF:
        return ""  # soft hyphens, marks of direction, variants of the same sign
    if category[0] not in "LNM" or character in _APOSTROPHES:
        return " "
    if any(first <= ord(character) <= last for first, last in _WITHOUT_BLANKS):
        return f" {character} "
    return character


_LETTERS = _Letters()


def words(text: str) -> list[str]:
    """The words of a text, folded, in order."""
    return text.translate(_LETTERS).split()


def line(text: str) -> str:
    """The words of a text with a blank around each, so that words side by side are found as part of it."""
    return f" {' '.join(words(text))} "


class Placed(NamedTuple):
    """A word and where it stands in the text, as it was written."""

    word: str
    start: int
    end: int


def placed(text: str) -> Iterator[Placed]:
    """The same words as `words`, each with its place."""
    letters: list[str] = []
    start = end = 0
    for place, character in enumerate(text):
        made = _LETTERS[ord(character)]
        if not made and letters:
            end = place + 1  # an accent goes with its letter
        for letter in made:
            if letter != " ":
                start, end = start if letters else place, place + 1
                letters.append(letter)
            elif letters:
                yield Placed("".join(letters), start, end)
                letters = []
    if letters:
        yield Placed("".join(letters), start, end)


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that is searched for: words side by side, the last of which may be the beginning of one."""

    words: tuple[str, ...]
    is_prefix: bool = False
    is_excluded: bool = False

    @property
    def part(self) -> str:
        """What a line of words holds when the term is in it."""
        return f" {' '.join(self.words)}{'' if self.is_prefix else ' '}"


@dataclass(frozen=True, slots=True)
class Searched:
    """What a record has to say, all of it, and what it must not say."""

    terms: tuple[Term, ...]

    @property
    def wanted(self) -> list[Term]:
        """The terms of which none may be missing."""
        return [term for term in self.terms if not term.is_excluded]


@lru_cache(maxsize=1024)
def search(text: str) -> Searched:
    """What is searched for: words, "phrases", -exclusions and beginnings*, also of the last word of a phrase.

    Whatever is typed has a meaning: a quotation mark that stands alone reaches to the end, any other sign only parts
    words. Raises a fault where there is no word in it, or where it is too long.
    """
    if len(text) > MOST_LETTERS:
        raise fault(
            f"is longer than {MOST_LETTERS:,} characters", "Search for fewer words, or for a part of the phrase."
        )
    terms = tuple(dict.fromkeys(_terms(text.translate(_QUOTES))))
    if not terms:
        raise fault(
            "holds no word", 'Give a word, a "phrase", -a word to leave out, or the beginning of one, as in cease*.'
        )
    if len(terms) > MOST_TERMS:
        raise fault(f"holds {len(terms)} terms", f"At most {MOST_TERMS}; words in quotation marks are one.")
    return Searched(terms)


def _terms(text: str) -> Iterator[Term]:
    """The terms in order: quoted parts are phrases, the rest is parted by blanks."""
    is_excluded = False
    parts = text.split('"')
    for number, part in enumerate(parts):
        if number % 2:
            if found := tuple(words(part)):
                # The last word may be a beginning, with the sign on either side of the mark: "cease fi*" or "cease fi"*.
                is_prefix = part.rstrip().endswith("*") or "".join(parts[number + 1 : number + 2]).startswith("*")
                yield Term(found, is_prefix, is_excluded)
            is_excluded = False
            continue
        pieces = part.split()
        # A sign right before a quotation mark belongs to the phrase.
        is_excluded = bool(pieces) and set(pieces[-1]) == {"-"} and not part[-1].isspace()
        for piece in pieces:
            if found := tuple(words(piece)):
                yield Term(found, piece.endswith("*"), piece.startswith("-"))
