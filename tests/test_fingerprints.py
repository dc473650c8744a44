"""Fingerprints: no way of writing forgets them, both databases take them of the same bytes, older versions get theirs."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from sqlmodel import SQLModel

import schemas.tables  # noqa: F401  (every table)
from api.commands import demo, migrate
from api.database import Database
from api.settings import Settings
from api.store import contents, dialects, fingerprints, keys
from api.store.contents import LEFT_OUT, THINGS
from api.store.sessions import Reading, Writer
from tests import desk, postgres
from tests import test_commands_program as programs
from tests.benchmarks import copying
from tests.desk import link, post, said
from tests.expect import Api

CHAIN = "SELECT r.seq, f.salt, f.digest FROM revision r LEFT JOIN fingerprint f ON f.seq = r.seq ORDER BY r.seq"

# Format 1, which every release must be able to write again: a member may be added anywhere, as it is null in what is there.
MEMBERS = {
    "record": {
        "identity": "id uid kind external_source external_id created_by",
        "content": "is_deleted status date earliest latest date_precision date_basis effective effective_earliest effective_latest title summary actor_id on_behalf_of_id confidence confidence_given attribution hedge quote language translation translation_by channel prompted event_type event_mode place_name country latitude longitude rationale",
        "participants": "position actor_id role",
        "topics": "position topic_id stance condition_type conditions coding_certainty",
        "citations": "position source_id url locator published_at credibility reliability role origin excerpt retrieved_at archive_url",
        "tags": "position tag",
        "merged": "position into_id before_seq after_seq last_seq",
    },
    "reaction": {
        "identity": "id uid from_id to_id type topic_id",
        "content": "is_deleted asserted_by_id confidence confidence_given citations note",
    },
    "actor": {
        "identity": "id slug",
        "content": "is_deleted kind name country wikidata description",
        "aliases": "position alias",
    },
    "affiliation": {
        "identity": "id uid member_id",
        "content": "is_deleted member_id group_id role dates earliest latest note",
    },
    "source": {
        "identity": "id slug",
        "content": "is_deleted name url owner_id reliability reliability_reason language licence description",
    },
    "topic": {
        "identity": "id slug",
        "content": "is_deleted name proposition parent_id parent_polarity description",
    },
    "coding": {
        "identity": "id uid record_id coder",
        "content": "is_deleted",
        "topics": "position topic_id stance condition_type coding_certainty rationale",
    },
    "dismissal": {
        "identity": "id uid one_id other_id",
        "content": "is_deleted note",
    },
    "purge": {
        "identity": "id",
        "content": "is_deleted thing thing_id is_whole",
        "erased": "position erased_seq was_deleted",
    },
}


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database."""
    with programs.empty_database(request, tmp_path) as url:
        yield url


def everything(reading: Reading) -> dict[int, contents.Content]:
    """What every version says, by seq."""
    return {content.seq: content for content in contents.read(reading, THINGS, 1, 10**9)}


def assert_whole(reading: Reading) -> int:
    """Each revision has a fingerprint, which is that of its version; answers how many there are."""
    found = everything(reading)
    rows = reading.rows(CHAIN)
    assert [row[0] for row in rows] == list(found) == list(range(1, len(rows) + 1))
    digests = {seq: bytes(digest) for seq, _, digest in rows}
    assert len({bytes(salt) for _, salt, _ in rows}) == len(rows)
    for seq, salt, digest in rows:
        content = found[seq]
        before = bytes(32) if content.before is None else digests[content.before]
        assert (content.before is None) == (content.version == 1)
        assert sha256(bytes(salt) + before + content.said).digest() == bytes(digest)
    return len(rows)


def test_whatever_is_written_leaves_with_its_fingerprint(api: Api, settings: Settings) -> None:
    desk.nouns(api)
    answered = said(api, place={"name": "Moscow", "latitude": 55.75, "longitude": -0.0}, tags=["one", "two"])
    answer = said(api, participants=[{"actor": "kremlin", "role": "addressee"}], reacts_to=[desk.uid(answered)])
    noted = api.patch(answered, {"title": "Another title", "change_note": "Heard again"})
    assert noted.status_code == 200
    link(api, answer, answered, "clarifies")
    belongs = "/v1/actors/vladimir-putin/affiliations"
    stay = post(api, belongs, {"group": "kremlin", "dates": "2012-05-07/.."})
    assert api.patch(f"{belongs}/{stay['id']}", {"role": "president"}).status_code == 200
    assert api.patch("/v1/actors/kremlin", {"aliases": ["Кремль", "The Kremlin"]}).status_code == 200
    assert api.patch("/v1/sources/tass", {"reliability": "C"}).status_code == 200
    assert api.drop("/v1/topics/sanctions").status_code == 204
    assert api.drop(answered).status_code == 204
    assert desk.restore(api, answered, 1).status_code == 200
    with desk.store(settings) as writing:
        assert assert_whole(writing) == 22


