"""Taking merged records apart again: both are what they were, whatever was edited since stays; on both databases."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as some

from api.settings import Settings
from schemas import unions
from tests import expect, hostile
from tests.coders import coded, recoded, said_of
from tests.desk import done, link, restore, said, uid
from tests.expect import Api
from tests.test_history import told
from tests.test_merges import OTHER, URL, cites, content, desk, merged, parted, unmerge  # noqa: F401  (a fixture)
from tests.test_moments import now
from tests.test_purges import everything_verifies

Json = dict[str, Any]


def test_both_are_what_they_were(desk: Api, settings: Settings) -> None:  # noqa: F811
    kept = said(desk, tags=["truce"])
    other = said(
        desk,
        title="Another",
        tags=["import"],
        source=None,
        url=None,
        citations=cites(("kremlin-ru", f"{URL}#x"), ("tass", OTHER), locator="p. 2"),
    )
    first = said(desk, date="2025-03-01")
    linked = link(desk, other, first, "denies", note="A")
    mine = coded(desk, other, "second-reader", sanctions="opposes")
    before = [desk.get(path) for path in (kept, other)]
    start = now(desk)
    made = merged(desk, kept, other)
    middle = now(desk)
    back = parted(desk, kept, other, change_note="They are two")
    after = [desk.get(path) for path in (kept, other)]
    assert [content(one) for one in after] == [content(one) for one in before]
    assert (back["citations"], back["tags"], back["left"]) == (1, 1, [])
    assert back["moved"] == made["moved"]
    assert back["merged"] == {"id": uid(other), "path": other, "version": 3}
    assert told(desk, kept, "action", "change_note", "restored_from")[-1] == (
        "changed",
        f"No longer merged with {other}: They are two",
        1,
    )
    assert told(desk, other, "action", "change_note", "restored_from")[-1] == (
        "restored",
        f"No longer merged into {kept}: They are two",
        1,
    )
    (standing,) = desk.walk("/v1/reactions")
    assert standing["id"] == linked["id"]
    assert desk.get(f"{other}/codings/second-reader")["topics"] == mine["topics"]
    expect.problem(desk.send("GET", f"{kept}/codings/second-reader"), "deleted")
    assert [desk.get(path, params={"as_of": start}) for path in (kept, other)] == before
    assert desk.get(other, params={"as_of": middle}) == made["record"]
    assert desk.get(kept, params={"as_of": middle}) == made["record"]
    assert everything_verifies(settings) == 0


def test_what_was_edited_since_stays(desk: Api) -> None:  # noqa: F811
    kept, other = (
        said(desk, tags=["a"]),
        said(
            desk,
            tags=["b"],
            source=None,
            url=None,
            citations=cites(("kremlin-ru", URL), ("tass", OTHER), locator="p. 2"),
        ),
    )
    merged(desk, kept, other)
    cited = [*desk.get(kept)["citations"], *cites(("tass", "https://tass.ru/new"))]
    assert desk.patch(kept, {"title": "Better", "citations": cited, "tags": ["c", "b", "a"]}).status_code == 200
    made = parted(desk, kept, other)
    after = desk.get(kept)
    assert (after["title"], after["tags"]) == ("Better", ["c", "a"])
    assert [(one["url"], one["locator"]) for one in after["citations"]] == [(URL, None), ("https://tass.ru/new", None)]
    assert (made["citations"], made["tags"], made["left"]) == (1, 1, [])
    assert desk.get(other)["tags"] == ["b"]


def test_what_came_and_was_changed_since_stays_and_is_told(desk: Api) -> None:  # noqa: F811
    kept, other = said(desk), said(desk, source="tass", url=OTHER)
    linked = link(desk, other, said(desk, date="2025-03-01"))
    coded(desk, other, "second-reader", sanctions="opposes")
    made = merged(desk, kept, other)
    cited = desk.get(kept)["citations"]
    cited[1]["credibility"] = 2
    assert desk.patch(kept, {"citations": cited}).status_code == 200
    assert desk.patch(made["moved"][0], {"note": "Heard again"}).status_code == 200
    recoded(desk, kept, "second-reader", said_of(sanctions="neutral"))
    back = parted(desk, kept, other)
    assert {one["path"]: one["code"] for one in back["left"]} == dict.fromkeys([kept, *made["moved"]], "stale")
    assert len(desk.get(kept)["citations"]) == 2
    assert {one["id"] for one in desk.walk("/v1/reactions")} == {linked["id"], uid(made["moved"][0])}


def test_a_record_is_not_left_without_a_citation(desk: Api, settings: Settings) -> None:  # noqa: F811
    kept, other = said(desk), said(desk, source="tass", url=OTHER)
    merged(desk, kept, other)
    assert desk.patch(kept, {"citations": desk.get(kept)["citations"][1:]}).status_code == 200
    with hostile.nothing_stored(settings):
        assert "no citation left" in expect.faults(unmerge(desk, kept, other))["body.with"]["message"]
    assert desk.patch(kept, {"citations": [*desk.get(kept)["citations"], *cites(("tass", URL))]}).status_code == 200
    assert parted(desk, kept, other)["citations"] == 1


def test_what_names_a_noun_deleted_since_does_not_come_back(desk: Api, settings: Settings) -> None:  # noqa: F811
    kept, other = said(desk), said(desk, topic="sanctions")
    merged(desk, kept, other)
    assert desk.drop("/v1/topics/sanctions").status_code == 204
    with hostile.nothing_stored(settings):
        found = expect.faults(unmerge(desk, kept, other))
    assert list(found) == ["body.with"]
    assert "there is no topic 'sanctions'" in found["body.with"]["message"]
    assert restore(desk, "/v1/topics/sanctions", 1).status_code == 200
    assert parted(desk, kept, other)["merged"]["version"] == 3


def test_what_is_not_merged_is_not_taken_apart(desk: Api, settings: Settings) -> None:  # noqa: F811
    kept, other, deleted = said(desk), said(desk), said(desk)
    desk.drop(deleted)
    with hostile.nothing_stored(settings):
        for path in (kept, other, deleted, "/v1/statements/00000000-0000-7000-8000-000000000000"):
            assert "not merged" in expect.faults(unmerge(desk, kept, path))["body.with"]["message"]
    merged(desk, kept, other)
    tag = desk.tag(kept)
    parted(desk, kept, other)
    assert "not merged" in expect.faults(unmerge(desk, kept, other))["body.with"]["message"]
    assert merged(desk, kept, other)["merged"]["version"] == 4
    assert desk.patch(kept, {"title": "New"}).status_code == 200
    expect.problem(unmerge(desk, kept, other, tag), "stale")
    assert desk.drop(kept).status_code == 204
    expect.problem(unmerge(desk, kept, other, tag), "deleted")
    expect.problem(desk.send("GET", other), "deleted")


def test_events_are_merged_too(desk: Api) -> None:  # noqa: F811
    kept, other = done(desk), done(desk, source="tass", url=OTHER)
    before = [content(desk.get(path)) for path in (kept, other)]
    assert merged(desk, kept, other)["citations"] == 1
    parted(desk, kept, other)
    assert [content(desk.get(path)) for path in (kept, other)] == before


CITATIONS = some.lists(
    some.fixed_dictionaries(
        {
            "source": some.sampled_from(["kremlin-ru", "tass"]),
            "url": some.sampled_from([URL, f"{URL}/?utm_source=x", OTHER, None]),
            "locator": some.sampled_from(["p. 1", "p. 2"]) | some.none(),
            "excerpt": some.sampled_from(["…", "—"]),
            "credibility": some.sampled_from([2, None]),
            "role": some.sampled_from(["original", "report"]),
        }
    ),
    min_size=1, max_size=4,
)  # fmt: skip
BODIES = some.fixed_dictionaries(
    {"citations": CITATIONS, "tags": some.lists(some.sampled_from("abc"), unique=True, max_size=3)}
)
# What is done to the record that is kept while the other one is merged into it.
EDITS = some.sampled_from(["none", "title", "citation", "tag"])


@tuned(max_examples=25)
@given(bodies=some.tuples(BODIES, BODIES), edit=EDITS)
def test_to_merge_and_to_take_apart_is_to_do_nothing(desk: Api, bodies: tuple[Json, Json], edit: str) -> None:  # noqa: F811
    kept, other = (said(desk, source=None, url=None, **body) for body in bodies)
    was = [desk.get(path) for path in (kept, other)]
    made = merged(desk, kept, other)["record"]
    # Merged once more, nothing would come: each is there once.
    assert unions.citations(made["citations"], was[1]["citations"]) == made["citations"]
    assert (
        unions.tags(made["tags"], was[1]["tags"]) == made["tags"] == sorted(set(made["tags"]), key=made["tags"].index)
    )
    new = cites(("tass", "https://tass.ru/new"))
    changes: dict[str, Json] = {
        "none": {}, "title": {"title": "Better"}, "citation": {"citations": [*made["citations"], *new]}, "tag": {"tags": [*made["tags"], "d"]},
    }  # fmt: skip
    assert desk.patch(kept, changes[edit]).status_code == 200
    left = parted(desk, kept, other)["left"]
    now_kept, now_other = (content(desk.get(path)) for path in (kept, other))
    assert now_other == content(was[1])
    gone: Json = {"title": {"title": was[0]["title"]}, "citation": {"citations": now_kept["citations"][:-1]},
                  "tag": {"tags": now_kept["tags"][:-1]}}.get(edit, {})  # fmt: skip
    follows = {name: was[0][name] for name in ("corroboration", "primary")}
    assert {**now_kept, **gone, **follows} == {**content(was[0]), **follows}
    assert left == []


ANY = some.lists(
    some.builds(
        lambda source, rest: {"source": {"slug": source}, **dict.fromkeys(unions.FILLED), **rest},
        some.sampled_from("ab"),
        some.fixed_dictionaries(
            {"url": some.sampled_from(["http://x.org", "https://x.org/", "http://y.org", None])},
            optional={name: some.sampled_from("12") for name in ("locator", "excerpt", "origin")},
        ),
    ),
    max_size=6,
)


@tuned(max_examples=300)
@given(ours=ANY, theirs=ANY)
def test_a_union_has_all_of_both_and_is_stable(ours: list[Json], theirs: list[Json]) -> None:
    both = unions.citations(ours, theirs)
    assert unions.citations(both, theirs) == both
    assert len(both) >= len(ours)
    for old, new in zip(ours, both, strict=False):
        assert {name: new[name] for name, value in old.items() if value is not None} == {
            name: value for name, value in old.items() if value is not None
        }
    for one in theirs:
        assert any(unions.is_same(one, other) for other in both)
    kept, changed = unions.without(ours, both, both)
    assert (kept, changed) == (ours, [])


@pytest.mark.parametrize("place", ["locator", "excerpt"])
def test_two_places_in_one_page_are_two_citations(place: str) -> None:
    one, other = (
        {"source": {"slug": "a"}, "url": "http://x.org", **dict.fromkeys(unions.FILLED), place: text} for text in "12"
    )
    assert unions.citations([one], [other]) == [one, other]
