"""API keys: shown once, stored hashed, ended by time or by hand, never named twice."""

from urllib.parse import quote

from api.settings import Settings
from tests import expect
from tests.desk import holder, nobody, nouns, post, said, store
from tests.expect import Api


def test_a_new_key_works_and_its_secret_is_shown_only_once(api: Api, settings: Settings) -> None:
    admin = holder(api, settings, "admin")
    response = admin.send("POST", "/v1/keys", json={"name": "newsroom", "role": "contributor"})
    assert response.status_code == 201
    made = response.json()
    assert (made["name"], made["role"], made["expires_at"], made["revoked_at"]) == (
        "newsroom",
        "contributor",
        None,
        None,
    )
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["location"] == "/v1/keys/newsroom"
    secret = made.pop("secret")
    assert Api(api.client, secret).get("/v1/me")["role"] == "contributor"
    listed = admin.get("/v1/keys")
    assert [one for one in listed["items"] if one["name"] == "newsroom"] == [made]
    assert {one["name"] for one in listed["items"]} == {"desk", "newsroom", "the-admin"}
    assert secret not in admin.send("GET", "/v1/keys").text


def test_no_secret_is_stored(api: Api, settings: Settings) -> None:
    admin = holder(api, settings, "admin")
    body = {"name": "newsroom", "role": "editor"}
    kept = admin.send("POST", "/v1/keys", json=body, headers={"Idempotency-Key": "k"})
    assert set(expect.faults(kept)) == {"header.Idempotency-Key"}
    secret = post(admin, "/v1/keys", body)["secret"]
    with store(settings) as writing:
        rows = writing.rows("SELECT * FROM api_key") + writing.rows("SELECT * FROM replay")
        hashes = [row[0] for row in writing.rows("SELECT secret_hash FROM api_key WHERE name = 'newsroom'")]
    assert rows
    assert secret.removeprefix("dmr_") not in str(rows)
    assert len(hashes[0]) == 64


def test_a_revoked_key_stops_at_once_and_its_name_stays_taken(api: Api, settings: Settings) -> None:
    nouns(api)
    admin, editor = holder(api, settings, "admin"), holder(api, settings, "editor")
    path = said(editor)
    for _ in range(2):
        assert admin.send("DELETE", "/v1/keys/the-editor").status_code == 204
    for response in (editor.send("GET", path), editor.send("DELETE", path, headers={"If-Match": "x"})):
        expect.problem(response, "key-invalid")
        assert response.headers["www-authenticate"] == "Bearer"
    assert next(one for one in admin.get("/v1/keys")["items"] if one["name"] == "the-editor")["revoked_at"]
    again = admin.send("POST", "/v1/keys", json={"name": "the-editor", "role": "reader"})
    expect.problem(again, "exists")
    assert api.get(path)["recorded_by"] == "the-editor"
    expect.problem(admin.send("DELETE", "/v1/keys/nobody"), "not-found")
    expect.problem(admin.send("DELETE", "/v1/keys/demarche"), "not-found")


def test_a_key_works_until_it_expires(api: Api, settings: Settings) -> None:
    admin = holder(api, settings, "admin")
    made = post(admin, "/v1/keys", {"name": "guest", "role": "editor", "expires_at": "2999-01-01T02:00:00+02:00"})
    assert made["expires_at"] == "2999-01-01T00:00:00Z"
    guest = Api(api.client, made["secret"])
    assert guest.get("/v1/me")["name"] == "guest"
    with store(settings) as writing:
        writing.run("UPDATE api_key SET expires_at = :now WHERE name = 'guest'", {"now": writing.now() - 1_000_000})
    expect.problem(guest.send("GET", "/v1/me"), "key-invalid")
    expect.problem(guest.send("POST", "/v1/statements", json={}), "key-invalid")


def test_a_key_may_have_any_name_that_an_address_can_hold(api: Api, settings: Settings) -> None:
    nouns(api)
    admin = holder(api, settings, "admin")
    for name in ("Редакция, Київ", "desk no. 5?", "100%"):
        response = admin.send("POST", "/v1/keys", json={"name": name, "role": "editor"})
        assert response.status_code == 201
        assert response.headers["location"] == f"/v1/keys/{quote(name)}"
        made = Api(api.client, response.json()["secret"])
        assert made.get(said(made))["recorded_by"] == name
        assert admin.send("DELETE", response.headers["location"]).status_code == 204
        expect.problem(made.send("GET", "/v1/me"), "key-invalid")


def test_all_faults_of_a_key_come_at_once(api: Api, settings: Settings) -> None:
    admin = holder(api, settings, "admin")
    body = {"name": " ", "role": "editr", "expires_at": "tomorrow", "secret": "mine"}
    found = expect.faults(admin.send("POST", "/v1/keys", json=body))
    assert set(found) == {f"body.{name}" for name in body}
    assert found["body.role"]["hint"] == "Did you mean editor?"
    for name in ("a/b", "..", " desk", "desk\n", "x" * 101):
        assert set(expect.faults(admin.send("POST", "/v1/keys", json={"name": name, "role": "editor"}))) == {
            "body.name"
        }
    past = {"name": "past", "role": "reader", "expires_at": "2020-01-01T00:00:00Z"}
    assert set(expect.faults(admin.send("POST", "/v1/keys", json=past))) == {"body.expires_at"}


def test_keys_are_for_admins_alone(api: Api, settings: Settings) -> None:
    for role in ("reader", "contributor", "editor"):
        expect.problem(holder(api, settings, role).send("GET", "/v1/keys"), "forbidden")
    expect.problem(nobody(api, "GET", "/v1/keys"), "key-required")


def test_a_key_that_does_not_work_is_told_so_also_in_reading(api: Api) -> None:
    for sent in ("dmr_x", "Basic abc", "Bearer", "Bearer  ", "bearer dmr_nothing", "Bearer ключ"):
        response = nobody(api, "GET", "/v1/actors", headers={"Authorization": sent.encode()})
        expect.problem(response, "key-invalid")
        assert response.headers["www-authenticate"] == "Bearer"


def test_everyone_is_told_what_a_key_may_do(api: Api, settings: Settings) -> None:
    assert nobody(api, "GET", "/v1/me").json()["role"] is None
    may = [holder(api, settings, role).get("/v1/me")["may"] for role in ("reader", "contributor", "editor", "admin")]
    assert [len(one) for one in may] == [1, 2, 3, 4]
