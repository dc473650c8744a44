"""Merging two records, what moves with them, and taking them apart again; on both databases."""

from typing import Any

import pytest

from api.settings import Settings
from tests import expect, feed, hostile
from tests.coders import coded
from tests.desk import anyone, done, holder, link, nobody, nouns, said, uid
from tests.expect import Api
from tests.factories import statement
from tests.test_history import told
from tests.test_moments import now

Json = dict[str, Any]
URL = "http://en.kremlin.ru/events/president/news/76450"
OTHER = "https://tass.ru/politika/23385741"


@pytest.fixture
def desk(api: Api) -> Api:
    """A desk with its nouns."""
    nouns(api)
    return api


def merge(api: Api, kept: str, other: str, tag: str | None = None, **more: Any) -> Any:
    """A request to merge the record at one path into that at another, with the tag given or the one that stands there."""
    version = more.pop("with_version", None) or api.get(other)["version"]
    headers = {"If-Match": tag or api.tag(kept), **more.pop("headers", {})}
    return api.send(
        "POST", f"{kept}/merge", json={"with": uid(other), "with_version": version, **more}, headers=headers
    )


def merged(api: Api, kept: str, other: str, **more: Any) -> Json:
    """What came of a merge."""
    response = merge(api, kept, other, **more)
    assert response.status_code == 200, response.text
    assert response.json()["record"] == api.get(kept)
    made: Json = response.json()
    return made


def unmerge(api: Api, kept: str, other: str, tag: str | None = None, **more: Any) -> Any:
    """A request to take a record out of another again."""
    headers = {"If-Match": tag or api.tag(kept), **more.pop("headers", {})}
    return api.send("POST", f"{kept}/unmerge", json={"with": uid(other), **more}, headers=headers)


def parted(api: Api, kept: str, other: str, **more: Any) -> Json:
    """What came of it."""
    response = unmerge(api, kept, other, **more)
    assert response.status_code == 200, response.text
    assert response.json()["record"] == api.get(kept)
    made: Json = response.json()
    return made


def content(record: Json) -> Json:
    """What a record says, without which version says it."""
    return {name: value for name, value in record.items() if name not in ("version", "changed_at", "recorded_by")}


def cites(*pairs: tuple[str, str], **more: Any) -> list[Json]:
    """Citations by source and address."""
    return [{"source": source, "url": url, **more} for source, url in pairs]


def test_a_merge_unites_citations_and_tags_and_keeps_what_is_said(desk: Api) -> None:
    kept = said(desk, tags=["truce", "minsk"], source=None, url=None, citations=cites(("kremlin-ru", f"{URL}/")))
    other = said(
        desk, title="Another title", stance="opposes", tags=["minsk", "import"], source=None, url=None, confidence=20,
        citations=[*cites(("kremlin-ru", URL.replace("http:", "https:")), locator="p. 2", credibility=2), *cites(("tass", OTHER))],
    )  # fmt: skip
    before = desk.get(kept)
    made = merged(desk, kept, other, change_note="One speech, entered twice")
    after = desk.get(kept)
    cited = [(one["source"]["slug"], one["url"], one["locator"], one["credibility"]) for one in after["citations"]]
    assert cited == [("kremlin-ru", f"{URL}/", "p. 2", 2), ("tass", OTHER, None, None)]
    assert after["tags"] == ["truce", "minsk", "import"]
    gained = ("citations", "tags", "corroboration")
    assert {**content(after), **{name: before[name] for name in gained}} == content(before)
    assert (made["citations"], made["tags"], made["moved"], made["left"]) == (1, 1, [], [])
    assert made["merged"] == {"id": uid(other), "path": other, "version": 2}
    assert told(desk, kept, "action", "change_note")[-1] == (
        "changed",
        f"Merged with {other}: One speech, entered twice",
    )
    assert told(desk, other, "action", "change_note")[-1] == (
        "deleted",
        f"Merged into {kept}: One speech, entered twice",
    )
    assert [item["id"] for item in desk.get("/v1/timeline")["items"]] == [uid(kept)]


