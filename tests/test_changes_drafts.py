"""What a draft shows in the change feed: everything to those who may see it, and to others nothing that they did not see."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from api.settings import Settings
from tests.desk import done, holder, link, nouns, said, uid
from tests.expect import Api
from tests.feed import anyone, ask, brief, changes, follow, told


def amend(api: Api, path: str, **change: Any) -> None:
    assert api.patch(path, change).status_code == 200


def test_a_record_begins_for_others_with_its_first_public_version(api: Api, settings: Settings) -> None:
    nouns(api)
    author = holder(api, settings, "contributor")
    others = [anyone(api), holder(api, settings, "reader"), holder(api, settings, "contributor", "another")]
    start = follow(api)[1]
    path = said(author, status="draft", title="A secret", change_note="A secret")
    amend(author, path, title="A secret still", change_note="A secret")
    for other in others:
        assert changes(other, start) == []
    amend(api, path, title="Told", status="published", change_note="Publish")
    amend(api, path, summary="In a paragraph")
    for insider in (api, author):
        items = changes(insider, start)
        assert [one["action"] for one in items] == ["created", "changed", "changed", "changed"]
        assert [one["changed"] for one in items] == [[], ["title"], ["status", "title"], ["summary"]]
        assert [one["recorded_by"] for one in items] == ["the-contributor"] * 2 + ["desk"] * 2
    for other in others:
        response = ask(other, start)
        created, changed = response.json()["items"]
        assert "secret" not in response.text
        assert "the-contributor" not in response.text
        assert told([created, changed]) == [
            ("created", "statement", uid(path), 3),
            ("changed", "statement", uid(path), 4),
        ]
        assert (created["changed"], created["patch"], created["change_note"]) == ([], [], "Publish")
        assert changed["changed"] == ["summary"]


def test_what_becomes_a_draft_again_is_withdrawn_and_tells_nothing_until_it_is_back(
    api: Api, settings: Settings
) -> None:
    nouns(api)
    path = said(api)
    start = follow(api)[1]
    secret = holder(api, settings, "editor", "secret-editor")
    amend(secret, path, status="draft", title="A secret", change_note="A secret")
    amend(secret, path, title="Another secret", change_note="A secret")
    (withdrawn,) = changes(anyone(api), start)
    amend(api, path, status="published", title="Told", change_note="Back")
    response = ask(anyone(api), start)
    assert "secret" not in response.text
    first, restored = response.json()["items"]
    assert first == withdrawn
    assert told([withdrawn, restored]) == [
        ("withdrawn", "statement", uid(path), 2),
        ("restored", "statement", uid(path), 4),
    ]
    assert [withdrawn[name] for name in ("recorded_by", "change_note", "representation", "changed", "patch")] == [
        None,
        None,
        None,
        [],
        [],
    ]
    assert (restored["recorded_by"], restored["change_note"], restored["changed"], restored["patch"]) == (
        "desk",
        "Back",
        [],
        [],
    )
    assert restored["representation"] == api.get(path)
    assert [one["action"] for one in changes(api, start)] == ["changed", "changed", "changed"]


def test_a_record_that_was_never_public_leaves_no_trace_when_it_is_deleted(api: Api, settings: Settings) -> None:
    nouns(api)
    author = holder(api, settings, "contributor")
    never, once = said(author, status="draft"), said(api)
    start = follow(api)[1]
    amend(api, once, status="draft")
    for path in (never, once):
        assert api.drop(path).status_code == 204
    assert [(one["action"], one["id"]) for one in changes(anyone(api))[-2:]] == [
        ("created", uid(once)), ("withdrawn", uid(once)),
    ]  # fmt: skip
    assert [(one["action"], one["id"]) for one in changes(api, start)] == [
        ("changed", uid(once)), ("deleted", uid(never)), ("deleted", uid(once)),
    ]  # fmt: skip
    assert told(changes(author, start)) == [
        ("withdrawn", "statement", uid(once), 2), ("deleted", "statement", uid(never), 2),
    ]  # fmt: skip


def test_a_draft_that_is_withdrawn_at_once_is_created_for_others(api: Api) -> None:
    nouns(api)
    path = said(api, status="draft")
    amend(api, path, status="withdrawn")
    assert brief(changes(api, kind="statement")) == [("created", "statement"), ("withdrawn", "statement")]
    (created,) = changes(anyone(api), kind="statement")
    assert (created["action"], created["representation"]["status"]) == ("created", "withdrawn")


def test_no_filter_finds_a_record_by_what_a_draft_of_it_said(api: Api) -> None:
    nouns(api)
    path = said(api, status="draft", actor="kremlin", topic="sanctions")
    amend(
        api,
        path,
        status="published",
        actor="vladimir-putin",
        topics=[{"topic": "truce-in-principle", "stance": "supports"}],
    )
    amend(api, path, status="draft", actor="kremlin", topics=[{"topic": "sanctions", "stance": "supports"}])
    amend(
        api,
        path,
        status="published",
        actor="vladimir-putin",
        topics=[{"topic": "truce-in-principle", "stance": "supports"}],
    )
    for question in ({"actor": "kremlin"}, {"topic": "sanctions"}):
        assert changes(anyone(api), kind="statement", **question) == []
        assert len(changes(api, kind="statement", **question)) == 4
    for question in ({"actor": "vladimir-putin"}, {"topic": "truce-in-principle"}):
        assert [one["action"] for one in changes(anyone(api), kind="statement", **question)] == [
            "created",
            "withdrawn",
            "restored",
        ]


def test_a_link_is_there_while_both_of_its_ends_are(api: Api, settings: Settings) -> None:
    nouns(api)
    author = holder(api, settings, "contributor")
    first, last = said(api), said(api, date="2025-03-15")
    start = follow(api)[1]
    path = said(author, status="draft", date="2025-03-14", reacts_to=[{"id": uid(first), "type": "denies"}])
    outer = link(api, last, path, topic="sanctions")["id"]
    inner = next(one["id"] for one in changes(api, kind="reaction") if one["id"] != outer)
    amend(api, f"/v1/reactions/{inner}", note="Looked at", change_note="A secret")
    assert changes(anyone(api), start) == []
    amend(api, path, status="published", change_note="Publish")
    amend(api, f"/v1/reactions/{outer}", note="Seen")
    amend(api, path, title="Still public, still linked")
    amend(api, path, status="draft", change_note="A secret")
    amend(api, f"/v1/reactions/{outer}", note="A secret")
    assert api.drop(f"/v1/reactions/{inner}").status_code == 204
    amend(api, path, status="published")
    assert api.drop(path).status_code == 204
    items = changes(anyone(api), start)
    assert told(items) == [
        ("created", "statement", uid(path), 2), ("linked", "reaction", inner, 2), ("linked", "reaction", outer, 1),
        ("changed", "reaction", outer, 2), ("changed", "statement", uid(path), 3), ("withdrawn", "statement", uid(path), 4),
        ("unlinked", "reaction", inner, 2), ("unlinked", "reaction", outer, 2), ("restored", "statement", uid(path), 5),
        ("linked", "reaction", outer, 3), ("deleted", "statement", uid(path), 6), ("unlinked", "reaction", outer, 4),
    ]  # fmt: skip
    assert [one["change_note"] for one in items[:8]] == ["Publish"] * 3 + [None] * 5
    assert [one["recorded_by"] for one in items] == ["desk"] * 5 + [None] * 3 + ["desk"] * 4
    assert [one["representation"] is None for one in items] == [False] * 5 + [True] * 3 + [False] * 2 + [True] * 2
    assert items[1]["representation"]["note"] == "Looked at"
    assert items[3]["patch"] == [{"op": "replace", "path": "/note", "value": "Seen"}]
    assert "A secret" not in repr(items[:9])
    for limit in (1, 2, 3):
        assert changes(anyone(api), start, limit=limit) == items
    links = [one for one in items if one["noun"] == "reaction"]
    assert changes(anyone(api), kind="reaction", limit=1) == links
    assert changes(anyone(api), topic="sanctions", kind="reaction", limit=2) == [
        one for one in links if one["id"] == outer
    ]
    assert brief(changes(author, start)).count(("linked", "reaction")) == 2


def test_a_link_between_two_drafts_is_there_from_the_second_one_on(api: Api, settings: Settings) -> None:
    nouns(api)
    author = holder(api, settings, "contributor")
    first = said(author, status="draft")
    second = done(author, status="draft", reacts_to=[uid(first)])
    amend(api, second, status="published")
    assert brief(changes(anyone(api)))[-1:] == [("created", "event")]
    amend(api, first, status="published")
    assert brief(changes(anyone(api)))[-2:] == [("created", "statement"), ("linked", "reaction")]


@pytest.fixture
def readers(api: Api, settings: Settings) -> dict[str, Api]:
    """Those who write, and one who does not; all see something else."""
    nouns(api)
    return {"anyone": anyone(api), "author": holder(api, settings, "contributor"), "desk": api}


# What lists of links tell of the records at both ends, which the feed tells by items of their own.
IN_LISTS = ("from_record", "to_record", "lag_days_min", "lag_days_max", "lag_hours")


class Mirror:
    """A copy of what a reader may see, kept by following the feed alone."""

    def __init__(self, reader: Api) -> None:
        self.reader = reader
        self.after: str | None = None
        self.held: dict[str, dict[str, Any]] = {}
        self.moments: set[str] = set()

    def catch_up(self, limit: int) -> None:
        """Follow to the end, and check each step against what is held."""
        items, self.after = follow(self.reader, self.after, limit=limit, kind=["statement", "event", "reaction"])
        for item in items:
            self.moments.add(item["recorded_at"])
            held = self.held.pop(item["id"], None)
            assert (held is None) == (item["action"] in ("created", "restored", "linked")), item
            if item["representation"] is not None:
                self.held[item["id"]] = item["representation"]
                # Nothing is told of any moment of which the feed told nothing.
                assert self.moments >= {item["representation"][name] for name in ("recorded_at", "changed_at")}
            if item["patch"]:
                assert held is not None
                assert {name for name in item["changed"] if held[name] == item["representation"][name]} == set()

    def assert_true(self) -> None:
        """It holds what the lists hold, and nothing else."""
        every = ["draft", "published", "under_review", "withdrawn"]
        links = [
            {name: value for name, value in link.items() if name not in IN_LISTS}
            for link in self.reader.walk("/v1/reactions", 500)
        ]
        listed = [*self.reader.walk("/v1/timeline", 500, status=every), *links]
        for one in links:
            entries = self.reader.get(f"/v1/reactions/{one['id']}/history")["items"]
            assert self.moments >= {entry["recorded_at"] for entry in entries}
        derived = {"retracted_by", "denied_by", "clarified_by"}

        def stripped(one: dict[str, Any]) -> dict[str, Any]:
            return {name: value for name, value in one.items() if name not in derived}

        assert {one["id"]: stripped(one) for one in listed} == {uid: stripped(one) for uid, one in self.held.items()}


WRITES = st.lists(
    st.tuples(
        st.sampled_from(
            ["say", "draft", "link", "publish", "hide", "withdraw", "retitle", "note", "unlink", "delete", "read"]
        ),
        st.integers(0, 5),
        st.integers(0, 5),
    ),
    min_size=8,
    max_size=40,
)


@tuned(max_examples=15)
@given(writes=WRITES, limit=st.sampled_from([1, 2, 50]))
def test_a_copy_kept_by_the_feed_alone_is_what_each_reader_may_see(
    readers: dict[str, Api], writes: list[tuple[str, int, int]], limit: int
) -> None:
    desk, author = readers["desk"], readers["author"]
    mirrors = [Mirror(reader) for reader in readers.values()]
    for mirror in mirrors:
        mirror.catch_up(500)
    paths: list[str] = []
    begun = [
        ("say", 0, 0),
        ("draft", 0, 0),
        ("say", 0, 0),
        ("link", 0, 1),
        ("link", 1, 2),
    ]  # else most writes have nothing to do
    for number, (what, one, other) in enumerate([*begun, *writes]):
        path = paths[one % len(paths)] if paths else ""
        if what in ("say", "draft"):
            by, status = (author, "draft") if what == "draft" else (desk, "published")
            paths.append(said(by, title=f"{number}", status=status))
        elif what == "link" and paths:
            body = {"from": uid(path), "to": uid(paths[other % len(paths)]), "type": "rejects"}
            assert desk.send("POST", "/v1/reactions", json=body).status_code in (201, 409)
        elif what in ("publish", "hide", "withdraw") and paths:
            amend(desk, path, status={"publish": "published", "hide": "draft", "withdraw": "withdrawn"}[what])
        elif what == "retitle" and paths:
            amend(desk, path, title=f"{number}")
        elif what in ("note", "unlink"):
            links = desk.get("/v1/reactions")["items"]
            if links:
                at = f"/v1/reactions/{links[one % len(links)]['id']}"
                assert (desk.drop(at) if what == "unlink" else desk.patch(at, {"note": f"{number}"})).status_code < 300
        elif what == "delete" and paths:
            assert desk.drop(path).status_code == 204
            paths.remove(path)
        elif what == "read":
            mirrors[other % len(mirrors)].catch_up(limit)
    for mirror in mirrors:
        mirror.catch_up(limit)
        mirror.assert_true()
        again = Mirror(mirror.reader)
        again.catch_up(500)
        again.assert_true()
        told_of: dict[str, list[tuple[int, str]]] = {}
        for item in changes(mirror.reader, limit=500, kind=["statement"]):
            told_of.setdefault(item["path"], []).append((item["version"], item["action"]))
        for path, steps in told_of.items():
            past = [(one["version"], one["action"]) for one in mirror.reader.walk(f"{path}/history", 500)]
            assert past[::-1] == steps, "the history has other words for it than the feed"
