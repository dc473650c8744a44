"""Purges: what an admin erases is in no answer, no table and no file; that it was done is told."""

from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from sqlmodel import SQLModel
from starlette.testclient import TestClient

from api.commands import seal as sealing
from api.database import Database
from api.settings import Settings
from api.store import answered, audits
from tests import desk, feed
from tests.expect import Api, faults, problem
from tests.factories import statement

MARK = "zyxmarkerxyz"
REASON = "Request of a private person, 2026/17"


@pytest.fixture
def admin(api: Api, settings: Settings) -> Api:
    """The holder of an admin's key, at a desk with its nouns."""
    desk.nouns(api)
    return desk.holder(api, settings, "admin")


def purge(admin: Api, path: str, tag: str | None = None, **more: Any) -> Response:
    """A request to erase, with the tag given or the one that stands there."""
    headers = {"If-Match": tag or admin.tag(path)}
    return admin.send("POST", "/v1/purges", json={"path": path, "reason": REASON, **more}, headers=headers)


def marked(**changes: Any) -> dict[str, Any]:
    """A statement that says the mark wherever a text goes."""
    return {
        "date": "2025-03-13", "actor": "vladimir-putin", "title": f"{MARK} title", "summary": f"{MARK} summary",
        "quote": f"{MARK} quote", "language": "ru", "translation": f"{MARK} translation", "translation_by": "editor", "hedge": MARK,
        "topics": [{"topic": "truce-in-principle", "stance": "supports", "condition_type": "preconditions", "conditions": f"if {MARK}"}],
        "citations": [{"source": "kremlin-ru", "url": f"http://example.org/{MARK}", "locator": MARK, "origin": MARK,
                       "excerpt": MARK, "archive_url": f"http://archive.example.org/{MARK}"}],
        "place": {"name": MARK, "country": "RU"}, "tags": [MARK], "rationale": MARK, "change_note": MARK,
        "external_source": "desk", "external_id": MARK, "confidence": 80, **changes,
    }  # fmt: skip


def everything_stored(settings: Settings) -> str:
    """All rows of all tables."""
    database = Database(settings)
    try:
        with database.reading() as reading:
            rows = [row for table in SQLModel.metadata.tables for row in reading.rows(f"SELECT * FROM {table}")]
    finally:
        database.close()
    return repr([[bytes(value) if isinstance(value, memoryview) else value for value in row] for row in rows])


def everything_verifies(settings: Settings) -> int:
    """That the chains hold; answers how many versions were erased."""
    with desk.store(settings) as reading:
        audit = audits.revisions(reading, 1, audits.extent(reading))
        shown = answered.revisions(reading, 1, audits.extent(reading))
    assert audit.faults == shown.faults == []
    return audit.erased


