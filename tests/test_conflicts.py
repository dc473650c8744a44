"""Where records disagree: each reason by itself, what filters keep, and who may see it; on both databases."""

from typing import Any

import pytest

from api.settings import Settings
from tests.desk import anyone, done, holder, link, said, uid
from tests.expect import Api, faults, problem
from tests.factories import world
from tests.test_moments import now, then

Json = dict[str, Any]


@pytest.fixture
def told(api: Api) -> Api:
    """The little world."""
    world(api)
    return api


def conflicts(api: Api, **params: Any) -> list[Json]:
    """Every conflict, page by page, two at a time."""
    return list(api.walk("/v1/conflicts", 2, **params))


def ids(item: Json) -> set[str]:
    """The records of a conflict."""
    return {one["id"] for one in item["records"]}


def test_opposite_stances_of_one_actor_on_one_topic_and_day(told: Api) -> None:
    one, other = said(told, date="2025-03-13"), said(told, date="2025-03-13T10:00:00Z", stance="strongly_opposes")
    said(told, date="2025-03-13", stance="neutral")  # takes no side
    said(told, date="2025-03-14", stance="opposes")
    said(told, date="2025-03-13", stance="opposes", actor="boris-johnson")
    said(told, date="2025-03-13", stance="opposes", topic="sanctions")
    (found,) = conflicts(told)
    assert found["why"] == ["opposite_stances"]
    assert (found["actor"]["slug"], found["topic"]["slug"]) == ("vladimir-putin", "truce-in-principle")
    assert (found["date_earliest"], found["date_latest"], found["reaction"]) == ("2025-03-13", "2025-03-13", None)
    assert [record["id"] for record in found["records"]] == [uid(other), uid(one)]
    assert found["records"][0] == told.get(other)


def test_positions_under_different_kinds_of_conditions(told: Api) -> None:
    parts = [said(told, condition_type=kind) for kind in ("none", "preconditions", "preconditions")]
    (found,) = conflicts(told)
    assert (found["why"], ids(found)) == (["different_conditions"], {uid(path) for path in parts})
    parts.append(said(told, stance="opposes", condition_type="modalities"))
    (found,) = conflicts(told)
    assert (found["why"], len(found["records"])) == (["opposite_stances", "different_conditions"], 4)


@pytest.mark.parametrize("stance", ["no_position", "unclear"])
def test_who_takes_no_readable_position_is_in_conflict_with_nobody(told: Api, stance: str) -> None:
    said(told, condition_type="preconditions")
    said(told, stance=stance)
    assert conflicts(told) == []


def test_vaguer_dates_are_the_same_only_where_their_bounds_are(told: Api) -> None:
    for date in ("2025-03", "2025-03-12/2025-03-13", "2025-03-13", "2025-03-13/.."):
        said(told, date=date)
    said(told, date="2025-03-11/2025-03-13", stance="opposes")
    assert conflicts(told) == []
    said(told, date="2025-03-XX", stance="opposes")
    said(told, date="2025-03-13/..", stance="opposes")
    found = conflicts(told)
    assert [(one["date_earliest"], one["date_latest"]) for one in found] == [
        ("2025-03-13", None),
        ("2025-03-01", "2025-03-31"),
    ]


def test_what_a_body_says_through_two_is_its_own_conflict_and_the_rest_is_told_once(told: Api) -> None:
    on_behalf = {"on_behalf_of": "kremlin", "date": "2025-03-13"}
    said(told, **on_behalf)
    said(told, **on_behalf, stance="opposes")
    assert [one["actor"]["slug"] for one in conflicts(told)] == ["vladimir-putin"]
    assert [one["actor"]["slug"] for one in conflicts(told, actor="kremlin")] == ["vladimir-putin"]
    third = said(told, **on_behalf, stance="opposes", actor="dmitry-peskov")
    found = {one["actor"]["slug"]: one for one in conflicts(told)}
    assert {slug: len(one["records"]) for slug, one in found.items()} == {"vladimir-putin": 2, "kremlin": 3}
    assert uid(third) in ids(found["kremlin"])
    # A joint text and its denial by the other signatory: one conflict, of the two who share it.
    joint = {"date": "2024-01-01", "participants": [{"actor": "finland", "role": "co_actor"}]}
    said(told, **joint, actor="nato")
    said(told, date="2024-01-01", actor="finland", stance="opposes")
    assert [one["actor"]["slug"] for one in conflicts(told, to="2024")] == ["finland"]


