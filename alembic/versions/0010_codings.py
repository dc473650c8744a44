"""Codings: how single coders read the stances of a statement; snapshots may show them"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BEFORE = "noun IN ('record', 'reaction', 'affiliation', 'actor', 'source', 'topic')"
AFTER = "noun IN ('record', 'reaction', 'affiliation', 'actor', 'source', 'topic', 'coding')"


def upgrade() -> None:
    op.create_table(
        "coding",
        sa.Column("id", BIG, nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("record_id", BIG, nullable=False),
        sa.Column("coder", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_coding_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coding")),
        sa.UniqueConstraint("record_id", "coder", name=op.f("uq_coding_record_id_coder")),
        sa.UniqueConstraint("uid", name=op.f("uq_coding_uid")),
    )
    op.create_table(
        "coding_version",
        sa.Column("seq", BIG, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("superseded_seq", BIG, nullable=True),
        sa.Column("is_deleted", sa.Integer(), nullable=False),
        sa.Column("coding_id", BIG, nullable=False),
        sa.CheckConstraint("is_deleted IN (0, 1)", name=op.f("ck_coding_version_is_deleted")),
        sa.CheckConstraint("superseded_seq > seq", name=op.f("ck_coding_version_superseded")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_coding_version_version")),
        sa.ForeignKeyConstraint(["coding_id"], ["coding.id"], name=op.f("fk_coding_version_coding_id")),
        sa.ForeignKeyConstraint(["seq"], ["revision.seq"], name=op.f("fk_coding_version_seq")),
        sa.ForeignKeyConstraint(["superseded_seq"], ["revision.seq"], name=op.f("fk_coding_version_superseded_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_coding_version")),
        sa.UniqueConstraint("coding_id", "version", name=op.f("uq_coding_version_coding_id_version")),
    )
    op.create_index(
        "ix_coding_version_current",
        "coding_version",
        ["coding_id"],
        unique=True,
        sqlite_where=sa.text("superseded_seq IS NULL"),
        postgresql_where=sa.text("superseded_seq IS NULL"),
    )
    op.create_table(
        "coding_stance",
        sa.Column("seq", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("topic_id", BIG, nullable=False),
        sa.Column("stance", sa.String(length=20), nullable=False),
        sa.Column("condition_type", sa.String(length=20), nullable=False),
        sa.Column("coding_certainty", sa.String(length=10), nullable=True),
        sa.Column("rationale", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "stance IN ('strongly_supports', 'supports', 'neutral', 'opposes', 'strongly_opposes', 'no_position', 'unclear')",
            name=op.f("ck_coding_stance_stance"),
        ),
        sa.CheckConstraint(
            "condition_type IN ('none', 'modalities', 'preconditions')", name=op.f("ck_coding_stance_condition_type")
        ),
        sa.CheckConstraint(
            "coding_certainty IN ('high', 'medium', 'low')", name=op.f("ck_coding_stance_coding_certainty")
        ),
        sa.ForeignKeyConstraint(["seq"], ["coding_version.seq"], name=op.f("fk_coding_stance_seq")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_coding_stance_topic_id")),
        sa.PrimaryKeyConstraint("seq", "position", name=op.f("pk_coding_stance")),
        sa.UniqueConstraint("seq", "topic_id", name=op.f("uq_coding_stance_seq_topic_id")),
    )
    op.create_index("ix_coding_stance_topic_id", "coding_stance", ["topic_id"], unique=False)
    _show(AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM snapshot_shown WHERE noun = 'coding'")
    _show(BEFORE)
    op.drop_table("coding_stance")
    op.drop_table("coding_version")
    op.drop_table("coding")


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
