"""When what began as a draft was recorded: when it was published, by every clock that tells it to those who see no drafts."""

import re
from typing import Any

import pytest

from api.commands import migrate
from api.settings import Settings
from tests.coders import coded, recoded, said_of
from tests.desk import anyone, holder, link, nouns, post, said, store, uid
from tests.expect import Api, problem
from tests.feed import changes, follow
from tests.test_purges import REASON, purge

TIMES = ("recorded_at", "changed_at")


@pytest.fixture
def author(api: Api, settings: Settings) -> Api:
    """A contributor, at a desk with its nouns."""
    nouns(api)
    return holder(api, settings, "contributor")


def publish(api: Api, path: str, **more: Any) -> str:
    """Publish a draft; answers when that was."""
    answer = api.patch(path, {"status": "published", **more})
    assert answer.status_code == 200
    changed_at: str = answer.json()["changed_at"]
    return changed_at


def history(reader: Api, path: str) -> list[tuple[int, str, str | None]]:
    """The versions that a reader is told: number, when and by whom."""
    items = reader.get(f"{path}/history")["items"]
    return [(one["version"], one["recorded_at"], one["recorded_by"]) for one in items]


def clocks(document: bytes) -> tuple[bytes, bytes]:
    """The same of a document as it is stored."""
    recorded, changed = re.findall(rb'(?<!\\)"(?:recorded|changed)_at":"([^"]+)"', document)
    return recorded, changed


def times(item: dict[str, Any]) -> tuple[str, str]:
    return item["recorded_at"], item["changed_at"]


def test_a_record_was_recorded_when_it_was_first_published(api: Api, author: Api) -> None:
    path = said(author, status="draft")
    begun = author.get(path)["recorded_at"]
    assert author.patch(path, {"title": "Another"}).json()["recorded_at"] == begun
    published = publish(api, path)
    assert published > begun
    for reader in (anyone(api), author, api):
        assert times(reader.get(path)) == (published, published)
        assert reader.get(f"{path}?as_of={published}")["recorded_at"] == published
    assert changes(anyone(api), kind="statement")[0]["recorded_at"] == published
    assert history(anyone(api), path) == [(3, published, "desk")]
    assert [times(api.get(f"{path}?version={number}"))[0] for number in (1, 2, 3)] == [begun, begun, published]
    # That stays so, whatever becomes of it.
    for change in ({"title": "Third"}, {"status": "draft"}, {"title": "Fourth"}, {"status": "published"}):
        assert api.patch(path, change).json()["recorded_at"] == published
    assert api.drop(path).status_code == 204
    restored = api.send("POST", f"{path}/restore", json={"version": 3}, headers={"If-Match": api.tag(path)})
    assert restored.json()["recorded_at"] == published


def test_a_draft_that_was_deleted_and_comes_back_published_was_recorded_then(api: Api, author: Api) -> None:
    path = said(author, status="draft")
    assert author.drop(path).status_code == 204
    back = api.send("POST", f"{path}/restore", json={"version": 1}, headers={"If-Match": api.tag(path)}).json()
    assert back["recorded_at"] < back["changed_at"]
    assert publish(api, path) == api.get(path)["recorded_at"]


def test_what_hangs_on_drafts_was_recorded_when_the_last_of_them_was_published(api: Api, author: Api) -> None:
    first, second = said(author, status="draft"), said(author, status="draft", date="2025-03-15")
    at_link = f"/v1/reactions/{link(api, second, first)['id']}"
    at_coding = f"{second}/codings/a"
    coded(author, second, "a", sanctions="supports")
    recoded(author, second, "a", said_of(sanctions="opposes"))
    assert api.patch(at_link, {"note": "Looked at"}).status_code == 200
    body = {"records": [uid(first), uid(second)]}
    at_dismissal = f"/v1/duplicates/dismissals/{post(api, '/v1/duplicates/dismissals', body)['id']}"
    begun = {path: times(api.get(path)) for path in (at_link, at_coding, at_dismissal)}
    start = follow(api)[1]
    on_second = publish(api, second)
    assert times(api.get(at_link)) == begun[at_link]
    published = publish(api, first)
    for path, told, version in ((at_link, published, 2), (at_coding, on_second, 2), (at_dismissal, published, 1)):
        assert begun[path][1] < on_second
        assert times(anyone(api).get(path)) == (told, told)
        for insider in (author, api):
            assert times(insider.get(path)) == begun[path]
        (item,) = [one for one in changes(anyone(api), start) if one["path"] == path]
        assert (item["recorded_at"], times(item["representation"])) == (told, (told, told))
        assert anyone(api).get(f"{path}/history")["items"][0]["recorded_at"] == told
        assert history(anyone(api), path) == [(version, told, None)]
        assert history(api, path)[0][1] == begun[path][1]
        earlier = anyone(api).send("GET", f"{path}?as_of={begun[path][1]}")
        assert earlier.status_code == 404, earlier.text
        assert times(api.get(f"{path}?as_of={begun[path][1]}")) == begun[path]


