"""The change feed: what each write shows in it, in which order, and how it is filtered and followed."""

from typing import Any

import jsonpatch
import pytest

from api.settings import Settings
from api.store import changes as feed_store
from api.store import differences
from tests import expect
from tests.conftest import make_key
from tests.desk import done, link, nouns, post, said, uid
from tests.expect import Api
from tests.factories import statement, world
from tests.feed import FEED, anyone, ask, brief, changes, follow, told


def since(api: Api) -> str:
    """A cursor behind all that there is."""
    return follow(api)[1]


def test_every_noun_shows_each_thing_done_to_it_in_the_order_of_the_writes(api: Api) -> None:
    post(api, "/v1/actors", {"slug": "kremlin", "kind": "office", "name": "Kremlin"})
    post(api, "/v1/actors", {"slug": "russia", "kind": "government", "name": "Russia"})
    stay = post(api, "/v1/actors/kremlin/affiliations", {"group": "russia", "dates": "1991/.."})["id"]
    post(api, "/v1/sources", {"slug": "tass", "name": "TASS"})
    post(api, "/v1/topics", {"slug": "truce", "name": "Truce", "proposition": "The parties should stop."})
    body = {"actor": "kremlin", "topic": "truce", "source": "tass"}
    first = said(api, **body)
    second = done(api, actor="kremlin", source="tass", reacts_to=[uid(first)])
    answer = changes(api)[-1]["id"]
    paths = [
        first,
        second,
        "/v1/sources/tass",
        "/v1/topics/truce",
        "/v1/actors/kremlin",
        f"/v1/actors/kremlin/affiliations/{stay}",
    ]
    for path in paths[:2]:
        assert api.patch(path, {"title": "New"}).status_code == 200
    for path in paths[2:5]:
        assert api.patch(path, {"name": "New"}).status_code == 200
    assert api.patch(paths[5], {"note": "New"}).status_code == 200
    assert api.patch(f"/v1/reactions/{answer}", {"note": "New"}).status_code == 200
    assert api.patch(first, {"status": "withdrawn"}).status_code == 200
    for path in (first, second, paths[5], "/v1/sources/tass", "/v1/topics/truce", "/v1/actors/kremlin"):
        assert api.drop(path).status_code == 204
    assert told(changes(api)) == [
        ("created", "actor", "kremlin", 1), ("created", "actor", "russia", 1), ("created", "affiliation", stay, 1),
        ("created", "source", "tass", 1), ("created", "topic", "truce", 1), ("created", "statement", uid(first), 1),
        ("created", "event", uid(second), 1), ("linked", "reaction", answer, 1),
        ("changed", "statement", uid(first), 2), ("changed", "event", uid(second), 2), ("changed", "source", "tass", 2),
        ("changed", "topic", "truce", 2), ("changed", "actor", "kremlin", 2), ("changed", "affiliation", stay, 2),
        ("changed", "reaction", answer, 2), ("withdrawn", "statement", uid(first), 3),
        ("deleted", "statement", uid(first), 4), ("unlinked", "reaction", answer, 3), ("deleted", "event", uid(second), 3),
        ("deleted", "affiliation", stay, 3), ("deleted", "source", "tass", 3), ("deleted", "topic", "truce", 3),
        ("deleted", "actor", "kremlin", 3),
    ]  # fmt: skip


