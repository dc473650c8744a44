"""`verify`: whatever is altered by plain SQL is found, and the first broken link is named; what is left alone is not."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from api.__main__ import main
from api.commands import seal as sealing
from api.commands import verify
from api.database import Database
from api.settings import Settings
from api.store import answered, audits, fingerprints, keys, seals
from api.store.sessions import Reading
from tests import desk
from tests.desk import link, post, said
from tests.expect import Api

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@contextmanager
def tampering(settings: Settings) -> Iterator[tuple[Callable[[str], None], Database, Any]]:
    """Plain SQL behind the service's back, without foreign keys in the way."""
    database = Database(settings)
    with database.connection() as connection:
        guard = "PRAGMA foreign_keys=OFF" if database.dialect == "sqlite" else "SET session_replication_role = replica"
        connection.execute(guard)
        yield lambda sql: connection.execute(sql), database, connection
        if database.dialect == "sqlite":
            connection.execute("PRAGMA foreign_keys=ON")
        else:
            connection.execute("SET session_replication_role = DEFAULT")
    database.close()


class Desk:
    """Some records, with the verb at hand."""

    def __init__(
        self, api: Api, settings: Settings, capsys: pytest.CaptureFixture[str], patched: pytest.MonkeyPatch
    ) -> None:
        self.settings = settings
        self._capsys = capsys
        patched.setenv("DATABASE_URL", settings.database_url)
        desk.nouns(api)  # revisions 1 to 6
        belongs = {"group": "kremlin", "dates": "2012-05-07/.."}
        post(api, "/v1/actors/vladimir-putin/affiliations", belongs)  # 7
        self.path = said(
            api, title="Agrees", tags=["one", "two"], participants=[{"actor": "kremlin", "role": "host"}]
        )  # 8
        assert (
            api.patch(self.path, {"title": "Agrees, with questions", "change_note": "Heard again"}).status_code == 200
        )
        self.other = said(api, title="Refuses")  # 10
        link(api, self.other, self.path)  # 11
        assert api.patch(self.path, {"title": "Agrees, with doubts"}).status_code == 200  # 12
        self.sealed = self.seal()
        said(api, title="After the seal")  # 13

    def seal(self) -> str:
        """Seal; what there is to publish."""
        database = Database(self.settings)
        made = sealing.seal(database)
        database.close()
        return made[-1].published

    def verify(self, *arguments: str) -> tuple[int, str, str]:
        """The exit code, and what was said."""
        self._capsys.readouterr()
        code = main(["verify", *arguments])
        printed = self._capsys.readouterr()
        return code, printed.out, printed.err

    def found(self, *arguments: str) -> str:
        """The first broken link."""
        code, _, err = self.verify(*arguments)
        assert code == 1
        return err.partition("\n")[0]

    def found_after(self, statements: list[str]) -> str:
        """The first broken link there would be after these statements, which are taken back."""
        with tampering(self.settings) as (run, database, connection):
            run("BEGIN")
            for sql in statements:
                run(sql)
            reading = Reading(connection, database.dialect)
            found = audits.revisions(reading, 1, audits.extent(reading))
            known = seals.select(reading, "TRUE ORDER BY number", {})
            for before, one in zip([None, *known], known, strict=False):
                found.add(audits.seal(reading, one, before))
            run("ROLLBACK")
        return found.faults[0][1] if found.faults else "nothing was found"

    def alter(self, *statements: str) -> None:
        """Alter the database."""
        with tampering(self.settings) as (run, _, _):
            for sql in statements:
                run(sql)


