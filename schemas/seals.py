"""Fingerprints of versions, and the seals over them: what shows whether anything was altered behind the service's back."""

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Member
from sqlalchemy import CheckConstraint, LargeBinary
from sqlmodel import Field, SQLModel

from schemas.base import Big, Shown
from schemas.history import Number
from schemas.timeline import Filter
from schemas.vocabularies import ChangeNoun

_HEX = "9f2c" * 16
_HEADER = '{"format":1,"seal":2,"first_seq":854,"last_seq":912,"versions":59,"sealed_at":1795612813000000}'


class Fingerprint(SQLModel, table=True):
    """The fingerprint of one version: SHA-256 of its salt, of the digest before and of its content.

    Without the salt nobody can try out which content a digest stands for. A purge takes the salt away and leaves the
    digest, so that what follows in the chain, and every seal, can be checked on.
    """

    __table_args__ = (
        CheckConstraint("length(salt) BETWEEN 16 AND 32", name="salt"),
        CheckConstraint("length(digest) = 32", name="digest"),
    )

    seq: int = Field(primary_key=True, sa_type=Big, foreign_key="revision.seq")
    salt: bytes | None = Field(default=None, sa_type=LargeBinary)
    digest: bytes = Field(sa_type=LargeBinary)


class Seal(SQLModel, table=True):
    """The root of the Merkle tree over the digests of the versions of a range, chained to the seal before."""

    __table_args__ = (
        CheckConstraint("first_seq <= last_seq", name="seqs"),
        CheckConstraint("length(root) = 32", name="root"),
        CheckConstraint("length(digest) = 32", name="digest"),
    )

    number: int = Field(primary_key=True, sa_type=Big, sa_column_kwargs={"autoincrement": False})
    first_seq: int = Field(sa_type=Big)
    last_seq: int = Field(sa_type=Big, unique=True)
    versions: int
    root: bytes = Field(sa_type=LargeBinary)
    digest: bytes = Field(sa_type=LargeBinary)
    sealed_at: int = Field(sa_type=Big)


class SealRead(Shown):
    """One seal. `digest` is SHA-256 over the 32 bytes of `previous`, those of `root`, and `header` in UTF-8."""

    number: int = Member(description="Its number; 1 is the first.", examples=[2])
    first_seq: int = Member(description="The first revision under it.", examples=[854])
    last_seq: int = Member(description="The last revision under it.", examples=[912])
    versions: int = Member(description="How many versions are under it: the leaves of its tree.", examples=[59])
    sealed_at: str = Member(description="When it was made.", examples=["2026-11-25T13:20:13Z"])
    root: str = Member(
        description="The root of the Merkle tree (RFC 9162, 2.1) over the digests of these versions, in hexadecimal.",
        examples=[_HEX],
    )
    previous: str = Member(description="The digest of the seal before it; zeros for the first.", examples=[_HEX])
    header: str = Member(description="What it says of itself, as the text that is hashed.", examples=[_HEADER])
    digest: str = Member(
        description="Its own digest: publish it, and nothing before it can be altered unnoticed.", examples=[_HEX]
    )


class SealFilter(Filter):
    """Which seals to list."""


class ProofRead(Shown):
    """That one version is under a seal, word for word; it can be checked without the service."""

    noun: ChangeNoun = Member(description="Of what.", examples=["statement"])
    id: str = Member(description="Its id or slug.", examples=["01958f3e-7c00-7000-8000-000000000001"])
    version: int = Member(description="The number of the version.", examples=[1])
    content: str = Member(
        description="What the version says, as the JSON text that is hashed; other things are named by their numbers.",
        examples=['{"format":1,"noun":"record","version":1,…}'],
    )
    salt: str = Member(description="The random bytes in front of it, in hexadecimal.", examples=["5a" * 16])
    previous: str = Member(
        description="The digest of the version before it of the same thing; zeros for the first.", examples=["00" * 32]
    )
    digest: str = Member(
        description="SHA-256 over the bytes of `salt`, those of `previous`, and `content` in UTF-8.", examples=[_HEX]
    )
    leaf_index: int = Member(description="Its place among the leaves of the tree, from 0.", examples=[12])
    path: list[str] = Member(
        description="The audit path (RFC 9162, 2.1.3) from its leaf to the root of the seal.", examples=[[_HEX]]
    )
    seal: SealRead = Member(description="The seal that it is under.")


class ProofFilter(BaseModel):
    """Which version to prove."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Number | None = Member(default=None, description="Which version; the newest when not given.", examples=[1])
