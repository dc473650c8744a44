"""Two versions compared: the patch makes the one of the other, and what is said of a version is no part of it."""

import copy
from typing import Any

import jsonpatch
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.store import differences

NOUN = st.sampled_from(["kremlin", "nato", "russia"]).map(lambda slug: {"slug": slug, "name": slug.upper()})
LEAF = st.one_of(st.none(), st.booleans(), st.integers(-2, 2), st.sampled_from(["", "a", "b", "/", "~1"]), NOUN)
MEMBER = st.one_of(
    LEAF, st.lists(LEAF, max_size=5), st.lists(st.fixed_dictionaries({"topic": NOUN, "conditions": LEAF}), max_size=5)
)
SHOWN = st.fixed_dictionaries(dict.fromkeys(("title", "topics", "tags", "place", "a/b", "~"), MEMBER))
ABOUT = ("version", "recorded_at", "changed_at", "recorded_by", "retracted_by", "denied_by", "clarified_by", "corroboration", "primary")  # fmt: skip


@given(SHOWN, SHOWN)
@example({"title": 1, "tags": [True]}, {"title": True, "tags": [1]})
@example({"title": "a", "tags": []}, {"title": None, "tags": ["a"]})
def test_the_patch_makes_the_one_of_the_other_and_names_what_differs(before: Any, after: Any) -> None:
    kept = copy.deepcopy((before, after))
    patch = differences.patch(before, after)
    assert jsonpatch.apply_patch(before, patch) == after
    touched = {part.split("/")[1] for one in patch for part in (one["path"], one.get("from") or one["path"])}
    assert touched == {name.replace("~", "~0").replace("/", "~1") for name in differences.changed(before, after)}
    assert (before, after) == kept


@pytest.mark.parametrize("name", ABOUT)
def test_what_is_said_of_a_version_is_no_content(name: str) -> None:
    before, after = {"title": "A", name: "one"}, {"title": "B", name: "two"}
    assert differences.content(after) == {"title": "B"}
    assert differences.changed(before, after) == ["title"]
    assert differences.patch(before, after) == [{"op": "replace", "path": "/title", "value": "B"}]


def test_members_are_named_in_the_order_in_which_they_are_shown() -> None:
    before: dict[str, Any] = {"date": "2025", "title": "A", "tags": []}
    assert differences.changed(before, {"date": "2024", "title": "A", "tags": ["x"]}) == ["date", "tags"]
    assert differences.changed(before, before) == []
    assert differences.patch(before, before) == []
    assert differences.changed({"quote": "x"}, {"channel": "x"}) == ["channel", "quote"]
