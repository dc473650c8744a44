"""Fingerprints of every version, and seals over them"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "fingerprint",
        sa.Column("seq", BIG, nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(salt) BETWEEN 16 AND 32", name=op.f("ck_fingerprint_salt")),
        sa.CheckConstraint("length(digest) = 32", name=op.f("ck_fingerprint_digest")),
        sa.ForeignKeyConstraint(["seq"], ["revision.seq"], name=op.f("fk_fingerprint_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_fingerprint")),
    )
    op.create_table(
        "seal",
        sa.Column("number", BIG, autoincrement=False, nullable=False),
        sa.Column("first_seq", BIG, nullable=False),
        sa.Column("last_seq", BIG, nullable=False),
        sa.Column("versions", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", BIG, nullable=False),
        sa.CheckConstraint("first_seq <= last_seq", name=op.f("ck_seal_seqs")),
        sa.CheckConstraint("length(digest) = 32", name=op.f("ck_seal_digest")),
        sa.CheckConstraint("length(root) = 32", name=op.f("ck_seal_root")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_seal")),
        sa.UniqueConstraint("last_seq", name=op.f("uq_seal_last_seq")),
    )


def downgrade() -> None:
    op.drop_table("seal")
    op.drop_table("fingerprint")
