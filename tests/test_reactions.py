"""Reactions: typed links between records, each once, never backwards in time or in a circle."""

from typing import Any

from schemas.reactions import ReactionRead
from schemas.vocabularies import ReactionType
from tests import expect
from tests.desk import done, link, nobody, nouns, post, said, uid
from tests.expect import Api
from tests.factories import statement


def refused(api: Api, answer: str, answered: str, kind: str = "responds_to", **more: Any) -> Any:
    """The answer to a link that is not made."""
    return api.send("POST", "/v1/reactions", json={"from": uid(answer), "to": uid(answered), "type": kind, **more})


def test_every_member_of_a_reaction_comes_back_as_it_was_sent(api: Api) -> None:
    nouns(api)
    answered, answer = said(api), said(api)
    body = {
        "from": uid(answer), "to": uid(answered), "type": "conditions", "topic": "sanctions", "asserted_by": "kremlin",
        "confidence": "likely", "citations": [{"source": "tass", "url": "https://tass.com/1"}], "note": "Names it",
    }  # fmt: skip
    made = api.make("/v1/reactions", body)
    ReactionRead.model_validate(made)
    assert set(made) == {field.alias or name for name, field in ReactionRead.model_fields.items()}
    assert [made[name] for name in ("from", "to", "type", "note")] == [
        body[name] for name in ("from", "to", "type", "note")
    ]
    assert (made["topic"]["slug"], made["asserted_by"]["slug"]) == ("sanctions", "kremlin")
    assert (made["confidence"], made["confidence_given"]) == (70, {"value": "likely", "scale": "wep"})
    assert (made["citations"][0]["source"]["slug"], made["citations"][0]["role"]) == ("tass", "original")
    assert nobody(api, "GET", f"/v1/reactions/{made['id'].upper()}").json() == made


def test_every_type_links_two_records_once_with_each_topic_and_once_without(api: Api) -> None:
    nouns(api)
    answered, answer = said(api), done(api)
    for kind in ReactionType:
        for more in ({}, {"topic": "sanctions"}, {"topic": "truce-in-principle"}):
            made = link(api, answer, answered, kind, **more)
            again = refused(api, answer, answered, kind, note="Once more", **more)
            assert expect.problem(again, "exists")["existing"] == f"/v1/reactions/{made['id']}"
            assert again.headers["location"] == f"/v1/reactions/{made['id']}"
    assert len(list(api.walk("/v1/reactions", limit=10))) == 3 * len(ReactionType)
    assert {one["type"] for one in api.walk("/v1/reactions", type=["denies", "accepts"])} == {"denies", "accepts"}
    assert len(list(api.walk("/v1/reactions", topic="sanctions", record=uid(answer)))) == len(ReactionType)


def test_only_an_event_violates(api: Api) -> None:
    nouns(api)
    truce, words = said(api), said(api)
    assert set(expect.faults(refused(api, words, truce, "violates"))) == {"body.type"}
    assert link(api, words, truce, "alleges_violation")["type"] == "alleges_violation"
    link(api, done(api), truce, "violates")


def test_all_faults_of_a_reaction_come_at_once(api: Api) -> None:
    nouns(api)
    body = {
        "from": "nothing", "to": "acled:7", "type": "respond", "topic": "sanktions", "asserted_by": "kremlim",
        "confidence": "hgih", "citations": [{"source": "tas", "locator": "1"}], "form": 1,
    }  # fmt: skip
    found = expect.faults(api.send("POST", "/v1/reactions", json=body))
    assert set(found) == {f"body.{name}" for name in body if name != "citations"} | {"body.citations.0.source"}
    assert found["body.type"]["hint"] == "Did you mean responds_to?"
    assert found["body.form"]["hint"] == "Did you mean from?"
    assert set(expect.faults(api.send("POST", "/v1/reactions", json={}))) == {"body.from", "body.to", "body.type"}


def test_no_record_answers_itself_or_what_answers_it(api: Api) -> None:
    nouns(api)
    first, second, third = (said(api) for _ in range(3))
    link(api, second, first)
    back = link(api, third, second, "accepts")["id"]
    assert "itself" in expect.problem(refused(api, first, first), "circle")["detail"]
    for answer, answered in ((first, second), (first, third), (second, third)):
        expect.problem(refused(api, answer, answered, "repeats"), "circle")
    link(api, third, first)
    assert api.drop(f"/v1/reactions/{back}").status_code == 204
    link(api, second, third)


