"""Slugs of names in any script, such as `volodymyr-zelenskyi` of Володимир Зеленський.

Cyrillic is written in Latin letters by one table: Ukrainian by the rules for passports of 2010 (resolution 55 of the
Cabinet of Ministers), Russian as newspapers in English write it. A name in a script that has no table gets a slug of its
hash: it can be found by its name, and be given a better slug in the mapping.
"""

import hashlib
import re
from typing import Final

from schemas.fields import fold

MOST: Final = 100
_COMMON: Final = {
    "а": "a", "б": "b", "в": "v", "д": "d", "е": "e", "ж": "zh", "з": "z", "к": "k", "л": "l", "м": "m", "н": "n",
    "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh",
    "щ": "shch", "ю": "yu", "я": "ya", "ў": "u", "ь": "", "ъ": "", "'": "", "’": "", "ʼ": "", "`": "",
    "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "ђ": "dj", "џ": "dz",
}  # fmt: skip
_RUSSIAN: Final = str.maketrans(_COMMON | {"г": "g", "ё": "e", "и": "i", "й": "y", "ы": "y", "э": "e", "і": "i"})
_UKRAINIAN: Final = str.maketrans(
    _COMMON
    | {
        "г": "h",
        "ґ": "g",
        "є": "ie",
        "и": "y",
        "і": "i",
        "ї": "i",
        "й": "i",
        "ы": "y",
        "э": "e",
        "ё": "io",
        "ю": "iu",
        "я": "ia",
    }
)
_UKRAINIAN_BEGINNING: Final = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
_ONLY_UKRAINIAN: Final = re.compile("[іїєґ]|[сцз]ьк")
_BEGINNING: Final = re.compile(r"\b[єїйюя]")
_RUSSIAN_ENDING: Final = re.compile(r"(?:ий|ый)\b")
_WORD: Final = re.compile("[a-z0-9]+")


def slugify(name: str, ukrainian: bool = False) -> str:
    """A slug for a name; never empty, and the same for the same name whatever its case and accents.

    Names without a letter that only one of the two languages has are taken for Russian, unless `ukrainian` is set.
    """
    lower = name.casefold()
    if ukrainian or _ONLY_UKRAINIAN.search(lower):
        begun = _BEGINNING.sub(lambda letter: _UKRAINIAN_BEGINNING[letter[0]], lower.replace("зг", "zgh"))
        latin = begun.translate(_UKRAINIAN)
    else:
        latin = _RUSSIAN_ENDING.sub("y", lower).translate(_RUSSIAN)
    slug = "-".join(_WORD.findall(fold(latin)))
    if not re.search("[a-z0-9]{2}", slug):
        slug = f"name-{hashlib.sha256(lower.encode('utf-8', 'surrogatepass')).hexdigest()[:10]}"
    return slug if len(slug) <= MOST else slug[:MOST].rpartition("-")[0] or slug[:MOST]
