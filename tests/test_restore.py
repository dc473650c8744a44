"""Restoring: an old version's content as a new version, through the checks of any edit; deleted things come back whole."""

from typing import Any

from api.settings import Settings
from tests import expect, hostile
from tests.desk import anyone, done, holder, link, nobody, nouns, post, restore, said, store, uid
from tests.expect import Api
from tests.factories import statement
from tests.test_history import content, open_history, told
from tests.test_statements import FULL

ACTOR = {"slug": "state", "kind": "government", "name": "State", "aliases": ["Staat"], "country": "RU"}


def missing(response: Any) -> str:
    """What a refused restore says is missing, of the version that was asked for."""
    found = expect.faults(response)
    assert set(found) == {"body.version"}
    assert found["body.version"]["hint"]
    return str(found["body.version"]["message"])


def test_a_restored_version_is_a_new_one_with_the_old_content(api: Api, settings: Settings) -> None:
    nouns(api)
    for path in (f"/v1/statements/{post(api, '/v1/statements', FULL)['id']}", done(api, place={"name": "Ankara"})):
        first = api.get(path)
        changed = {
            "title": "New", "confidence": 3, "place": {"country": "UA"}, "tags": ["x"], "date": "2024", "actor": "kremlin",
            "citations": [{"source": "tass", "locator": "1"}], "participants": None,
        }  # fmt: skip
        assert api.patch(path, changed).status_code == 200
        response = restore(holder(api, settings, "editor", uid(path)), path, 1, change_note="The wrong speech")
        assert response.status_code == 200, response.text
        assert "location" not in response.headers
        back = response.json()
        assert (back, response.headers["etag"]) == (api.get(path), api.tag(path))
        assert content(back) == content(first)
        assert (back["version"], back["recorded_by"], back["recorded_at"]) == (3, uid(path), first["recorded_at"])
        assert back["changed_at"] > api.get(f"{path}?version=2")["changed_at"]
        assert told(api, path, "action", "change_note", "restored_from") == [
            ("created", None, None), ("changed", None, None), ("changed", "The wrong speech", 1),
        ]  # fmt: skip
        assert [one["version"] for one in api.walk("/v1/timeline", id=uid(path), actor=first["actor"]["slug"])] == [3]
    assert list(api.walk("/v1/timeline", actor="kremlin", tag="x")) == []


def test_a_confidence_comes_back_as_it_was_given_whatever_the_citation_says(api: Api) -> None:
    nouns(api)
    path = said(api, confidence="B2")
    cited = {"source": "kremlin-ru", "locator": "1", "reliability": "C", "credibility": 4}
    assert api.patch(path, {"citations": [cited]}).status_code == 200
    assert api.patch(path, {"confidence": None}).status_code == 200
    back = restore(api, path, 2).json()
    assert (back["confidence"], back["confidence_given"]) == (70, {"value": "B2", "scale": "admiralty"})
    assert (back["citations"][0]["reliability"], back["citations"][0]["credibility"]) == ("C", 4)
    back = restore(api, path, 3).json()
    assert (back["confidence"], back["confidence_label"]) == (None, None)
    assert restore(api, path, 1).json()["confidence_given"] == {"value": "B2", "scale": "admiralty"}


def test_restoring_what_stands_makes_no_version(api: Api, settings: Settings) -> None:
    nouns(api)
    post(api, "/v1/actors", ACTOR)
    path = said(api, status="under_review")
    for where, name in ((path, "title"), (done(api), "title"), ("/v1/actors/state", "name")):
        api.patch(where, {name: "Another"})
        api.patch(where, {name: api.get(f"{where}/history")["items"][0]["patch"][0]["value"]})
        read = api.send("GET", where)
        with hostile.nothing_stored(settings):
            again = restore(api, where, 2, change_note="Again")
            assert (again.status_code, again.content) == (200, read.content)
            assert again.headers["etag"] == read.headers["etag"]


