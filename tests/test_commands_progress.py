"""Bars of long work: on a terminal with the rate and the time left, and gone at the end, also when it is broken off."""

import re
import signal
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite

from api.commands.migrate import migrate
from tests.conftest import make_key
from tests.terminals import on_a_terminal
from tests.test_commands_program import started, until
from tests.test_imports import ndjson, row

GONE = b"\x1b[?25h"  # the cursor is shown again
BAR = re.compile(rb"Versions .*853 of 853 [\d,]+ a second 0:00:00 left")


@pytest.fixture
def demo(sqlite_demo: Path, tmp_path: Path) -> str:
    """The address of a database with the demo set."""
    (tmp_path / "data.sqlite3").write_bytes(sqlite_demo.read_bytes())
    return f"sqlite:///{tmp_path}/data.sqlite3"


def test_a_terminal_sees_a_bar_with_rate_and_time_left_and_a_file_sees_none(demo: str, tmp_path: Path) -> None:
    seen = on_a_terminal("verify", DATABASE_URL=demo, NO_COLOR="1").ended(0)
    assert BAR.search(re.sub(rb"\x1b\[[0-9;]*m", b"", seen)), seen
    bar, _, after = seen.rpartition(GONE)
    assert b"All is as it was entered" in after
    assert b"All is as it was entered" not in bar
    with started(tmp_path, "verify", DATABASE_URL=demo) as program:
        assert program.ended() == 0
        assert (program.err, program.out.count("\n")) == ("", 1)


def test_broken_off_a_bar_goes_and_the_cursor_comes_back(demo: str, tmp_path: Path) -> None:
    writer = sqlite.connect(tmp_path / "data.sqlite3", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    waiting = on_a_terminal("rebuild", DATABASE_URL=demo)  # for that writer, to look at the index of words
    until(lambda: b"853 of 853" in waiting.seen or waiting.process.poll() is not None)
    waiting.process.send_signal(signal.SIGINT)
    assert waiting.ended(130).endswith(GONE)
    writer.close()


def test_an_import_that_is_broken_off_says_how_to_go_on(demo: str, tmp_path: Path) -> None:
    make_key(demo, "newsroom", "editor")
    file = tmp_path / "rows.ndjson"
    file.write_bytes(ndjson(row()))
    writer = sqlite.connect(tmp_path / "data.sqlite3", isolation_level=None)
    for asked, told in (([], b"goes on where it stopped"), (["--dry-run"], b"nothing was written")):
        writer.execute("BEGIN IMMEDIATE")
        waiting = on_a_terminal("import", str(file), "--as", "newsroom", *asked, DATABASE_URL=demo)
        until(lambda waiting=waiting: b"rows.ndjson" in waiting.seen or waiting.process.poll() is not None)  # type: ignore[misc]
        waiting.process.send_signal(signal.SIGINT)
        writer.execute("ROLLBACK")
        assert told in waiting.ended(130).rpartition(GONE)[2]
    writer.close()


def test_what_there_is_nothing_of_has_no_bar(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/data.sqlite3"
    migrate(url)
    assert b"Fingerprints" not in on_a_terminal("migrate", DATABASE_URL=url).ended(0)