def test_a_link_that_was_read_without_a_key_can_be_sent_back_with_one(api: Api, author: Api) -> None:
    path, other = said(author, status="draft"), said(api, date="2025-03-15")
    at = f"/v1/reactions/{link(api, other, path)['id']}"
    publish(api, path)
    read = anyone(api).get(at)
    assert read["recorded_at"] != api.get(at)["recorded_at"]
    assert api.patch(at, {**read, "note": "Edited"}).json()["note"] == "Edited"
    faults = problem(api.patch(at, {**anyone(api).get(at), "recorded_at": "2025-01-01T00:00:00Z"}), "invalid")["errors"]
    assert [one["where"] for one in faults] == ["body.recorded_at"]


def test_what_was_written_while_a_record_was_a_draft_again_is_told_as_written_when_it_was_back(
    api: Api, author: Api
) -> None:
    path, other = said(author, status="draft"), said(api, date="2025-03-15")
    published = publish(api, path)
    at = f"/v1/reactions/{link(api, other, path)['id']}"
    linked = api.get(at)["recorded_at"]
    hidden = api.patch(path, {"status": "draft"}).json()["changed_at"]
    late = f"/v1/reactions/{link(api, other, path, 'rejects')['id']}"
    for _ in range(2):
        assert api.drop(at).status_code == 204
        link(api, other, path)
    assert api.patch(at, {"note": "Hidden"}).status_code == 200
    back = publish(api, path)
    assert published < linked < hidden < back
    assert times(anyone(api).get(at)) == (linked, back)
    assert times(anyone(api).get(late)) == (back, back)
    assert api.get(at)["changed_at"] < back
    # It was gone from when the record was; what else was done to it out of sight is not told.
    assert history(anyone(api), at) == [(6, back, None), (2, hidden, None), (1, linked, "desk")]
    assert [one["action"] for one in anyone(api).get(f"{at}/history")["items"]] == ["linked", "unlinked", "linked"]
    assert api.drop(at).status_code == 204
    assert [one[::2] for one in history(anyone(api), at)] == [(7, "desk"), (6, None), (2, None), (1, "desk")]


def test_what_was_taken_back_while_its_record_was_a_draft_again_was_gone_since_that_was(api: Api, author: Api) -> None:
    path, other = said(author, status="draft"), said(api, date="2025-03-15")
    publish(api, path)
    body = {"records": [uid(path), uid(other)]}
    paths = [
        f"/v1/reactions/{link(api, other, path)['id']}", f"{path}/codings/a",
        f"/v1/duplicates/dismissals/{post(api, '/v1/duplicates/dismissals', body)['id']}",
    ]  # fmt: skip
    coded(api, path, "a", sanctions="supports")
    hidden = api.patch(path, {"status": "draft"}).json()["changed_at"]
    for one in paths:
        assert api.drop(one).status_code == 204
    publish(api, path)
    for one in paths:
        assert history(anyone(api), one)[0] == (2, hidden, None)
        problem(anyone(api).send("GET", one), "deleted")
        assert hidden in {item["recorded_at"] for item in changes(anyone(api)) if item["path"] == one}


def test_of_a_draft_that_was_erased_those_who_saw_none_are_told_nothing(
    api: Api, author: Api, settings: Settings
) -> None:
    path = said(author, status="draft")
    publish(api, path)
    assert api.patch(path, {"status": "draft", "title": "Secret"}).status_code == 200
    publish(api, path)
    before = anyone(api).get(f"{path}/history")
    assert purge(holder(api, settings, "admin"), path, versions=[3]).status_code == 200
    assert anyone(api).get(f"{path}/history") == before
    problem(anyone(api).send("GET", f"{path}?version=3"), "not-found")
    assert api.get(f"{path}/history")["items"][1]["purged"]["reason"] == REASON
    problem(api.send("GET", f"{path}?version=3"), "purged")


def test_a_link_that_was_erased_is_named_by_the_time_that_the_feed_had_told(
    api: Api, author: Api, settings: Settings
) -> None:
    admin = holder(api, settings, "admin")
    path, other = said(author, status="draft"), said(api, date="2025-03-15")
    at = f"/v1/reactions/{link(api, other, path)['id']}"
    published = publish(api, path)
    start = follow(anyone(api))[1]
    assert api.drop(at).status_code == 204
    assert purge(admin, at).status_code == 200
    unlinked, item = changes(anyone(api), start)
    assert item["erased"] == [
        {"version": 1, "recorded_at": published}, {"version": 2, "recorded_at": unlinked["recorded_at"]},
    ]  # fmt: skip


def test_databases_of_before_are_brought_up_and_back(api: Api, author: Api, settings: Settings) -> None:
    paths = [said(author, status="draft"), said(author, status="draft", title='"recorded_at":"2025"'), said(api)]
    publish(api, paths[0])
    publish(api, paths[1], summary="Published")
    assert api.patch(paths[1], {"status": "draft"}).status_code == 200
    said(author, status="draft")
    documents = "SELECT v.seq, v.document FROM record_version v ORDER BY v.seq"
    with store(settings) as writing:
        stands = writing.rows(documents)
    migrate.migrate(settings.database_url, "0013")
    with store(settings) as writing:
        before = {seq: clocks(document) for seq, document in writing.rows(documents)}
    assert {recorded for recorded, _ in before.values()} == {
        begun for begun, changed in before.values() if begun == changed
    }
    migrate.migrate(settings.database_url)
    with store(settings) as writing:
        assert writing.rows(documents) == stands
    assert sum(clocks(document) != before[seq] for seq, document in stands) == 3
