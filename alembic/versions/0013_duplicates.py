"""Duplicates: what was merged into what, and pairs that an editor says are two; snapshots may show the latter"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BEFORE = "noun IN ('record', 'reaction', 'affiliation', 'actor', 'source', 'topic', 'coding')"
AFTER = "noun IN ('record', 'reaction', 'affiliation', 'actor', 'source', 'topic', 'coding', 'dismissal')"


def upgrade() -> None:
    op.create_table(
        "record_merge",
        sa.Column("seq", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("into_id", BIG, nullable=False),
        sa.Column("before_seq", BIG, nullable=False),
        sa.Column("after_seq", BIG, nullable=False),
        sa.Column("last_seq", BIG, nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["record_version.seq"], name=op.f("fk_record_merge_seq")),
        sa.ForeignKeyConstraint(["into_id"], ["record.id"], name=op.f("fk_record_merge_into_id")),
        sa.ForeignKeyConstraint(["before_seq"], ["record_version.seq"], name=op.f("fk_record_merge_before_seq")),
        sa.ForeignKeyConstraint(["after_seq"], ["record_version.seq"], name=op.f("fk_record_merge_after_seq")),
        sa.ForeignKeyConstraint(["last_seq"], ["revision.seq"], name=op.f("fk_record_merge_last_seq")),
        sa.PrimaryKeyConstraint("seq", "position", name=op.f("pk_record_merge")),
    )
    op.create_index("ix_record_merge_into_id", "record_merge", ["into_id"], unique=False)
    op.create_table(
        "dismissal",
        sa.Column("id", BIG, nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("one_id", BIG, nullable=False),
        sa.Column("other_id", BIG, nullable=False),
        sa.CheckConstraint("one_id < other_id", name=op.f("ck_dismissal_order")),
        sa.ForeignKeyConstraint(["one_id"], ["record.id"], name=op.f("fk_dismissal_one_id")),
        sa.ForeignKeyConstraint(["other_id"], ["record.id"], name=op.f("fk_dismissal_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dismissal")),
        sa.UniqueConstraint("one_id", "other_id", name=op.f("uq_dismissal_one_id_other_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_dismissal_uid")),
    )
    op.create_index("ix_dismissal_other_id", "dismissal", ["other_id"], unique=False)
    op.create_table(
        "dismissal_version",
        sa.Column("seq", BIG, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("superseded_seq", BIG, nullable=True),
        sa.Column("is_deleted", sa.Integer(), nullable=False),
        sa.Column("dismissal_id", BIG, nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("is_deleted IN (0, 1)", name=op.f("ck_dismissal_version_is_deleted")),
        sa.CheckConstraint("superseded_seq > seq", name=op.f("ck_dismissal_version_superseded")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_dismissal_version_version")),
        sa.ForeignKeyConstraint(["dismissal_id"], ["dismissal.id"], name=op.f("fk_dismissal_version_dismissal_id")),
        sa.ForeignKeyConstraint(["seq"], ["revision.seq"], name=op.f("fk_dismissal_version_seq")),
        sa.ForeignKeyConstraint(["superseded_seq"], ["revision.seq"], name=op.f("fk_dismissal_version_superseded_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_dismissal_version")),
        sa.UniqueConstraint("dismissal_id", "version", name=op.f("uq_dismissal_version_dismissal_id_version")),
    )
    op.create_index(
        "ix_dismissal_version_current",
        "dismissal_version",
        ["dismissal_id"],
        unique=True,
        sqlite_where=sa.text("superseded_seq IS NULL"),
        postgresql_where=sa.text("superseded_seq IS NULL"),
    )
    _show(AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM snapshot_shown WHERE noun = 'dismissal'")
    _show(BEFORE)
    op.drop_table("dismissal_version")
    op.drop_table("dismissal")
    op.drop_table("record_merge")


def _show(nouns: str) -> None:
    """Have snapshots show these nouns and no others; SQLite changes a check only with the table."""
    name = op.f("ck_snapshot_shown_noun")
    if op.get_bind().dialect.name == "sqlite":
        op.rename_table("snapshot_shown", "snapshot_shown_before")
        op.drop_index("ix_snapshot_shown_snapshot_id", "snapshot_shown_before")
        op.create_table(
            "snapshot_shown",
            sa.Column("noun", sa.String(length=20), nullable=False),
            sa.Column("shown_id", BIG, nullable=False),
            sa.Column("snapshot_id", BIG, nullable=False),
            sa.CheckConstraint(nouns, name=name),
            sa.ForeignKeyConstraint(["snapshot_id"], ["snapshot.id"], name=op.f("fk_snapshot_shown_snapshot_id")),
            sa.PrimaryKeyConstraint("noun", "shown_id", "snapshot_id", name=op.f("pk_snapshot_shown")),
            sqlite_with_rowid=False,
        )
        op.create_index("ix_snapshot_shown_snapshot_id", "snapshot_shown", ["snapshot_id"], unique=False)
        op.execute("INSERT INTO snapshot_shown SELECT noun, shown_id, snapshot_id FROM snapshot_shown_before")
        op.drop_table("snapshot_shown_before")
    else:
        op.drop_constraint(name, "snapshot_shown", type_="check")
        op.create_check_constraint(name, "snapshot_shown", nouns)