def test_what_is_fingerprinted_can_be_read(api: Api, settings: Settings) -> None:
    desk.nouns(api)
    path = said(api, tags=["one"], place={"name": "Moscow", "latitude": 55.75, "longitude": 37.0})
    with desk.store(settings) as writing:
        row = writing.row("SELECT max(seq) FROM revision")
        assert row
        content = everything(writing)[row[0]]
    told = json.loads(content.said)
    assert told["format"] == 1
    assert (told["noun"], told["version"]) == ("record", 1)
    assert told["identity"]["uid"] == desk.uid(path)
    assert told["identity"]["kind"] == "statement"
    assert told["revision"]["recorded_by_name"] == "desk"
    assert "change_note" not in told["revision"]
    assert told["content"]["title"] == api.get(path)["title"]
    assert (told["content"]["latitude"], told["content"]["longitude"]) == (55.75, 37.0)
    assert "hedge" not in told["content"]  # null is left out
    assert [one["tag"] for one in told["tags"]] == ["one"]
    assert "participants" not in told  # and so is an empty list
    assert told["citations"][0]["source_id"] == 1
    assert json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() == content.said


def test_the_members_of_format_1_stay_as_they_are() -> None:
    assert contents.FORMAT == 1
    for thing in THINGS:
        _, _, *groups = contents._question("sqlite", thing)
        groups += [contents._question_of_list("sqlite", table)[1] for table in thing.lists.values()]
        assert ["identity", "content", *thing.lists] == list(MEMBERS[thing.name])
        for (place, pinned), group in zip(MEMBERS[thing.name].items(), groups, strict=True):
            names = [column.key.strip(',":') for column in group.values()]
            assert [name for name in names if name in pinned.split()] == pinned.split(), f"{thing.name}, {place}"


def test_nothing_that_is_stored_of_a_version_is_left_out_by_oversight() -> None:
    covered = {table for thing in THINGS for table in (thing.identity, thing.version, *thing.lists.values())}
    versions = {f"{thing.name}_version" for thing in THINGS}
    # The last tells by which row of a file a version was written, which is no part of what it says.
    made_of_the_rest = {"involvement", "record_topic", "record_text", "reaction_source", "imported_record"}
    of_a_version = {
        table.name
        for table in SQLModel.metadata.sorted_tables
        if any(key.column.table.name in versions for key in table.foreign_keys)
    }
    assert of_a_version - made_of_the_rest <= {str(table.__tablename__) for table in covered}
    assert set(LEFT_OUT) == {"superseded_seq", "document", "folded", "topic_key", "url_group", "origin_group"}


def test_both_databases_say_the_same_of_the_demo_set(tmp_path: Path, postgres_server: str) -> None:
    made = f"sqlite:///{tmp_path}/demo.sqlite3"
    migrate.migrate(made)
    database = Database(Settings(database_url=made))
    demo.load(database)
    other = postgres.create_database(postgres_server, "demarche_copied")
    copying.copy(tmp_path / "demo.sqlite3", other)
    copied = Database(Settings(database_url=other))
    with database.reading() as here, copied.reading() as there:
        ours, theirs = everything(here), everything(there)
        assert len(ours) > 600
        assert {seq: one.said for seq, one in ours.items()} == {seq: one.said for seq, one in theirs.items()}
        assert assert_whole(there) == len(ours)
    copied.close()
    database.close()
    postgres.drop_database(postgres_server, "demarche_copied")


def test_versions_of_an_earlier_release_get_theirs(new_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate.migrate(new_url, "head")
    database = Database(Settings(database_url=new_url))
    with database.writing(keys.SYSTEM) as writing:
        keys.create_system(writing)
        demo.fill(writing)
    with database.reading() as reading:
        everything_there = len(everything(reading))
    migrate.migrate(new_url, "0003")
    monkeypatch.setattr(fingerprints, "CHUNK", 100)
    write, calls = Database.fingerprint, 0

    def broken_off(database: Database, writer: Writer, most: int) -> int:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        return write(database, writer, most)

    with monkeypatch.context() as patched:
        patched.setattr(Database, "fingerprint", broken_off)
        with pytest.raises(KeyboardInterrupt):
            migrate.migrate(new_url)
    with database.reading() as reading:
        assert fingerprints.missing(reading) == everything_there - 200
    assert migrate.migrate(new_url) == 0
    with database.reading() as reading:
        assert assert_whole(reading) == everything_there
        assert fingerprints.missing(reading) == 0
    database.close()


def test_an_erased_salt_leaves_the_digest(api: Api, settings: Settings) -> None:
    desk.nouns(api)
    with desk.store(settings) as writing:
        before = writing.rows(CHAIN)
        fingerprints.erase(writing, [2, 3])
    with desk.store(settings) as writing:
        after = writing.rows(CHAIN)
    assert [row[2] for row in after] == [row[2] for row in before]
    assert [row[0] for row in after if row[1] is None] == [2, 3]


def test_either_database_writes_a_text_as_python_does(settings: Settings) -> None:
    texts = [f"a{chr(code)}b" for code in (*range(1, 0x300), 0x2028, 0x2029, 0xD7FF, 0xE000, 0xFEFF, 0xFFFD, 0x1F600)]
    with desk.store(settings) as reading:
        column = "cast(:text AS text)"
        sql = f"SELECT '' || {dialects.quoted(reading.dialect, column)}"
        for text in texts:
            row = reading.row(sql, {"text": text})
            assert row is not None
            assert row[0] == json.dumps(text, ensure_ascii=False)