def test_an_item_says_who_when_why_and_shows_what_was_recorded(api: Api) -> None:
    world(api)
    answer, start = done(api), since(api)
    path = said(api, change_note="From the transcript")
    made = api.get(path)
    linked = link(api, answer, path, note="Once")
    assert changes(api, start) == [
        {"action": "created", "noun": "statement", "id": made["id"], "slug": None, "path": path, "version": 1,
         "recorded_at": made["recorded_at"], "recorded_by": "desk", "change_note": "From the transcript", "changed": [], "patch": [], "erased": [],
         "representation": made},
        {"action": "linked", "noun": "reaction", "id": linked["id"], "slug": None, "path": f"/v1/reactions/{linked['id']}", "version": 1,
         "recorded_at": linked["recorded_at"], "recorded_by": "desk", "change_note": None, "changed": [], "patch": [], "erased": [],
         "representation": linked},
    ]  # fmt: skip
    start = since(api)
    assert api.patch("/v1/actors/kremlin", {"name": "New", "change_note": "Renamed"}).status_code == 200
    assert api.drop(path).status_code == 204
    renamed, unlinked, deleted = changes(anyone(api), start)
    assert (renamed["slug"], renamed["id"], renamed["path"]) == ("kremlin", None, "/v1/actors/kremlin")
    assert (renamed["change_note"], renamed["representation"]) == ("Renamed", api.get("/v1/actors/kremlin"))
    for gone in (unlinked, deleted):
        assert (gone["representation"], gone["changed"], gone["patch"], gone["recorded_by"]) == (None, [], [], "desk")
    times = [one["recorded_at"] for one in changes(api)]
    assert times == sorted(set(times))


EDITS: list[dict[str, Any]] = [
    {"summary": "In a paragraph", "confidence": {"value": "likely", "scale": "wep"}, "prompted": True},
    {"topics": [{"topic": "sanctions", "stance": "opposes"}, {"topic": "ceasefire", "stance": "neutral"}]},
    {"actor": "dmitry-peskov", "participants": [{"actor": "nato", "role": "target"}, {"actor": "russia", "role": "host"}]},
    {"participants": [{"actor": "russia", "role": "host"}], "place": {"name": "Moscow", "latitude": 55.75, "longitude": 37.62}},
    {"date": "2025-03", "place": {"name": None}, "tags": ["a", "b"], "citations": [{"source": "some-blog", "locator": "p. 1"}]},
    {"tags": ["b", "c", "a"], "summary": None, "status": "under_review"},
    {"status": "withdrawn"},
    {"status": "published", "title": "Back"},
]  # fmt: skip


def test_a_patch_makes_each_version_of_the_one_before(api: Api) -> None:
    world(api)
    path, start = said(api), since(api)
    before = api.get(path)
    seen = []
    for edit in EDITS:
        assert api.patch(path, edit).status_code == 200
        seen.append(api.get(path))
    items = changes(anyone(api), start)
    assert [one["action"] for one in items] == ["changed"] * 6 + ["withdrawn", "changed"]
    for edit, item, after in zip(EDITS, items, seen, strict=True):
        assert item["representation"] == after
        assert jsonpatch.apply_patch(differences.content(before), item["patch"]) == differences.content(after)
        assert item["changed"] == [
            name for name in after if before[name] != after[name] and name not in ("version", "changed_at")
        ]
        assert set(edit) <= set(item["changed"])
        assert item["patch"]
        before = after
    assert items[0]["changed"] == ["summary", "confidence", "confidence_given", "prompted"]
    assert items[6]["patch"] == [{"op": "replace", "path": "/status", "value": "withdrawn"}]


def test_names_are_those_of_today_and_no_part_of_a_patch(api: Api) -> None:
    world(api)
    path, start = said(api), since(api)
    assert api.patch("/v1/actors/vladimir-putin", {"name": "V. V. Putin"}).status_code == 200
    answer = post(
        api, "/v1/statements", statement(date="2025-03-14", reacts_to=[{"id": uid(path), "type": "retracts"}])
    )
    assert api.patch(path, {"title": "New"}).status_code == 200
    renamed, _, _, edited = changes(api, start)
    assert (renamed["changed"], renamed["patch"]) == (
        ["name"],
        [{"op": "replace", "path": "/name", "value": "V. V. Putin"}],
    )
    assert edited["representation"]["actor"]["name"] == "V. V. Putin"
    assert edited["representation"]["retracted_by"] == [answer["id"]]
    assert edited["changed"] == ["title"]
    created = next(one for one in changes(api, kind="statement") if one["id"] == uid(path))
    assert created["representation"]["actor"]["name"] == "V. V. Putin"
    assert created["representation"]["title"] != "New"