def test_what_is_purged_is_nowhere_any_more(admin: Api, client: TestClient, settings: Settings) -> None:
    first = admin.send("POST", "/v1/statements", json=marked(), headers={"Idempotency-Key": "one"})
    assert first.status_code == 201, first.text
    path = f"/v1/statements/{first.json()['id']}"
    other = desk.said(admin, title="Another one")
    link = desk.link(admin, other, path, note=MARK, change_note=MARK)
    assert admin.patch(path, {"summary": f"{MARK} again", "change_note": MARK}).status_code == 200
    moments = [first.json()["recorded_at"], admin.get(path)["changed_at"]]
    taken = desk.post(admin, "/v1/snapshots", {"query": "/v1/timeline", "title": MARK})
    cursor = admin.get("/v1/changes", params={"limit": 3})["next"]
    assert admin.drop(path).status_code == 204
    assert MARK in everything_stored(settings)
    app: Any = client.app
    sealed = sealing.seal(app.state.database)

    response = purge(admin, path)
    assert response.status_code == 200, response.text
    told = response.json()
    assert told == {
        "path": path, "versions": [1, 2, 3], "reactions": 1, "affiliations": 0, "codings": 0, "dismissals": 0, "snapshots": 1, "rejects": 0,
        "purged_at": told["purged_at"], "purged_by": "the-admin", "reason": REASON,
    }  # fmt: skip

    assert MARK not in everything_stored(settings)
    if settings.database_url.startswith("sqlite"):
        for end in ("", "-wal"):
            assert MARK.encode() not in Path(settings.database_url.removeprefix("sqlite:///") + end).read_bytes(), end
    for address in ("/v1/timeline", "/v1/statements", "/v1/actors/vladimir-putin/timeline", "/v1/reactions"):
        for as_of in (None, *moments):
            answer = admin.send("GET", address, params={"as_of": as_of} if as_of else {})
            assert answer.status_code == 200, answer.text
            assert path not in answer.text
            assert desk.uid(path) not in answer.text
    for address in (
        f"{path}/history",
        f"/v1/reactions/{link['id']}/history",
        "/v1/changes?limit=500",
        f"{other}/thread",
    ):
        for asking in (admin, desk.anyone(admin)):
            answer = asking.send("GET", address)
            assert answer.status_code == 200, answer.text
            assert MARK not in answer.text
    for given in ({}, {"version": 2}, *({"as_of": as_of} for as_of in moments)):
        gone = problem(admin.send("GET", path, params=given), "purged")
        assert REASON in gone["detail"]
        assert told["purged_at"] in gone["detail"]
    problem(admin.send("GET", taken["path"]), "purged")
    problem(admin.send("GET", f"/v1/proofs/statement/{desk.uid(path)}", params={"version": 2}), "purged")
    problem(admin.send("GET", f"/v1/statements/desk:{MARK}"), "not-found")
    problem(desk.restore(admin, path, 1), "purged")
    problem(purge(admin, path), "purged")
    assert [item["title"] for item in admin.get("/v1/timeline")["items"]] == ["Another one"]
    assert admin.send("GET", "/v1/changes", params={"after": cursor}).status_code == 200
    assert everything_verifies(settings) == 5
    with desk.store(settings) as reading:
        assert audits.seal(reading, sealed[0], None).faults == []
    # The same request again is a new one: its kept answer went too.
    again = admin.send("POST", "/v1/statements", json=marked(), headers={"Idempotency-Key": "one"})
    assert again.status_code == 201
    assert again.json()["id"] != desk.uid(path)


def test_the_history_and_the_feed_say_that_it_was_done(admin: Api) -> None:
    path = desk.said(admin, title=f"{MARK} title")
    admin.patch(path, {"title": "A better title"})
    admin.drop(path)
    told = purge(admin, path).json()
    purged = {"at": told["purged_at"], "by": "the-admin", "reason": REASON}
    for asking in (admin, desk.anyone(admin)):
        items = asking.get(f"{path}/history")["items"]
        assert [(item["version"], item["action"], item["purged"]) for item in items] == [
            (3, "deleted", purged), (2, "changed", purged), (1, "created", purged),
        ]  # fmt: skip
        assert all(item["patch"] == item["changed"] == [] and item["change_note"] is None for item in items)
        for followed in ({}, {"actor": "kremlin"}, {"topic": "sanctions"}, {"kind": "statement"}):
            items = list(feed.changes(asking, **followed))
            assert [items[-1][name] for name in ("action", "noun", "id", "path", "change_note", "recorded_by", "representation")] == [
                "purged", "statement", desk.uid(path), path, REASON, "the-admin", None,
            ]  # fmt: skip
        mine = feed.changes(asking, kind="statement")
        assert [(item["action"], item["representation"], item["patch"]) for item in mine] == [
            ("created", None, []), ("changed", None, []), ("deleted", None, []), ("purged", None, []),
        ]  # fmt: skip
    assert "purged" not in [item["action"] for item in feed.changes(admin, kind="event")]


