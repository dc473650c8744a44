"""Snapshots: answers kept as they were given, byte for byte, under an address that can be cited."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic import Field as Member
from sqlalchemy import CheckConstraint, LargeBinary, Text
from sqlmodel import Field, SQLModel

from schemas.base import Big, Shape, Shown
from schemas.fields import Text300, fault, said
from schemas.timeline import AsOf, Cursor, Limit

# What a snapshot may show and a purge may erase: the tables of identities, by the column of their address.
ADDRESSES = {
    "record": "uid", "reaction": "uid", "affiliation": "uid", "actor": "slug", "source": "slug", "topic": "slug",
    "coding": "uid", "dismissal": "uid",
}  # fmt: skip
_NOUNS = ", ".join(f"'{noun}'" for noun in ADDRESSES)


class Snapshot(SQLModel, table=True):
    """An answer that was kept. What is null after a purge is all that could tell of its content."""

    __table_args__ = (
        CheckConstraint(
            "CASE WHEN purged_at IS NULL THEN content IS NOT NULL AND question IS NOT NULL AND query IS NOT NULL AND sha256 IS NOT NULL "
            "ELSE content IS NULL AND question IS NULL AND query IS NULL AND sha256 IS NULL AND title IS NULL END",
            name="purged",
        ),
    )

    id: int = Field(primary_key=True, sa_type=Big)
    uid: str = Field(max_length=10, unique=True)
    question: str | None = Field(default=None, max_length=64, unique=True)  # a hash of query, instant and title
    query: str | None = Field(default=None, sa_type=Text)
    title: str | None = Field(default=None, max_length=300)
    as_of: int = Field(sa_type=Big)  # microseconds since 1970
    created_at: int = Field(sa_type=Big)
    created_by: int = Field(sa_type=Big, foreign_key="api_key.id")
    sha256: str | None = Field(default=None, max_length=64)
    size: int  # bytes
    count: int
    purged_at: int | None = Field(default=None, sa_type=Big)
    content: bytes | None = Field(default=None, sa_type=LargeBinary)  # last, so that lists need not read past it


class SnapshotShown(SQLModel, table=True):
    """What a snapshot shows, so that a purge of it finds the snapshot."""

    __tablename__ = "snapshot_shown"
    __table_args__ = (CheckConstraint(f"noun IN ({_NOUNS})", name="noun"), {"sqlite_with_rowid": False})

    noun: str = Field(primary_key=True, max_length=20)
    shown_id: int = Field(primary_key=True, sa_type=Big)
    snapshot_id: int = Field(primary_key=True, sa_type=Big, foreign_key="snapshot.id", index=True)


class SnapshotPurge(SQLModel, table=True):
    """Every purge that snapshots were told of: an answer that was read before one is not kept after it."""

    __tablename__ = "snapshot_purge"

    id: int = Field(primary_key=True, sa_type=Big)
    purged_at: int = Field(sa_type=Big)


def _text(given: Any) -> Any:
    if not isinstance(given, str):
        raise fault("an instant or a date is text", 'Such as "2025-03-20" or "2025-03-20T12:00:00Z".')
    return said(given)


class SnapshotCreate(Shape):
    """Which answer to keep, as of when."""

    query: Annotated[str, Member(max_length=8000)] = Member(
        description="The address of a read as a GET has it, from /v1/ on, with its filters: a timeline, a list of statements, events, "
        "reactions, actors, affiliations, sources or topics, one of them, a thread, codings, or how far coders agree.",
        examples=["/v1/timeline?actor=kremlin&topic=ceasefire"],
    )
    as_of: Annotated[AsOf, BeforeValidator(_text)] | None = Member(
        default=None, description="The moment that the answer stands for: an RFC 3339 instant, or an EDTF date, whose end counts; not in the "
        "future. Now when not given, here or in `query`.", examples=["2025-03-20"],
    )  # fmt: skip
    title: Text300 | None = Member(
        default=None,
        description="What the citation calls it.",
        examples=["The Kremlin on a ceasefire"],
    )


class SnapshotRead(Shown):
    """A snapshot as it is cited; `query`, `title` and `sha256` are null once it has been purged."""

    id: str = Member(
        description="Its permanent id; case does not count, nor o for 0, i or l for 1.", examples=["k7q3m9x2wd"]
    )
    path: str = Member(description="Its permanent address.", examples=["/v1/snapshots/k7q3m9x2wd"])
    query: str | None = Member(
        description="What was asked, its parameters in order.",
        examples=["/v1/timeline?actor=kremlin&topic=ceasefire"],
    )
    title: str | None = Member(description="What the citation calls it.", examples=["The Kremlin on a ceasefire"])
    as_of: str = Member(description="The moment that the answer stands for.", examples=["2025-03-20T23:59:59.999999Z"])
    created_at: str = Member(description="When it was made.", examples=["2025-04-01T09:30:00Z"])
    created_by: str = Member(description="The name of the key that made it.", examples=["newsroom-desk"])
    sha256: str | None = Member(
        description="SHA-256 of the bytes at its address, in hexadecimal.",
        examples=["5e884898da28047151d0e56f8dc6292773603d0d6aabbd62a11ef721d1542d8b"],
    )
    bytes: int = Member(description="How many bytes these are.", examples=[20481])
    count: int = Member(description="How many items the answer has; 1 for a single thing.", examples=[11])
    citation: str = Member(
        description="A text to cite it by; with the whole address where the service knows its own (`PUBLIC_URL`).",
        examples=[
            "Demarche, “The Kremlin on a ceasefire”, /v1/timeline?actor=kremlin&topic=ceasefire, as of 2025-03-20T23:59:59.999999Z, 11 items, "
            "https://demarche.example/v1/snapshots/k7q3m9x2wd, SHA-256 5e884898da28047151d0e56f8dc6292773603d0d6aabbd62a11ef721d1542d8b"
        ],
    )
    purged_at: str | None = Member(
        description="When it was erased for good, since it showed something that was purged; null while it stands.",
        examples=[None],
    )


class SnapshotHead(Shown):
    """What a kept answer says of itself."""

    id: str = Member(description="Its permanent id.", examples=["k7q3m9x2wd"])
    title: str | None = Member(description="What it is called.", examples=["The Kremlin on a ceasefire"])
    query: str = Member(description="What was asked.", examples=["/v1/timeline?actor=kremlin&topic=ceasefire"])
    as_of: str = Member(description="The moment that it stands for.", examples=["2025-03-20T23:59:59.999999Z"])
    created_at: str = Member(description="When it was made.", examples=["2025-04-01T09:30:00Z"])


class SnapshotDocument(Shown):
    """A kept answer, always the same bytes."""

    snapshot: SnapshotHead = Member(description="What this is.")
    count: int = Member(description="How many items the answer has; 1 for a single thing.", examples=[11])
    answer: dict[str, Any] = Member(
        description="What a GET of `query` with `as_of` answered to anyone: of a list all pages in one, so that `next` is null.",
        examples=[{"items": [], "next": None, "as_of": "2025-03-20T23:59:59.999999Z"}],
    )


class SnapshotFilter(BaseModel):
    """Which part of the list of snapshots to give."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: Limit = Member(default=50, description="How many items at most.", examples=[50])
    cursor: Cursor | None = Member(default=None, description="The `next` of the page before.", examples=["eyJ…"])
