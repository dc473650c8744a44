"""Imports taken back: what they made is gone, what they changed stands as before, and the same file can come in again."""

from tests import expect
from tests.expect import Api
from tests.factories import statement, world
from tests.test_imports import counts, demo_lines, ndjson, row, send


def test_an_import_is_taken_back_and_can_come_in_again(api: Api) -> None:
    lines = demo_lines()
    before = api.get("/v1/actors")["items"]
    report = send(api, ndjson(*lines))
    undone = api.send("POST", f"{report['path']}/undo").json()
    assert undone["state"] == "undone"
    assert (undone["kept"], undone["deleted"], undone["restored"]) == ([], len(lines), 0)
    assert api.get("/v1/timeline")["items"] == []
    assert api.get("/v1/actors")["items"] == before
    expect.problem(api.send("POST", f"{report['path']}/undo"), "stale")
    again = send(api, ndjson(*lines))
    assert again["rejected"] == 0, again["rejects"][:2]
    assert len(list(api.walk("/v1/timeline", limit=500))) == sum(
        line["noun"] in ("statement", "event") for line in lines
    )


def test_a_change_that_was_taken_back_is_made_again_by_the_same_file(api: Api) -> None:
    world(api)
    send(api, ndjson(row()))
    changed = ndjson(row(summary="New"), row(external_id="2"))
    first = send(api, changed)
    assert counts(first) == {"created": 1, "changed": 1}
    assert api.send("POST", f"{first['path']}/undo").status_code == 200
    assert api.get("/v1/statements/acme:1")["summary"] is None
    assert counts(send(api, ndjson(row(summary="Other")), dry_run="true", expected=200)) == {"changed": 1}
    assert counts(send(api, changed)) == {"changed": 2}
    assert api.get("/v1/statements/acme:1")["summary"] == "New"
    assert counts(send(api, changed)) == {"unchanged": 2}
    assert api.patch("/v1/statements/acme:1", {"summary": "By hand"}).status_code == 200
    assert counts(send(api, ndjson(row(summary="Other")))) == {"rejected": 1}


def test_taking_back_leaves_what_was_touched_since(api: Api) -> None:
    world(api)
    send(api, ndjson(row(title="One"), row(external_id="2", title="Two")))
    report = send(
        api, ndjson(row(title="Uno"), row(external_id="2", title="Due"), row(external_id="3"), row(external_id="4"))
    )
    assert api.patch("/v1/statements/acme:2", {"title": "By hand"}).status_code == 200
    three, four = (api.get(f"/v1/statements/acme:{number}")["id"] for number in (3, 4))
    api.make("/v1/reactions", {"from": three, "to": api.get("/v1/statements/acme:1")["id"], "type": "responds_to"})
    undone = api.send("POST", f"{report['path']}/undo").json()
    assert (undone["restored"], undone["deleted"], undone["kept_count"]) == (1, 1, 2)
    assert api.get("/v1/statements/acme:1")["title"] == "One"
    assert api.get("/v1/statements/acme:2")["title"] == "By hand"
    assert api.send("GET", f"/v1/statements/{four}").status_code == 410
    assert {one["path"].rpartition("/")[2]: one["why"][:20] for one in undone["kept"]} == {
        api.get("/v1/statements/acme:2")["id"]: "It was edited since:",
        three: "It is named by a rea",
    }


def test_taking_back_leaves_what_another_record_was_merged_into(api: Api) -> None:
    world(api)
    report = send(api, ndjson(row(title="One"), row(external_id="2", title="Two")))
    kept, gone = (api.get(f"/v1/statements/acme:{number}") for number in (1, 2))
    by_hand = api.make("/v1/statements", statement(title="By hand"))
    for one in (by_hand, gone):
        answer = api.send(
            "POST", f"/v1/statements/{kept['id']}/merge", json={"with": one["id"], "with_version": 1},
            headers={"If-Match": api.tag(f"/v1/statements/{kept['id']}")},
        )  # fmt: skip
        assert answer.status_code in (200, 201), answer.text
    undone = api.send("POST", f"{report['path']}/undo").json()
    assert undone["deleted"] == 0
    why = {one["path"].rpartition("/")[2]: one["why"] for one in undone["kept"]}
    assert set(why) == {kept["id"], gone["id"]}
    assert "was merged into another record" in why[gone["id"]]
    assert api.get(f"/v1/statements/{kept['id']}")["title"] == "One"
