"""The words of records: written with each version, and made once more where an earlier release wrote it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.commands import demo, migrate
from api.database import Database
from api.settings import Settings
from api.store import dialects, keys, texts
from api.store.sessions import Reading, Writing
from tests import desk
from tests import test_commands_program as programs
from tests.expect import Api


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database."""
    with programs.empty_database(request, tmp_path) as url:
        yield url


def everything(reading: Reading) -> list[tuple[Any, ...]]:
    """The words of all versions."""
    return reading.rows("SELECT seq, title, summary, quote, translation, words FROM record_text ORDER BY seq")


def test_what_an_earlier_release_wrote_is_read_by_the_migration_also_where_it_was_broken_off(
    new_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate.migrate(new_url)
    database = Database(Settings(database_url=new_url))
    with database.writing(keys.SYSTEM) as writing:
        keys.create_system(writing)
        demo.fill(writing)
    with database.reading() as reading:
        written = everything(reading)
        assert texts.missing(reading) == 0
        assert len(written) > 300
    migrate.migrate(new_url, "0006")
    monkeypatch.setattr(texts, "CHUNK", 100)
    fill, calls = texts.fill, 0

    def broken_off(writing: Writing, most: int) -> int:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        return fill(writing, most)

    with monkeypatch.context() as patched:
        patched.setattr(texts, "fill", broken_off)
        with pytest.raises(KeyboardInterrupt):
            migrate.migrate(new_url)
    with database.reading() as reading:
        assert everything(reading) == written[-200:]
        assert texts.missing(reading) > 100
    assert migrate.migrate(new_url) == 0
    with database.reading() as reading:
        assert everything(reading) == written
        assert texts.missing(reading) == 0
        _, title, *_, words = written[0]
        asked = [dialects.word(reading.dialect, word, False) for word in title.split()]
        sql = dialects.holding_words(reading.dialect, "asked")
        assert (written[0][0],) in reading.rows(sql, {"asked": dialects.all_of(reading.dialect, asked)})
        assert set(title.split()) < set(words.split())
    database.close()


def test_what_is_erased_or_a_tombstone_has_no_words_and_is_not_missed(api: Api, settings: Settings) -> None:
    desk.nouns(api)
    with desk.store(settings) as store:
        assert texts.missing(store) == 0
    admin = desk.holder(api, settings, "admin")
    gone, kept = desk.said(api), desk.said(api, title="Stays")
    api.drop(gone)
    sent = {"path": gone, "reason": "Request of a private person, 2026/17"}
    with desk.store(settings) as store:
        assert len(everything(store)) == 2
    assert admin.send("POST", "/v1/purges", json=sent, headers={"If-Match": api.tag(gone)}).status_code == 200
    api.drop(kept)
    with desk.store(settings) as store:
        assert [row[1] for row in everything(store)] == [" stays "]
        assert texts.missing(store) == 0
        assert texts.fill(store, 10) == 0
    assert desk.restore(api, kept, 1).status_code == 200
    assert [item["title"] for item in api.get("/v1/timeline?q=stays")["items"]] == ["Stays"]
