"""Imports: batches, the revisions that each wrote, the rows that it did not take, and what records were last written from"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "import_batch",
        sa.Column("id", BIG, nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("format", sa.String(length=20), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("created_by", BIG, nullable=False),
        sa.Column("started_at", BIG, nullable=False),
        sa.Column("finished_at", BIG, nullable=True),
        sa.Column("undone_at", BIG, nullable=True),
        sa.Column("rows_done", BIG, nullable=False),
        sa.Column("tally", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('running', 'done', 'undone', 'dry_run')", name=op.f("ck_import_batch_state")),
        sa.ForeignKeyConstraint(["created_by"], ["api_key.id"], name=op.f("fk_import_batch_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
        sa.UniqueConstraint("uid", name=op.f("uq_import_batch_uid")),
    )
    op.create_index("ix_import_batch_sha256", "import_batch", ["sha256"], unique=False)
    op.create_table(
        "import_chunk",
        sa.Column("first_seq", BIG, nullable=False),
        sa.Column("last_seq", BIG, nullable=False),
        sa.Column("batch_id", BIG, nullable=False),
        sa.Column("is_undo", sa.Integer(), nullable=False),
        sa.CheckConstraint("first_seq <= last_seq", name=op.f("ck_import_chunk_seqs")),
        sa.CheckConstraint("is_undo IN (0, 1)", name=op.f("ck_import_chunk_is_undo")),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_import_chunk_batch_id")),
        sa.ForeignKeyConstraint(["first_seq"], ["revision.seq"], name=op.f("fk_import_chunk_first_seq")),
        sa.ForeignKeyConstraint(["last_seq"], ["revision.seq"], name=op.f("fk_import_chunk_last_seq")),
        sa.PrimaryKeyConstraint("first_seq", name=op.f("pk_import_chunk")),
    )
    op.create_index("ix_import_chunk_batch_id", "import_chunk", ["batch_id"], unique=False)
    op.create_table(
        "import_reject",
        sa.Column("batch_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("line", BIG, nullable=False),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.Column("faults", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_import_reject_batch_id")),
        sa.PrimaryKeyConstraint("batch_id", "number", name=op.f("pk_import_reject")),
    )
    op.create_table(
        "imported_record",
        sa.Column("record_id", BIG, nullable=False),
        sa.Column("batch_id", BIG, nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("row_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_imported_record_batch_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_imported_record_record_id")),
        sa.ForeignKeyConstraint(["seq"], ["record_version.seq"], name=op.f("fk_imported_record_seq")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_imported_record")),
    )


def downgrade() -> None:
    for table in ("imported_record", "import_reject", "import_chunk", "import_batch"):
        op.drop_table(table)
