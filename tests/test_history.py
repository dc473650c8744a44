"""Histories: every version with who, when, why and what it changed; and of a draft nothing to those who may not see it."""

from typing import Any

import jsonpatch
import pytest

from api.settings import Settings
from schemas.history import VersionRead
from tests import expect
from tests.desk import anyone, done, holder, link, nobody, nouns, post, restore, said, uid
from tests.expect import Api
from tests.factories import statement

# What is no content: which version it is, when and by whom it was written, what other records say and who owns the sources.
META = {"version", "recorded_at", "changed_at", "recorded_by", "retracted_by", "denied_by", "clarified_by", "corroboration",
        "primary"}  # fmt: skip


def content(shown: dict[str, Any]) -> dict[str, Any]:
    """What a representation says."""
    return {name: value for name, value in shown.items() if name not in META}


def told(api: Api, path: str, *members: str) -> list[Any]:
    """These members of every version, the oldest first; of one member its values."""
    items = list(api.walk(f"{path}/history"))[::-1]
    return [item[members[0]] if len(members) == 1 else tuple(item[name] for name in members) for item in items]


def applied(first: dict[str, Any], patches: list[list[dict[str, Any]]]) -> Any:
    """A content after all patches, in their order."""
    for patch in patches:
        first = jsonpatch.apply_patch(first, patch)
    return first


def open_history(api: Api, path: str) -> list[Any]:
    """The versions as those without a key see them, the oldest first."""
    return list(anyone(api).walk(f"{path}/history"))[::-1]


def test_each_version_says_who_wrote_it_when_why_and_what_it_changed(api: Api, settings: Settings) -> None:
    nouns(api)
    path = said(api, tags=["a", "b"], change_note="From the transcript")
    first = api.get(path)
    second = holder(api, settings, "editor").patch(
        path, {"title": "New", "tags": ["b", "c"], "actor": "kremlin", "change_note": "Read again"}
    )
    third = api.patch(path, {"date": "2025-03"}).json()
    newest, edited, created = api.get(f"{path}/history")["items"]
    assert created == {
        "version": 1, "action": "created", "recorded_at": first["recorded_at"], "recorded_by": "desk",
        "change_note": "From the transcript", "restored_from": None, "changed": [], "patch": [], "purged": None,
    }  # fmt: skip
    assert (edited["version"], edited["recorded_by"], edited["change_note"]) == (2, "the-editor", "Read again")
    assert edited["recorded_at"] == second.json()["changed_at"]
    assert edited["changed"] == ["title", "actor", "tags"]
    assert {"op": "replace", "path": "/title", "value": "New"} in edited["patch"]
    assert {"op": "replace", "path": "/actor/slug", "value": "kremlin"} in edited["patch"]
    assert (newest["action"], newest["change_note"], newest["recorded_at"]) == ("changed", None, third["changed_at"])
    assert newest["changed"] == ["date", "date_earliest", "date_latest", "date_precision"]
    assert [one["path"] for one in newest["patch"]] == [f"/{name}" for name in newest["changed"]]
    assert nobody(api, "GET", f"{path}/history").json()["items"] == [newest, edited, created]


def test_each_act_has_its_word(api: Api) -> None:
    nouns(api)
    for path in (said(api), done(api)):
        for patch in ({"status": "withdrawn"}, {"title": "Withdrawn still"}, {"status": "under_review"}):
            assert api.patch(path, patch).status_code == 200
        assert api.drop(path).status_code == 204
        assert restore(api, path, 3).status_code == 200
        assert restore(api, path, 4).status_code == 200
        assert told(api, path, "action") == [
            "created",
            "withdrawn",
            "changed",
            "changed",
            "deleted",
            "restored",
            "changed",
        ]
        assert told(api, path, "changed")[4:] == [[], ["status"], ["status"]]
        for item in api.walk(f"{path}/history"):
            VersionRead.model_validate(item)
    withdrawn = said(api, status="withdrawn")
    assert told(api, withdrawn, "action") == ["created"]


def test_a_history_is_paged_and_each_page_is_part_of_the_whole(api: Api) -> None:
    nouns(api)
    path = said(api)
    for number in range(3):
        api.patch(path, {"title": f"{number}"})
        assert api.drop(path).status_code == 204
        assert restore(api, path, 1).status_code == 200
    whole = api.get(f"{path}/history")
    assert [item["version"] for item in whole["items"]] == list(range(10, 0, -1))
    for limit in range(1, 11):
        assert list(api.walk(f"{path}/history", limit=limit)) == whole["items"]
    other = said(api)
    cursor = api.get(f"{path}/history?limit=2")["next"]
    expect.problem(api.send("GET", f"{other}/history", params={"cursor": cursor}), "cursor-mismatch")
    expect.problem(api.send("GET", "/v1/actors/kremlin/history", params={"cursor": cursor}), "cursor-mismatch")
    assert set(expect.faults(api.send("GET", f"{path}/history?version=1"))) == {"query.version"}
    tag = api.send("GET", f"{path}/history").headers["etag"]
    assert api.send("GET", f"{path}/history", headers={"If-None-Match": tag}).status_code == 304