def test_old_versions_of_what_stands_can_go_alone(admin: Api) -> None:
    path = desk.said(admin, title="First", summary="It began so")
    admin.patch(path, {"summary": f"Call {MARK}"})
    admin.patch(path, {"summary": "No number here"})
    stands = admin.send("GET", path)
    assert faults(purge(admin, path, versions=[3])) == {
        "body.versions.0": {"where": "body.versions.0", "message": "version 3 is the one that stands",
                            "hint": "Amend it first, so that another version stands, or delete it."},
    }  # fmt: skip
    assert faults(purge(admin, path, versions=[2, 9]))["body.versions.1"]["message"] == "there is no version 9"
    problem(purge(admin, path), "standing")
    assert purge(admin, path, versions=[2]).json()["versions"] == [2]
    after = admin.send("GET", path)
    assert (after.text, after.headers["etag"]) == (stands.text, stands.headers["etag"])
    items = admin.get(f"{path}/history")["items"]
    assert [(item["version"], item["action"], bool(item["purged"]), item["changed"], item["patch"]) for item in items] == [
        (3, "changed", False, [], []), (2, "changed", True, [], []), (1, "created", False, [], []),
    ]  # fmt: skip
    problem(admin.send("GET", path, params={"version": 2}), "purged")
    assert admin.get(path, params={"version": 1})["summary"] == "It began so"
    assert "erased for good" in faults(desk.restore(admin, path, 2))["body.version"]["message"]
    assert desk.restore(admin, path, 1).json()["summary"] == "It began so"
    assert MARK not in admin.send("GET", "/v1/changes?limit=500").text
    problem(purge(admin, path, versions=[2]), "purged")
    purged = next(item for item in feed.changes(admin) if item["action"] == "purged")
    assert purged["representation"] == stands.json()
    assert purged["erased"] == [{"version": 2, "recorded_at": items[1]["recorded_at"]}]


def test_a_reaction_deleted_by_hand_stays_deleted_when_its_ends_lose_old_versions(admin: Api) -> None:
    path, other = desk.said(admin, title="First"), desk.said(admin, title="Another one")
    link = f"/v1/reactions/{desk.link(admin, other, path)['id']}"
    assert admin.drop(link).status_code == 204
    admin.patch(path, {"title": "Second"})
    assert purge(admin, path, versions=[1]).status_code == 200
    assert admin.drop(other).status_code == 204
    assert desk.restore(admin, other, 1).status_code == 200
    problem(admin.send("GET", link), "deleted")


def test_the_whole_can_go_after_every_version(admin: Api, settings: Settings) -> None:
    path = desk.said(admin, external_source="desk", external_id=MARK)
    desk.link(admin, desk.said(admin, title="Another one"), path, note=MARK)
    admin.drop(path)
    assert purge(admin, path, versions=[1]).json()["versions"] == [1, 2]
    problem(admin.send("GET", path), "deleted")
    told = purge(admin, path).json()
    assert (told["versions"], told["reactions"]) == ([], 1)
    problem(admin.send("GET", path), "purged")
    problem(purge(admin, path), "purged")
    assert MARK not in everything_stored(settings)


def test_a_tombstone_goes_with_the_version_that_it_repeats(admin: Api, settings: Settings) -> None:
    path = desk.said(admin, title="First")
    admin.patch(path, {"title": MARK})
    admin.drop(path)
    assert purge(admin, path, versions=[2]).json()["versions"] == [2, 3]
    assert MARK not in everything_stored(settings)
    problem(admin.send("GET", path), "deleted")
    assert desk.restore(admin, path, 1).json()["title"] == "First"


def test_a_person_can_be_forgotten(admin: Api, settings: Settings) -> None:
    slug = f"{MARK}-person"
    actor = f"/v1/actors/{slug}"
    admin.make(
        "/v1/actors", {"slug": slug, "kind": "person", "name": MARK, "aliases": [f"{MARK} alias"], "description": MARK}
    )
    belongs = admin.make(f"{actor}/affiliations", {"group": "kremlin", "dates": "2012/..", "role": MARK, "note": MARK})
    path = desk.said(admin, actor=slug)
    said_at = admin.get(path)["recorded_at"]
    admin.patch(path, {"actor": "vladimir-putin"})
    admin.drop(f"{actor}/affiliations/{belongs['id']}")
    assert admin.drop(actor).status_code == 204
    # Names are kept in memory, of every moment that was asked for.
    assert MARK in admin.send("GET", "/v1/timeline", params={"as_of": said_at}).text
    assert MARK in admin.send("GET", "/v1/changes?limit=500").text
    told = purge(admin, actor).json()
    now = told["path"]
    assert (now.startswith("/v1/actors/purged-"), told["affiliations"], told["versions"]) == (True, 1, [1, 2])
    assert MARK not in everything_stored(settings)
    shown = admin.get(path, params={"as_of": said_at})["actor"]
    assert shown == {"slug": now.rpartition("/")[2], "name": "[purged]"}
    for address in (
        "/v1/timeline",
        "/v1/actors",
        "/v1/actors/kremlin/timeline?affiliates=true",
        f"{path}/thread",
        f"{path}/history",
    ):
        answer = admin.send("GET", address, params={"as_of": said_at} if "?" not in address else {})
        assert answer.status_code == 200, answer.text
        assert MARK not in answer.text
    problem(admin.send("GET", actor), "not-found")
    problem(admin.send("GET", now), "purged")
    assert MARK not in admin.send("GET", "/v1/changes?limit=500").text
    assert f"{now}/affiliations/{belongs['id']}" == feed.changes(admin, kind="affiliation")[-1]["path"]
    told_of = admin.get(f"{now}/affiliations/{belongs['id']}/history")["items"]
    assert [bool(item["purged"]) for item in told_of] == [True, True]
    # The slug is free, for another one.
    admin.make("/v1/actors", {"slug": slug, "kind": "person", "name": "Somebody else"})
    assert [item["version"] for item in admin.get(f"{actor}/history")["items"]] == [1]


