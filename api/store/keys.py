"""API keys: who may write, and under which name the history shows it."""

from collections.abc import Collection
from typing import Any
from urllib.parse import quote

from api import security
from api.errors import Problem, invalid, not_found
from api.store import checks, documents, ids
from api.store.checks import Json
from api.store.documents import Rendered
from api.store.sessions import Reading, Writer, Writing
from schemas import dates
from schemas.keys import ApiKey, KeyCreate
from schemas.problems import Fault
from schemas.vocabularies import KeyRole

PATH = "/v1/keys"
_NAMES = ("name", "role", "created_at", "expires_at", "revoked_at")
_SELECT = f"SELECT {', '.join(_NAMES)} FROM api_key WHERE secret_hash IS NOT NULL"
# Who writes when nobody's key does; no secret belongs to it.
SYSTEM = Writer(1, "demarche", KeyRole.ADMIN)


def find(reading: Reading, secret: str) -> Writer | None:
    """Who has this key; None when it is unknown, expired or revoked."""
    row = reading.row(
        "SELECT id, name, role, expires_at, revoked_at FROM api_key WHERE secret_hash = :hash",
        {"hash": security.hashed(secret)},
    )
    if row is None or row[4] is not None or (row[3] is not None and row[3] <= ids.now()):
        return None
    return Writer(row[0], row[1], KeyRole(row[2]))


def ended(reading: Reading, holders: Collection[int]) -> set[int]:
    """Those of some keys, by id, that have expired or were revoked."""
    if not holders:
        return set()
    sql = (
        f"SELECT id FROM api_key WHERE {reading.any_of('id', 'ids')} AND (revoked_at IS NOT NULL OR expires_at <= :now)"
    )
    return {row[0] for row in reading.rows(sql, {"ids": reading.listed(list(holders)), "now": ids.now()})}


def create(writing: Writing, sent: Json) -> Rendered:
    """Make a key; the answer is the only place where its secret is shown. Raises Problem `invalid` or `exists`."""
    body = checks.check(writing, KeyCreate, sent, {}).body
    if writing.row("SELECT 1 FROM api_key WHERE name = :name", {"name": body.name}):
        raise Problem("exists", f"There is a key named {body.name!r} already; names are never used twice.")
    secret = security.new_secret()
    expires_at = dates.parse_instant(body.expires_at) if body.expires_at else None
    if expires_at is not None and expires_at <= ids.now():
        hint = "Give an instant to come, or null for a key that never expires."
        raise invalid([Fault(where="body.expires_at", message="this instant has passed", hint=hint)])
    row = {
        "id": writing.next_id("api_key"), "name": body.name, "role": body.role, "secret_hash": security.hashed(secret),
        "created_at": writing.now(), "expires_at": expires_at, "revoked_at": None,
    }  # fmt: skip
    writing.insert(ApiKey, [row])
    return Rendered(f"{PATH}/{quote(body.name)}", 1, documents.dumps({**_shown(row), "secret": secret}), created=True)


def editor(reading: Reading, name: str) -> Writer | None:
    """The key of this name, if it works and may write all records."""
    row = reading.row(
        "SELECT id, name, role FROM api_key WHERE name = :name AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > :now) "
        f"AND role IN ('{KeyRole.EDITOR}', '{KeyRole.ADMIN}')",
        {"name": name, "now": ids.now()},
    )
    return Writer(row[0], row[1], KeyRole(row[2])) if row else None


def create_system(writing: Writing) -> None:
    """The writer behind whatever the service itself writes, made with the first key."""
    if not writing.row("SELECT 1 FROM api_key WHERE id = :id", {"id": SYSTEM.id}):
        writing.insert(
            ApiKey,
            [{"id": SYSTEM.id, "name": SYSTEM.name, "role": SYSTEM.role, "secret_hash": None, "created_at": writing.now(),
              "expires_at": None, "revoked_at": None}],
        )  # fmt: skip


def page(reading: Reading) -> bytes:
    """All keys by name, without their secrets."""
    rows = reading.rows(f"{_SELECT} ORDER BY name")
    return documents.dumps({"items": [_shown(dict(zip(_NAMES, row, strict=True))) for row in rows], "next": None})


def find_named(reading: Reading, name: str) -> bytes:
    """One key by its name, without its secret. Raises Problem `not-found`."""
    row = reading.row(f"{_SELECT} AND name = :name", {"name": name})
    if row is None:
        raise not_found("key", name)
    return documents.dumps(_shown(dict(zip(_NAMES, row, strict=True))))


def revoke(writing: Writing, name: str) -> None:
    """Make a key stop to work, for good. Raises Problem `not-found`."""
    changed = writing.run(
        "UPDATE api_key SET revoked_at = coalesce(revoked_at, :at) WHERE name = :name AND secret_hash IS NOT NULL",
        {"at": writing.now(), "name": name},
    )
    if not changed:
        raise not_found("key", name)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    instants = ("created_at", "expires_at", "revoked_at")
    return {
        "name": row["name"],
        "role": row["role"],
        **{name: None if row[name] is None else dates.format_instant(row[name]) for name in instants},
    }