def test_a_rename_is_no_change_of_what_names_it(api: Api) -> None:
    nouns(api)
    path = said(api)
    api.patch(path, {"title": "Before the rename"})
    assert api.patch("/v1/actors/vladimir-putin", {"name": "V. V. Putin"}).status_code == 200
    api.patch(path, {"title": "After the rename", "actor": "kremlin"})
    assert api.patch("/v1/actors/kremlin", {"name": "Kremlin"}).status_code == 200
    api.patch(path, {"title": "Later still"})
    assert told(api, path, "changed") == [[], ["title"], ["title", "actor"], ["title"]]
    assert "The Kremlin" not in api.send("GET", f"{path}/history").text
    assert api.get(f"{path}?version=1")["actor"] == {"slug": "vladimir-putin", "name": "V. V. Putin"}


def test_what_other_records_say_of_it_is_no_change(api: Api) -> None:
    nouns(api)
    path = said(api)
    link(api, said(api), path, "denies")
    api.patch(path, {"title": "New"})
    assert told(api, path, "changed") == [[], ["title"]]
    assert api.get(f"{path}?version=1")["denied_by"] == api.get(path)["denied_by"] != []


# Each noun: where it stands, what is made, and edits of which each changes what is named.
KREMLIN = "/v1/actors/vladimir-putin/affiliations"
NOUNS: list[tuple[str, dict[str, Any], list[tuple[dict[str, Any], list[str]]]]] = [
    ("/v1/actors", {"slug": "state", "kind": "government", "name": "State"},
     [({"name": "The State"}, ["name"]), ({"aliases": ["Staat", "Stato"]}, ["aliases"]), ({"aliases": ["Stato"], "country": "RU"}, ["country", "aliases"])]),
    ("/v1/sources", {"slug": "wire", "name": "Wire", "reliability": "C"},
     [({"reliability": "B", "reliability_reason": "Corrects itself"}, ["reliability", "reliability_reason"]), ({"owner": "kremlin"}, ["owner"])]),
    ("/v1/topics", {"slug": "aid", "name": "Aid", "proposition": "The West should send aid."},
     [({"parent": "sanctions", "parent_polarity": -1}, ["parent_polarity", "parent"]), ({"name": "Help"}, ["name"])]),
    (KREMLIN, {"group": "kremlin", "dates": "2012/.."},
     [({"role": "president"}, ["role"]), ({"dates": "2012/2030"}, ["dates", "date_latest"])]),
]  # fmt: skip


@pytest.mark.parametrize(("where", "body", "edits"), NOUNS, ids=[where.rpartition("/")[2] for where, _, _ in NOUNS])
def test_nouns_have_a_history_that_outlives_them(
    api: Api, where: str, body: dict[str, Any], edits: list[tuple[dict[str, Any], list[str]]]
) -> None:
    nouns(api)
    made = post(api, where, {**body, "change_note": "New here"})
    path = f"{where}/{made.get('slug') or made['id']}"
    for patch, _ in edits:
        assert api.patch(path, patch).status_code == 200
    now = content(api.get(path))
    assert told(api, path, "changed") == [[], *(changed for _, changed in edits)]
    assert told(api, path, "action", "change_note")[0] == ("created", "New here")
    assert applied(content(made), told(api, path, "patch")) == now
    assert api.drop(path).status_code == 204
    expect.problem(api.send("GET", path), "deleted")
    items = open_history(api, path)
    assert [item["action"] for item in items[-2:]] == ["changed", "deleted"]
    assert (items[-1]["version"], items[-1]["patch"], items[-1]["recorded_by"]) == (len(edits) + 2, [], "desk")


def test_a_noun_made_again_under_its_slug_is_restored_and_differs_from_what_was_deleted(api: Api) -> None:
    post(api, "/v1/actors", {"slug": "state", "kind": "government", "name": "State", "aliases": ["Staat"]})
    assert api.drop("/v1/actors/state").status_code == 204
    post(api, "/v1/actors", {"slug": "state", "kind": "government", "name": "State", "aliases": ["Stato"]})
    assert told(api, "/v1/actors/state", "action", "changed")[1:] == [("deleted", []), ("restored", ["aliases"])]