def test_a_write_that_changes_nothing_does_not_appear(api: Api) -> None:
    world(api)
    path = said(api)
    post(api, "/v1/statements", statement(), **{"Idempotency-Key": "one"})
    answer = link(api, done(api), path)
    position = since(api)
    for one in (
        path,
        "/v1/actors/kremlin",
        "/v1/topics/ceasefire",
        "/v1/sources/kremlin-ru",
        f"/v1/reactions/{answer['id']}",
    ):
        read = api.get(one)
        assert api.patch(one, {**read, "change_note": "Looked at it again"}).status_code == 200
    assert api.send("POST", "/v1/statements", json=statement(), headers={"Idempotency-Key": "one"}).status_code == 201
    expect.problem(api.patch(path, {"title": "Too late"}, '"9-00"'), "stale")
    expect.problem(api.send("POST", "/v1/statements", json=statement(actor="nobody")), "invalid")
    expect.problem(api.drop("/v1/actors/vladimir-putin"), "in-use")
    assert follow(api, position) == ([], position)


def test_what_was_deleted_comes_back_as_restored_or_linked(api: Api) -> None:
    world(api)
    first, answer = said(api), done(api)
    start = since(api)
    made = link(api, answer, first, note="Once")
    assert api.drop(f"/v1/reactions/{made['id']}").status_code == 204
    again = link(api, answer, first)
    assert api.drop("/v1/sources/some-blog").status_code == 204
    source = post(api, "/v1/sources", {"slug": "some-blog", "name": "A blog again"})
    items = changes(api, start)
    assert told(items) == [
        ("linked", "reaction", made["id"], 1), ("unlinked", "reaction", made["id"], 2), ("linked", "reaction", made["id"], 3),
        ("deleted", "source", "some-blog", 2), ("restored", "source", "some-blog", 3),
    ]  # fmt: skip
    assert (items[2]["representation"], items[4]["representation"]) == (again, source)
    assert [one["patch"] for one in items] == [one["changed"] for one in items] == [[]] * 5


def test_a_reader_goes_on_from_next_whatever_the_page(api: Api) -> None:
    world(api)
    path = said(api)
    whole, end = follow(api, limit=500)
    assert len(whole) > 20
    for limit in (1, 7):
        assert follow(api, limit=limit) == (whole, end)
    first = ask(api, limit=5)
    target = first.headers["link"].removeprefix("<").partition(">")[0]
    assert api.get(target)["items"] == whole[5:10]
    assert api.get(FEED, params={"after": first.json()["next"], "limit": 3})["items"] == whole[5:8]
    quiet = ask(api, end)
    assert (
        api.send("GET", FEED, params={"after": end}, headers={"If-None-Match": quiet.headers["etag"]}).status_code
        == 304
    )
    assert api.patch(path, {"title": "New"}).status_code == 200
    news = ask(api, end).json()
    assert (told(news["items"]), news["more"]) == ([("changed", "statement", uid(path), 2)], False)
    assert news["next"] != end
    assert ask(api, end).json() == news


def test_an_empty_service_has_an_empty_feed_to_go_on_from(client: Any, settings: Settings) -> None:
    api = Api(client, make_key(settings.database_url, "desk", "editor"))
    page = ask(api).json()
    assert (page["items"], page["more"]) == ([], False)
    post(api, "/v1/sources", {"slug": "tass", "name": "TASS"})
    assert told(changes(api, page["next"])) == [("created", "source", "tass", 1)]


def test_a_cursor_that_is_not_of_this_question_is_refused(api: Api, settings: Settings) -> None:
    world(api)
    cursor = ask(api, kind="actor", limit=2).json()["next"]
    other = api.get("/v1/actors", params={"limit": 1})["next"]
    for given in (
        {"after": cursor}, {"after": cursor, "kind": ["actor", "topic"]}, {"after": cursor, "kind": "actor", "actor": "kremlin"},
        {"after": other}, {"after": "x"}, {"after": "💥"}, {"after": "WyI"},
    ):  # fmt: skip
        expect.problem(api.send("GET", FEED, params=given), "cursor-mismatch")
    assert brief(changes(api, cursor, kind="actor")) == [("created", "actor")] * 7
    fault = expect.faults(api.send("GET", FEED, params={"cursor": cursor}))["query.cursor"]
    assert "there is no parameter 'cursor'" in fault["message"]


