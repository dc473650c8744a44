"""Seals and proofs: over the API, checked alone, and made while others write."""

import json
import threading
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.__main__ import main
from api.commands import seal as sealing
from api.database import Database
from api.settings import Settings
from api.store import merkle, proofs, seals
from tests import desk
from tests.coders import coded
from tests.desk import anyone, link, nobody, post, said
from tests.expect import Api, problem

Json = dict[str, Any]


def seal(settings: Settings) -> list[seals.Sealed]:
    """Seal what there is."""
    database = Database(settings)
    try:
        return sealing.seal(database)
    finally:
        database.close()


def proof(api: Api, noun: str, address: str, version: int = 1) -> Json:
    """The proof of a version, which holds."""
    found: Json = api.get(f"/v1/proofs/{noun}/{address}", params={"version": version})
    assert proofs.faults(found) == []
    return found


def test_seals_are_chained_and_listed_newest_first(api: Api, settings: Settings) -> None:
    assert api.get("/v1/seals") == {"items": [], "next": None}
    desk.nouns(api)
    first = seal(settings)
    assert [(one.number, one.first, one.last, one.versions) for one in first] == [(1, 1, 6, 6)]
    assert seal(settings) == []
    for _ in range(3):
        said(api)
        seal(settings)
    listed = list(api.walk("/v1/seals", limit=2))
    assert [one["number"] for one in listed] == [4, 3, 2, 1]
    assert [one["previous"] for one in listed] == [*(one["digest"] for one in listed[1:]), "00" * 32]
    for one in listed:
        assert api.get(f"/v1/seals/{one['number']}") == one
        assert json.loads(one["header"])["seal"] == one["number"]
    then = api.get("/v1/seals", params={"as_of": listed[1]["sealed_at"]})
    assert [one["number"] for one in then["items"]] == [3, 2, 1]
    problem(api.send("GET", "/v1/seals/4", params={"as_of": listed[1]["sealed_at"]}), "not-found")
    for wrong in ("5", "0", "x", "9" * 40):
        problem(api.send("GET", f"/v1/seals/{wrong}"), "not-found")


def test_a_large_database_takes_several_seals(api: Api, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "MOST_VERSIONS", 4)
    desk.nouns(api)
    assert [(one.first, one.last) for one in seal(settings)] == [(1, 4), (5, 6)]


def test_every_kind_of_thing_can_be_proven(api: Api, settings: Settings) -> None:
    desk.nouns(api)
    answered, answer = said(api), said(api, external_source="acled", external_id="UKR/1")
    assert api.patch(answered, {"title": "Another title", "change_note": "Heard again"}).status_code == 200
    linked = link(api, answer, answered)
    stay = post(api, "/v1/actors/vladimir-putin/affiliations", {"group": "kremlin", "dates": "2012-05-07/.."})
    event = desk.done(api)
    coding = coded(api, answer, "second-reader", sanctions="neutral")
    dismissed = post(api, "/v1/duplicates/dismissals", {"records": [linked["from"], linked["to"]]})
    seal(settings)
    for noun, address, version in (
        ("statement", desk.uid(answered), 1), ("statement", desk.uid(answered), 2), ("statement", desk.uid(answer), 1),
        ("event", desk.uid(event), 1), ("reaction", linked["id"], 1), ("actor", "kremlin", 1), ("source", "tass", 1),
        ("topic", "sanctions", 1), ("affiliation", stay["id"].upper(), 1),
        ("coding", coding["id"].upper(), 1), ("dismissal", dismissed["id"].upper(), 1),
    ):  # fmt: skip
        found = proof(api, noun, address, version)
        told = json.loads(found["content"])
        assert told["identity"].get("uid", told["identity"].get("slug")) == found["id"] == address.lower()
        assert told["version"] == version
        assert found["seal"] == api.get("/v1/seals/1")
    second = proof(api, "statement", desk.uid(answered), 2)
    assert second["previous"] == proof(api, "statement", desk.uid(answered), 1)["digest"]
    assert json.loads(second["content"])["revision"]["change_note"] == "Heard again"
    by_external = api.get("/v1/proofs/statement/acled:UKR/1")
    assert json.loads(by_external["content"])["identity"]["external_id"] == "UKR/1"


def test_a_proof_that_was_bent_anywhere_does_not_hold(api: Api, settings: Settings) -> None:
    desk.nouns(api)
    path = said(api)
    seal(settings)
    found = proof(api, "statement", desk.uid(path))
    other = {"content": found["content"].replace("2025", "2024"), "salt": "00" * 16, "previous": "11" * 32, "digest": "22" * 32,
             "leaf_index": found["leaf_index"] - 1, "path": found["path"][:-1], "version": 2, "id": "kremlin", "noun": "event"}  # fmt: skip
    assert set(found) - set(other) == {"seal"}
    for name, bent in other.items():
        assert proofs.faults({**found, name: bent}), name
    of_seal = {"root": "33" * 32, "previous": "44" * 32, "digest": "55" * 32, "number": 2, "sealed_at": "2020-01-01T00:00:00Z",
               "first_seq": 2, "last_seq": 6, "versions": 6, "header": found["seal"]["header"].replace('"seal":1', '"seal":3')}  # fmt: skip
    assert set(found["seal"]) == set(of_seal)
    for name, bent in of_seal.items():
        assert proofs.faults({**found, "seal": {**found["seal"], name: bent}}), name
    nonsense: list[Any] = [{}, [], None, {"salt": "x"}, {**found, "path": None}, {**found, "content": "{}"}]
    assert proofs.faults({**found, "noun": "record"}) == ["The noun is not the one that was hashed."]
    for one in nonsense:
        assert proofs.faults(one) == ["This is not a proof as GET /v1/proofs/… answers it."]


