"""Versions of a statement: which writes make one, and which tags let a write through."""

from typing import Any

from api.settings import Settings
from tests import expect
from tests.desk import done, holder, nobody, nouns, said, store
from tests.expect import Api


def versions(settings: Settings) -> int:
    """How many versions of records the database holds."""
    with store(settings) as writing:
        return int((writing.row("SELECT count(*) FROM record_version") or (0,))[0])


def test_a_patch_needs_the_tag_that_was_read(api: Api) -> None:
    nouns(api)
    path = said(api)
    tag = api.tag(path)
    expect.problem(api.send("PATCH", path, json={"title": "New"}), "precondition-required")
    expect.problem(api.send("PATCH", path, json={"title": "New"}, headers={"If-Match": "*"}), "precondition-required")
    changed = api.patch(path, {"title": "New"}, tag)
    assert changed.status_code == 200, changed.text
    assert (changed.json()["version"], changed.headers["etag"]) == (2, api.tag(path))


def test_a_stale_tag_is_answered_with_how_it_stands(api: Api) -> None:
    nouns(api)
    path = said(api)
    tag = api.tag(path)
    api.patch(path, {"title": "New"}, tag)
    refused = api.patch(path, {"title": "Newer"}, tag)
    assert expect.problem(refused, "stale")["current"] == api.get(path)
    assert refused.headers["etag"] == api.tag(path)
    assert api.patch(path, {"title": "Newer"}, refused.headers["etag"]).json()["title"] == "Newer"
    expect.problem(api.patch(path, {"title": "Newest"}, "not a tag"), "stale")


def test_a_stale_tag_is_refused_before_the_body_is_looked_at(api: Api) -> None:
    nouns(api)
    path = said(api)
    tag = api.tag(path)
    api.patch(path, {"title": "New"}, tag)
    expect.problem(api.patch(path, {"title": ""}, tag), "stale")


def test_one_of_several_tags_is_enough_and_a_weak_one_serves(api: Api) -> None:
    nouns(api)
    path = said(api)
    first = api.tag(path)
    second = api.patch(path, {"title": "Two"}, f"W/{first}").headers["etag"]
    third = api.patch(path, {"title": "Three"}, f"{first}, W/{second}")
    assert third.json()["version"] == 3
    expect.problem(api.patch(path, {"title": "Four"}, f"{first}, {second}"), "stale")


def test_a_renamed_actor_does_not_make_an_edit_stale(api: Api, settings: Settings) -> None:
    nouns(api)
    paths = [said(api), done(api, participants=[{"actor": "vladimir-putin", "role": "host"}])]
    tags = [api.tag(path) for path in paths]
    changed = [api.get(path)["changed_at"] for path in paths]
    before = versions(settings)
    assert api.patch("/v1/actors/vladimir-putin", {"name": "V. V. Putin"}).status_code == 200
    assert versions(settings) == before
    for path, tag, moment in zip(paths, tags, changed, strict=True):
        shown = api.get(path)
        assert shown["actor"] == {"slug": "vladimir-putin", "name": "V. V. Putin"}
        assert (shown["version"], shown["changed_at"]) == (1, moment)
        assert api.tag(path) != tag
        assert api.patch(path, {"title": "New"}, tag).json()["version"] == 2
    assert api.get(paths[1])["participants"][0]["actor"]["name"] == "V. V. Putin"
    assert {one["actor"]["name"] for one in api.walk("/v1/timeline")} == {"V. V. Putin"}


def test_renamed_topics_and_sources_show_at_once(api: Api) -> None:
    nouns(api)
    path = said(api)
    tag = api.tag(path)
    assert api.patch("/v1/topics/truce-in-principle", {"name": "A truce"}).status_code == 200
    assert api.patch("/v1/sources/kremlin-ru", {"name": "The Kremlin's site"}).status_code == 200
    shown = api.get(path)
    assert shown["topics"][0]["topic"]["name"] == "A truce"
    assert shown["citations"][0]["source"]["name"] == shown["source"]["name"] == "The Kremlin's site"
    old = {**shown, "source": {"slug": "kremlin-ru", "name": "kremlin-ru"}}
    assert api.patch(path, old, tag).json()["version"] == 1


def test_a_write_that_changes_nothing_makes_no_version(api: Api, settings: Settings) -> None:
    nouns(api)
    path = said(api, place={"name": "Moscow"}, tags=["a"])
    read = api.send("GET", path)
    patches: list[dict[str, Any]] = [
        {}, {"title": read.json()["title"]}, {"confidence": "high"}, {"confidence": 85}, {"place": {"name": "Moscow"}},
        {"actor": "vladimir-putin"}, {"tags": ["a"]}, {"summary": None}, {"change_note": "Looked at it again"},
        {"place": {"country": None}}, {"stance": "supports"}, {"date": "2025-03-13"},
    ]  # fmt: skip
    other = holder(api, settings, "editor")
    for patch in patches:
        response = other.patch(path, patch)
        assert response.status_code == 200, response.text
        assert (response.json(), response.headers["etag"]) == (read.json(), read.headers["etag"]), patch
    assert versions(settings) == 1


def test_a_change_moves_the_clock_and_bears_the_name_of_who_made_it(api: Api, settings: Settings) -> None:
    nouns(api)
    path = said(api)
    before = api.get(path)
    after = holder(api, settings, "editor").patch(path, {"title": "New", "change_note": "Reads better"}).json()
    assert (after["version"], after["recorded_by"], after["recorded_at"]) == (2, "the-editor", before["recorded_at"])
    assert after["changed_at"] > before["changed_at"]
    assert {**after, "title": before["title"]} == {
        **before, "version": 2, "recorded_by": "the-editor", "changed_at": after["changed_at"],
    }  # fmt: skip
    with store(settings) as writing:
        row = writing.row("SELECT change_note FROM revision ORDER BY seq DESC LIMIT 1")
    assert row == ("Reads better",)


def test_a_changed_date_or_actor_moves_the_record_in_the_timeline(api: Api) -> None:
    nouns(api)
    first, second = said(api, date="2025-03-13"), said(api, date="2025-03-14")
    assert api.patch(first, {"date": "2025-03", "actor": "kremlin"}).status_code == 200
    assert [one["date"] for one in api.walk("/v1/timeline", order="asc")] == ["2025-03", "2025-03-14"]
    assert [one["id"] for one in api.walk("/v1/actors/kremlin/timeline")] == [first[15:]]
    assert [one["id"] for one in api.walk("/v1/actors/vladimir-putin/timeline")] == [second[15:]]


def test_a_refused_patch_changes_nothing(api: Api, settings: Settings) -> None:
    nouns(api)
    path = said(api)
    before = api.get(path)
    expect.problem(api.patch(path, {"title": "New", "actor": "nobody"}), "invalid")
    assert (api.get(path), versions(settings)) == (before, 1)


def test_all_faults_of_a_patch_come_at_once(api: Api) -> None:
    nouns(api)
    path = said(api, event_type="AGREE")
    patch = {
        "date": "tomorrow", "actor": "kremlim", "version": 9, "colour": 1, "event_mode": "phone", "confidence": "hgih",
        "tags": ["a", "a"], "stance": "no", "place": {"latitude": 3}, "title": None,
    }  # fmt: skip
    assert set(expect.faults(api.patch(path, patch))) == {f"body.{name}" for name in patch if name != "place"} | {
        "body.place.longitude"
    }
    assert nobody(api, "GET", path).json()["version"] == 1
