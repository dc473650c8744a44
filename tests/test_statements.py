"""Statements: what a POST takes, what it answers, and what a DELETE leaves."""

from typing import Any

from schemas.statements import StatementRead
from tests import expect
from tests.desk import nobody, nouns, post, said
from tests.expect import Api
from tests.factories import statement, world

FULL: dict[str, Any] = {
    "date": "2025-03-13",
    "date_basis": "published",
    "effective": "2025-03-18/2025-04-17",
    "title": "Agrees with the idea of a truce",
    "summary": "Says “да, но”.\nThen asks who gives the order.",
    "actor": "vladimir-putin",
    "on_behalf_of": "kremlin",
    "participants": [{"actor": "kremlin", "role": "host"}, {"actor": "kremlin", "role": "addressee"}],
    "topics": [
        {"topic": "truce-in-principle", "stance": "supports", "condition_type": "none", "conditions": None,
         "coding_certainty": "high"},
        {"topic": "sanctions", "stance": "strongly_opposes", "condition_type": "preconditions",
         "conditions": "Mobilisation stops first", "coding_certainty": "low"},
    ],
    "confidence": {"value": "likely", "scale": "dni"},
    "attribution": "counterpart",
    "hedge": "likely",
    "citations": [
        {"source": "kremlin-ru", "url": "http://en.kremlin.ru/events/76450", "locator": "p. 2", "published_at": "2025-03-14",
         "credibility": 2, "reliability": "B", "role": "original", "origin": "kremlin", "excerpt": "мы согласны",
         "retrieved_at": "2025-03-15T08:00:00Z", "archive_url": "https://archive.example/1"},
        {"source": "tass", "url": None, "locator": "minute 12", "published_at": None, "credibility": None,
         "reliability": None, "role": "repeat", "origin": None, "excerpt": None, "retrieved_at": None, "archive_url": None},
    ],
    "quote": "мы с предложениями согласны",
    "language": "ru",
    "translation": "we agree with the proposals",
    "translation_by": "official",
    "channel": "press_conference",
    "prompted": False,
    "event_type": "THREATEN",
    "event_mode": "restrict",
    "place": {"name": "Москва", "country": "RU", "latitude": 55.75, "longitude": 37.5},
    "tags": ["istanbul-talks", "перемирие"],
    "rationale": "Says yes to the idea, no to the plan",
    "external_source": "acled",
    "external_id": "UKR:12345",
    "status": "under_review",
}  # fmt: skip


def plain(shown: dict[str, Any]) -> dict[str, Any]:
    """An answer with slugs where nouns are shown, and without what is derived."""
    nouns_out = {
        name: value["slug"] if isinstance(value, dict) and "slug" in value else value for name, value in shown.items()
    }
    for group, member in (("participants", "actor"), ("topics", "topic"), ("citations", "source")):
        nouns_out[group] = [
            {name: value for name, value in {**one, member: one[member]["slug"]}.items() if name != "stance_score"}
            for one in shown[group]
        ]
    return nouns_out


def test_the_minimal_statement_of_the_contract_works(api: Api) -> None:
    world(api)
    made = api.make("/v1/statements", statement())
    assert made["actor"] == {"slug": "vladimir-putin", "name": "Vladimir Putin"}
    assert made["confidence"] == 85
    assert made["recorded_by"] == "desk"
    assert made["version"] == 1
    assert made["recorded_at"] == made["changed_at"]
    assert (made["stance"], made["stance_score"], made["source"]["slug"]) == ("supports", 1, "kremlin-ru")
    assert (made["date_basis"], made["attribution"], made["status"]) == ("stated", "own_words", "published")
    assert [made[name] for name in ("summary", "place", "quote", "prompted", "event_type")] == [None] * 5
    assert (made["tags"], made["participants"]) == ([], [])


def test_every_member_comes_back_as_it_was_sent(api: Api) -> None:
    nouns(api)
    made = api.make("/v1/statements", FULL)
    shown = plain(made)
    given = {**FULL, "confidence": 70}
    assert {name: shown[name] for name in given} == given
    assert made["confidence_given"] == {"value": "likely", "scale": "dni"}
    assert made["confidence_label"] == "high"
    assert [position["stance_score"] for position in made["topics"]] == [1, -2]
    assert (made["date_earliest"], made["date_latest"], made["date_precision"]) == ("2025-03-13", "2025-03-13", "day")


def test_an_answer_has_every_documented_member_and_no_other(api: Api) -> None:
    nouns(api)
    for body in (FULL, statement()):
        made = post(api, "/v1/statements", body)
        StatementRead.model_validate(made)
        assert set(made) == set(StatementRead.model_fields) - {"snippet"}