def test_a_restore_needs_the_tag_that_was_read(api: Api) -> None:
    nouns(api)
    post(api, "/v1/actors", ACTOR)
    for path, name in ((said(api), "title"), ("/v1/actors/state", "name")):
        tag = api.tag(path)
        api.patch(path, {name: "Two"})
        for headers in ({}, {"If-Match": "*"}):
            sent = api.send("POST", f"{path}/restore", json={"version": 1}, headers=headers)
            expect.problem(sent, "precondition-required")
        stale = restore(api, path, 1, tag)
        assert expect.problem(stale, "stale")["current"][name] == "Two"
        assert restore(api, path, 1, stale.headers["etag"]).json()["version"] == 3


def test_a_version_that_is_not_there_or_is_a_tombstone_is_refused(api: Api) -> None:
    nouns(api)
    post(api, "/v1/actors", ACTOR)
    for path in (said(api), done(api), "/v1/actors/state"):
        assert api.drop(path).status_code == 204
        assert restore(api, path, 1).status_code == 200
        assert "versions 1 and 3" in missing(restore(api, path, 4))
        assert "version 2 is its tombstone" in missing(restore(api, path, 2))
        for wrong in (0, -1, "1", 1.0, True, None, 10**12, [1]):
            assert set(expect.faults(restore(api, path, wrong))) == {"body.version"}
        assert expect.faults(restore(api, path, 10**12))["body.version"]["hint"] == "At most 1,000,000,000."
        found = expect.faults(restore(api, path, 1, versoin=1, change_note=""))
        assert set(found) == {"body.versoin", "body.change_note"}
        assert found["body.versoin"]["hint"] == "Did you mean version?"
        sent = {"headers": {"If-Match": api.tag(path)}, "json": {}}
        assert set(expect.faults(api.send("POST", f"{path}/restore", **sent))) == {"body.version"}
    expect.problem(
        api.send("POST", "/v1/topics/nothing/restore", json={"version": 1}, headers={"If-Match": '"1-0"'}), "not-found"
    )
    expect.problem(
        api.send("POST", "/v1/events/x:y/restore", json={"version": 1}, headers={"If-Match": '"1-0"'}), "not-found"
    )


def test_what_was_deleted_comes_back_with_the_tag_of_its_tombstone(api: Api) -> None:
    nouns(api)
    post(api, "/v1/actors", ACTOR)
    for path in (said(api, external_source="wire", external_id="2025/7"), done(api), "/v1/actors/state"):
        before, tag = api.get(path), api.tag(path)
        assert api.drop(path).status_code == 204
        refused = restore(api, path, 1, tag)
        expect.problem(refused, "deleted")
        assert refused.headers["etag"] == api.tag(path)
        back = restore(api, path, 1, refused.headers["etag"])
        assert back.status_code == 200, back.text
        assert back.json() == {**before, "version": 3, "changed_at": back.json()["changed_at"]}
        assert nobody(api, "GET", path).json() == back.json()
        expect.problem(restore(api, path, 1, refused.headers["etag"]), "stale")
        assert told(api, path, "action", "restored_from") == [("created", None), ("deleted", None), ("restored", 1)]
    assert len(list(api.walk("/v1/timeline"))) == 2
    assert [one["slug"] for one in api.walk("/v1/actors", q="Staat")] == ["state"]
    assert restore(api, "/v1/statements/wire:2025/7", 1).json()["version"] == 3


def test_the_external_id_of_what_was_deleted_leads_to_its_restore(api: Api) -> None:
    nouns(api)
    body = statement(external_source="acled", external_id="1")
    path = f"/v1/statements/{post(api, '/v1/statements', body)['id']}"
    assert api.drop(path).status_code == 204
    refused = expect.problem(api.send("POST", "/v1/statements", json=body), "exists")
    assert f"POST {path}/restore" in refused["detail"]
    assert restore(api, refused["existing"], 1).status_code == 200
    assert "restore" not in expect.problem(api.send("POST", "/v1/statements", json=body), "exists")["detail"]


