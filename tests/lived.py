"""A database in which everything has been done once, so that no table which a copy could forget is empty; and all of its rows."""

from typing import Any

from api.commands import seal as sealing
from api.database import Database
from api.main import create
from api.settings import Settings
from api.store import copies
from tests.clients import Client
from tests.coders import coded
from tests.conftest import make_key
from tests.desk import holder, link, nouns, post, said
from tests.expect import Api

# What may be empty all the same: what other parts keep for themselves.
FILLED = {
    "actor", "actor_alias", "actor_version", "affiliation", "affiliation_version", "api_key", "coding", "coding_stance",
    "coding_version", "fingerprint", "horizon", "involvement", "purge", "purge_version", "purged_version", "reaction",
    "reaction_version", "record", "record_citation", "record_participant", "record_stance", "record_tag", "record_text",
    "record_topic", "record_version", "replay", "revision", "seal", "snapshot", "snapshot_purge", "snapshot_shown", "source",
    "source_version", "topic", "topic_version",
}  # fmt: skip


def live(url: str) -> str:
    """Do everything once in an empty, migrated database; answers an admin's key."""
    settings = Settings(database_url=url)
    key = make_key(url, "desk", "admin")
    with Client(create(settings)) as client:
        api = Api(client, key)
        nouns(api)
        assert api.patch("/v1/actors/kremlin", {"aliases": ["Кремль"]}).status_code == 200
        post(api, "/v1/actors/vladimir-putin/affiliations", {"group": "kremlin", "dates": "2012-05-07/.."})
        place = {"name": "Istanbul", "country": "TR", "latitude": 41.0082, "longitude": -0.0}
        first = said(api, tags=["one", "two"], participants=[{"actor": "kremlin", "role": "host"}], place=place)
        second = said(api, title="Обещает „Ответ“\t\\ 100 %", quote="Строка\nи ещё одна", rationale="\\N")
        assert api.patch(first, {"title": "Agrees, with doubts", "change_note": "Heard again"}).status_code == 200
        link(api, second, first)
        coded(holder(api, settings, "editor"), first, "second-reader", truce_in_principle="supports")
        post(api, "/v1/actors", {"slug": "tass-desk", "kind": "media", "name": "TASS"}, **{"Idempotency-Key": "one"})
        taken = post(api, "/v1/snapshots", {"query": "/v1/timeline", "title": "Before"})
        gone, third = said(api, title="To be erased"), said(api, title="To be deleted")
        assert api.drop(gone).status_code == 204
        purged = {"path": gone, "reason": "Request of a private person, 2026/17"}
        assert api.send("POST", "/v1/purges", json=purged, headers={"If-Match": api.tag(gone)}).status_code == 200
        assert api.drop(third).status_code == 204
        assert api.get(taken["path"])
    database = Database(settings)
    sealing.seal(database)
    database.close()
    return key


def rows(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, in the order of its key."""
    database = Database(Settings(database_url=url))
    try:
        with database.reading() as reading:
            return {table.name: list(copies.rows(reading, table)) for table in copies.tables()}
    finally:
        database.close()


def schema(url: str) -> list[tuple[Any, ...]]:
    """What the database itself tells of its tables, keys and indexes."""
    told = {
        "sqlite": ["SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name"],
        "postgresql": [
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1",
            "SELECT conname, conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE connamespace = current_schema()::regnamespace ORDER BY 1, 2",
        ],
    }
    database = Database(Settings(database_url=url))
    try:
        with database.reading() as reading:
            return [row for sql in told[database.dialect] for row in reading.rows(sql)]
    finally:
        database.close()
