"""What two records come to together: citations and tags of both, each once; and how that is taken apart again."""

from collections.abc import Sequence
from typing import Any

from schemas.addresses import canonical

Json = dict[str, Any]
# What one citation of a page takes over from another where it says nothing itself.
FILLED = (
    "locator", "published_at", "credibility", "reliability", "origin", "excerpt", "retrieved_at", "archive_url",
)  # fmt: skip
# Where in a page, and which words: two places in one page are two citations.
PLACES = ("locator", "excerpt")


def is_same(one: Json, other: Json) -> bool:
    """Whether two citations, as answers show them, cite the same: one source, one page, and no other place in it.

    Without an address they are the same where they name the same place.
    """
    if one["source"]["slug"] != other["source"]["slug"]:
        return False
    if one["url"] is None or other["url"] is None:
        return bool(one["url"] == other["url"]) and all(one[name] == other[name] for name in PLACES)
    return canonical(one["url"]) == canonical(other["url"]) and all(
        None in (one[name], other[name]) or one[name] == other[name] for name in PLACES
    )


def citations(kept: Sequence[Json], more: Sequence[Json]) -> list[Json]:
    """The citations of both: those kept in their places, with what they lack filled in, and behind them those that are new.

    To add the same once more changes nothing.
    """
    found = list(kept)
    for one in more:
        places = [place for place, other in enumerate(found) if is_same(other, one)]
        if not places:
            found.append(one)
        elif not any(_says_all(found[place], one) for place in places):
            there = found[places[0]]
            found[places[0]] = {**there, **{name: one[name] for name in FILLED if there[name] is None}}
    return found


def _says_all(one: Json, other: Json) -> bool:
    """Whether a citation has all that the other has to fill in; where both say something, it is not asked what."""
    return all(one[name] is not None or other[name] is None for name in FILLED)


def tags(kept: Sequence[str], more: Sequence[str]) -> list[str]:
    """The tags of both, each once."""
    return list(dict.fromkeys([*kept, *more]))


def without(before: Sequence[Json], after: Sequence[Json], now: Sequence[Json]) -> tuple[list[Json], list[Json]]:
    """The citations that stand now without what came between before and after; and those that came and were changed since.

    `after` is what `citations` made of `before`.
    """
    came = list(after[len(before) :])
    filled = [(new, old) for new, old in zip(after[: len(before)], before, strict=True) if new != old]
    kept, changed = [], []
    for one in now:
        if one in came:
            continue
        kept.append(next((old for new, old in filled if new == one), one))
        if one not in after and any(is_same(one, other) for other in came):
            changed.append(one)
    return kept, changed
