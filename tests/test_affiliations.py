"""Affiliations: dated memberships, without circles and each once."""

from typing import Any

from tests import expect
from tests.desk import nobody, post
from tests.expect import Api


def actors(api: Api) -> None:
    """A person, an office, a state and a bloc."""
    for slug in ("person", "office", "state", "bloc"):
        post(api, "/v1/actors", {"slug": slug, "kind": "unnamed", "name": slug.title()})


def joined(api: Api, member: str, group: str, dates: str = "2012/..", **more: Any) -> str:
    """The path of a new affiliation."""
    path = f"/v1/actors/{member}/affiliations"
    return f"{path}/{post(api, path, {'group': group, 'dates': dates, **more})['id']}"


def test_every_member_of_an_affiliation_comes_back_as_it_was_sent(api: Api) -> None:
    actors(api)
    body = {"group": "office", "role": "president", "dates": "2012-05-07/..", "note": "Re-elected in 2018"}
    made = api.make("/v1/actors/person/affiliations", body)
    assert {**made, "group": made["group"]["slug"]} == {**made, **body}
    assert made["actor"] == {"slug": "person", "name": "Person"}
    assert (made["date_earliest"], made["date_latest"], made["version"]) == ("2012-05-07", None, 1)
    path = f"/v1/actors/person/affiliations/{made['id'].upper()}"
    assert nobody(api, "GET", path).json() == made


def test_both_sides_list_an_affiliation(api: Api) -> None:
    actors(api)
    joined(api, "person", "office")
    joined(api, "office", "state")
    for side, groups in {"member": ["state"], "group": ["office"], "any": ["office", "state"]}.items():
        found = api.walk("/v1/actors/office/affiliations", side=side)
        assert [one["group"]["slug"] for one in found] == groups, side


def test_all_faults_of_an_affiliation_come_at_once(api: Api) -> None:
    actors(api)
    found = expect.faults(
        api.send(
            "POST", "/v1/actors/person/affiliations", json={"group": "offise", "dates": "../..", "role": "", "rank": 1}
        )
    )
    assert set(found) == {"body.group", "body.dates", "body.role", "body.rank"}
    assert found["body.group"]["hint"] == "Did you mean office?"
    expect.problem(api.send("POST", "/v1/actors/nobody/affiliations", json={}), "not-found")


def test_a_circle_is_refused_whatever_its_dates(api: Api) -> None:
    actors(api)
    first = joined(api, "person", "office", "1990/1991")
    joined(api, "office", "state", "2000/2001")
    for member, group in (("state", "person"), ("office", "person"), ("person", "person")):
        response = api.send("POST", f"/v1/actors/{member}/affiliations", json={"group": group, "dates": "2020/2021"})
        expect.problem(response, "circle")
    up = joined(api, "state", "bloc")
    expect.problem(api.patch(up, {"group": "person"}), "circle")
    expect.problem(api.patch(up, {"group": "state"}), "circle")
    assert api.get(up)["version"] == 1
    assert api.drop(first).status_code == 204
    assert api.patch(up, {"group": "person"}).json()["group"]["slug"] == "person"


def test_the_same_stay_is_recorded_once(api: Api) -> None:
    actors(api)
    first = joined(api, "person", "office", role="president")
    path = "/v1/actors/person/affiliations"
    again = api.send("POST", path, json={"group": "office", "dates": "2012/..", "role": "president"})
    assert expect.problem(again, "exists")["existing"] == again.headers["location"] == first
    second = joined(api, "person", "office", "2000/2008", role="president")
    joined(api, "person", "office", role="candidate")
    same = api.patch(second, {"dates": "2012/.."})
    assert expect.problem(same, "exists")["existing"] == first
    assert api.drop(first).status_code == 204
    assert api.patch(second, {"dates": "2012/.."}).json()["version"] == 2


def test_an_affiliation_is_amended_and_sent_back_whole(api: Api) -> None:
    actors(api)
    path = joined(api, "person", "office", role="president")
    read = api.get(path)
    assert api.patch(path, {**read, "change_note": "Looked at it"}).json() == read
    tag = api.tag(path)
    assert api.patch("/v1/actors/person", {"name": "Renamed"}).status_code == 200
    assert api.tag(path) != tag
    after = api.patch(path, {**read, "dates": "2012/2030", "role": None}, tag).json()
    assert (after["version"], after["date_latest"], after["role"]) == (2, "2030-12-31", None)
    assert after["actor"] == {"slug": "person", "name": "Renamed"}
    expect.problem(api.patch(path, {"role": "x"}, tag), "stale")
    found = expect.faults(
        api.patch(path, {"actor": "state", "dates": None, "group": None, "date_latest": "2031-01-01"})
    )
    assert set(found) == {"body.actor", "body.dates", "body.group", "body.date_latest"}


def test_a_deleted_affiliation_leaves_its_tombstone_at_its_own_address_alone(api: Api) -> None:
    actors(api)
    path = joined(api, "person", "office")
    other = path.replace("person", "state")
    expect.problem(api.send("GET", other), "not-found")
    assert api.drop(path).status_code == 204
    gone = api.send("GET", path)
    expect.problem(gone, "deleted")
    assert gone.headers["etag"].startswith('"2-')
    expect.problem(api.send("DELETE", path, headers={"If-Match": gone.headers["etag"]}), "deleted")
    expect.problem(api.send("GET", other), "not-found")
    assert list(api.walk("/v1/actors/person/affiliations")) == []
    assert joined(api, "person", "office") != path
