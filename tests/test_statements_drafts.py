"""Who may see and write what: drafts, roles, and keys that do not reach."""

import re
from typing import Any

from api.settings import Settings
from tests import expect
from tests.coders import coded
from tests.desk import done, holder, link, nobody, nouns, post, said, uid
from tests.expect import Api
from tests.factories import event, statement


def ids(api: Api, path: str, **params: Any) -> list[str]:
    """The ids on a list."""
    return [one["id"] for one in api.walk(path, **params)]


def test_a_draft_does_not_exist_for_others(api: Api, settings: Settings) -> None:
    nouns(api)
    author = holder(api, settings, "contributor")
    others = [holder(api, settings, "contributor", "another"), holder(api, settings, "reader")]
    path = said(author, status="draft", external_source="acled", external_id="1")
    assert author.get(path)["status"] == "draft"
    assert api.get(path) == author.get(path)
    for asked in (path, "/v1/statements/acled:1", f"{path}/thread"):
        expect.problem(nobody(api, "GET", asked), "not-found")
        for other in others:
            expect.problem(other.send("GET", asked), "not-found")
    for other in others:
        assert ids(other, "/v1/statements", status="draft") == ids(other, "/v1/timeline", id=uid(path)) == []
    tag = {"If-Match": author.tag(path)}
    expect.problem(others[0].send("PATCH", path, json={"title": "Mine"}, headers=tag), "not-found")
    expect.problem(others[0].send("DELETE", path, headers=tag), "not-found")
    assert ids(author, "/v1/statements", status="draft") == [uid(path)]
    assert ids(author, "/v1/statements") == []


def test_an_external_id_that_a_hidden_draft_has_is_taken_and_no_more_is_told(api: Api, settings: Settings) -> None:
    nouns(api)
    author, other = holder(api, settings, "contributor"), holder(api, settings, "contributor", "another")
    named = {"external_source": "acled", "external_id": "1"}
    path = said(author, status="draft", **named)
    for _ in range(2):
        answer = other.send("POST", "/v1/statements", json=statement(status="draft", **named))
        told = expect.problem(answer, "exists")
        assert told["detail"] == "acled:1 is taken by a record that this key may not see: give another external_id."
        assert "existing" not in told
        assert "location" not in answer.headers
        author.send("DELETE", path, headers={"If-Match": author.tag(path)})  # that it is gone is not told either
    told = expect.problem(author.send("POST", "/v1/statements", json=statement(status="draft", **named)), "exists")
    assert told["existing"] == path


def test_a_deleted_draft_is_gone_only_for_those_who_could_see_it(api: Api, settings: Settings) -> None:
    nouns(api)
    author = holder(api, settings, "contributor")
    path = said(author, status="draft")
    assert author.drop(path).status_code == 204
    expect.problem(author.send("GET", path), "deleted")
    expect.problem(api.send("GET", path), "deleted")
    expect.problem(nobody(api, "GET", path), "not-found")


def test_drafts_show_nowhere_beside_what_they_answer(api: Api, settings: Settings) -> None:
    nouns(api)
    author = holder(api, settings, "contributor")
    first = said(api)
    draft = said(author, status="draft", date="2025-03-14", reacts_to=[{"id": uid(first), "type": "retracts"}])
    last = said(api, date="2025-03-15")
    outer = link(api, last, draft)
    reaction = author.get("/v1/reactions", params={"record": uid(draft)})["items"][0]
    for asker in (api, author):
        assert len(ids(asker, "/v1/reactions")) == 2
        thread = asker.get(f"{first}/thread")
        assert [one["record"]["id"] for one in thread["items"]] == [uid(first), uid(draft), uid(last)]
    for get in (api.client.get, holder(api, settings, "reader").client.get):
        assert get("/v1/reactions").json()["items"] == []
        found = get(f"{first}/thread").json()
        assert [one["record"]["id"] for one in found["items"]] == [uid(first)]
        assert (found["reactions"], found["truncated"]) == ([], False)
        for one in (reaction, outer):
            expect.problem(get(f"/v1/reactions/{one['id']}"), "not-found")
        assert expect.faults(get("/v1/reactions", params={"record": uid(draft)})).keys() == {"query.record"}
    assert api.get(first)["retracted_by"] == []
    assert api.patch(draft, {"status": "published"}).status_code == 200
    assert nobody(api, "GET", first).json()["retracted_by"] == [uid(draft)]
    assert len(nobody(api, "GET", f"{first}/thread").json()["items"]) == 3