def test_no_answer_certainly_precedes_what_it_answers(api: Api) -> None:
    nouns(api)
    late, early, vague = said(api, date="2025-03-13"), said(api, date="2025-03-12"), said(api, date="2025-03")
    expect.problem(refused(api, early, late), "precedes")
    link(api, vague, late)
    link(api, late, early)
    link(api, said(api, date="2025-03-13"), late)


def test_a_patched_date_may_not_turn_an_answer_around(api: Api) -> None:
    nouns(api)
    first, answer = said(api, date="2025-03-12"), said(api, date="2025-03-13")
    made = link(api, answer, first)
    for path, date in ((answer, "2025-03-11"), (first, "2025-03-14"), (first, "2025-04/..")):
        before = api.send("GET", path)
        expect.problem(api.patch(path, {"date": date, "title": "New"}), "precedes")
        after = api.send("GET", path)
        assert (after.json(), after.headers["etag"]) == (before.json(), before.headers["etag"])
    assert [one["date"] for one in api.walk("/v1/timeline")] == ["2025-03-13", "2025-03-12"]
    assert api.patch(first, {"date": "2025-03"}).json()["version"] == 2
    assert api.drop(f"/v1/reactions/{made['id']}").status_code == 204
    assert api.patch(answer, {"date": "2025-01-01"}).json()["version"] == 2


def test_the_short_form_links_what_a_new_record_answers(api: Api) -> None:
    nouns(api)
    first, second = said(api), said(api)
    answer = said(api, reacts_to=[uid(first), {"id": uid(second), "type": "rejects"}, {"id": uid(second)}])
    made = {(one["to"], one["type"]) for one in api.walk("/v1/reactions", record=uid(answer))}
    assert made == {(uid(first), "responds_to"), (uid(second), "rejects"), (uid(second), "responds_to")}
    assert api.get(answer)["version"] == 1
    assert "reacts_to" not in api.get(answer)
    strike = done(api, reacts_to=[{"id": uid(first), "type": "violates"}])
    assert [one["type"] for one in api.walk("/v1/reactions", record=uid(strike))] == ["violates"]


def test_faults_of_the_short_form_are_told_by_their_place_together_with_others(api: Api) -> None:
    nouns(api)
    first, gone = said(api), said(api)
    assert api.drop(gone).status_code == 204
    links = [
        uid(first), "nothing", {"id": "acled:7"}, {"id": uid(first), "type": "violates"}, {"id": uid(first), "type": "x"},
        {"id": uid(first), "kind": "x"}, {"type": "rejects"}, 7, uid(gone), {"id": uid(first), "type": "responds_to"},
    ]  # fmt: skip
    found = expect.faults(api.send("POST", "/v1/statements", json=statement(reacts_to=links, title="")))
    places = ("1", "2.id", "3.type", "4.type", "5.kind", "5", "6.id", "7", "8", "9")
    assert set(found) == {"body.title"} | {f"body.reacts_to.{place}" for place in places}
    late = said(api, date="2026")
    response = api.send("POST", "/v1/statements", json=statement(reacts_to=[uid(first), uid(late)]))
    expect.problem(response, "precedes")
    assert len(list(api.walk("/v1/statements"))) == 2
    assert list(api.walk("/v1/reactions")) == []


def test_a_record_shows_who_retracts_denies_and_clarifies_it(api: Api) -> None:
    nouns(api)
    path, answers = said(api), [said(api) for _ in range(3)]
    tag, changed = api.tag(path), api.get(path)["changed_at"]
    members = {"retracts": "retracted_by", "denies": "denied_by", "clarifies": "clarified_by"}
    links = {kind: link(api, answer, path, kind)["id"] for kind, answer in zip(members, answers, strict=True)}
    link(api, answers[0], path, "contradicts")
    link(api, answers[1], path, "retracts")
    shown = api.get(path)
    assert shown["retracted_by"] == [uid(answers[0]), uid(answers[1])]
    assert (shown["denied_by"], shown["clarified_by"]) == ([uid(answers[1])], [uid(answers[2])])
    assert (shown["version"], shown["changed_at"]) == (1, changed)
    assert api.tag(path) != tag
    assert [one for one in api.walk("/v1/statements") if one["id"] == shown["id"]] == [shown]
    for asked in api.get(f"{answers[0]}/thread")["items"]:
        assert asked["record"] == api.get(f"/v1/statements/{asked['record']['id']}")
    assert api.patch(path, {**shown, "title": "New"}, tag).json()["denied_by"] == [uid(answers[1])]
    assert api.drop(f"/v1/reactions/{links['denies']}").status_code == 204
    assert api.patch(answers[2], {"status": "withdrawn"}).status_code == 200
    assert api.drop(answers[0]).status_code == 204
    after = api.get(path)
    assert [after[name] for name in members.values()] == [[uid(answers[1])], [], []]


