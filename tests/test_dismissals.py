"""Pairs that an editor dismissed, and merges that stand: versioned, told to whom they concern, taken back; on both databases."""

from typing import Any

import pytest

from api.settings import Settings
from tests import feed
from tests.desk import anyone, done, holder, nouns, said, uid
from tests.expect import Api, faults, problem
from tests.test_history import told
from tests.test_merges import merged, parted
from tests.test_moments import now
from tests.test_purges import MARK, everything_stored, everything_verifies, purge

Json = dict[str, Any]
PATH = "/v1/duplicates/dismissals"


@pytest.fixture
def desk(api: Api) -> Api:
    """A desk with its nouns."""
    nouns(api)
    return api


def dismiss(api: Api, *paths: str, **more: Any) -> str:
    """The path of a new dismissal."""
    return f"{PATH}/{api.make(PATH, {'records': [uid(path) for path in paths], **more})['id']}"


def test_a_dismissal_is_kept_by_versions(desk: Api, settings: Settings) -> None:
    one, other = said(desk), said(desk)
    start = now(desk)
    path = dismiss(desk, other, one, note="Two speeches", change_note="Looked at both")
    assert desk.get(path)["records"] == [uid(one), uid(other)]
    again = desk.send("POST", PATH, json={"records": [uid(one), uid(other)]})
    assert problem(again, "exists")["existing"] == path
    assert again.headers["location"] == path
    instant = now(desk)
    assert desk.drop(path).status_code == 204
    problem(desk.send("GET", path), "deleted")
    assert list(desk.walk(PATH)) == []
    assert dismiss(desk, one, other, note="Two speeches after all") == path
    assert told(desk, path, "action", "change_note") == [
        ("created", "Looked at both"), ("deleted", None), ("restored", None),
    ]  # fmt: skip
    assert desk.get(path, params={"version": 1})["note"] == "Two speeches"
    assert [item["note"] for item in desk.walk(PATH, as_of=instant)] == ["Two speeches"]
    assert list(desk.walk(PATH, as_of=start)) == []
    items = feed.changes(desk, kind="dismissal")
    assert [(item["action"], item["path"], item["id"]) for item in items] == [
        (action, path, uid(path)) for action in ("created", "deleted", "restored")
    ]
    assert items[2]["representation"] == desk.get(path)
    everything_verifies(settings)


def test_what_is_wrong_is_told_all_at_once(desk: Api) -> None:
    one = said(desk)
    found = faults(desk.send("POST", PATH, json={"records": [uid(one), "acled:9"], "note": ""}))
    assert set(found) == {"body.records.1", "body.note"}
    for records, where in (
        ([uid(one)], "records"),
        ([uid(one)] * 2, "records.1"),
        ([], "records"),
        ("x", "records"),
        ([1, 2], "records.0"),
    ):
        assert f"body.{where}" in faults(desk.send("POST", PATH, json={"records": records}))
    problem(desk.send("GET", f"{PATH}/x"), "not-found")


def test_the_list_can_be_asked_for_one_record(desk: Api) -> None:
    one, other, third, event = said(desk), said(desk, external_source="acled", external_id="1"), said(desk), done(desk)
    paths = [dismiss(desk, one, other), dismiss(desk, other, third), dismiss(desk, event, one)]
    for named, places in ((uid(one), [0, 2]), ("acled:1", [0, 1]), (uid(event), [2])):
        assert [item["id"] for item in desk.walk(PATH, 1, record=named)] == [uid(paths[place]) for place in places]
    # It is said of both whatever becomes of them, in the list as in the feed.
    assert desk.drop(third).status_code == 204
    assert [item["id"] for item in desk.walk(PATH)] == [uid(path) for path in paths]
    assert [item["action"] for item in feed.changes(desk, kind="dismissal")] == ["created"] * 3
    assert desk.get(paths[1])["records"] == sorted([uid(other), uid(third)])
    assert "There is no record" in faults(desk.send("GET", f"{PATH}?record=x"))["query.record"]["message"]


def test_of_another_drafts_nothing_is_told(desk: Api, settings: Settings) -> None:
    author = holder(desk, settings, "contributor")
    public, draft = said(desk), said(author, status="draft")
    path = dismiss(desk, public, draft, note="Two")
    for asking, number in ((desk, 1), (author, 1), (anyone(desk), 0)):
        assert len(list(asking.walk(PATH))) == number
        assert len(feed.changes(asking, kind="dismissal")) == number
        assert asking.send("GET", path).status_code == (200 if number else 404)
    assert desk.patch(draft, {"status": "published"}).status_code == 200
    everyone = anyone(desk)
    assert [item["action"] for item in feed.changes(everyone, kind="dismissal")] == ["created"]
    assert told(everyone, path, "action", "recorded_by") == [("created", None)]
    assert desk.patch(draft, {"status": "draft"}).status_code == 200
    assert [item["action"] for item in feed.changes(everyone, kind="dismissal")] == ["created", "withdrawn"]
    problem(everyone.send("GET", path), "not-found")


def test_it_goes_with_a_record_that_is_purged_and_can_be_purged_itself(desk: Api, settings: Settings) -> None:
    admin = holder(desk, settings, "admin")
    one, other, third = said(desk), said(desk), said(desk)
    first, second = dismiss(desk, one, other, note=MARK), dismiss(desk, other, third, note=MARK)
    assert admin.drop(second).status_code == 204
    assert purge(admin, second).json()["path"] == second
    problem(admin.send("GET", second), "purged")
    admin.drop(one)
    assert purge(admin, one).json()["dismissals"] == 1
    assert MARK not in everything_stored(settings)
    problem(admin.send("GET", first), "purged")
    assert [item["action"] for item in feed.changes(admin, kind="dismissal")][-1] == "purged"
    everything_verifies(settings)


def test_merges_that_stand_are_listed(desk: Api, settings: Settings) -> None:
    author = holder(desk, settings, "contributor")
    kept, other, third, draft = (
        said(desk),
        said(desk, external_source="acled", external_id="1"),
        said(desk),
        said(author, status="draft"),
    )
    start = now(desk)
    made = merged(desk, kept, other, change_note="One speech")
    merged(desk, third, draft)
    instant = now(desk)
    newest, oldest = desk.walk("/v1/duplicates/merges", 1)
    assert oldest == {
        "kind": "statement", "merged": made["merged"], "into": {"id": uid(kept), "path": kept, "version": 1},
        "merged_at": oldest["merged_at"], "merged_by": "desk", "change_note": f"Merged into {kept}: One speech",
    }  # fmt: skip
    assert newest["merged"]["path"] == draft
    for asking, number in ((author, 2), (anyone(desk), 1), (holder(desk, settings, "reader"), 1)):
        assert len(list(asking.walk("/v1/duplicates/merges"))) == number
    for named in (uid(kept), uid(other), "acled:1"):
        assert list(desk.walk("/v1/duplicates/merges", record=named)) == [oldest]
    assert (
        "There is no record"
        in faults(anyone(desk).send("GET", f"/v1/duplicates/merges?record={uid(draft)}"))["query.record"]["message"]
    )
    parted(desk, kept, other)
    assert list(desk.walk("/v1/duplicates/merges")) == [newest]
    assert list(desk.walk("/v1/duplicates/merges", as_of=instant)) == [newest, oldest]
    assert list(desk.walk("/v1/duplicates/merges", as_of=start)) == []