def test_a_reaction_has_a_history_while_both_ends_can_be_seen(api: Api) -> None:
    nouns(api)
    first, answer = said(api), said(api)
    made = link(api, answer, first, note="Once", confidence="low")
    path = f"/v1/reactions/{made['id']}"
    api.patch(path, {"note": "Twice", "change_note": "Said better"})
    assert told(api, path, "action", "changed", "change_note") == [
        ("linked", [], None),
        ("changed", ["note"], "Said better"),
    ]
    assert api.drop(path).status_code == 204
    link(api, answer, first, note="Thrice", citations=[{"source": "tass", "locator": "1"}])
    assert told(api, path, "action")[2:] == ["unlinked", "linked"]
    assert told(api, path, "changed")[3] == ["confidence", "confidence_given", "citations", "note", "confidence_label"]
    assert api.drop(first).status_code == 204
    assert open_history(api, path) == list(api.walk(f"{path}/history"))[::-1]
    assert told(api, path, "action")[-1] == "unlinked"


def test_what_has_no_history_is_not_found(api: Api) -> None:
    nouns(api)
    for path in (
        "/v1/statements/nothing",
        "/v1/events/acled:1",
        "/v1/actors/nobody",
        "/v1/reactions/x",
        f"{KREMLIN}/x",
        "/v1/topics/x",
    ):
        expect.problem(api.send("GET", f"{path}/history"), "not-found")
    path = said(api, external_source="wire", external_id="2025/03/7")
    expect.problem(api.send("GET", f"{path.replace('statements', 'events')}/history"), "not-found")
    expect.problem(api.send("GET", f"{path.replace('statements', 'events')}?version=1"), "not-found")
    assert api.get("/v1/statements/wire:2025/03/7/history") == api.get(
        f"{path.upper().replace('/V1/STATEMENTS', '/v1/statements')}/history"
    )
    for ending in ("history", "restore", "thread"):
        body = statement(external_source="wire", external_id=f"7/{ending}")
        found = expect.faults(api.send("POST", "/v1/statements", json=body))
        assert f"can't end in /{ending}" in found["body.external_id"]["message"]


def test_a_version_is_read_as_it_was_with_its_own_tag(api: Api) -> None:
    nouns(api)
    for path in (said(api, confidence="B2"), done(api, summary="Talks")):
        reads = [api.send("GET", path)]
        for patch in ({"title": "Two"}, {"confidence": 10}, {"summary": "Three", "date": "2025"}):
            assert api.patch(path, patch).status_code == 200
            reads.append(api.send("GET", path))
        for number, read in enumerate(reads, 1):
            again = nobody(api, "GET", f"{path}?version={number}")
            assert (again.content, again.headers["etag"]) == (read.content, read.headers["etag"])
        known = {"If-None-Match": reads[1].headers["etag"]}
        assert nobody(api, "GET", f"{path}?version=2", headers=known).status_code == 304
        expect.problem(api.patch(path, {"title": "Late"}, reads[1].headers["etag"]), "stale")
        missing = expect.problem(api.send("GET", f"{path}?version=9"), "not-found")
        assert "versions 1 and 4" in missing["detail"]
        for wrong in ("0", "x", "-1", "1.0", ""):
            assert set(expect.faults(api.send("GET", f"{path}?version={wrong}"))) == {"query.version"}
        large = expect.faults(api.send("GET", f"{path}?version=2147483648"))["query.version"]
        assert large["message"] == "version is more than 1,000,000,000: 2147483648"
        expect.problem(api.send("GET", f"{path}?version=1000000000"), "not-found")
        assert api.drop(path).status_code == 204
        assert nobody(api, "GET", f"{path}?version=4").json() == reads[3].json()
        gone = nobody(api, "GET", f"{path}?version=5")
        expect.problem(gone, "deleted")
        assert gone.headers["etag"] == api.tag(path)
        assert restore(api, path, 4).status_code == 200
        expect.problem(api.send("GET", f"{path}?version=5"), "deleted")
        assert api.get(f"{path}?version=6") == api.get(path)