@pytest.mark.parametrize("noun", ["source", "topic"])
def test_sources_and_topics_can_be_purged(admin: Api, settings: Settings, noun: str) -> None:
    more = {"proposition": f"The parties should {MARK}."} if noun == "topic" else {"reliability_reason": MARK}
    path = f"/v1/{noun}s/{MARK}"
    admin.make(f"/v1/{noun}s", {"slug": MARK, "name": MARK, "description": MARK, **more})
    admin.patch(path, {"name": f"{MARK} again"})
    admin.drop(path)
    assert purge(admin, path).status_code == 200
    assert MARK not in everything_stored(settings)
    problem(admin.send("GET", path), "not-found")


def test_kept_answers_to_others_stay(admin: Api) -> None:
    for path, more in (("/v1/sources", {}), ("/v1/topics", {"proposition": "The parties should accept it."})):
        desk.post(admin, path, {"slug": "twin", "name": f"Twin of {path}", **more})
    body = {**statement(source="twin"), "external_source": "desk", "external_id": "of/twin 1"}
    first = admin.make("/v1/statements", body, **{"Idempotency-Key": "one"})
    admin.drop("/v1/topics/twin")
    assert purge(admin, "/v1/topics/twin").status_code == 200
    again = admin.send("POST", "/v1/statements", json=body, headers={"Idempotency-Key": "one"})
    assert (again.status_code, again.json()["id"]) == (201, first["id"])
    path = f"/v1/statements/{first['id']}"
    admin.drop(path)
    tag = admin.tag(path)
    assert purge(admin, "/v1/statements/desk:of%2Ftwin%201", tag).json()["path"] == path


def test_snapshots_that_only_ask_for_it_go_too(admin: Api, settings: Settings) -> None:
    slug = f"{MARK}-group"
    admin.make("/v1/actors", {"slug": slug, "kind": "bloc", "name": "Somebody"})
    path = desk.said(admin, external_source="desk", external_id=f"{MARK}/1")
    asked = [
        f"/v1/timeline?actor={slug}",
        f"/v1/actors/{slug}/timeline?affiliates=true",
        f"/v1/timeline?external_id=desk:{MARK}%2F1&kind=event",
    ]
    taken = [desk.post(admin, "/v1/snapshots", {"query": query})["path"] for query in asked]
    titled = desk.post(admin, "/v1/snapshots", {"query": "/v1/topics/sanctions", "title": f"On {slug}"})["path"]
    stays = desk.post(admin, "/v1/snapshots", {"query": "/v1/topics/sanctions", "title": f"On {slug}-others"})["path"]
    admin.drop(f"/v1/actors/{slug}")
    assert purge(admin, f"/v1/actors/{slug}").json()["snapshots"] == 3
    admin.drop(path)
    assert purge(admin, path).json()["snapshots"] == 1
    for gone in (*taken, titled):
        problem(admin.send("GET", gone), "purged")
    # What says more in words of its own goes by itself.
    tag = admin.tag(f"{stays}/citation")
    problem(purge(admin, stays, '"2-00"'), "stale")
    told = purge(admin, stays, tag).json()
    assert (told["path"], told["snapshots"], told["versions"]) == (stays, 1, [])
    problem(admin.send("GET", stays), "purged")
    problem(purge(admin, stays, tag), "purged")
    problem(purge(admin, "/v1/snapshots/none", tag), "not-found")
    assert MARK not in everything_stored(settings)
    assert everything_verifies(settings) == 4