def test_a_deleted_reaction_of_a_draft_is_not_found_by_others(api: Api) -> None:
    nouns(api)
    first, draft = said(api), said(api, status="draft", date="2025-03-14")
    path = f"/v1/reactions/{link(api, draft, first)['id']}"
    assert api.drop(path).status_code == 204
    expect.problem(api.send("GET", path), "deleted")
    expect.problem(nobody(api, "GET", path), "not-found")
    assert api.patch(draft, {"status": "published"}).status_code == 200
    for tail in ("", "/history", "?version=1", "?version=2"):
        expect.problem(nobody(api, "GET", path + tail), "not-found")
    expect.problem(api.send("GET", path), "deleted")
    lasting = f"/v1/reactions/{link(api, draft, first)['id']}"
    assert api.drop(lasting).status_code == 204
    expect.problem(nobody(api, "GET", lasting), "deleted")


def test_a_contributor_writes_only_drafts_of_its_own(api: Api, settings: Settings) -> None:
    nouns(api)
    author = holder(api, settings, "contributor")
    for status in (None, "published", "under_review", "withdrawn"):
        expect.problem(author.send("POST", "/v1/statements", json=statement(status=status)), "forbidden")
    path = said(author, status="draft")
    assert author.patch(path, {"title": "New"}).json()["recorded_by"] == "the-contributor"
    expect.problem(author.patch(path, {"status": "published"}), "forbidden")
    expect.problem(author.patch(path, {"status": None}), "forbidden")
    assert api.patch(path, {"status": "published"}).status_code == 200
    expect.problem(author.patch(path, {"title": "Newer"}), "forbidden")
    expect.problem(author.drop(path), "forbidden")
    assert author.get(path)["version"] == 3
    draft = done(author, status="draft")
    assert author.drop(draft).status_code == 204


# Every write endpoint, the least role that it takes, and a body that would do for that role.
WRITES = [
    ("POST", "/v1/statements", "contributor", statement(status="draft")),
    ("POST", "{statement}/restore", "editor", {"version": 1}),
    ("POST", "{statement}/merge", "editor", {"with": "{twin_id}", "with_version": 1}),
    ("POST", "{event}/merge", "editor", {"with": "{event_twin_id}", "with_version": 1}),
    ("POST", "{statement}/unmerge", "editor", {"with": "{twin_id}"}),
    ("POST", "{event}/unmerge", "editor", {"with": "{event_twin_id}"}),
    ("PATCH", "{statement}", "editor", {"title": "New"}),
    ("DELETE", "{statement}", "editor", None),
    ("POST", "/v1/events", "contributor", event(status="draft")),
    ("POST", "{event}/restore", "editor", {"version": 1}),
    ("PATCH", "{event}", "editor", {"title": "New"}),
    ("DELETE", "{event}", "editor", None),
    ("POST", "/v1/reactions", "editor", {"from": "{event_id}", "to": "{statement_id}", "type": "rejects"}),
    ("PATCH", "{reaction}", "editor", {"note": "New"}),
    ("DELETE", "{reaction}", "editor", None),
    ("POST", "/v1/actors", "editor", {"slug": "russia", "kind": "government", "name": "Russia"}),
    ("POST", "/v1/actors/kremlin/restore", "editor", {"version": 1}),
    ("PATCH", "/v1/actors/kremlin", "editor", {"name": "New"}),
    ("DELETE", "/v1/actors/kremlin", "editor", None),
    ("POST", "/v1/actors/vladimir-putin/affiliations", "editor", {"group": "kremlin", "dates": "2012/.."}),
    ("PATCH", "{affiliation}", "editor", {"role": "president"}),
    ("DELETE", "{affiliation}", "editor", None),
    ("PUT", "{coding}", "editor", {"topics": [{"topic": "sanctions", "stance": "opposes"}]}),
    ("DELETE", "{coding}", "editor", None),
    ("POST", "/v1/duplicates/dismissals", "editor", {"records": "{pair}"}),
    ("DELETE", "{dismissal}", "editor", None),
    ("POST", "/v1/sources", "editor", {"slug": "reuters", "name": "Reuters"}),
    ("POST", "/v1/sources/tass/restore", "editor", {"version": 1}),
    ("PATCH", "/v1/sources/tass", "editor", {"name": "New"}),
    ("DELETE", "/v1/sources/tass", "editor", None),
    ("POST", "/v1/topics", "editor", {"slug": "aid", "name": "Aid", "proposition": "The West should send aid."}),
    ("POST", "/v1/topics/sanctions/restore", "editor", {"version": 1}),
    ("PATCH", "/v1/topics/sanctions", "editor", {"name": "New"}),
    ("DELETE", "/v1/topics/sanctions", "editor", None),
    ("POST", "/v1/keys", "admin", {"name": "new", "role": "reader"}),
    ("DELETE", "/v1/keys/the-reader", "admin", None),
]  # fmt: skip
ROLES = ["reader", "contributor", "editor", "admin"]