def test_what_two_sign_together_is_told_under_one_who_speaks(told: Api) -> None:
    def signed(*slugs: str) -> list[Json]:
        return [{"actor": slug, "role": "co_actor"} for slug in slugs]

    said(told, actor="boris-johnson", participants=signed("kremlin"))
    said(told, actor="finland", participants=signed("boris-johnson", "kremlin"), stance="opposes")
    assert [one["actor"]["slug"] for one in conflicts(told)] == ["boris-johnson"]


def test_pairs_linked_as_contradicting_or_denying(told: Api) -> None:
    call = said(told, date="2025-03-12", actor="boris-johnson")
    denial, other = said(told, date="2025-03-13"), said(told, date="2025-03-20")
    made = link(told, denial, call, "denies", topic="truce-in-principle")
    link(told, other, denial, "contradicts")
    link(told, other, call, "rejects")
    found = conflicts(told)
    assert [one["why"] for one in found] == [["contradicts"], ["denies"]]
    assert [one["actor"] and one["actor"]["slug"] for one in found] == ["vladimir-putin", None]
    assert [one["topic"] and one["topic"]["slug"] for one in found] == [None, "truce-in-principle"]
    assert found[1]["reaction"] == {"id": made["id"]}
    assert [record["id"] for record in found[1]["records"]] == [uid(denial), uid(call)]
    assert (found[1]["date_earliest"], found[1]["date_latest"]) == ("2025-03-13", "2025-03-13")
    assert found[1]["records"][1]["denied_by"] == [uid(denial)]
    # It is found by either of the two, and only once.
    for actors in (["boris-johnson"], ["vladimir-putin"], ["boris-johnson", "vladimir-putin"]):
        assert [one["why"] for one in conflicts(told, actor=actors)].count(["denies"]) == 1
    assert [one["date_earliest"] for one in conflicts(told, actor="boris-johnson")] == ["2025-03-12"]
    assert told.drop(f"/v1/reactions/{made['id']}").status_code == 204
    assert [one["why"] for one in conflicts(told)] == [["contradicts"]]


def test_two_readouts_of_one_call(told: Api) -> None:
    call = done(told, participants=[{"actor": "boris-johnson", "role": "addressee"}])
    ours = said(told, date="2025-03-18", channel="readout")
    theirs = said(told, date="2025-03-18", channel="readout", actor="boris-johnson", stance="opposes")
    for readout in (ours, theirs):
        link(told, readout, call, "reports_on")
    assert conflicts(told) == []
    link(told, theirs, ours, "contradicts")
    assert [ids(one) for one in conflicts(told)] == [{uid(ours), uid(theirs)}]


def test_filters_keep_the_records_among_which_conflicts_are_found(told: Api) -> None:
    said(told, confidence=90)
    said(told, confidence=40, stance="opposes", condition_type="modalities")
    assert len(conflicts(told, topic="ceasefire", min_confidence=40)) == 1
    for given in ({"min_confidence": 50}, {"topic": "sanctions"}, {"from": "2025-04"}, {"actor": "finland"}, {"kind": "event"},
                  {"stance": "supports"}, {"condition_type": "none"}, {"why": "denies"}, {"channel": "post"}):  # fmt: skip
        assert conflicts(told, **given) == [], given
    assert len(conflicts(told, actor="kremlin", affiliates="true")) == 1
    assert len(conflicts(told, stance=["supports", "opposes"], why=["opposite_stances", "denies"])) == 1
    assert conflicts(told, order="asc") == conflicts(told)


