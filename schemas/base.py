"""The ground under every table and every shape: names of constraints, column types, strict shapes."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import BigInteger, CheckConstraint, Integer
from sqlmodel import SQLModel

# Named constraints, so that a migration can drop what another one made, on both databases.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

# 64 bits everywhere; on SQLite only a column declared INTEGER is the row's own id.
Big = BigInteger().with_variant(Integer(), "sqlite")


def one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    """The database's own check that a text column holds a value of the vocabulary (or null)."""
    words = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({words})", name=column)


class Shape(BaseModel):
    """A request body: unknown members are refused, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Written(Shape):
    """A body that becomes a version: it may say why."""

    change_note: str | None = Field(
        default=None, min_length=1, max_length=2000, description="Why this edit; kept in the history.",
        examples=["Date corrected after the transcript"],
    )  # fmt: skip


class Shown(BaseModel):
    """A response body: every member is always present, null where there is nothing to say."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)
