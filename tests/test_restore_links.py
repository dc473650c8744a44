"""A record that comes back brings its links back: those that went with it or with their other end, once both stand."""

import pytest
from hypothesis import example, given
from hypothesis import settings as tuned
from hypothesis import strategies as some

from api.settings import Settings
from tests import expect, hostile
from tests.desk import done, holder, link, nouns, post, restore, said, uid
from tests.expect import Api
from tests.test_history import told
from tests.test_restore import ACTOR

RECORDS = ("A", "B", "C")
LINKS = ("AB", "BC", "AC")


def test_a_restored_record_brings_back_the_links_that_went_with_it(api: Api) -> None:
    nouns(api)
    first, middle, last, other = (said(api) for _ in range(4))
    kept = [
        link(api, middle, first, "denies", note="A", confidence="low")["id"],
        link(api, last, middle, topic="sanctions")["id"],
    ]
    by_hand = link(api, other, middle)["id"]
    gone = link(api, said(api), middle)
    assert api.drop(f"/v1/reactions/{by_hand}").status_code == 204
    before = {one: api.get(f"/v1/reactions/{one}") for one in kept}
    assert api.drop(middle).status_code == 204
    assert api.drop(f"/v1/statements/{gone['from']}").status_code == 204
    assert api.get(first)["denied_by"] == []
    assert restore(api, middle, 1, change_note="Deleted in error").status_code == 200
    assert api.get(first)["denied_by"] == [uid(middle)]
    assert {one["id"] for one in api.walk("/v1/reactions", record=uid(middle))} == set(kept)
    for one in kept:
        back = api.get(f"/v1/reactions/{one}")
        assert back == {**before[one], "version": 3, "changed_at": back["changed_at"]}
        assert told(api, f"/v1/reactions/{one}", "action") == ["linked", "unlinked", "linked"]
        assert told(api, f"/v1/reactions/{one}", "change_note", "restored_from")[2] == ("Deleted in error", 1)
    assert {uid(first), uid(middle), uid(last)} == {one["record"]["id"] for one in api.get(f"{first}/thread")["items"]}
    for one in (by_hand, gone["id"]):
        expect.problem(api.send("GET", f"/v1/reactions/{one}"), "deleted")


def test_links_that_cannot_come_back_keep_the_record_from_coming_back(api: Api, settings: Settings) -> None:
    nouns(api)
    post(api, "/v1/actors", ACTOR)
    first, answer = said(api), said(api)
    cited = [{"source": "tass", "locator": "1"}]
    ids = [
        link(api, answer, first, topic="sanctions", asserted_by="state")["id"],
        link(api, answer, first, "rejects", citations=cited)["id"],
    ]
    assert api.drop(answer).status_code == 204
    for noun in ("actors/state", "topics/sanctions", "sources/tass"):
        assert api.drop(f"/v1/{noun}").status_code == 204
    with hostile.nothing_stored(settings):
        found = [fault["message"] for fault in restore(api, answer, 1).json()["errors"]]
    assert sorted(found) == sorted([
        f"version 1 can't come back: reaction {ids[0]}, topic: there is no topic 'sanctions'",
        f"version 1 can't come back: reaction {ids[0]}, asserted_by: there is no actor 'state'",
        f"version 1 can't come back: reaction {ids[1]}, citations.0.source: there is no source 'tass'",
    ])  # fmt: skip
    for noun in ("actors/state", "topics/sanctions", "sources/tass"):
        assert restore(api, f"/v1/{noun}", 1).status_code == 200
    assert restore(api, answer, 1).status_code == 200
    assert {one["id"] for one in api.walk("/v1/reactions")} == set(ids)
    expect.problem(api.drop("/v1/topics/sanctions"), "in-use")