def test_deleting_a_record_deletes_its_links(api: Api) -> None:
    nouns(api)
    first, middle, last = (said(api) for _ in range(3))
    links = [link(api, middle, first)["id"], link(api, last, middle)["id"], link(api, last, first)["id"]]
    assert api.drop(middle).status_code == 204
    for gone in links[:2]:
        response = api.send("GET", f"/v1/reactions/{gone}")
        expect.problem(response, "deleted")
        assert response.headers["etag"].startswith('"2-')
    assert [one["id"] for one in api.walk("/v1/reactions")] == links[2:]
    assert {one["record"]["id"] for one in api.get(f"{first}/thread")["items"]} == {uid(first), uid(last)}
    assert set(expect.faults(refused(api, last, middle))) == {"body.to"}


def test_a_link_made_again_continues_its_versions(api: Api) -> None:
    nouns(api)
    first, answer = said(api), said(api)
    made = link(api, answer, first, note="Once")
    path = f"/v1/reactions/{made['id']}"
    assert api.drop(path).status_code == 204
    expect.problem(api.send("DELETE", path, headers={"If-Match": '"2-0"'}), "deleted")
    expect.problem(api.patch(path, {"note": "x"}, '"2-0"'), "deleted")
    again = link(api, answer, first)
    assert (again["id"], again["version"], again["note"]) == (made["id"], 3, None)
    assert again["recorded_at"] == made["recorded_at"] < again["changed_at"]


def test_a_reaction_is_amended_and_sent_back_whole_and_never_linked_elsewhere(api: Api) -> None:
    nouns(api)
    first, answer = said(api), said(api)
    cited = [{"source": "tass", "locator": "1"}]
    path = f"/v1/reactions/{link(api, answer, first, topic='sanctions', citations=cited, confidence='low')['id']}"
    read = api.send("GET", path)
    same = api.patch(path, {**read.json(), "change_note": "Looked at it"})
    assert (same.json(), same.headers["etag"]) == (read.json(), read.headers["etag"])
    changes = {
        "from": uid(first),
        "to": uid(answer),
        "type": "denies",
        "topic": None,
        "id": "x",
        "asserted_by": "nobody",
    }
    assert set(expect.faults(api.patch(path, changes))) == {f"body.{name}" for name in changes}
    after = api.patch(path, {**read.json(), "note": "New", "asserted_by": "kremlin"}).json()
    assert (after["note"], after["asserted_by"]["slug"], after["version"]) == ("New", "kremlin", 2)
    assert after["citations"] == read.json()["citations"]
    expect.problem(api.patch(path, {"note": "x"}, read.headers["etag"]), "stale")
    assert expect.problem(api.drop("/v1/actors/kremlin"), "in-use")["uses"] == {"reactions": 1}


def test_an_unknown_name_in_a_filter_of_reactions_is_refused(api: Api) -> None:
    for name in ("record", "topic"):
        assert set(expect.faults(api.send("GET", "/v1/reactions", params={name: "nothing"}))) == {f"query.{name}"}


def test_reactions_are_walked_by_entry(api: Api) -> None:
    nouns(api)
    first = said(api)
    made = [link(api, said(api), first)["id"] for _ in range(5)]
    assert [one["id"] for one in api.walk("/v1/reactions", limit=2)] == made
    other = post(api, "/v1/statements", statement(reacts_to=[uid(first)]))["id"]
    assert [one["from"] for one in api.walk("/v1/reactions", record=other)] == [other]
