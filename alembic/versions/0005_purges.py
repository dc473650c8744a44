"""Purges: which versions were erased, and by which revision"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table("purge", sa.Column("id", BIG, nullable=False), sa.PrimaryKeyConstraint("id", name=op.f("pk_purge")))
    op.create_table(
        "purge_version",
        sa.Column("seq", BIG, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("superseded_seq", BIG, nullable=True),
        sa.Column("is_deleted", sa.Integer(), nullable=False),
        sa.Column("purge_id", BIG, nullable=False),
        sa.Column("thing", sa.String(length=20), nullable=False),
        sa.Column("thing_id", BIG, nullable=False),
        sa.Column("is_whole", sa.Integer(), nullable=False),
        sa.CheckConstraint("is_deleted IN (0, 1)", name=op.f("ck_purge_version_is_deleted")),
        sa.CheckConstraint("superseded_seq > seq", name=op.f("ck_purge_version_superseded")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_purge_version_version")),
        sa.ForeignKeyConstraint(["purge_id"], ["purge.id"], name=op.f("fk_purge_version_purge_id")),
        sa.ForeignKeyConstraint(["seq"], ["revision.seq"], name=op.f("fk_purge_version_seq")),
        sa.ForeignKeyConstraint(["superseded_seq"], ["revision.seq"], name=op.f("fk_purge_version_superseded_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_purge_version")),
        sa.UniqueConstraint("purge_id", "version", name=op.f("uq_purge_version_purge_id_version")),
    )
    op.create_table(
        "purged_version",
        sa.Column("seq", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("erased_seq", BIG, nullable=False),
        sa.Column("was_deleted", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["erased_seq"], ["revision.seq"], name=op.f("fk_purged_version_erased_seq")),
        sa.ForeignKeyConstraint(["seq"], ["purge_version.seq"], name=op.f("fk_purged_version_seq")),
        sa.PrimaryKeyConstraint("seq", "position", name=op.f("pk_purged_version")),
        sa.UniqueConstraint("erased_seq", name=op.f("uq_purged_version_erased_seq")),
    )


def downgrade() -> None:
    op.drop_table("purged_version")
    op.drop_table("purge_version")
    op.drop_table("purge")