def test_what_names_a_noun_deleted_since_does_not_come_back(api: Api, settings: Settings) -> None:
    nouns(api)
    post(api, "/v1/actors", ACTOR)
    post(api, "/v1/topics", {"slug": "aid", "name": "Aid", "proposition": "The West should send aid."})
    path = said(api, actor="state", topic="aid", source="tass")
    other = said(api)
    assert api.patch(path, {"actor": "kremlin", "topic": "sanctions", "source": "kremlin-ru"}).status_code == 200
    for noun in ("actors/state", "topics/aid", "sources/tass"):
        assert api.drop(f"/v1/{noun}").status_code == 204
    with hostile.nothing_stored(settings):
        found = restore(api, path, 1).json()["errors"]
        assert [fault["where"] for fault in found] == ["body.version"] * 3
        assert [fault["message"] for fault in found] == [
            "version 1 can't come back: actor: there is no actor 'state'",
            "version 1 can't come back: topics.0.topic: there is no topic 'aid'",
            "version 1 can't come back: citations.0.source: there is no source 'tass'",
        ]
    for noun in ("actors/state", "topics/aid", "sources/tass"):
        assert restore(api, f"/v1/{noun}", 1).status_code == 200
    assert restore(api, path, 1).json()["actor"]["slug"] == "state"
    assert api.get(other)["version"] == 1


def test_nouns_come_back_through_their_own_checks(api: Api) -> None:
    nouns(api)
    post(api, "/v1/actors", ACTOR)
    post(api, "/v1/sources", {"slug": "wire", "name": "Wire", "owner": "state", "reliability": "B"})
    api.patch("/v1/sources/wire", {"owner": None, "reliability": None})
    assert api.drop("/v1/actors/state").status_code == 204
    assert missing(restore(api, "/v1/sources/wire", 1)).endswith("owner: there is no actor 'state'")
    assert restore(api, "/v1/actors/state", 1).json()["aliases"] == ["Staat"]
    assert restore(api, "/v1/sources/wire", 1).json()["owner"] == {"slug": "state", "name": "State"}
    assert told(api, "/v1/sources/wire", "changed")[2] == ["reliability", "owner"]
    for slug in ("aid", "arms"):
        post(api, "/v1/topics", {"slug": slug, "name": slug, "proposition": "The West should send it."})
    api.patch("/v1/topics/arms", {"parent": "aid"})
    api.patch("/v1/topics/arms", {"parent": None})
    api.patch("/v1/topics/aid", {"parent": "arms"})
    expect.problem(restore(api, "/v1/topics/arms", 2), "circle")
    assert restore(api, "/v1/topics/arms", 1).json()["version"] == 3


def test_a_date_that_comes_back_may_not_turn_an_answer_around(api: Api) -> None:
    nouns(api)
    first = said(api, date="2025-03-20")
    assert api.patch(first, {"date": "2025-03-12"}).status_code == 200
    link(api, said(api, date="2025-03-13"), first)
    expect.problem(restore(api, first, 1), "precedes")
    assert (api.get(first)["version"], api.get(first)["date"]) == (2, "2025-03-12")


def test_a_contributor_restores_drafts_of_its_own_to_drafts(api: Api, settings: Settings) -> None:
    nouns(api)
    author = holder(api, settings, "contributor")
    other = holder(api, settings, "contributor", "another")
    path = said(author, status="draft", title="One")
    author.patch(path, {"title": "Two"})
    expect.problem(restore(other, path, 1, '"2-0"'), "not-found")
    assert restore(author, path, 1).json()["title"] == "One"
    assert author.drop(path).status_code == 204
    expect.problem(restore(other, path, 1, '"4-0"'), "not-found")
    assert restore(author, path, 2).json()["status"] == "draft"
    api.patch(path, {"status": "published"})
    expect.problem(restore(author, path, 1), "forbidden")
    api.patch(path, {"status": "draft", "title": "Three"})
    expect.problem(restore(author, path, 6), "forbidden")
    assert restore(author, path, 1).status_code == 200
    # That it was public once makes it no less a draft of another.
    expect.problem(restore(other, path, 6, '"8-0"'), "not-found")
    expect.problem(restore(holder(api, settings, "reader"), path, 6, '"8-0"'), "forbidden")
    expect.problem(restore(anyone(api), path, 6, '"8-0"'), "key-required")
    assert restore(api, path, 6).json()["status"] == "published"
    assert [one["action"] for one in open_history(api, path)] == ["created", "withdrawn", "restored"]


