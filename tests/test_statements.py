"""Statements: made, read, amended, deleted."""

from tests import expect
from tests.expect import Api
from tests.factories import statement, world


def test_the_minimal_statement_of_the_contract_works(api: Api) -> None:
    world(api)
    made = api.make("/v1/statements", statement())
    assert made["actor"] == {"slug": "vladimir-putin", "name": "Vladimir Putin"}
    assert made["confidence"] == 85
    assert made["recorded_by"] == "desk"


def test_a_patch_needs_the_tag_that_was_read(api: Api) -> None:
    world(api)
    path = f"/v1/statements/{api.make('/v1/statements', statement())['id']}"
    tag = api.tag(path)
    expect.problem(api.send("PATCH", path, json={"title": "New"}), "precondition-required")
    expect.problem(api.send("PATCH", path, json={"title": "New"}, headers={"If-Match": "*"}), "precondition-required")
    changed = api.patch(path, {"title": "New"}, tag)
    assert changed.status_code == 200, changed.text
    assert changed.json()["version"] == 2
    body = expect.problem(api.patch(path, {"title": "Newer"}, tag), "stale")
    assert body["current"]["title"] == "New"


def test_a_deleted_statement_is_gone_with_its_tag(api: Api) -> None:
    world(api)
    path = f"/v1/statements/{api.make('/v1/statements', statement())['id']}"
    assert api.drop(path).status_code == 204
    gone = api.send("GET", path)
    expect.problem(gone, "deleted")
    assert gone.headers["etag"].startswith('"2-')