def test_a_cursor_ahead_of_the_database_is_refused_instead_of_waiting_for_it(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As after a backup was put back: what is written from then on would be missed in silence.
    world(api)
    end = since(api)
    row = api.client.app.state.database  # type: ignore[attr-defined]
    with row.connection() as connection:
        newest = connection.execute("SELECT max(seq) FROM revision").fetchone()[0]
    monkeypatch.setattr("api.cursors.decode", lambda *_: (newest + 1, 0))
    assert ask(api, end).json()["items"] == []
    for place in ((newest + 2, 0), (0, 0), (-1, 0), (1, -1)):
        monkeypatch.setattr("api.cursors.decode", lambda *_, place=place: place)
        expect.problem(api.send("GET", FEED, params={"after": end}), "cursor-mismatch")


def test_it_is_filtered_by_noun(api: Api) -> None:
    world(api)
    first = said(api)
    second = done(api, reacts_to=[uid(first)])
    assert told(changes(api, kind="statement")) == [("created", "statement", uid(first), 1)]
    assert told(changes(api, kind=["event", "statement"], limit=1)) == [
        ("created", "statement", uid(first), 1), ("created", "event", uid(second), 1),
    ]  # fmt: skip
    assert brief(changes(api, kind="reaction")) == [("linked", "reaction")]
    for twice in (["statement", "statement"], ["statement", "event", "statement"], ["source"] * 2, ["reaction"] * 2):
        assert changes(api, kind=twice) == changes(api, kind=list(dict.fromkeys(twice))) != []
    whole = changes(api)
    for kind in ("actor", "source", "topic", "affiliation"):
        assert changes(api, kind=kind) == [one for one in whole if one["noun"] == kind] != []


def test_it_is_filtered_by_an_actor_in_any_role_now_or_in_the_version_before(api: Api) -> None:
    world(api)
    as_speaker = said(api)
    as_body = said(api, actor="dmitry-peskov", on_behalf_of="vladimir-putin")
    as_target = said(api, actor="nato", participants=[{"actor": "vladimir-putin", "role": "target"}])
    other = said(api, actor="nato", reacts_to=[uid(as_speaker)])
    start = since(api)
    whole = changes(api, actor="vladimir-putin")
    (stay,) = (one for one in whole if one["noun"] == "affiliation")
    assert told(whole) == [
        ("created", "actor", "vladimir-putin", 1), ("created", "affiliation", stay["id"], 1),
        ("created", "statement", uid(as_speaker), 1), ("created", "statement", uid(as_body), 1),
        ("created", "statement", uid(as_target), 1),
    ]  # fmt: skip
    assert stay["path"] == f"/v1/actors/vladimir-putin/affiliations/{stay['id']}"
    assert stay in changes(api, actor="kremlin")
    assert api.patch(as_target, {"participants": []}).status_code == 200
    assert api.patch(as_target, {"title": "No longer his"}).status_code == 200
    assert api.patch(other, {"participants": [{"actor": "vladimir-putin", "role": "host"}]}).status_code == 200
    assert api.patch(stay["path"], {"group": "russia"}).status_code == 200
    assert api.drop(as_speaker).status_code == 204
    putin = changes(api, follow(api, actor="vladimir-putin", limit=5)[1], actor="vladimir-putin")
    assert putin == []
    later = [one for one in changes(api, actor="vladimir-putin") if one not in whole]
    assert [(one["id"], one["version"]) for one in later] == [
        (uid(as_target), 2), (uid(other), 2), (stay["id"], 2), (uid(as_speaker), 2),
    ]  # fmt: skip
    assert stay["id"] in [one["id"] for one in changes(api, actor="kremlin") if one["version"] == 2]
    assert brief(changes(api, start)).count(("unlinked", "reaction")) == 1


def test_it_is_filtered_by_a_topic_with_its_children_now_or_in_the_version_before(api: Api) -> None:
    world(api)
    first, second = said(api), said(api, topic="sanctions")
    answer = link(api, done(api), first, topic="truce-in-principle")
    link(api, done(api), first, topic="sanctions")
    whole = changes(api, topic="ceasefire")
    assert told(whole) == [
        ("created", "topic", "ceasefire", 1), ("created", "topic", "truce-in-principle", 1),
        ("created", "statement", uid(first), 1), ("linked", "reaction", answer["id"], 1),
    ]  # fmt: skip
    _, position = follow(api, topic="ceasefire")
    assert api.patch(first, {"topics": [{"topic": "sanctions", "stance": "opposes"}]}).status_code == 200
    assert api.patch(first, {"title": "Of another topic now"}).status_code == 200
    assert api.drop(f"/v1/reactions/{answer['id']}").status_code == 204
    assert api.drop("/v1/topics/truce-in-principle").status_code == 204
    assert api.patch(second, {"topics": [{"topic": "ceasefire", "stance": "opposes"}]}).status_code == 200
    # Whoever lags behind sees a child's last changes though it is gone.
    assert told(changes(api, position, topic="ceasefire")) == [
        ("changed", "statement", uid(first), 2), ("unlinked", "reaction", answer["id"], 2),
        ("deleted", "topic", "truce-in-principle", 2), ("changed", "statement", uid(second), 2),
    ]  # fmt: skip
    both = changes(api, topic="ceasefire", actor="vladimir-putin")
    assert told(both) == [
        ("created", "statement", uid(first), 1), ("changed", "statement", uid(first), 2), ("changed", "statement", uid(second), 2),
    ]  # fmt: skip
    assert changes(api, topic="ceasefire", kind="source") == changes(api, actor="kremlin", kind="reaction") == []


def test_whoever_follows_a_noun_sees_that_it_was_deleted(api: Api) -> None:
    nouns(api)
    position = follow(api, actor="kremlin")[1]
    assert api.drop("/v1/actors/kremlin").status_code == 204
    assert told(changes(api, position, actor="kremlin")) == [("deleted", "actor", "kremlin", 2)]
    assert told(changes(api, topic="sanctions")) == [("created", "topic", "sanctions", 1)]


def test_unknown_names_in_filters_are_refused_together(api: Api) -> None:
    world(api)
    query = {"actor": ["kremln", "kremlin"], "topic": "ceasefir"}
    found = expect.faults(api.send("GET", FEED, params=query))
    assert {where: one["hint"] for where, one in found.items()} == {
        "query.actor": "Did you mean kremlin?", "query.topic": "Did you mean ceasefire?",
    }  # fmt: skip
    assert (
        expect.faults(api.send("GET", FEED, params={"kind": "actors"}))["query.kind"]["hint"] == "Did you mean actor?"
    )


def test_a_request_looks_through_so_many_revisions_and_goes_on_from_there(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    world(api)
    first = said(api)
    for number in range(3):
        said(api, title=f"{number}", actor="nato", topic="sanctions")
    assert api.patch(first, {"title": "New"}).status_code == 200
    questions: list[dict[str, Any]] = [
        {}, {"kind": "statement"}, {"actor": "vladimir-putin"}, {"topic": "ceasefire"}, {"kind": "reaction"},
    ]  # fmt: skip
    whole = [changes(api, **question) for question in questions]
    monkeypatch.setattr(feed_store, "MOST_WALKED", 4)
    assert [changes(api, **question) for question in questions] == whole
    pages: list[dict[str, Any]] = []
    after = None
    while not pages or pages[-1]["more"]:
        pages.append(ask(api, after, kind="statement").json())
        after = pages[-1]["next"]
    assert [] in [page["items"] for page in pages[:-1]]
    assert len(pages) == -(-len(whole[0]) // 4)


def test_reading_the_feed_takes_a_key_where_reading_does(api: Api) -> None:
    nouns(api)
    api.client.app.state.settings = api.client.app.state.settings.model_copy(update={"public_reads": False})  # type: ignore[attr-defined]
    expect.problem(anyone(api).send("GET", FEED), "key-required")
    assert len(changes(api)) == 6
