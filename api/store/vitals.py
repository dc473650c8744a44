"""What a database tells of itself: how it keeps what was acknowledged, what time it has, and how far its data reaches."""

from typing import Any

from api.store.sessions import Reading

_OF_SQLITE = ("journal_mode", "synchronous", "foreign_keys")
_OF_POSTGRESQL = ("server_version", "server_encoding", "fsync", "full_page_writes", "synchronous_commit")


def settings(reading: Reading) -> dict[str, Any]:
    """Its version, and the settings that decide whether it keeps what it acknowledges."""
    if reading.dialect == "sqlite":
        found = {name: (reading.row(f"PRAGMA {name}") or (None,))[0] for name in _OF_SQLITE}
        return {"server_version": (reading.row("SELECT sqlite_version()") or ("",))[0], **found}
    row = reading.row(f"SELECT {', '.join(f'current_setting({name!r})' for name in _OF_POSTGRESQL)}")
    return dict(zip(_OF_POSTGRESQL, row or (), strict=True))


def size(reading: Reading) -> int:
    """How many bytes the database takes."""
    if reading.dialect == "sqlite":
        row = reading.row("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
    else:
        row = reading.row("SELECT pg_database_size(current_database())")
    return int((row or (0,))[0])


def newest(reading: Reading) -> tuple[int, int]:
    """The number of the last revision, and its instant in microseconds since 1970; zeros where there is none."""
    row = reading.row("SELECT seq, recorded_at FROM revision ORDER BY seq DESC LIMIT 1")
    return (int(row[0]), int(row[1])) if row else (0, 0)


def keys_in_use(reading: Reading) -> dict[str, int]:
    """How many keys of each role open something now."""
    sql = (
        "SELECT role, count(*) FROM api_key WHERE secret_hash IS NOT NULL AND revoked_at IS NULL "
        "AND (expires_at IS NULL OR expires_at > :now) GROUP BY role ORDER BY role"
    )
    return {role: int(count) for role, count in reading.rows(sql, {"now": reading.clock()})}
