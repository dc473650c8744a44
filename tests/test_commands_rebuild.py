"""`rebuild`: whatever was made of what is stored can be altered, and is made again exactly as it was."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from api.__main__ import main
from api.commands import rebuild
from api.main import create
from api.settings import Settings
from tests import lived
from tests.clients import Client
from tests.test_commands_program import ROOT
from tests.test_verify import SQLITE, tampering

NONE = dict.fromkeys(("documents", "words", "involvement", "topics", "groups", "names", "index"), 0)
Asked = Callable[..., tuple[int, dict[str, Any], str]]


@pytest.fixture
def here(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database in which everything has been done."""
    lived.live(database_url)
    monkeypatch.setenv("DATABASE_URL", database_url)
    return database_url


@pytest.fixture
def asked(capsys: pytest.CaptureFixture[str]) -> Asked:
    """Call the verb: the exit code, what it says to scripts, and what it complains of."""

    def ask(*words: str) -> tuple[int, dict[str, Any], str]:
        capsys.readouterr()
        code = main(["rebuild", "--json", *words])
        printed = capsys.readouterr()
        return code, json.loads(printed.out), printed.err

    return ask


def alter(url: str, *statements: str) -> None:
    """Alter a database behind the service's back."""
    with tampering(Settings(database_url=url)) as (run, _, _):
        for sql in statements:
            run(sql)


def test_of_a_sound_database_nothing_differs(here: str, asked: Asked) -> None:
    before = lived.rows(here)
    code, told, err = asked()
    assert (code, err, told["differed"], told["faults"], told["made_again"]) == (0, "", NONE, [], False)
    assert told["versions"] == sum(row[0] not in erased(before) for row in before["record_version"])
    assert lived.rows(here) == before


def erased(rows: dict[str, list[tuple[Any, ...]]]) -> set[int]:
    """The revisions whose content a purge took away."""
    return {seq for row in rows["purged_version"] for seq in row if isinstance(seq, int) and seq > 1}


def test_of_the_demo_set_nothing_differs(demo_url: str, asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", demo_url)
    assert asked("--check")[:2] == (0, {"versions": 338, "differed": NONE, "made_again": False, "faults": []})


ALTERED: list[tuple[str, dict[str, int]]] = [
    ("UPDATE record_version SET document = {bytes} WHERE seq = 10", {"documents": 1}),
    ("UPDATE record_text SET words = 'other', title = ' other ' WHERE seq IN (9, 10)", {"words": 2}),
    ("DELETE FROM record_text WHERE seq = 9", {"words": 1}),
    ("UPDATE involvement SET listed = 0 WHERE seq = 9", {"involvement": 1}),
    ("UPDATE involvement SET superseded_seq = NULL WHERE seq = 9", {"involvement": 1}),
    ("DELETE FROM involvement WHERE seq = 9 AND actor = 0", {"involvement": 1}),
    ("DELETE FROM involvement", {"involvement": 4}),
    ("UPDATE record_topic SET positions = 4, attribution = 3 WHERE seq = 9", {"topics": 1}),
    ("DELETE FROM record_topic", {"topics": 4}),
    ("UPDATE record_citation SET url_group = 7, origin_group = NULL WHERE seq = 9", {"groups": 1}),
    ("UPDATE actor_alias SET folded = 'x' WHERE alias = 'Кремль'", {"names": 1}),
]  # fmt: skip


def test_what_was_altered_is_told_and_made_again_as_it_was(
    here: str, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuild, "CHUNK", 4)
    before = lived.rows(here)
    content = "x'7b7d'" if here.startswith("sqlite") else "'\\x7b7d'"
    for sql, differed in ALTERED:
        alter(here, sql.format(bytes=content))
        altered = lived.rows(here)
        assert altered != before, sql
        expected = {**NONE, **differed}
        code, told, _ = asked("--check")
        found = {**told["differed"], "index": 0}  # what is told of the words is in the index too
        assert (code, found, told["made_again"]) == (1, expected, False), sql
        assert lived.rows(here) == altered
        code, told, _ = asked()
        assert (code, {**told["differed"], "index": 0}, told["made_again"]) == (0, expected, True), sql
        assert lived.rows(here) == before, sql
    assert asked("--check")[:2][1]["differed"] == NONE
    assert main(["verify", "--answers"]) == 0


def test_words_of_what_was_erased_are_taken_out(here: str, asked: Asked) -> None:
    before = lived.rows(here)
    seq = next(row[0] for row in before["fingerprint"] if row[1] is None)
    alter(
        here,
        f"INSERT INTO record_text (seq, title, summary, quote, translation, words) VALUES ({seq}, ' a ', '', '', '', 'a')",
    )
    assert asked()[1]["differed"] == {**NONE, "words": 1}
    assert lived.rows(here) == before


@SQLITE
def test_an_index_that_lacks_words_is_made_anew(here: str, asked: Asked) -> None:
    def found() -> int:
        with Client(create(Settings(database_url=here))) as client:
            return len(client.get("/v1/timeline?q=doubts").json()["items"])

    assert found() == 1
    alter(here, "INSERT INTO record_word (record_word, rowid, words) SELECT 'delete', seq, words FROM record_text")
    assert found() == 0
    assert asked("--check")[:2][1]["differed"] == {**NONE, "index": 1}
    assert found() == 0
    code, told, _ = asked()
    assert (code, told["differed"]) == (0, {**NONE, "index": 1})
    assert found() == 1
    assert asked("--check")[0] == 0


def test_of_what_no_release_writes_nothing_is_made_and_the_rest_is(here: str, asked: Asked) -> None:
    before = lived.rows(here)
    alter(
        here, "UPDATE record_version SET date = 'someday' WHERE seq = 9", "DELETE FROM involvement WHERE seq IN (9, 10)"
    )
    code, told, err = asked()
    assert code == 1
    assert told["differed"] == {**NONE, "involvement": 1}
    (fault,) = told["faults"]
    assert "(revision 9): nothing can be made of what is stored" in fault
    assert err == f"{fault}\n"
    alter(here, "UPDATE record_version SET date = '2025-03-13' WHERE seq = 9")
    assert asked()[0] == 0
    assert lived.rows(here) == before


@SQLITE
def test_what_can_not_be_read_is_told(here: str, asked: Asked) -> None:
    alter(here, "UPDATE record_version SET title = cast(x'ff' AS TEXT) WHERE seq = 9")
    code, told, _ = asked()
    assert code == 1
    assert told["faults"][0].startswith("Revisions 1 to 19 can't be read (Could not decode")


def test_killed_in_between_it_goes_on_where_it_was(here: str, asked: Asked) -> None:
    before = lived.rows(here)
    alter(here, "DELETE FROM involvement", "DELETE FROM record_topic", "DELETE FROM record_text")
    program = (
        "import os, signal\nfrom api.commands import rebuild\nfrom api.store import rebuilds\nfrom api.__main__ import main\n"
        "rebuild.CHUNK, mend = 1, rebuilds.mend\n"
        "def killed(writing, first, last):\n    found = mend(writing, first, last)\n"
        "    return found if first < 10 else os.kill(os.getpid(), signal.SIGKILL)\n"
        "rebuilds.mend = killed\nmain(['rebuild'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": here},
        timeout=60,
        check=False,
        capture_output=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    _, told, _ = asked("--check")
    assert 0 < told["differed"]["words"] < len(before["record_text"])
    assert asked()[0] == 0
    assert lived.rows(here) == before