def test_a_list_shows_a_statement_as_its_own_address_does(api: Api) -> None:
    nouns(api)
    made = api.make("/v1/statements", FULL)
    assert list(api.walk("/v1/statements")) == [made]


def test_short_forms_are_the_long_forms_of_one_topic_and_one_citation(api: Api) -> None:
    nouns(api)
    short = post(
        api, "/v1/statements",
        statement(condition_type="modalities", conditions="Who monitors it", coding_certainty="medium"),
    )  # fmt: skip
    long = statement(topic=None, stance=None, source=None, url=None)
    long["topics"] = [
        {"topic": {"slug": "truce-in-principle"}, "stance": "supports", "condition_type": "modalities",
         "conditions": "Who monitors it", "coding_certainty": "medium"}
    ]  # fmt: skip
    long["citations"] = [{"source": "kremlin-ru", "url": statement()["url"]}]
    made = post(api, "/v1/statements", long)
    assert made["topics"] == short["topics"]
    assert made["citations"] == short["citations"]


def test_nouns_are_taken_as_answers_show_them(api: Api) -> None:
    nouns(api)
    shown = {"slug": "vladimir-putin", "name": "Any name"}
    made = post(api, "/v1/statements", statement(actor=shown))
    assert made["actor"] == {"slug": "vladimir-putin", "name": "Vladimir Putin"}


def test_the_created_statement_is_answered_whole_with_its_address_and_tag(api: Api) -> None:
    nouns(api)
    response = api.send("POST", "/v1/statements", json=statement())
    assert response.status_code == 201
    path = response.headers["location"]
    assert path == f"/v1/statements/{response.json()['id']}"
    read = api.send("GET", path)
    assert (read.json(), read.headers["etag"]) == (response.json(), response.headers["etag"])
    assert nobody(api, "GET", path).json() == response.json()


def test_ids_rise_with_entry_and_are_read_in_any_case(api: Api) -> None:
    nouns(api)
    paths = [said(api) for _ in range(3)]
    assert paths == sorted(paths)
    assert api.get(f"/v1/statements/{paths[0][15:].upper()}") == api.get(paths[0])


def test_a_statement_is_no_event(api: Api) -> None:
    nouns(api)
    path = said(api)
    expect.problem(api.send("GET", path.replace("statements", "events")), "not-found")
    tag = {"If-Match": api.tag(path)}
    expect.problem(api.send("DELETE", path.replace("statements", "events"), headers=tag), "not-found")
    expect.problem(
        api.send("PATCH", path.replace("statements", "events"), json={"title": "x"}, headers=tag), "not-found"
    )


def test_a_deleted_statement_leaves_its_tombstone(api: Api) -> None:
    nouns(api)
    path = said(api)
    response = api.drop(path)
    assert (response.status_code, response.content) == (204, b"")
    gone = api.send("GET", path)
    expect.problem(gone, "deleted")
    assert gone.headers["etag"].startswith('"2-')
    assert list(api.walk("/v1/statements")) == []
    expect.problem(api.send("GET", f"{path}/thread"), "deleted")


def test_deleting_twice_and_amending_what_is_deleted_are_answered_with_the_tombstone(api: Api) -> None:
    nouns(api)
    path = said(api)
    tag = api.tag(path)
    assert api.drop(path).status_code == 204
    stone = api.send("GET", path).headers["etag"]
    for given in (tag, stone):
        again = api.send("DELETE", path, headers={"If-Match": given})
        expect.problem(again, "deleted")
        assert again.headers["etag"] == stone
        expect.problem(api.patch(path, {"title": "New"}, given), "deleted")


def test_a_delete_needs_the_tag_that_was_read(api: Api) -> None:
    nouns(api)
    path = said(api)
    stale = api.tag(path)
    assert api.patch(path, {"title": "New"}).status_code == 200
    expect.problem(api.send("DELETE", path), "precondition-required")
    expect.problem(api.send("DELETE", path, headers={"If-Match": "*"}), "precondition-required")
    refused = api.send("DELETE", path, headers={"If-Match": stale})
    assert expect.problem(refused, "stale")["current"]["title"] == "New"
    assert refused.headers["etag"] == api.tag(path)
    assert api.get(path)["version"] == 2


def test_a_withdrawn_statement_is_read_by_its_id_and_left_out_of_lists(api: Api) -> None:
    nouns(api)
    path = said(api, status="withdrawn")
    assert nobody(api, "GET", path).json()["status"] == "withdrawn"
    assert list(api.walk("/v1/statements")) == []
    assert [one["id"] for one in api.walk("/v1/statements", status="withdrawn")] == [path[15:]]


def test_every_version_bears_the_name_of_the_key_that_wrote_it(api: Api) -> None:
    nouns(api)
    path = said(api)
    assert api.get(path)["recorded_by"] == "desk"
