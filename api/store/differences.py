"""What differs between two versions of one thing: pure functions over versions as they are shown."""

import json
from typing import Any

import jsonpatch

from schemas.reactions import DERIVED

Json = dict[str, Any]

# Which version it is, when and by whom; and what follows from other things, not from this version.
_ABOUT = {"version", "recorded_at", "changed_at", "recorded_by", "corroboration", "primary", *DERIVED.values()}


def content(shown: Json) -> Json:
    """What a version says of the world, without what is said of the version, and without what others say of it."""
    return {name: value for name, value in shown.items() if name not in _ABOUT}


def changed(before: Json, after: Json) -> list[str]:
    """The members of the content that differ, in the order in which they are shown."""
    old, new = ({name: _told(value) for name, value in content(one).items()} for one in (before, after))
    return [name for name in {**new, **old} if old.get(name) != new.get(name)]


def beside(before: Json, after: Json) -> list[Json]:
    """Each of these members as it was and as it is."""
    return [{"field": name, "before": before.get(name), "after": after.get(name)} for name in changed(before, after)]


def _told(value: Any) -> str:
    """A value as JSON: for Python true is 1, for a reader it is not."""
    return json.dumps(value, sort_keys=True)


def patch(before: Json, after: Json) -> list[Json]:
    """The JSON Patch (RFC 6902) that makes the content after of the content before.

    Each member by itself: what leaves one member and comes into another is no move.
    """
    old, new = content(before), content(after)
    operations: list[Json] = []
    for name in changed(before, after):
        left, right = ({name: one[name]} if name in one else {} for one in (old, new))
        operations += jsonpatch.make_patch(left, right).patch
    return operations