def test_an_address_that_was_merged_leads_on(desk: Api, settings: Settings) -> None:
    kept, other = said(desk), said(desk, source="tass", external_source="acled", external_id="UKR/1")
    instant = now(desk)
    merged(desk, kept, other)
    for asking in (desk, anyone(desk)):
        for address, query, below in (
            (other, "", ""), ("/v1/statements/acled:UKR/1", "", ""), (other, "", "/thread"), (other, "?depth=2", "/thread"),
            (other, "", "/codings"), (other, "?explain=corroboration", ""),
        ):  # fmt: skip
            answer = asking.send("GET", f"{address}{below}{query}", follow_redirects=False)
            assert expect.problem(answer, "merged")["merged_into"] == kept
            assert answer.headers["location"] == f"{kept}{below}{query}"
            assert asking.send("GET", f"{address}{below}{query}").status_code == 200
        assert asking.send("HEAD", other, follow_redirects=False).status_code == 308
        assert asking.get(other)["id"] == uid(kept)
        assert asking.get(other, params={"as_of": instant})["id"] == uid(other)
        assert asking.get(other, params={"version": 1})["id"] == uid(other)
        for named in ({"id": uid(other)}, {"id": "acled:UKR/1"}, {"external_id": "UKR/1"}):
            assert [item["id"] for item in asking.get("/v1/timeline", params=named)["items"]] == [uid(kept)]
            assert [item["id"] for item in asking.get("/v1/timeline", params={**named, "as_of": instant})["items"]] == [
                uid(other)
            ]
        assert len(told(asking, other, "version")) == 2
    assert {uid(kept), uid(other)} == {
        item["id"] for item in desk.get("/v1/timeline", params={"as_of": instant})["items"]
    }


def test_what_was_merged_is_not_written_to_under_its_old_address(desk: Api) -> None:
    kept, other = said(desk), said(desk, source="tass", external_source="acled", external_id="1")
    tag = desk.tag(other)
    merged(desk, kept, other)
    for method, path, body in (
        ("PATCH", other, {"title": "New"}),
        ("DELETE", other, None),
        ("POST", f"{other}/restore", {"version": 1}),
        ("PUT", f"{other}/codings/me", {"topics": [{"topic": "sanctions", "stance": "neutral"}]}),
        ("POST", f"{other}/merge", {"with": uid(kept), "with_version": 1}),
    ):
        headers = {} if method == "PUT" else {"If-Match": f'{tag}, "2-0"'}
        answer = desk.send(method, path, json=body, headers=headers)
        assert expect.problem(answer, "deleted")["merged_into"] == kept
    known = desk.send("POST", "/v1/statements", json=statement(external_source="acled", external_id="1"))
    assert expect.problem(known, "exists")["existing"] == kept
    assert "was merged into" in known.json()["detail"]


def test_links_and_codings_move_and_what_can_not_is_told(desk: Api) -> None:
    kept, other = said(desk, date="2025-03-13"), said(desk, date="2025-03-12")
    first, last, early = said(desk, date="2025-03-01"), done(desk, date="2025-03-20"), done(desk, date="2025-03-12")
    moves = [
        link(desk, other, first, "denies", confidence="low", note="A", asserted_by="kremlin", topic="sanctions"),
        link(desk, last, other, "rejects", citations=[{"source": "tass", "locator": "1"}]),
    ]
    between = link(desk, kept, other, "repeats")
    there = [link(desk, kept, first), link(desk, other, first)]
    ahead = link(desk, early, other, "accepts")
    coded(desk, kept, "first-reader", sanctions="neutral")
    mine = coded(desk, other, "second-reader", sanctions="opposes")
    coded(desk, other, "first-reader", sanctions="supports")
    made = merged(desk, kept, other)
    left = {one["path"]: one["code"] for one in made["left"]}
    assert left == {
        f"/v1/reactions/{between['id']}": "circle",
        f"/v1/reactions/{there[1]['id']}": "exists",
        f"/v1/reactions/{ahead['id']}": "precedes",
        f"{other}/codings/first-reader": "exists",
    }
    new = [desk.get(path) for path in made["moved"]]
    assert made["moved"][2] == f"{kept}/codings/second-reader"
    about = ("type", "topic", "asserted_by", "confidence_given", "citations", "note")
    assert [{name: one[name] for name in about} for one in new[:2]] == [
        {name: one[name] for name in about} for one in moves
    ]
    assert [(one["from"], one["to"]) for one in new[:2]] == [(uid(kept), uid(first)), (uid(last), uid(kept))]
    assert new[2]["topics"] == mine["topics"]
    assert desk.get(first)["denied_by"] == [uid(kept)]
    standing = {one["id"] for one in desk.walk("/v1/reactions")}
    assert standing == {there[0]["id"], new[0]["id"], new[1]["id"]}
    assert standing == {one["id"] for one in desk.walk("/v1/reactions", record=uid(other))}
    for one in (*moves, between, there[1], ahead):
        expect.problem(desk.send("GET", f"/v1/reactions/{one['id']}"), "deleted")