def test_each_write_takes_its_role_and_no_less(api: Api, settings: Settings) -> None:
    nouns(api)
    holders = {role: holder(api, settings, role) for role in ROLES}
    statement_path, event_path = said(api), done(api)
    reaction = f"/v1/reactions/{link(api, event_path, statement_path)['id']}"
    post(api, "/v1/actors", {"slug": "state", "kind": "government", "name": "State"})
    affiliation = post(api, "/v1/actors/kremlin/affiliations", {"group": "state", "dates": "2012/.."})["id"]
    coded(api, statement_path, "second-reader", sanctions="neutral")
    pair = [uid(said(api)) for _ in range(3)]
    dismissal = post(api, "/v1/duplicates/dismissals", {"records": pair[1:]})["id"]
    names: dict[str, Any] = {
        "{pair}": pair[:2], "{dismissal}": f"/v1/duplicates/dismissals/{dismissal}",
        "{statement}": statement_path, "{event}": event_path, "{reaction}": reaction,
        "{affiliation}": f"/v1/actors/kremlin/affiliations/{affiliation}",
        "{coding}": f"{statement_path}/codings/second-reader",
        "{twin_id}": uid(said(api)), "{event_twin_id}": uid(done(api)), "{event_id}": uid(event_path), "{statement_id}": uid(statement_path),
    }  # fmt: skip
    for method, template, least, body in WRITES:
        place, below = re.fullmatch("(.*?)((?:/(?:restore|merge|unmerge))?)", template).groups()  # type: ignore[union-attr]
        path = f"{names.get(place, place)}{below}"
        given: dict[str, Any] = {"headers": {"If-Match": '"1-0"'}} if method != "POST" or below else {}
        if body is not None:
            given["json"] = {name: names.get(str(value), value) for name, value in body.items()}
        refused = nobody(api, method, path, **given)
        expect.problem(refused, "key-required")
        assert refused.headers["www-authenticate"] == "Bearer"
        bad = {**given, "headers": {**given.get("headers", {}), "Authorization": "Bearer dmr_nothing"}}
        expect.problem(nobody(api, method, path, **bad), "key-invalid")
        for role in ROLES[: ROLES.index(least)]:
            expect.problem(holders[role].send(method, path, **given), "forbidden")
        if method != "DELETE":
            assert holders[least].send(method, path, **given).status_code in (200, 201), (method, path)


def test_who_may_not_write_is_told_so_before_anything_else(api: Api, settings: Settings) -> None:
    reader = holder(api, settings, "reader")
    for method, content in (("PATCH", b"{"), ("DELETE", None)):
        for path in ("/v1/statements/x", "/v1/actors/x"):
            expect.problem(nobody(api, method, path, content=content), "key-required")
            expect.problem(reader.send(method, path, content=content), "forbidden")
