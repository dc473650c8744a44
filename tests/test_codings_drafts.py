"""Codings of drafts are as hidden as the drafts; and only a purge takes a coding away for good."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from api.settings import Settings
from schemas.vocabularies import Stance
from tests import expect
from tests.coders import coded, put, recoded, said_of
from tests.desk import anyone, holder, post, restore, said, uid
from tests.expect import Api
from tests.factories import world
from tests.feed import changes, follow, told
from tests.test_purges import everything_stored, everything_verifies

MARK = "ein-geheimes-wort"


@pytest.fixture
def desk(api: Api) -> Api:
    """An editor in a little world."""
    world(api)
    return api


@pytest.fixture
def author(desk: Api, settings: Settings) -> Api:
    """A contributor."""
    return holder(desk, settings, "contributor")


def test_a_contributor_codes_drafts_of_its_own_and_nothing_else(desk: Api, author: Api, settings: Settings) -> None:
    another = holder(desk, settings, "contributor", "another")
    draft, published = said(author, status="draft"), said(desk)
    coded(author, draft, "a", sanctions="supports")
    recoded(author, draft, "a", said_of(sanctions="opposes"))
    coded(desk, draft, "b", sanctions="supports")
    coded(desk, published, "a", sanctions="supports")
    tag = desk.tag(f"{draft}/codings/a")
    for reader in (anyone(desk), another, holder(desk, settings, "reader")):
        for below in ("", "/a", "/a/history", "/a?version=1", "/b"):
            answer = reader.send("GET", f"{draft}/codings{below}")
            assert expect.problem(answer, "not-found")["detail"] == f"There is no statement {uid(draft)!r}."
    expect.problem(put(another, draft, "c", said_of(sanctions="supports")), "not-found")
    expect.problem(another.send("DELETE", f"{draft}/codings/a", headers={"If-Match": tag}), "not-found")
    for coder in "ac":
        expect.problem(put(author, published, coder, {}), "forbidden")
    expect.problem(author.send("DELETE", f"{published}/codings/a", headers={"If-Match": '"1-0"'}), "forbidden")
    assert [one["coder"] for one in author.get(f"{draft}/codings")["codings"]] == ["a", "b"]
    assert author.drop(f"{draft}/codings/b").status_code == 204


def test_what_was_coded_in_a_draft_tells_nothing_of_it_but_what_stood_when_it_was_published(
    desk: Api, author: Api
) -> None:
    start = follow(desk)[1]
    path = said(author, status="draft")
    place = f"{path}/codings/a"
    assert put(author, path, "a", {**said_of(sanctions="unclear"), "change_note": MARK}).status_code == 201
    coded(author, path, "gone", sanctions="supports")
    assert author.drop(f"{path}/codings/gone").status_code == 204
    recoded(author, path, "a", {**said_of(sanctions="supports"), "change_note": MARK})
    assert changes(anyone(desk), start) == []
    assert desk.patch(path, {"status": "published", "change_note": "Publish"}).status_code == 200
    coding = anyone(desk).get(place)
    recoded(desk, path, "a", {**said_of(sanctions="opposes"), "change_note": "Heard again"})
    assert desk.patch(path, {"status": "draft", "change_note": MARK}).status_code == 200
    recoded(desk, path, "a", {**said_of(sanctions="neutral"), "change_note": MARK})
    expect.problem(anyone(desk).send("GET", place), "not-found")
    assert desk.patch(path, {"status": "published"}).status_code == 200
    assert desk.drop(place).status_code == 204
    items = changes(anyone(desk), start)
    assert told(items) == [
        ("created", "statement", uid(path), 2), ("created", "coding", coding["id"], 2), ("changed", "coding", coding["id"], 3),
        ("withdrawn", "statement", uid(path), 3), ("withdrawn", "coding", coding["id"], 3), ("restored", "statement", uid(path), 4),
        ("restored", "coding", coding["id"], 4), ("deleted", "coding", coding["id"], 5),
    ]  # fmt: skip
    assert MARK not in repr(items)
    assert items[1]["representation"] == coding
    assert (items[1]["change_note"], items[1]["recorded_by"], items[1]["path"]) == ("Publish", "desk", place)
    assert (items[4]["representation"], items[4]["recorded_by"]) == (None, None)
    for limit in (1, 2, 3):
        assert changes(anyone(desk), start, limit=limit) == items
    assert changes(anyone(desk), kind="coding", topic="sanctions", limit=1) == [
        one for one in items if one["noun"] == "coding"
    ]
    seen = anyone(desk).get(f"{place}/history")["items"]
    assert [(one["version"], one["action"]) for one in seen] == [
        (5, "deleted"),
        (4, "changed"),
        (3, "changed"),
        (2, "created"),
    ]
    assert [one["recorded_by"] for one in seen] == ["desk", None, "desk", None]
    assert MARK not in repr(seen)
    expect.problem(anyone(desk).send("GET", f"{place}?version=1"), "not-found")
    assert len(author.get(f"{place}/history")["items"]) == len(desk.get(f"{place}/history")["items"]) == 5
    for below in ("gone", "gone/history", "gone?version=1", "gone?version=2"):
        answer = expect.problem(anyone(desk).send("GET", f"{path}/codings/{below}"), "not-found")
        assert answer["detail"] == "There is no coding by 'gone'."
    expect.problem(author.send("GET", f"{path}/codings/gone"), "deleted")


def test_links_and_codings_of_one_record_are_shown_one_by_one(desk: Api, author: Api) -> None:
    other = said(desk)
    path = said(author, status="draft", reacts_to=[uid(other)])
    for coder in "ab":
        coded(author, path, coder, sanctions="supports")
    start = follow(desk)[1]
    assert desk.patch(path, {"status": "published"}).status_code == 200
    items = changes(anyone(desk), start)
    assert [(one["action"], one["noun"]) for one in items] == [
        ("created", "statement"), ("linked", "reaction"), ("created", "coding"), ("created", "coding"),
    ]  # fmt: skip
    for limit in (1, 2, 3):
        assert changes(anyone(desk), start, limit=limit) == items
        assert changes(anyone(desk), limit=limit, kind=["reaction", "coding"]) == items[1:]


def visible(reader: Api, paths: list[str]) -> dict[str, Any]:
    """Every coding that a reader may see, by id."""
    answers = [reader.send("GET", f"{path}/codings") for path in paths]
    return {one["id"]: one for answer in answers if answer.status_code == 200 for one in answer.json()["codings"]}


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["publish", "hide", "code", "code", "uncode", "delete", "restore", "follow"]),
        st.integers(0, 1),
        st.sampled_from(["a", "b"]),
        st.sampled_from(list(Stance)),
    ),
    max_size=25,
)


@tuned(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, limit=st.sampled_from([1, 2, 50]))
def test_a_copy_of_codings_kept_by_the_feed_is_what_each_reader_may_see(
    desk: Api, author: Api, steps: list[tuple[str, int, str, str]], limit: int
) -> None:
    readers = [desk, author, anyone(desk)]
    held: list[dict[str, Any]] = [{} for _ in readers]
    places: list[str | None] = [follow(reader, kind="coding")[1] for reader in readers]

    def catch_up() -> None:
        for number, reader in enumerate(readers):
            items, places[number] = follow(reader, places[number], limit=limit, kind="coding")
            for item in items:
                known = held[number].pop(item["id"], None)
                if item["action"] == "created" or item["action"] == "changed":
                    assert (known is None) == (item["action"] == "created"), item
                if item["representation"] is not None:
                    held[number][item["id"]] = item["representation"]
                else:
                    assert known is not None, item

    paths = [said(desk), said(author, status="draft")]
    coded(desk, paths[0], "a", sanctions="supports")
    coded(author, paths[1], "a", sanctions="supports")
    for what, which, coder, stance in steps:
        path = paths[which]
        stands = desk.send("GET", path).status_code == 200
        place = f"{path}/codings/{coder}"
        is_coded = desk.send("GET", place).status_code == 200
        if what in ("publish", "hide") and stands:
            assert desk.patch(path, {"status": "published" if what == "publish" else "draft"}).status_code == 200
        elif what == "code" and stands:
            assert (
                put(desk, path, coder, said_of(sanctions=stance), desk.tag(place) if is_coded else None).status_code
                < 300
            )
        elif what == "uncode" and is_coded:
            assert desk.drop(place).status_code == 204
        elif what == "delete" and stands:
            assert desk.drop(path).status_code == 204
        elif what == "restore" and not stands:
            assert restore(desk, path, 1).status_code == 200
        elif what == "follow":
            catch_up()
    catch_up()
    for reader, copy in zip(readers, held, strict=True):
        assert copy == visible(reader, paths)


def purge(admin: Api, path: str, **more: Any) -> dict[str, Any]:
    """Erase what stands at a path, with the ETag that stands there."""
    body = {"path": path, "reason": "A request", **more}
    answer = admin.send("POST", "/v1/purges", json=body, headers={"If-Match": admin.tag(path)})
    assert answer.status_code == 200, answer.text
    erased: dict[str, Any] = answer.json()
    return erased


def marked(coder: str = "a") -> dict[str, Any]:
    """A coding that says in every place what has to go."""
    position = {"topic": "sanctions", "stance": "unclear", "rationale": f"{MARK} of {coder}"}
    return {"topics": [position], "change_note": f"{MARK} by {coder}"}


def test_codings_are_erased_with_their_statement(desk: Api, settings: Settings) -> None:
    admin = holder(desk, settings, "admin")
    path = said(desk)
    for coder in (f"{MARK}-himself", "b"):
        assert put(desk, path, coder, marked()).status_code == 201
    coding = desk.get(f"{path}/codings/b")
    recoded(desk, path, "b", said_of(sanctions="opposes"))
    taken = [
        post(desk, "/v1/snapshots", {"query": query})["path"]
        for query in (f"{path}/codings", "/v1/codings/agreement", "/v1/topics")
    ]
    assert desk.drop(path).status_code == 204
    assert MARK in everything_stored(settings)
    erased = purge(admin, path)
    assert (erased["codings"], erased["reactions"], erased["snapshots"]) == (2, 0, 2)
    assert MARK not in everything_stored(settings)
    assert (
        not settings.database_url.startswith("sqlite")
        or MARK.encode() not in Path(settings.database_url[10:]).read_bytes()
    )
    for snapshot, status in zip(taken, (410, 410, 200), strict=True):
        assert desk.send("GET", snapshot).status_code == status
    expect.problem(desk.send("GET", f"{path}/codings"), "purged")
    expect.problem(desk.send("GET", f"{path}/codings/b"), "not-found")
    for reader in (admin, anyone(desk)):
        items = changes(reader, kind="coding")
        assert [one["action"] for one in items if one["id"] == coding["id"]] == [
            "created",
            "changed",
            "deleted",
            "purged",
        ]
        assert all(one["representation"] is None for one in items)
        assert MARK not in repr(items)
        (purged,) = [one for one in items if one["id"] == coding["id"] and one["action"] == "purged"]
        assert [one["version"] for one in purged["erased"]] == [1, 2, 3]
        expect.problem(reader.send("GET", purged["path"]), "purged")
        assert [one["action"] for one in reader.get(f"{purged['path']}/history")["items"]] == [
            "deleted",
            "changed",
            "created",
        ]
    assert everything_verifies(settings) == 2 + 2 + 3


def test_a_coding_or_old_versions_of_it_are_erased_by_themselves(desk: Api, settings: Settings) -> None:
    admin = holder(desk, settings, "admin")
    path = said(desk, external_source="acled", external_id="UKR/1")
    place = f"{path}/codings/a"
    assert put(desk, path, "a", marked()).status_code == 201
    recoded(desk, path, "a", said_of(sanctions="opposes"))
    taken = post(desk, "/v1/snapshots", {"query": place})["path"]
    statement = post(desk, "/v1/snapshots", {"query": path})["path"]
    assert purge(admin, place, versions=[1])["versions"] == [1]
    assert MARK not in everything_stored(settings)
    assert desk.get(place)["version"] == 2
    expect.problem(desk.send("GET", f"{place}?version=1"), "purged")
    expect.problem(desk.send("GET", taken), "purged")
    assert desk.drop(place).status_code == 204
    assert purge(admin, "/v1/statements/acled:UKR/1/codings/a")["path"].startswith(f"{path}/codings/purged~")
    expect.problem(desk.send("GET", place), "not-found")
    coded(desk, path, "a", sanctions="supports")
    assert desk.send("GET", statement).status_code == 200
    for missing in (f"{path}/codings/b", "/v1/statements/x/codings/a"):
        body = {"path": missing, "reason": "A request"}
        expect.problem(admin.send("POST", "/v1/purges", json=body, headers={"If-Match": '"1-0"'}), "not-found")
    everything_verifies(settings)
