"""Topics: one proposition each, in a tree."""

from typing import Any

from tests import expect
from tests.desk import link, nouns, post, said
from tests.expect import Api

TRUCE = {"slug": "truce", "name": "A truce", "proposition": "Russia should accept a truce of thirty days."}


def topic(api: Api, slug: str, **more: Any) -> dict[str, Any]:
    """A new topic."""
    return post(api, "/v1/topics", {**TRUCE, "slug": slug, **more})


def test_every_member_of_a_topic_comes_back_as_it_was_sent(api: Api) -> None:
    topic(api, "war")
    body = {**TRUCE, "parent": "war", "parent_polarity": -1, "description": "Any pause in the fighting"}
    made = api.make("/v1/topics", body)
    assert made["parent"] == {"slug": "war", "name": "A truce"}
    assert {name: made[name] for name in body} == {**body, "parent": made["parent"]}


def test_a_proposition_says_one_thing_in_the_positive(api: Api) -> None:
    for sentence, word in (
        ("Russia should stop and withdraw.", '"and"'),
        ("Russia should stop & withdraw.", '"and"'),
        ("Russia should NOT attack.", '"not"'),
        ("Russia cannot attack.", '"not"'),
        ("Russia shouldn't attack.", '"not"'),
        ("Russia shouldn’t attack.", '"not"'),
        (" ", "blank"),
    ):
        found = expect.faults(api.send("POST", "/v1/topics", json={**TRUCE, "proposition": sentence}))
        assert word in found["body.proposition"]["message"], sentence


def test_a_proposition_may_hold_words_that_only_look_so(api: Api) -> None:
    topic(api, "sand", proposition="Finland should send a notable thousand of brand-new Andean knots.")


def test_all_faults_of_a_topic_come_at_once(api: Api) -> None:
    topic(api, "war")
    body = {"slug": "Truce", "name": "", "proposition": "Stop and go", "parent": "waar", "parent_polarity": 2, "x": 1}
    found = expect.faults(api.send("POST", "/v1/topics", json=body))
    assert set(found) == {f"body.{name}" for name in body}
    assert found["body.parent"]["hint"] == "Did you mean war?"
    for polarity in (0, True, "1", 1.5):
        body = {**TRUCE, "parent": "war", "parent_polarity": polarity}
        assert set(expect.faults(api.send("POST", "/v1/topics", json=body))) == {"body.parent_polarity"}


def test_a_polarity_means_nothing_without_a_parent(api: Api) -> None:
    topic(api, "war")
    found = expect.faults(api.send("POST", "/v1/topics", json={**TRUCE, "parent_polarity": 1}))
    assert set(found) == {"body.parent_polarity"}
    assert topic(api, "loose", parent="war")["parent_polarity"] is None
    topic(api, "truce", parent="war", parent_polarity=1)
    assert set(expect.faults(api.patch("/v1/topics/truce", {"parent": None}))) == {"body.parent_polarity"}
    after = api.patch("/v1/topics/truce", {"parent": None, "parent_polarity": None}).json()
    assert (after["parent"], after["parent_polarity"], after["version"]) == (None, None, 2)


def test_a_topic_can_not_stand_below_itself(api: Api) -> None:
    topic(api, "a")
    topic(api, "b", parent="a")
    topic(api, "c", parent="b")
    for parent in ("a", "b", "c"):
        expect.problem(api.patch("/v1/topics/a", {"parent": parent}), "circle")
    assert api.get("/v1/topics/a")["version"] == 1
    assert api.patch("/v1/topics/b", {"parent": None}).status_code == 200
    assert api.patch("/v1/topics/a", {"parent": "c"}).json()["parent"]["slug"] == "c"


def test_topics_are_listed_by_parent(api: Api) -> None:
    for slug, parent in (("a", None), ("b", "a"), ("c", "b")):
        topic(api, slug, parent=parent)
    assert [one["slug"] for one in api.walk("/v1/topics", parent="a")] == ["b"]
    assert [one["slug"] for one in api.walk("/v1/topics", parent=["a", "b"])] == ["b", "c"]
    found = expect.faults(api.send("GET", "/v1/topics", params={"parent": "aa"}))
    assert set(found) == {"query.parent"}


def test_a_topic_is_amended_and_sent_back_whole(api: Api) -> None:
    topic(api, "war")
    made = topic(api, "truce", parent="war", parent_polarity=1)
    assert api.patch("/v1/topics/truce", made).json() == made
    assert api.patch("/v1/topics/truce", {"change_note": "Looked at it"}).json() == made
    after = api.patch("/v1/topics/truce", {**made, "proposition": "Russia should accept it."}).json()
    assert (after["proposition"], after["version"]) == ("Russia should accept it.", 2)
    assert set(expect.faults(api.patch("/v1/topics/truce", {"slug": "x", "proposition": None}))) == {
        "body.slug", "body.proposition",
    }  # fmt: skip


def test_a_topic_in_use_can_not_be_deleted_until_what_names_it_is(api: Api) -> None:
    nouns(api)
    topic(api, "below", parent="sanctions")
    answer, answered = said(api, topic="sanctions"), said(api)
    reaction = link(api, answer, answered, topic="sanctions")["id"]
    uses = expect.problem(api.drop("/v1/topics/sanctions"), "in-use")["uses"]
    assert uses == {"records": 1, "topics": 1, "reactions": 1}
    assert api.drop(answer).status_code == 204
    expect.problem(api.send("GET", f"/v1/reactions/{reaction}"), "deleted")
    assert expect.problem(api.drop("/v1/topics/sanctions"), "in-use")["uses"] == {"topics": 1}
    assert api.drop("/v1/topics/below").status_code == 204
    assert api.drop("/v1/topics/sanctions").status_code == 204
    again = topic(api, "sanctions", parent="truce-in-principle")
    assert (again["version"], again["parent"]["slug"]) == (3, "truce-in-principle")
