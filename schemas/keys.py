"""API keys: who writes, and what they may do. The secret is shown once and stored hashed."""

from typing import Annotated

from pydantic import AfterValidator
from pydantic import Field as Member
from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from schemas.base import Big, Shape, Shown, one_of
from schemas.fields import Instant, Text100, fault
from schemas.vocabularies import KeyRole


class ApiKey(SQLModel, table=True):
    """A key, or (without a hash) a writer inside the service, such as the loader of the demo set."""

    __tablename__ = "api_key"
    __table_args__ = (one_of("role", KeyRole), CheckConstraint("length(name) > 0", name="name"))

    id: int = Field(primary_key=True, sa_type=Big)
    name: str = Field(max_length=100, unique=True)
    role: str = Field(max_length=20)
    secret_hash: str | None = Field(default=None, max_length=64, unique=True)
    created_at: int = Field(sa_type=Big)
    expires_at: int | None = Field(default=None, sa_type=Big)
    revoked_at: int | None = Field(default=None, sa_type=Big)


def _addressable(name: str) -> str:
    if "/" in name or name in (".", "..") or name != name.strip() or not name.isprintable():
        raise fault(f"{name!r} can't stand in an address", "No slash, no line break, no blank at either end.")
    return name


class KeyCreate(Shape):
    """A new API key."""

    name: Annotated[Text100, AfterValidator(_addressable)] = Member(
        examples=["newsroom-desk"], description="The name that the history shows; unique, never reused."
    )
    role: KeyRole = Member(description="What the key may do.", examples=["editor"])
    expires_at: Instant | None = Member(default=None, description="When it stops to work; null for never.")


class Key(Shown):
    """An API key without its secret."""

    name: str = Member(description="The name that the history shows.", examples=["newsroom-desk"])
    role: KeyRole = Member(description="What the key may do.", examples=["editor"])
    created_at: str = Member(description="When it was made.", examples=["2025-03-13T14:00:00Z"])
    expires_at: str | None = Member(
        description="When it stops to work; null for never.", examples=["2026-03-13T14:00:00Z"]
    )
    revoked_at: str | None = Member(description="When it was revoked; null while it works.", examples=[None])


class NewKey(Key):
    """An API key just made: the only time that its secret is shown."""

    secret: str = Member(
        description="The key itself, for the Authorization header. It is shown only now.", examples=["dmr_…"]
    )


class Me(Shown):
    """Who asks, and what they may do."""

    name: str | None = Member(description="The name of the key; null without one.", examples=["newsroom-desk"])
    role: KeyRole | None = Member(description="The role of the key; null without one.", examples=["editor"])
    may: list[str] = Member(description="What this key may do, in words.", examples=[["read what is published"]])
