"""Which format an answer is given in: by the suffix of its address, or by the header Accept of the address without one."""

import re
from collections.abc import Mapping

from api.exportables import EXPORTABLES
from api.formats.writers import registry
from api.formats.writers.outputs import RECORD, Format

# What stands at the addresses that take a suffix; a snapshot has what it is of.
TABLES: Mapping[str, str] = {"/v1/snapshots/{id}": RECORD, **{path: one.table for path, one in EXPORTABLES.items()}}
_PATHS = re.compile("|".join("(" + re.sub(r"{\w+}", "[^/]+", path) + ")" for path in TABLES))
_TABLES = list(TABLES.values())
_QUALITY = re.compile(r"(?:^|;)\s*q\s*=\s*([0-9.]+)")


def formats(path: str) -> Mapping[str, Format]:
    """The formats that the answer at an address without suffix is had in; none where it can't be exported."""
    found = _PATHS.fullmatch(path)
    return registry.of(_TABLES[found.lastindex - 1]) if found and found.lastindex else {}


def has_suffix(path: str) -> bool:
    """Whether the address names the format itself: then Accept has nothing to choose."""
    plain, dot, suffix = path.partition(".")
    return bool(dot) and suffix in registry.FORMATS and suffix in formats(plain)


def preferred(accept: str, offered: Mapping[str, Format]) -> str | None:
    """The suffix of the format that is liked best; None where none is acceptable.

    Of two that are liked alike, the one that is named, and not only covered by `*/*`; of two such, JSON.
    """
    ranges = [_range(part) for part in accept.lower().split(",")]
    best, liked = None, (0.0, 0)
    for suffix, one in offered.items():
        kind = one.media_type
        covering = [(("*/*", kind.partition("/")[0] + "/*", kind).index(name), quality) for name, quality in ranges
                    if name in ("*/*", kind.partition("/")[0] + "/*", kind)]  # fmt: skip
        if not covering:
            continue
        closeness, quality = max(covering)
        if quality > 0 and (quality, closeness) > liked:
            best, liked = suffix, (quality, closeness)
    return best


def _range(part: str) -> tuple[str, float]:
    kind, _, parameters = part.partition(";")
    found = _QUALITY.search(parameters)
    try:
        return kind.strip(), float(found[1]) if found else 1.0
    except ValueError:
        return kind.strip(), 0.0
