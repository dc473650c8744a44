"""Sources: made, listed, amended, deleted."""

from tests import expect
from tests.desk import nouns, post, said
from tests.expect import Api

SITE = {
    "slug": "site", "name": "The site", "url": "http://kremlin.ru", "owner": "kremlin", "reliability": "B",
    "reliability_reason": "Publishes full transcripts", "language": "ru", "licence": "CC BY 4.0",
    "description": "The president's web site",
}  # fmt: skip


def test_every_member_of_a_source_comes_back_as_it_was_sent(api: Api) -> None:
    nouns(api)
    made = api.make("/v1/sources", SITE)
    assert made["owner"] == {"slug": "kremlin", "name": "The Kremlin"}
    assert {name: made[name] for name in SITE} == {**SITE, "owner": made["owner"]}


def test_all_faults_of_a_source_come_at_once(api: Api) -> None:
    nouns(api)
    body = {"slug": "-", "name": " ", "url": "kremlin.ru", "owner": "kremlim", "reliability": "G", "language": "russian!",
            "nmae": 1}  # fmt: skip
    assert set(expect.faults(api.send("POST", "/v1/sources", json=body))) == {f"body.{name}" for name in body}


def test_sources_are_listed_by_grade_and_owner(api: Api) -> None:
    nouns(api)
    post(api, "/v1/sources", SITE)
    assert [one["slug"] for one in api.walk("/v1/sources")] == ["kremlin-ru", "site", "tass"]
    assert [one["slug"] for one in api.walk("/v1/sources", owner="kremlin")] == ["site"]
    assert [one["slug"] for one in api.walk("/v1/sources", reliability=["A", "B"])] == ["site"]
    found = expect.faults(api.send("GET", "/v1/sources", params={"owner": "kremlim"}))
    assert found["query.owner"]["hint"] == "Did you mean kremlin?"


def test_a_source_is_amended_and_sent_back_whole(api: Api) -> None:
    nouns(api)
    made = post(api, "/v1/sources", SITE)
    assert api.patch("/v1/sources/site", made).json() == made
    tag = api.tag("/v1/sources/site")
    assert api.patch("/v1/actors/kremlin", {"name": "Renamed"}).status_code == 200
    after = api.patch("/v1/sources/site", {**made, "reliability": None, "owner": None}, tag).json()
    assert (after["reliability"], after["owner"], after["version"]) == (None, None, 2)
    assert set(expect.faults(api.patch("/v1/sources/site", {"slug": "x", "owner": "x"}))) == {"body.slug", "body.owner"}


def test_a_source_in_use_can_not_be_deleted_until_what_cites_it_is(api: Api) -> None:
    nouns(api)
    answer, answered = said(api, source="tass"), said(api)
    cited = [{"source": "kremlin-ru", "locator": "1"}]
    body = {"from": answer[15:], "to": answered[15:], "type": "rejects", "citations": cited}
    reaction = post(api, "/v1/reactions", body)["id"]
    uses = expect.problem(api.drop("/v1/sources/kremlin-ru"), "in-use")["uses"]
    assert uses == {"records": 1, "reactions": 1}
    assert api.patch(f"/v1/reactions/{reaction}", {"citations": None}).status_code == 200
    assert api.patch(answered, {"source": "tass"}).status_code == 200
    assert api.drop("/v1/sources/kremlin-ru").status_code == 204
    expect.problem(api.send("GET", "/v1/sources/kremlin-ru"), "deleted")
    again = api.make("/v1/sources", {"slug": "kremlin-ru", "name": "Again"})
    assert (again["version"], again["name"]) == (3, "Again")
