"""Actors: made, found by any of their names, amended, deleted, made again."""

from tests import expect
from tests.desk import done, nobody, nouns, post, said
from tests.expect import Api

PUTIN = {
    "slug": "putin", "kind": "person", "name": "Vladimir Putin", "aliases": ["Владимир Путин", "Пётр Ёлкин"],
    "country": "RU", "wikidata": "Q7747", "description": "President of Russia",
}  # fmt: skip


def test_every_member_of_an_actor_comes_back_as_it_was_sent(api: Api) -> None:
    made = api.make("/v1/actors", PUTIN)
    assert {name: made[name] for name in PUTIN} == PUTIN
    assert (made["version"], made["recorded_at"]) == (1, made["changed_at"])
    assert nobody(api, "GET", "/v1/actors/putin").json() == made


def test_all_faults_of_an_actor_come_at_once(api: Api) -> None:
    body = {"slug": "The Kremlin", "kind": "offic", "name": "", "country": "UK", "wikidata": "7747", "aliases": ["x", " "],
            "nmae": "x"}  # fmt: skip
    found = expect.faults(api.send("POST", "/v1/actors", json=body))
    assert set(found) == {f"body.{name}" for name in body if name != "aliases"} | {"body.aliases.1"}
    assert found["body.kind"]["hint"] == "Did you mean office?"
    assert found["body.nmae"]["hint"] == "Did you mean name?"


def test_a_slug_is_taken_once(api: Api) -> None:
    post(api, "/v1/actors", PUTIN)
    again = api.send("POST", "/v1/actors", json={**PUTIN, "name": "Another"})
    assert expect.problem(again, "exists")["existing"] == again.headers["location"] == "/v1/actors/putin"
    assert api.get("/v1/actors/putin")["name"] == "Vladimir Putin"


def test_an_actor_is_found_by_name_or_alias_in_any_script_whatever_case_and_accents(api: Api) -> None:
    post(api, "/v1/actors", PUTIN)
    names = ["Emmanuel Mácron", "Радослав Сікорський"]
    post(api, "/v1/actors", {"slug": "macron", "kind": "person", "name": names[0], "aliases": names[1:]})
    post(api, "/v1/actors", {"slug": "odd", "kind": "unnamed", "name": "100%_sure!", "aliases": ["Радосла́в"]})
    for asked, slugs in {
        "PUTIN": ["putin"], "путин": ["putin"], "ПУТИН": ["putin"], "vladimir p": ["putin"], "Петр елкин": ["putin"],
        "ЁЛКИН": ["putin"], "macron": ["macron"], "MÁCRON": ["macron"], "сікорськии": ["macron"],
        "радослав": ["macron", "odd"], "%": ["odd"], "_": ["odd"], "!": ["odd"], "0%_s": ["odd"], "nobody": [],
    }.items():  # fmt: skip
        assert [one["slug"] for one in api.walk("/v1/actors", q=asked)] == slugs, asked
    assert api.patch("/v1/actors/putin", {"aliases": None}).json()["aliases"] == []
    assert list(api.walk("/v1/actors", q="путин")) == []


def test_letters_with_a_stroke_are_found_without_it(api: Api) -> None:
    post(api, "/v1/actors", {"slug": "sikorski", "kind": "person", "name": "Radosław Sikorski"})
    post(api, "/v1/actors", {"slug": "store", "kind": "person", "name": "Jonas Gahr Støre"})
    for asked, slug in {"radoslaw": "sikorski", "RADOSŁAW": "sikorski", "store": "store"}.items():
        assert [one["slug"] for one in api.walk("/v1/actors", q=asked)] == [slug], asked


def test_the_longest_names_can_be_kept_and_found(api: Api) -> None:
    post(api, "/v1/actors", {"slug": "long", "kind": "person", "name": "ﷺ" * 200})
    assert [one["slug"] for one in api.walk("/v1/actors", q="ﷺ")] == ["long"]


def test_actors_are_listed_by_slug_and_by_kind(api: Api) -> None:
    nouns(api)
    assert [one["slug"] for one in api.walk("/v1/actors", limit=1)] == ["kremlin", "vladimir-putin"]
    assert [one["slug"] for one in api.walk("/v1/actors", kind=["office", "bloc"])] == ["kremlin"]


def test_what_a_get_of_an_actor_returns_can_be_edited_and_sent_back(api: Api) -> None:
    made = post(api, "/v1/actors", PUTIN)
    tag = api.tag("/v1/actors/putin")
    same = api.patch("/v1/actors/putin", {**made, "change_note": "Looked at it"}, tag)
    assert (same.json(), same.headers["etag"]) == (made, tag)
    after = api.patch("/v1/actors/putin", {**made, "name": "V. Putin", "country": None}, tag).json()
    assert (after["name"], after["country"], after["version"], after["aliases"]) == (
        "V. Putin",
        None,
        2,
        PUTIN["aliases"],
    )
    assert after["recorded_at"] == made["recorded_at"] < after["changed_at"]
    assert expect.problem(api.patch("/v1/actors/putin", {"name": "x"}, tag), "stale")["current"] == after
    found = expect.faults(api.patch("/v1/actors/putin", {"slug": "x", "version": 1, "name": None, "kind": None}))
    assert set(found) == {"body.slug", "body.version", "body.name", "body.kind"}


def test_an_actor_in_use_can_not_be_deleted_until_what_names_it_is(api: Api) -> None:
    nouns(api)
    records = [said(api), done(api, actor="kremlin", participants=[{"actor": "vladimir-putin", "role": "host"}])]
    group = post(api, "/v1/actors/vladimir-putin/affiliations", {"group": "kremlin", "dates": "2012/.."})
    post(api, "/v1/sources", {"slug": "diary", "name": "Diary", "owner": "vladimir-putin"})
    path = "/v1/actors/vladimir-putin"
    assert expect.problem(api.drop(path), "in-use")["uses"] == {"records": 2, "affiliations": 1, "sources": 1}
    for used in (*records, f"{path}/affiliations/{group['id']}", "/v1/sources/diary"):
        assert api.get(path)["version"] == 1
        assert api.drop(used).status_code == 204
    assert api.drop(path).status_code == 204
    gone = api.send("GET", path)
    expect.problem(gone, "deleted")
    assert gone.headers["etag"].startswith('"2-')
    expect.problem(api.send("DELETE", path, headers={"If-Match": gone.headers["etag"]}), "deleted")
    expect.problem(api.patch(path, {"name": "x"}, '"1-0"'), "deleted")
    assert [one["slug"] for one in api.walk("/v1/actors")] == ["kremlin"]


def test_a_noun_made_again_under_a_deleted_slug_continues_its_versions(api: Api) -> None:
    first = post(api, "/v1/actors", PUTIN)
    assert api.drop("/v1/actors/putin").status_code == 204
    again = api.make("/v1/actors", {"slug": "putin", "kind": "office", "name": "Another"})
    assert (again["version"], again["name"], again["aliases"], again["country"]) == (3, "Another", [], None)
    assert again["recorded_at"] == first["recorded_at"] < again["changed_at"]
    assert api.drop("/v1/actors/putin").status_code == 204


def test_an_unknown_actor_is_not_found_with_the_closest(api: Api) -> None:
    nouns(api)
    assert "kremlin" in expect.problem(api.send("GET", "/v1/actors/kremlim"), "not-found")["detail"]