@pytest.fixture
def here(api: Api, settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(api, settings, capsys, monkeypatch)


def test_what_was_left_alone_is_as_it_was_entered(here: Desk) -> None:
    code, out, err = here.verify()
    assert (code, err) == (0, "")
    assert out == "Versions: 13, seals: 1. All is as it was entered. Not sealed yet: 1.\n"
    here.seal()
    assert here.verify()[1].endswith("All of them are sealed.\n")
    assert here.verify("--seal", here.sealed, "--seal", f"demarche seal {here.sealed}")[0] == 0


ALTERED = [
    ("UPDATE record_version SET title = 'Refuses' WHERE seq = 8", 8, "version 1"),
    ("UPDATE record_version SET title = 'Refuses' WHERE seq = 12", 12, "version 3"),
    ("UPDATE record_version SET confidence = NULL WHERE seq = 9", 9, "version 2"),
    ("UPDATE record_version SET quote = '' WHERE seq = 9", 9, "version 2"),
    ("UPDATE record_version SET status = 'draft' WHERE seq = 10", 10, "version 1"),
    ("UPDATE record_stance SET stance = 'opposes' WHERE seq = 8", 8, "version 1"),
    ("UPDATE record_tag SET tag = 'three' WHERE seq = 9 AND position = 1", 9, "version 2"),
    ("DELETE FROM record_tag WHERE seq = 12 AND position = 1", 12, "version 3"),
    ("UPDATE record_tag SET position = position + 5 WHERE seq = 8", 8, "version 1"),
    ("INSERT INTO record_tag (seq, position, tag) VALUES (10, 0, 'more')", 10, "version 1"),
    ("DELETE FROM record_participant WHERE seq = 8", 8, "version 1"),
    ("UPDATE record_citation SET url = 'https://example.org/' WHERE seq = 10", 10, "version 1"),
    ("UPDATE revision SET recorded_by = 1 WHERE seq = 9", 9, "version 2"),
    ("UPDATE revision SET recorded_at = recorded_at + 1 WHERE seq = 9", 9, "version 2"),
    ("UPDATE revision SET change_note = 'Another reason' WHERE seq = 9", 9, "version 2"),
    ("UPDATE revision SET change_note = 'A reason' WHERE seq = 8", 8, "version 1"),
    ("UPDATE api_key SET name = 'another-desk' WHERE name = 'desk'", 7, "version 1"),
    ("UPDATE record SET uid = '01958f3e-7c00-7000-8000-000000000009' WHERE id = 1", 8, "version 1"),
    ("UPDATE record SET created_by = 1 WHERE id = 2", 10, "version 1"),
    ("UPDATE actor SET slug = 'white-house' WHERE slug = 'kremlin'", 2, "actor white-house, version 1"),
    ("UPDATE actor_version SET name = 'Somebody' WHERE seq = 2", 2, "actor kremlin, version 1"),
    ("UPDATE actor_alias SET alias = 'Somebody' WHERE seq = 2", 2, "actor kremlin, version 1"),
    ("UPDATE topic_version SET proposition = 'They should not.' WHERE seq = 3", 3, "topic truce-in-principle, version 1"),
    ("UPDATE source_version SET reliability = 'E' WHERE seq = 5", 5, "source kremlin-ru, version 1"),
    ("UPDATE affiliation_version SET role = 'president' WHERE seq = 7", 7, "version 1"),
    ("UPDATE reaction_version SET note = 'A note' WHERE seq = 11", 11, "version 1"),
    ("UPDATE reaction SET type = 'denies' WHERE id = 1", 11, "version 1"),
    ("UPDATE fingerprint SET digest = (SELECT digest FROM fingerprint WHERE seq = 1) WHERE seq = 8", 8, "version 1"),
    ("UPDATE fingerprint SET salt = (SELECT salt FROM fingerprint WHERE seq = 1) WHERE seq = 8", 8, "version 1"),
    ("UPDATE record_version SET title = 'Refuses' WHERE seq = 13", 13, "version 1"),
]  # fmt: skip


def test_what_was_altered_is_found_and_named(here: Desk) -> None:
    for sql, seq, version in ALTERED:
        told = here.found_after([sql])
        assert told.endswith("it is not what was entered: it, its fingerprint or the one before was altered."), sql
        assert re.search(rf"(?i){version} \(20\d\d-\S+Z by [a-z-]+, revision {seq}\): ", told), (sql, told)
    assert here.verify()[0] == 0


TAKEN = [
    (["UPDATE fingerprint SET salt = NULL WHERE seq = 9"], "revision 9): it was erased, and no purge is recorded that did it."),
    (["DELETE FROM fingerprint WHERE seq = 12"], "revision 12): its fingerprint is missing."),
    (["DELETE FROM fingerprint WHERE seq = 8"], "revision 8): its fingerprint is missing."),
    (["DELETE FROM record_tag WHERE seq = 9", "DELETE FROM record_stance WHERE seq = 9", "DELETE FROM record_version WHERE seq = 9"],
     "it is marked as replaced by revision 9, but was current, not replaced."),
    (["DELETE FROM record_version WHERE seq = 10"], "): the version that was entered then is missing."),
    (["DELETE FROM record_version WHERE seq = 12", "UPDATE record_version SET superseded_seq = NULL WHERE seq = 9"],
     "): the version that was entered then is missing."),
    (["DELETE FROM record_version WHERE seq = 12", "UPDATE record_version SET superseded_seq = NULL WHERE seq = 9",
      "DELETE FROM revision WHERE seq = 12", "DELETE FROM fingerprint WHERE seq = 12"],
     "Revision 12 is missing: what was entered then was taken away."),
    (["UPDATE record_version SET superseded_seq = 13 WHERE seq = 10"],
     "it is marked as replaced by revision 13, but was current, not replaced."),
    (["UPDATE record_version SET superseded_seq = NULL WHERE seq = 11", "UPDATE record_version SET superseded_seq = 11 WHERE seq = 8"],
     "it is marked as replaced by revision 11, but was replaced by revision 9."),
    (["UPDATE revision SET recorded_at = recorded_at - 3600000000 WHERE seq = 9"], "though the one before it was at"),
    (["UPDATE record_version SET version = 7 WHERE seq = 12"], "it is marked as replaced by revision 12, but was current"),
    (["UPDATE record_version SET version = 7 WHERE seq = 10"], "version 6 of it is missing."),
    # Swapped.
    (["UPDATE record_version SET seq = 99 WHERE seq = 10", "UPDATE record_version SET seq = 10 WHERE seq = 13",
      "UPDATE record_version SET seq = 13 WHERE seq = 99"], "revision 10): it is not what was entered"),
    # Put in.
    (["INSERT INTO topic_version (seq, version, is_deleted, topic_id, name, proposition) VALUES (14, 1, 0, 99, 'T', 'P')"],
     "Revision 14 is missing"),
    (["INSERT INTO source_version (seq, version, superseded_seq, is_deleted, source_id, name) VALUES (8, 7, 13, 0, 1, 'S')"], "has the same revision."),
    (["INSERT INTO revision (seq, recorded_at, recorded_by) SELECT 14, recorded_at + 5, 1 FROM revision WHERE seq = 13"],
     "Revision 14 (20"),
    # Seals.
    (["UPDATE seal SET root = digest"], "Seal 1 (20"),
    (["UPDATE seal SET digest = root"], "Seal 1 (20"),
    (["UPDATE seal SET sealed_at = sealed_at - 86400000000"], "it, or the seal before it, is not as it was made."),
    (["UPDATE seal SET versions = 11"], "it, or the seal before it, is not as it was made."),
    (["UPDATE seal SET number = 2"], "a seal before it is missing."),
]  # fmt: skip


def test_what_was_taken_away_put_in_or_moved_is_found(here: Desk) -> None:
    for statements, said_so in TAKEN:
        assert said_so in here.found_after(statements), statements
    assert here.verify()[0] == 0


def test_the_first_broken_link_is_told_and_the_others_are_counted(here: Desk) -> None:
    here.alter(
        "UPDATE record_version SET title = 'X' WHERE seq IN (8, 10, 13)", "DELETE FROM fingerprint WHERE seq = 11"
    )
    code, out, err = here.verify()
    lines = err.splitlines()
    assert code == 1
    assert "revision 8)" in lines[0]
    # The fingerprint that is gone is missed by its version and by the seal.
    assert lines[1] == "That is the first broken link; 4 more follow:"
    assert [re.findall(r"revision \d+\)|Seal \d", line)[0] for line in lines[2:]] == [
        "revision 10)", "revision 11)", "revision 13)", "Seal 1",
    ]  # fmt: skip
    assert "Something was altered" in out


def forge(settings: Settings) -> None:
    """Make all fingerprints and seals anew, as somebody would who has the whole database in hand."""
    with tampering(settings) as (run, _, _):
        run("DELETE FROM fingerprint")
        run("DELETE FROM seal")
    database = Database(settings)
    with database.writing(keys.SYSTEM) as writing:
        assert fingerprints.write(writing) == 0
    sealing.seal(database)
    database.close()


def test_who_makes_everything_anew_is_found_out_by_what_was_published(here: Desk) -> None:
    _, _, digest = here.sealed.partition(":")
    with desk.store(here.settings) as writing:
        newest = seals.newest(writing)
        assert newest
        root = newest.root.hex()
    assert here.verify("--seal", here.sealed, "--root", root)[0] == 0
    here.alter("UPDATE record_version SET title = 'Refuses' WHERE seq = 8")
    forge(here.settings)
    assert here.verify()[0] == 0  # nothing in the database tells
    told = here.found("--seal", here.sealed)
    assert told == "Seal 1 is not the one that was published: something entered before it was altered since."
    assert (
        here.found("--root", root) == f"No seal has the root {root}, which was published: something was altered since."
    )
    assert here.found("--seal", f"7:{digest}").startswith("Seal 7, which was published, is missing")


@pytest.mark.parametrize("typed", ["1", "1:", "x:00", "1:zz", f"1:{'0' * 63}", ":", "1:" + "0" * 66])
def test_what_is_no_published_seal_is_refused(here: Desk, typed: str) -> None:
    code, _, err = here.verify("--seal", typed)
    assert code == 3
    assert err.startswith("A published seal is typed as its number, a colon and 64 hexadecimal digits")
    assert here.verify("--root", typed)[0] == 3


def test_many_versions_are_checked_by_several_processes_to_the_same_end(
    here: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = here.verify()
    monkeypatch.setattr(verify, "ALONE", 0)
    monkeypatch.setattr(verify, "CHUNK", 2)
    assert here.verify() == alone
    here.alter("UPDATE record_version SET title = 'X' WHERE seq = 13")
    assert "revision 13)" in here.found()


ANSWERED = [
    ("UPDATE record_version SET document = cast(replace(cast(document AS TEXT), 'Refuses', 'Accepts') AS BLOB) WHERE seq = 10",
     "UPDATE record_version SET document = convert_to(replace(convert_from(document, 'UTF8'), 'Refuses', 'Accepts'), 'UTF8') WHERE seq = 10",
     "Statement {other}, version 1 (revision 10): what is answered for it is not what is stored."),
    ("UPDATE record_version SET document = '{}' WHERE seq = 12", None, "version 3 (revision 12): what is answered for it is not what is stored."),
    ("UPDATE involvement SET listed = 0 WHERE seq = 10", None, "version 1 (revision 10): it is not listed as it is stored."),
    ("DELETE FROM involvement WHERE seq = 10 AND actor = 0", None, "version 1 (revision 10): it is not listed as it is stored."),
    ("UPDATE record_topic SET positions = 4 WHERE seq = 8", None, "version 1 (revision 8): it is not listed as it is stored."),
    ("UPDATE record_citation SET url_group = 7 WHERE seq = 10", None, "version 1 (revision 10): its citations are not grouped as they are stored."),
    ("UPDATE involvement SET superseded_seq = 12 WHERE seq = 10", None, "version 1 (revision 10): it is not listed as it is stored."),
]  # fmt: skip


def test_an_altered_answer_is_found_where_that_is_asked_for(here: Desk, database_url: str) -> None:
    assert here.verify("--answers")[0] == 0
    for sql, on_postgresql, said_so in ANSWERED:
        with tampering(here.settings) as (run, database, connection):
            run("BEGIN")
            run(on_postgresql if on_postgresql and database.dialect == "postgresql" else sql)
            found = answered.revisions(Reading(connection, database.dialect), 1, 13).faults
            run("ROLLBACK")
        assert [told for _, told in found if said_so.format(other=desk.uid(here.other)) in told], sql
    here.alter("UPDATE involvement SET listed = 0 WHERE seq = 10")
    assert here.verify()[0] == 0
    assert "it is not listed as it is stored" in here.found("--answers")


def test_a_database_of_another_release_is_left_alone(here: Desk) -> None:
    main(["migrate", "0003", "--undo"])
    code, _, err = here.verify()
    assert code == 3
    assert err == "The database is not at the schema of this version: run `demarche migrate` first.\n"
    main(["migrate"])
    assert here.verify()[0] == 0


def test_a_file_that_is_not_there_is_named_and_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/mistyped.sqlite3")
    assert main(["verify"]) == 3
    assert capsys.readouterr().err == f"There is no file {tmp_path}/mistyped.sqlite3: correct DATABASE_URL.\n"
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setenv("DATABASE_URL", "sqlite:///:memory:")
    assert main(["verify"]) == 3
    assert "must be a file" in capsys.readouterr().err


# On SQLite a text can stand in a column of numbers: what is put together of it must not pass for what was there.
NO_NUMBERS = [
    "UPDATE record_version SET actor_id = actor_id || ',\"confidence\":' || confidence, confidence = NULL WHERE seq = 8",
    "UPDATE record_version SET actor_id = actor_id || 'x' WHERE seq = 8",
    "UPDATE record_version SET actor_id = actor_id + 0.5 WHERE seq = 8",
    "UPDATE record_version SET latitude = 'x' WHERE seq = 8",
    "UPDATE record_stance SET topic_id = topic_id || 'x' WHERE seq = 8",
    "UPDATE revision SET restored_from = 'x' WHERE seq = 8",
]


@SQLITE
def test_a_text_among_numbers_is_found(api: Api, here: Desk) -> None:
    somewhere = said(api, place={"name": "Greenwich", "latitude": 0.0, "longitude": 0.0}, confidence=80)
    with desk.store(here.settings) as reading:
        seq = max(row[0] for row in reading.rows("SELECT seq FROM revision"))
    assert api.get(somewhere)["confidence"] == 80
    for sql in NO_NUMBERS:
        told = here.found_after(["PRAGMA ignore_check_constraints=ON", sql.replace("seq = 8", f"seq = {seq}")])
        assert "it is not what was entered" in told or "can't be read" in told, sql


@SQLITE
def test_a_text_in_place_of_a_digest_is_found(here: Desk) -> None:
    for table, column in (("fingerprint", "digest"), ("fingerprint", "salt"), ("seal", "root"), ("seal", "digest")):
        sql = f"UPDATE {table} SET {column} = substr(hex({column}), 1, 32)"
        told = here.found_after([sql])
        assert told.startswith("Seal 1" if table == "seal" else "Revision 1 can't" if column == "salt" else "Actor "), (
            sql
        )


@SQLITE
def test_what_can_not_be_read_at_all_is_a_broken_link(here: Desk) -> None:
    here.alter(
        "UPDATE record_version SET title = x'ff00' WHERE seq = 9",
        "UPDATE revision SET change_note = cast(x'ff' AS TEXT) WHERE seq = 10",
    )
    told = here.verify()[2].splitlines()
    assert "revision 10): it is not what was entered" in told[-1]
    assert here.found() == "Revision 9 can't be read: something stands in it that no release writes."


def test_the_demo_set_is_as_it_was_entered(demo_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", demo_url)
    assert main(["seal"]) == main(["verify", "--answers"]) == 0


@SQLITE
def test_killed_while_it_seals_it_leaves_nothing_half(here: Desk) -> None:
    # Killed when the seal has been written, right before the commit.
    program = (
        "import os, signal\nfrom api.store import fingerprints\nfrom api.__main__ import main\n"
        "fingerprints.write = lambda _writing: os.kill(os.getpid(), signal.SIGKILL)\nmain(['seal'])\n"
    )
    environment = {**os.environ, "DATABASE_URL": here.settings.database_url}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, timeout=60, check=False, capture_output=True
    )
    assert done.returncode == -signal.SIGKILL
    code, out, _ = here.verify()
    assert code == 0
    assert "seals: 1" in out
    assert here.seal().startswith("2:")