def test_a_link_that_would_close_a_circle_stays_with_the_tombstone(desk: Api) -> None:
    kept, other, middle = said(desk), said(desk), said(desk)
    link(desk, middle, kept)
    circle = link(desk, other, middle)
    (left,) = merged(desk, kept, other)["left"]
    assert (left["path"], left["code"]) == (f"/v1/reactions/{circle['id']}", "circle")


@pytest.mark.parametrize(
    ("change", "where", "told"),
    [
        ({"with": "00000000-0000-7000-8000-000000000000"}, "with", "There is no record"),
        ({"with": "{kept}", "with_version": 1}, "with", "this very record"),
        ({"with": "{event}"}, "with", "that is an event"),
        ({"with_version": 2}, "with_version", "at version 1 now"),
        ({"with": 5}, "with", "5 is not text"),
    ],
)
def test_what_can_not_be_merged_is_refused(desk: Api, settings: Settings, change: Json, where: str, told: str) -> None:
    kept, other, event = said(desk), said(desk), done(desk)
    names = {"{kept}": uid(kept), "{event}": uid(event)}
    body = {"with": uid(other), "with_version": 1, **{name: names.get(str(one), one) for name, one in change.items()}}
    with hostile.nothing_stored(settings):
        answer = desk.send("POST", f"{kept}/merge", json=body, headers={"If-Match": desk.tag(kept)})
        assert told in expect.faults(answer)[f"body.{where}"]["message"]


def test_a_merge_takes_the_version_that_was_read_of_both(desk: Api, settings: Settings) -> None:
    kept, other = said(desk), said(desk)
    tag = desk.tag(kept)
    assert desk.patch(kept, {"title": "New"}).status_code == 200
    with hostile.nothing_stored(settings):
        assert expect.problem(merge(desk, kept, other, tag), "stale")["current"]["title"] == "New"
        missing = desk.send("POST", f"{kept}/merge", json={"with": uid(other), "with_version": 1})
        expect.problem(missing, "precondition-required")


def test_more_than_a_record_can_hold_is_refused(desk: Api, settings: Settings) -> None:
    urls = [f"https://example.org/{number}" for number in range(101)]
    tags = [f"t{number}" for number in range(101)]
    kept = said(desk, source=None, url=None, tags=tags[:60], citations=cites(*(("tass", url) for url in urls[:60])))
    other = said(desk, source=None, url=None, tags=tags[60:], citations=cites(*(("tass", url) for url in urls[60:])))
    with hostile.nothing_stored(settings):
        found = expect.problem(merge(desk, kept, other), "invalid")["errors"]
    assert [one["message"] for one in found] == ["together they have 101 citations", "together they have 101 tags"]


def test_nothing_public_vanishes_behind_what_is_not(desk: Api, settings: Settings) -> None:
    public, withdrawn, draft = (said(desk, status=status) for status in ("published", "withdrawn", "draft"))
    for kept, other in ((draft, public), (draft, withdrawn), (withdrawn, public)):
        with hostile.nothing_stored(settings):
            assert "would vanish" in expect.faults(merge(desk, kept, other))["body.with"]["message"]
    merged(desk, withdrawn, draft)
    merged(desk, public, withdrawn)
    assert desk.get(draft)["id"] == uid(public)
    # Of a draft nothing is told to those who never saw it.
    everyone = anyone(desk)
    expect.problem(everyone.send("GET", draft), "not-found")
    for address in (f"{public}/history", f"{withdrawn}/history", "/v1/changes?limit=500"):
        answer = everyone.send("GET", address)
        assert answer.status_code == 200
        assert uid(draft) not in answer.text
    assert [one["id"] for one in everyone.get("/v1/timeline", params={"id": uid(draft)})["items"]] == []