def test_an_editor_makes_a_draft_again_of_what_was_one(api: Api) -> None:
    nouns(api)
    path = said(api, status="draft", title="SECRET")
    api.patch(path, {"status": "published", "title": "Public"})
    assert restore(api, path, 1, change_note="SECRET why").json()["status"] == "draft"
    expect.problem(nobody(api, "GET", path), "not-found")
    assert list(anyone(api).walk("/v1/timeline")) == []
    assert "SECRET" not in nobody(api, "GET", f"{path}/history").text
    assert restore(api, path, 2).json()["title"] == "Public"
    assert len(list(anyone(api).walk("/v1/timeline"))) == 1


def test_a_restore_that_is_sent_twice_is_done_once(api: Api) -> None:
    nouns(api)
    path = said(api)
    api.patch(path, {"title": "Two"})
    tag, key = api.tag(path), {"Idempotency-Key": "once"}
    first = restore(api, path, 1, tag, headers=key)
    api.patch(path, {"title": "Three"})
    again = restore(api, path, 1, tag, headers=key)
    assert (again.status_code, again.content, again.headers["etag"]) == (200, first.content, first.headers["etag"])
    assert again.headers["idempotent-replayed"] == "true"
    assert "location" not in again.headers
    assert api.get(path)["version"] == 4
    expect.problem(restore(api, path, 2, tag, headers=key), "key-reused")


def test_the_address_of_a_restore_takes_post_alone(api: Api) -> None:
    for path in ("statements/x", "statements/acled:1", "events/acled:2025/7", "actors/x", "sources/x", "topics/x"):
        answer = api.send("GET", f"/v1/{path}/restore")
        expect.problem(answer, "method-not-allowed")
        assert answer.headers["allow"] == "OPTIONS, POST"


def test_what_comes_back_leaves_every_row_as_any_edit_does(api: Api, settings: Settings) -> None:
    nouns(api)
    path = said(api, tags=["a"], participants=[{"actor": "kremlin", "role": "host"}])
    assert api.drop(path).status_code == 204
    assert restore(api, path, 1).status_code == 200
    assert [one["id"] for one in api.walk("/v1/timeline", actor="kremlin", role="host", tag="a")] == [uid(path)]
    assert [one["id"] for one in api.walk("/v1/timeline", topic="truce-in-principle")] == [uid(path)]
    with store(settings) as writing:
        for table in ("record_version", "involvement", "record_topic"):
            rows = writing.rows(f"SELECT DISTINCT seq FROM {table} WHERE superseded_seq IS NULL")
            assert len(rows) == 1, table


def test_an_affiliation_comes_back_unless_it_is_there_again_or_closes_a_circle(api: Api) -> None:
    nouns(api)
    post(api, "/v1/actors", ACTOR)
    stays, body = "/v1/actors/vladimir-putin/affiliations", {"group": "state", "dates": "2012/.."}
    path = f"{stays}/{post(api, stays, body)['id']}"
    first = api.get(path)
    api.patch(path, {"dates": "2012/2030", "role": "president"})
    assert content(restore(api, path, 1).json()) == content(first)
    assert api.drop(path).status_code == 204
    refused = restore(api, path, 1, '"1-0"')
    expect.problem(refused, "deleted")
    twin = f"{stays}/{post(api, stays, body)['id']}"
    assert expect.problem(restore(api, path, 1), "exists")["existing"] == twin
    assert api.drop(twin).status_code == 204
    assert api.drop("/v1/actors/state").status_code == 204
    assert missing(restore(api, path, 1)).endswith("group: there is no actor 'state'")
    assert restore(api, "/v1/actors/state", 1).status_code == 200
    back = post(api, "/v1/actors/state/affiliations", {"group": "vladimir-putin", "dates": "2012/.."})["id"]
    expect.problem(restore(api, path, 1), "circle")
    assert api.drop(f"/v1/actors/state/affiliations/{back}").status_code == 204
    assert restore(api, path, 1, refused.headers["etag"]).status_code == 200
    assert told(api, path, "action", "restored_from")[2:] == [("changed", 1), ("deleted", None), ("restored", 1)]