def test_a_purge_is_done_once_for_one_key(admin: Api) -> None:
    path = desk.said(admin)
    admin.drop(path)
    body, headers = {"path": path, "reason": REASON}, {"If-Match": admin.tag(path), "Idempotency-Key": "purge-1"}
    first, again = (admin.send("POST", "/v1/purges", json=body, headers=headers) for _ in range(2))
    assert (first.status_code, again.status_code, again.json()) == (200, 200, first.json())
    assert again.headers["idempotent-replayed"] == "true"


def test_reactions_and_affiliations_can_be_purged(admin: Api, settings: Settings) -> None:
    one, other = desk.said(admin), desk.said(admin, title="Another one")
    reaction = f"/v1/reactions/{desk.link(admin, other, one, note=MARK)['id']}"
    belongs = admin.make(
        "/v1/actors/vladimir-putin/affiliations", {"group": "kremlin", "dates": "2012/..", "note": MARK}
    )
    affiliation = f"/v1/actors/vladimir-putin/affiliations/{belongs['id']}"
    for path in (reaction, affiliation):
        problem(purge(admin, path), "standing")
        admin.drop(path)
        assert purge(admin, path).json()["path"] == path
        problem(admin.send("GET", path), "purged")
    assert MARK not in everything_stored(settings)
    assert [item["action"] for item in feed.changes(admin, kind="reaction")] == ["linked", "unlinked", "purged"]
    # The address counts whole, and may be percent-encoded.
    other_path = affiliation.replace("vladimir-putin", "kremlin")
    problem(purge(admin, other_path, tag=admin.tag(affiliation)), "not-found")
    # The same link can be made again, as its next version.
    assert desk.link(admin, other, one)["version"] == 3


def test_a_draft_that_is_purged_is_nobody_elses_business(admin: Api, settings: Settings) -> None:
    contributor = desk.holder(admin, settings, "contributor")
    path = desk.said(contributor, status="draft", title=MARK)
    contributor.drop(path)
    assert purge(admin, path).status_code == 200
    anyone = desk.anyone(admin)
    problem(anyone.send("GET", path), "not-found")
    problem(anyone.send("GET", f"{path}/history"), "not-found")
    assert not [item for item in feed.changes(anyone) if item["noun"] == "statement"]
    assert [item["action"] for item in feed.changes(contributor, kind="statement")] == ["created", "deleted", "purged"]


def test_only_an_admin_purges_and_only_what_was_read(admin: Api, settings: Settings) -> None:
    path = desk.said(admin)
    admin.drop(path)
    for role in ("reader", "contributor", "editor"):
        problem(purge(desk.holder(admin, settings, role), path, tag=admin.tag(path)), "forbidden")
    problem(desk.nobody(admin, "POST", "/v1/purges", json={"path": path, "reason": REASON}), "key-required")
    problem(admin.send("POST", "/v1/purges", json={"path": path, "reason": REASON}), "precondition-required")
    stale = problem(purge(admin, path, tag='"1-00"'), "stale")
    assert "version 2" in stale["detail"]
    tag = admin.tag(path)
    assert set(faults(purge(admin, path, tag, why="x"))) == {"body.why"}
    assert set(faults(purge(admin, path, tag, reason=""))) == {"body.reason"}
    assert set(faults(purge(admin, path, tag, versions=[]))) == {"body.versions"}
    for odd in (
        "/v1/statements/%00",
        "/v1/actors/a%0Ab",
        "/v1/timeline",
        "statements/1",
        "/v1/keys/the-admin",
        "/v1/actors/",
    ):
        assert set(faults(purge(admin, odd, tag))) == {"body.path"}, odd
    problem(purge(admin, "/v1/actors/nobody", tag), "not-found")
    problem(admin.send("GET", path), "deleted")