def test_a_history_begins_for_others_with_the_first_public_version(api: Api, settings: Settings) -> None:
    nouns(api)
    author = holder(api, settings, "contributor")
    other = holder(api, settings, "contributor", "another")
    path = said(author, status="draft", title="SECRET one", tags=["SECRET"], change_note="SECRET why")
    author.patch(path, {"title": "SECRET two", "change_note": "SECRET more"})
    for asker in (other, anyone(api)):
        for asked in (f"{path}/history", f"{path}?version=1", f"{path}?version=9", path):
            expect.problem(asker.send("GET", asked), "not-found")
        unknown = path.replace(uid(path)[:8], "00000000")
        seen, never = (asker.send("GET", f"{one}/history").json()["detail"] for one in (path, unknown))
        assert seen.replace(uid(path), "") == never.replace(uid(unknown), "")
    api.patch(path, {"title": "Public", "tags": [], "status": "published", "change_note": "Out"})
    api.patch(path, {"title": "Public still"})
    assert told(author, path, "action") == told(api, path, "action") == ["created", "changed", "changed", "changed"]
    items = open_history(api, path)
    assert [(one["version"], one["action"], one["changed"]) for one in items] == [
        (3, "created", []),
        (4, "changed", ["title"]),
    ]
    assert (items[0]["patch"], items[0]["change_note"], items[0]["recorded_by"]) == ([], "Out", "desk")
    for number in (1, 2, 9):
        missing = expect.problem(nobody(api, "GET", f"{path}?version={number}"), "not-found")
        assert missing["detail"].endswith("versions 3 and 4.")
    assert "SECRET" not in nobody(api, "GET", f"{path}/history").text + nobody(api, "GET", f"{path}?version=3").text
    assert author.get(f"{path}?version=2")["title"] == "SECRET two"
    cursor = api.get(f"{path}/history?limit=2")["next"]
    past = nobody(api, "GET", f"{path}/history", params={"cursor": cursor})
    expect.problem(past, "not-found")


def test_a_version_that_went_back_to_draft_is_told_as_withdrawn_and_nothing_else(api: Api, settings: Settings) -> None:
    nouns(api)
    path = said(api, title="Public")
    secretary = holder(api, settings, "editor", "SECRETARY")
    secretary.patch(path, {"status": "draft", "title": "SECRET", "change_note": "SECRET why"})
    secretary.patch(path, {"title": "SECRET again"})
    expect.problem(nobody(api, "GET", path), "not-found")
    assert nobody(api, "GET", f"{path}?version=1").json()["title"] == "Public"
    expect.problem(nobody(api, "GET", f"{path}?version=2"), "not-found")
    created, left = open_history(api, path)
    assert (left["version"], left["action"], left["changed"], left["patch"]) == (2, "withdrawn", [], [])
    assert (left["recorded_by"], left["change_note"]) == (None, None)
    assert told(api, path, "action", "recorded_by")[1:] == [("changed", "SECRETARY"), ("changed", "SECRETARY")]
    api.patch(path, {"status": "published", "title": "Public once more"})
    again = open_history(api, path)
    assert again[:2] == [created, left]
    assert (again[2]["version"], again[2]["action"], again[2]["changed"]) == (4, "restored", ["title"])
    assert again[2]["patch"] == [{"op": "replace", "path": "/title", "value": "Public once more"}]
    assert "SECRET" not in nobody(api, "GET", f"{path}/history").text
    for limit in (1, 2, 3):
        assert list(anyone(api).walk(f"{path}/history", limit)) == again[::-1]


def test_a_draft_that_is_deleted_or_comes_back_is_told_to_no_one_else(api: Api) -> None:
    nouns(api)
    path = said(api, title="Public")
    api.patch(path, {"status": "draft"})
    assert api.drop(path).status_code == 204
    before = open_history(api, path)
    assert [(one["version"], one["action"]) for one in before] == [(1, "created"), (2, "withdrawn")]
    expect.problem(nobody(api, "GET", f"{path}?version=3"), "not-found")
    assert restore(api, path, 2).status_code == 200
    assert open_history(api, path) == before
    assert told(api, path, "action") == ["created", "changed", "deleted", "restored"]
    assert restore(api, path, 1).status_code == 200
    assert [(one["version"], one["action"]) for one in open_history(api, path)[2:]] == [(5, "restored")]
    # What was public when it was deleted, and comes back as a draft, has not come back for them.
    assert api.drop(path).status_code == 204
    assert restore(api, path, 2).status_code == 200
    assert [(one["version"], one["action"]) for one in open_history(api, path)[3:]] == [(6, "deleted")]
    assert restore(api, path, 1).status_code == 200
    assert [(one["version"], one["action"]) for one in open_history(api, path)[4:]] == [(8, "restored")]