def test_stance_and_condition_hold_on_the_topic_of_the_conflict(told: Api) -> None:
    def topics(stance: str) -> list[Json]:
        return [
            {"topic": "truce-in-principle", "stance": stance},
            {"topic": "sanctions", "stance": "supports", "condition_type": "preconditions"},
        ]

    for stance in ("supports", "opposes"):
        said(told, topic=None, stance=None, topics=topics(stance))
    assert len(conflicts(told)) == 1
    assert conflicts(told, condition_type="preconditions") == []
    assert conflicts(told, topic="sanctions") == []


def test_wrong_parameters_are_named(told: Api) -> None:
    asked = {"order": "entered", "count": "capped", "why": "other", "actor": "kremln", "role": "agent"}
    assert set(faults(told.send("GET", "/v1/conflicts", params=asked))) >= {
        "query.order",
        "query.count",
        "query.why",
        "query.actor",
    }
    said(told)
    said(told, stance="opposes")
    said(told, date="2020")
    said(told, date="2020", stance="opposes")
    cursor = told.get("/v1/conflicts", params={"limit": 1})["next"]
    problem(told.send("GET", "/v1/conflicts", params={"cursor": cursor, "kind": "event"}), "cursor-mismatch")


def test_drafts_do_not_leak_and_withdrawn_records_are_out(told: Api, settings: Settings) -> None:
    said(told)
    draft = said(told, stance="opposes", status="draft")
    answered = said(told, date="2025-03-20")
    denial = said(told, date="2025-03-21", status="draft", stance="neutral")
    link(told, denial, answered, "denies")
    reader = holder(told, settings, "contributor")
    assert [conflicts(one) for one in (told, reader, anyone(told))] == [[], [], []]
    asked = {"status": ["published", "draft"]}
    assert [len(conflicts(one, **asked)) for one in (told, reader, anyone(told))] == [2, 0, 0]
    assert told.patch(draft, {"status": "published"}).status_code == 200
    assert told.patch(denial, {"status": "under_review"}).status_code == 200
    assert len(conflicts(anyone(told))) == 2
    for path in (draft, denial):
        assert told.patch(path, {"status": "withdrawn"}).status_code == 200
    assert conflicts(told) == []
    assert len(conflicts(told, status=["published", "withdrawn"])) == 2


def test_a_moment_in_the_past_has_the_conflicts_of_then(told: Api) -> None:
    said(told)
    second = said(told, stance="opposes")
    instant = now(told)
    before = told.get("/v1/conflicts")["items"]
    assert told.patch(second, {"stance": "supports"}).status_code == 200
    third = said(told, date="2025-05-01")
    link(told, third, second, "contradicts")
    assert [one["why"] for one in conflicts(told)] == [["contradicts"]]
    assert then(told, "/v1/conflicts", instant)["items"] == before


def test_an_empty_answer_has_its_tag_and_is_asked_after(told: Api) -> None:
    answer = told.send("GET", "/v1/conflicts")
    assert answer.json() == {"items": [], "next": None}
    again = told.send("GET", "/v1/conflicts", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    said(told)
    said(told, stance="opposes")
    again = told.send("GET", "/v1/conflicts", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 200


def test_a_purge_leaves_nothing_of_a_conflict(told: Api, settings: Settings) -> None:
    one, other = said(told), said(told, stance="opposes", title="To be erased")
    link(told, other, one, "contradicts")
    instant = now(told)
    kept = told.send("POST", "/v1/snapshots", json={"query": "/v1/conflicts"}).json()["id"]
    assert told.drop(other).status_code == 204
    tag = told.send("GET", other).headers["etag"]
    admin = holder(told, settings, "admin")
    erased = admin.send("POST", "/v1/purges", json={"path": other, "reason": "Request"}, headers={"If-Match": tag})
    assert erased.json()["snapshots"] == 1
    problem(told.send("GET", f"/v1/snapshots/{kept}"), "purged")
    assert then(told, "/v1/conflicts", instant)["items"] == conflicts(told) == []