def test_who_may_not_see_where_it_leads_is_told_that_it_is_gone(desk: Api) -> None:
    kept, other = said(desk), said(desk)
    merged(desk, kept, other)
    assert desk.patch(kept, {"status": "draft"}).status_code == 200
    gone = expect.problem(anyone(desk).send("GET", other, follow_redirects=False), "deleted")
    assert "merged_into" not in gone
    assert uid(kept) not in gone["detail"]
    expect.problem(desk.send("GET", other, follow_redirects=False), "merged")


def test_what_was_merged_twice_leads_to_the_end(desk: Api) -> None:
    first, second, third = (
        said(desk),
        said(desk, source="tass", url=OTHER),
        said(desk, locator=None, url=f"{URL}?page=2"),
    )
    merged(desk, second, first)
    merged(desk, third, second)
    assert expect.problem(desk.send("GET", first, follow_redirects=False), "merged")["merged_into"] == third
    assert len(desk.get(first)["citations"]) == 3
    refused = expect.faults(unmerge(desk, third, first))["body.with"]
    assert refused["message"] == "that is not merged into this record"
    assert second in refused["hint"]
    parted(desk, third, second)
    assert parted(desk, second, first)["citations"] == 1
    assert [desk.get(path)["id"] for path in (first, second, third)] == [uid(path) for path in (first, second, third)]


def test_a_repeated_request_merges_once(desk: Api) -> None:
    kept, other = said(desk), said(desk, source="tass", url=OTHER)
    tag = desk.tag(kept)
    headers = {"Idempotency-Key": "one"}
    first = merge(desk, kept, other, tag, with_version=1, headers=headers)
    again = merge(desk, kept, other, tag, with_version=1, headers=headers)
    assert (first.status_code, again.status_code, again.headers["idempotent-replayed"]) == (200, 200, "true")
    assert again.json() == first.json()
    assert first.headers["etag"].startswith('"2-')
    assert desk.get(kept)["version"] == 2
    expect.problem(merge(desk, kept, other, tag, with_version=2, headers=headers), "key-reused")


def test_two_readers_of_one_page_bring_nothing_and_write_nothing_to_it(desk: Api) -> None:
    kept, other = said(desk), said(desk, title="The same, by another hand")
    before = desk.get(kept)
    made = merged(desk, kept, other)
    assert (made["citations"], made["record"]) == (0, before)
    assert parted(desk, kept, other)["record"] == before


def test_a_merge_takes_an_editor(desk: Api, settings: Settings) -> None:
    kept, other = said(desk), said(desk)
    author = holder(desk, settings, "contributor")
    for address, body in (
        (f"{kept}/merge", {"with": uid(other), "with_version": 1}),
        (f"{kept}/unmerge", {"with": uid(other)}),
    ):
        given: Json = {"json": body, "headers": {"If-Match": desk.tag(kept)}}
        expect.problem(nobody(desk, "POST", address, **given), "key-required")
        expect.problem(author.send("POST", address, **given), "forbidden")


def test_the_feed_tells_each_step_of_it(desk: Api) -> None:
    kept, other, first = said(desk), said(desk, source="tass", url=OTHER), said(desk, date="2025-03-01")
    old = f"/v1/reactions/{link(desk, other, first)['id']}"
    seen = len(feed.changes(desk))
    (new,) = merged(desk, kept, other)["moved"]
    parted(desk, kept, other)
    merge, part = (
        [("changed", kept), ("deleted", other), ("unlinked", old), ("linked", new)],
        [("unlinked", new), ("changed", kept), ("restored", other), ("linked", old)],
    )
    for asking in (desk, anyone(desk)):
        items = feed.changes(asking)[seen:]
        assert [(item["action"], item["path"]) for item in items] == merge + part
        assert [item["change_note"] for item in items[:4]] == [
            f"Merged with {other}",
            f"Merged into {kept}",
            None,
            f"Merged into {kept}",
        ]
        assert items[0]["changed"] == ["citations"]