def test_only_what_may_be_seen_is_proven(api: Api, settings: Settings) -> None:
    desk.nouns(api)
    draft = said(api, status="draft")
    public = said(api)
    gone = said(api)
    assert api.drop(gone).status_code == 204
    asked = f"/v1/proofs/statement/{desk.uid(draft)}"
    early = problem(api.send("GET", asked), "not-sealed")
    assert "nothing is sealed yet" in early["detail"]
    seal(settings)
    proof(api, "statement", desk.uid(draft))
    problem(nobody(api, "GET", asked), "not-found")
    assert api.patch(draft, {"status": "published"}).status_code == 200
    late = problem(nobody(api, "GET", asked), "not-sealed")
    assert "Version 2 was entered at 20" in late["detail"]
    assert "after seal 1 of " in late["detail"]
    seal(settings)
    assert proof(anyone(api), "statement", desk.uid(draft), 2) == nobody(api, "GET", asked).json()
    problem(nobody(api, "GET", f"{asked}?version=1"), "not-found")  # the draft that it was
    proof(anyone(api), "statement", desk.uid(public))
    proof(anyone(api), "statement", desk.uid(gone))
    problem(nobody(api, "GET", f"/v1/proofs/statement/{desk.uid(gone)}"), "deleted")
    problem(nobody(api, "GET", f"/v1/proofs/event/{desk.uid(public)}"), "not-found")
    problem(nobody(api, "GET", "/v1/proofs/statement/nothing"), "not-found")
    near = problem(nobody(api, "GET", "/v1/proofs/statements/nothing"), "not-found")
    assert near["detail"] == "There is no noun 'statements'. Did you mean statement?"


def test_a_link_written_while_its_record_was_a_draft_keeps_its_author(api: Api, settings: Settings) -> None:
    desk.nouns(api)
    draft, public = said(api, status="draft"), said(api)
    made = link(api, draft, public)
    assert api.patch(draft, {"status": "published"}).status_code == 200
    seal(settings)
    proof(api, "reaction", made["id"])
    told = nobody(api, "GET", f"/v1/reactions/{made['id']}/history").json()["items"][-1]
    assert (told["version"], told["recorded_by"]) == (1, None)
    told = problem(nobody(api, "GET", f"/v1/proofs/reaction/{made['id']}?version=1"), "not-found")["detail"]
    assert "a record of it was a draft" in told


def test_the_program_seals_and_checks_a_proof(
    api: Api, settings: Settings, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    assert main(["seal"]) == 0
    assert capsys.readouterr().out == "Nothing was entered yet: there is nothing to seal.\n"
    desk.nouns(api)
    path = said(api, title="Agrees with the idea of a truce")
    assert main(["seal"]) == 0
    printed = capsys.readouterr().out
    found = proof(api, "statement", desk.uid(path))
    assert f"7 versions, root {found['seal']['root']}" in printed
    assert printed.endswith(f"\ndemarche seal 1:{found['seal']['digest']}\n")
    assert main(["seal"]) == 0
    assert "since seal 1: there is nothing to seal" in capsys.readouterr().out
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(found))
    monkeypatch.setenv("DATABASE_URL", "sqlite:////nowhere/at/all.sqlite3")
    assert main(["check-proof", str(file)]) == 0
    told = capsys.readouterr().out
    assert "Agrees with the idea of a truce" in told
    assert f"Proven: statement {desk.uid(path)}, version 1, recorded " in told
    assert f"demarche seal 1:{found['seal']['digest']}" in told
    file.write_text(json.dumps({**found, "content": found["content"].replace("truce", "peace")}))
    assert main(["check-proof", str(file)]) == 1
    assert capsys.readouterr().err == "The digest is not that of the content with its salt and the digest before.\n"
    assert main(["check-proof", str(tmp_path / "none")]) == 3


def test_sealing_while_others_write_and_seal_takes_each_version_once(
    api: Api, settings: Settings, client: TestClient
) -> None:
    desk.nouns(api)
    made: list[seals.Sealed] = []
    writing = threading.Event()
    writing.set()

    def keep_sealing() -> None:
        last = False
        while not last:
            last = not writing.is_set()
            made.extend(seal(settings))

    sealers = [threading.Thread(target=keep_sealing) for _ in range(2)]
    for one in sealers:
        one.start()
    paths = [said(api) for _ in range(25)]
    writing.clear()
    for one in sealers:
        one.join()
    made.sort(key=lambda sealed: sealed.number)
    assert [one.number for one in made] == list(range(1, len(made) + 1))
    assert [one.first for one in made] == [1, *(one.last + 1 for one in made[:-1])]
    assert made[-1].last == 31
    for path in paths:
        proof(api, "statement", desk.uid(path))


def test_a_seal_is_not_entered_after_another_one_has_come_between(api: Api, settings: Settings) -> None:
    desk.nouns(api)
    database = Database(settings)
    with database.reading() as reading:
        grown = seals.tree(reading)
    assert grown
    assert grown.root == merkle.root(_digests(database))
    made = sealing.seal(database)
    with desk.store(settings) as writing:
        assert seals.append(writing, grown) is None
        assert seals.newest(writing) == made[0]
    database.close()


def _digests(database: Database) -> list[bytes]:
    with database.reading() as reading:
        return [bytes(row[0]) for row in reading.rows("SELECT digest FROM fingerprint ORDER BY seq")]
