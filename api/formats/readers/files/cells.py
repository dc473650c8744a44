"""What stands in a cell, made fit to be read: odd blanks, HTML, entities, and text that is too long."""

import html
import re
from typing import Final

# Blanks that look like one and are none: no-break, thin, figure, ideographic and others. Some have no width at all.
_BLANKS: Final = str.maketrans(
    dict.fromkeys(
        "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "
    )
    | dict.fromkeys("\u200b\u2060\ufeff\u00ad", "")
    | dict.fromkeys("\u2028\u2029\u0085", "\n")
)
_ODD: Final = re.compile(f"[{''.join(map(chr, _BLANKS))}]")
_ENTITY: Final = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_UNSEEN: Final = re.compile(r"<(?:(script|style)\b|!--)", re.IGNORECASE)
_CLOSED: Final = {
    "": re.compile("-->"),
    "script": re.compile(r"</script\s{0,9}>", re.IGNORECASE),
    "style": re.compile(r"</style\s{0,9}>", re.IGNORECASE),
}
_BREAK: Final = re.compile(r"<(?:br|/p|/div|/li|/h[1-6]|/tr)\s{0,9}/?>", re.IGNORECASE)
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]{0,1000}>")
_GAP: Final = re.compile(r"\n{3,}")


def tidy(text: str) -> str:
    """Text without blanks around it, odd blanks within turned into plain ones, soft hyphens and joiners gone."""
    return (text.translate(_BLANKS) if _ODD.search(text) else text).strip()


def one_line(text: str) -> str:
    """The same in one line, with one blank between words."""
    return " ".join(tidy(text).split())


def without_entities(text: str) -> str:
    """Text with `&amp;`, `&#8217;` and kin read; what does not end in a semicolon stays: `R&D`, `a=1&copy=2`."""
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def without_tags(text: str) -> str:
    """Text of HTML: tags go, the ends of paragraphs become line breaks, scripts and comments go whole."""
    if "<" not in text:
        return text
    plain = _TAG.sub("", _BREAK.sub("\n", _seen(text)))
    return _GAP.sub("\n\n", "\n".join(line.rstrip() for line in plain.split("\n"))).strip()


def _seen(text: str) -> str:
    """HTML without its scripts, styles and comments; one that is never closed goes to the end."""
    kept: list[str] = []
    place = 0
    while found := _UNSEEN.search(text, place):
        kept.append(text[place : found.start()])
        close = _CLOSED[(found[1] or "").lower()].search(text, found.end())
        place = close.end() if close else len(text)
    return "".join([*kept, text[place:]])


def shorten(text: str, most: int) -> str:
    """Text of at most so many characters, cut between words, with … where it was cut."""
    if len(text) <= most:
        return text
    kept = text[: most - 1]
    place = max(kept.rfind(" "), kept.rfind("\n"))
    # A text without blanks, or whose last word is most of it, is cut where it has to be.
    return (kept[:place] if place > most // 2 else kept).rstrip(" \n\t,;:–-") + "…"