def test_links_made_since_may_not_close_a_circle_or_turn_an_answer_around(api: Api) -> None:
    nouns(api)
    first, middle, last = said(api), said(api), done(api)
    ids = [link(api, middle, first)["id"], link(api, last, middle)["id"]]
    assert api.drop(middle).status_code == 204
    api.patch(last, {"date": "2025"})
    back = link(api, first, last)["id"]
    circle = expect.problem(restore(api, middle, 1), "circle")["detail"]
    assert f"it answers {first} (/v1/reactions/{ids[0]})" in circle
    assert f"{last} answers it (/v1/reactions/{ids[1]})" in circle
    expect.problem(api.send("GET", middle), "deleted")
    assert api.drop(f"/v1/reactions/{back}").status_code == 204
    assert api.patch(first, {"date": "2025-04"}).status_code == 200
    precedes = expect.problem(restore(api, middle, 1), "precedes")["detail"]
    for part in (f"{middle} came on 2025-03-13", f"by /v1/reactions/{ids[0]}, {first}, on 2025-04-01"):
        assert part in precedes
    assert api.patch(first, {"date": "2025-03"}).status_code == 200
    assert restore(api, middle, 1).status_code == 200
    assert len(list(api.walk("/v1/reactions"))) == 2
    patched = expect.problem(api.patch(first, {"date": "2025-04"}), "precedes")["detail"]
    assert f"/v1/reactions/{ids[0]}, {first}, on 2025-04-01" in patched


def test_a_record_deleted_again_brings_back_what_went_with_it_the_last_time(api: Api) -> None:
    nouns(api)
    first, answer = said(api), said(api)
    link(api, answer, first, "accepts")
    lasting = link(api, answer, first, "repeats")["id"]
    assert api.drop(answer).status_code == 204
    assert restore(api, answer, 1).status_code == 200
    assert api.drop(f"/v1/reactions/{api.get('/v1/reactions?type=accepts')['items'][0]['id']}").status_code == 204
    assert api.drop(answer).status_code == 204
    assert restore(api, answer, 1).status_code == 200
    assert [one["id"] for one in api.walk("/v1/reactions")] == [lasting]


def test_a_refusal_tells_a_contributor_nothing_of_the_draft_of_another(api: Api, settings: Settings) -> None:
    nouns(api)
    author = holder(api, settings, "contributor")
    mine = said(author, status="draft")
    another = said(api, status="draft", date="2025-03-12")
    made = link(api, mine, another)["id"]
    assert author.drop(mine).status_code == 204
    api.patch(another, {"date": "2025-03-19"})
    told_editor = expect.problem(restore(api, mine, 1), "precedes")["detail"]
    told_author = expect.problem(restore(author, mine, 1), "precedes")["detail"]
    for secret in (another, "2025-03-19"):
        assert secret in told_editor
        assert secret not in told_author
    assert f"by /v1/reactions/{made}, a draft of another key" in told_author


@pytest.fixture
def staffed(api: Api) -> Api:
    """A desk with its nouns."""
    nouns(api)
    return api


# Whatever is named once is deleted, or brought back where it is deleted; the links by hand.
TURNS = some.lists(some.sampled_from(RECORDS + LINKS), min_size=4, max_size=16)


@tuned(max_examples=20)
@given(turns=TURNS)
@example(turns=["A", "B", "A", "B"])
@example(turns=["A", "B", "B", "A"])
@example(turns=["A", "B", "A", "A", "B", "A"])
@example(turns=["AB", "A", "B", "A", "B", "AB", "B", "A", "B", "A"])
def test_in_any_order_a_link_comes_back_once_both_ends_stand_unless_it_was_deleted_by_hand(
    staffed: Api, turns: list[str]
) -> None:
    api = staffed
    records = {name: said(api, title=name) for name in RECORDS}
    links = {ends: link(api, records[ends[0]], records[ends[1]])["id"] for ends in LINKS}
    standing, by_hand = set(RECORDS), set[str]()
    for turn in turns:
        if turn in standing:
            assert api.drop(records[turn]).status_code == 204
            standing.remove(turn)
        elif turn in RECORDS:
            assert restore(api, records[turn], 1).status_code == 200
            standing.add(turn)
        elif set(turn) <= standing and turn not in by_hand:
            assert api.drop(f"/v1/reactions/{links[turn]}").status_code == 204
            by_hand.add(turn)
        elif set(turn) <= standing:
            assert link(api, records[turn[0]], records[turn[1]])["id"] == links[turn]
            by_hand.remove(turn)
        # Not one that is missing, nor one that was not to come back: both ends stand, and nobody deleted it by hand.
        expected = {links[ends] for ends in LINKS if set(ends) <= standing and ends not in by_hand}
        found = {one["id"] for name in standing for one in api.walk("/v1/reactions", record=uid(records[name]))}
        assert found == expected, turn