def test_of_a_reaction_is_told_what_stood_while_neither_end_was_a_draft(api: Api, settings: Settings) -> None:
    nouns(api)
    author = holder(api, settings, "contributor")
    first, draft = said(api), said(author, status="draft")
    secretary = holder(api, settings, "editor", "SECRETARY")
    path = f"/v1/reactions/{link(secretary, draft, first, note='SECRET', change_note='SECRET why')['id']}"
    secretary.patch(path, {"note": "Public", "change_note": "SECRET more"})
    expect.problem(nobody(api, "GET", f"{path}/history"), "not-found")
    assert told(author, path, "action") == told(api, path, "action") == ["linked", "changed"]
    api.patch(draft, {"status": "published"})
    (only,) = open_history(api, path)
    assert (only["version"], only["action"], only["patch"]) == (2, "linked", [])
    assert (only["recorded_by"], only["change_note"]) == (None, None)
    api.patch(path, {"note": "Public too", "change_note": "Why"})
    assert [(one["version"], one["action"], one["changed"], one["change_note"]) for one in open_history(api, path)] == [
        (2, "linked", [], None), (3, "changed", ["note"], "Why"),
    ]  # fmt: skip
    api.patch(draft, {"status": "draft"})
    expect.problem(nobody(api, "GET", f"{path}/history"), "not-found")
    secretary.patch(path, {"note": "SECRET still"})
    secretary.patch(path, {"note": "Public at last"})
    api.patch(draft, {"status": "published"})
    assert [(one["version"], one["changed"]) for one in open_history(api, path)] == [
        (2, []),
        (3, ["note"]),
        (5, ["note"]),
    ]
    assert "SECRET" not in nobody(api, "GET", f"{path}/history").text
    assert told(author, path, "version") == [1, 2, 3, 4, 5]


def test_a_reaction_deleted_while_an_end_was_a_draft_has_no_history_for_others(api: Api) -> None:
    nouns(api)
    first, draft = said(api), said(api, status="draft")
    path = f"/v1/reactions/{link(api, draft, first)['id']}"
    assert api.drop(path).status_code == 204
    api.patch(draft, {"status": "published"})
    expect.problem(nobody(api, "GET", f"{path}/history"), "not-found")
    assert told(api, path, "action") == ["linked", "unlinked"]
    link(api, draft, first)
    assert [(one["version"], one["action"]) for one in open_history(api, path)] == [(3, "linked")]


def test_a_version_of_any_noun_can_be_read_by_its_number_also_when_it_is_gone(api: Api) -> None:
    nouns(api)
    post(api, "/v1/actors", {"slug": "state", "kind": "government", "name": "State"})
    post(api, "/v1/sources", {"slug": "wire", "name": "Wire"})
    post(api, "/v1/topics", {"slug": "aid", "name": "Aid", "proposition": "The West should send aid."})
    stays = "/v1/actors/vladimir-putin/affiliations"
    stay = post(api, stays, {"group": "kremlin", "dates": "2012/.."})["id"]
    reaction = link(api, said(api), said(api))["id"]
    for path, member in (
        ("/v1/actors/state", "name"), ("/v1/sources/wire", "name"), ("/v1/topics/aid", "name"),
        (f"{stays}/{stay}", "note"), (f"/v1/reactions/{reaction}", "note"),
    ):  # fmt: skip
        first = api.send("GET", path)
        assert api.patch(path, {member: "Another"}).status_code == 200
        second = api.send("GET", path)
        assert api.drop(path).status_code == 204
        for number, read in enumerate((first, second), 1):
            again = nobody(api, "GET", f"{path}?version={number}")
            assert (again.content, again.headers["etag"]) == (read.content, read.headers["etag"]), path
        expect.problem(nobody(api, "GET", f"{path}?version=3"), "deleted")
        expect.problem(nobody(api, "GET", path), "deleted")
        missing = expect.problem(nobody(api, "GET", f"{path}?version=4"), "not-found")
        assert missing["detail"].endswith("are between versions 1 and 2.")


def test_a_version_of_a_reaction_is_read_by_those_whom_its_history_shows_it(api: Api) -> None:
    nouns(api)
    draft = said(api, status="draft")
    path = f"/v1/reactions/{link(api, draft, said(api), note='SECRET')['id']}"
    api.patch(path, {"note": "Public"})
    expect.problem(nobody(api, "GET", f"{path}?version=2"), "not-found")
    api.patch(draft, {"status": "published"})
    expect.problem(nobody(api, "GET", f"{path}?version=1"), "not-found")
    assert nobody(api, "GET", f"{path}?version=2").json()["note"] == "Public"
    assert api.get(f"{path}?version=1")["note"] == "SECRET"
