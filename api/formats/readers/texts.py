"""Words out of other tools' files: cleaned of what no database keeps, out of HTML, and made into ids."""

import hashlib
import re

from api.formats.readers.files.cells import one_line, tidy, without_entities, without_tags
from schemas.statements import ASKED_BELOW, ASKED_WITHIN

_UNKEEPABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
# What begins on a line of its own, beside what `without_tags` knows.
_BLOCK = re.compile(r"<(?=(?:blockquote|h[1-6]|li|p|tr)\b)", re.IGNORECASE)
# No member of a record is longer than 20,000 characters; markup may take ten times as much.
LONGEST_HTML = 200_000


def clean(value: object) -> str:
    """A text without control characters, halves of letters and blanks around it; what is no text is an empty one."""
    return tidy(_SURROGATES.sub("\ufffd", _UNKEEPABLE.sub("", value))) if isinstance(value, str) else ""


def line(value: object) -> str:
    """The same on one line."""
    return one_line(clean(value))


def plain(markup: object) -> str:
    """The words of a piece of HTML, of which no more than LONGEST_HTML characters are read: paragraphs on lines of their own."""
    words = without_tags(_BLOCK.sub("<br><", one_line(clean(markup)[:LONGEST_HTML])))
    lines = (" ".join(part.split()) for part in clean(without_entities(words)).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def digest(*parts: object) -> str:
    """A name for some content: the first 32 hexadecimal digits of its SHA-256."""
    told = "\x1f".join(str(part) for part in parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(told).hexdigest()[:32]


def external(id_: str) -> str:
    """An id of another system as records take it: a hash of one that is too long or would be taken for another address."""
    odd = len(id_) > 300 or id_.endswith(ASKED_BELOW) or re.search(ASKED_WITHIN, id_)
    return f"sha256:{digest(id_)}" if odd else id_


def system(name: str) -> str:
    """The name of another system, such as a host, as records take it."""
    plainly = re.sub(r"[^A-Za-z0-9._-]+", "-", name).lstrip("._-")[:100]
    return plainly or "feed"
