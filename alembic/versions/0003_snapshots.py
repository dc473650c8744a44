"""Snapshots: answers kept byte for byte, what each of them shows, and the purges that they were told of"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "snapshot",
        sa.Column("id", BIG, nullable=False),
        sa.Column("uid", sa.String(length=10), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=True),
        sa.Column("query", sa.Text(), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=True),
        sa.Column("as_of", BIG, nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("created_by", BIG, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("purged_at", BIG, nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "CASE WHEN purged_at IS NULL THEN content IS NOT NULL AND question IS NOT NULL AND query IS NOT NULL AND sha256 IS NOT NULL "
            "ELSE content IS NULL AND question IS NULL AND query IS NULL AND sha256 IS NULL AND title IS NULL END",
            name=op.f("ck_snapshot_purged"),
        ),
        sa.ForeignKeyConstraint(["created_by"], ["api_key.id"], name=op.f("fk_snapshot_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
        sa.UniqueConstraint("question", name=op.f("uq_snapshot_question")),
        sa.UniqueConstraint("uid", name=op.f("uq_snapshot_uid")),
    )
    op.create_table(
        "snapshot_shown",
        sa.Column("noun", sa.String(length=20), nullable=False),
        sa.Column("shown_id", BIG, nullable=False),
        sa.Column("snapshot_id", BIG, nullable=False),
        sa.CheckConstraint(
            "noun IN ('record', 'reaction', 'affiliation', 'actor', 'source', 'topic')",
            name=op.f("ck_snapshot_shown_noun"),
        ),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshot.id"], name=op.f("fk_snapshot_shown_snapshot_id")),
        sa.PrimaryKeyConstraint("noun", "shown_id", "snapshot_id", name=op.f("pk_snapshot_shown")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_snapshot_shown_snapshot_id", "snapshot_shown", ["snapshot_id"], unique=False)
    op.create_table(
        "snapshot_purge",
        sa.Column("id", BIG, nullable=False),
        sa.Column("purged_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot_purge")),
    )


def downgrade() -> None:
    op.drop_table("snapshot_purge")
    op.drop_table("snapshot_shown")
    op.drop_table("snapshot")
