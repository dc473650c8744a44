"""Moments in the past: the horizon of as-of answers, and on PostgreSQL indexes over all versions"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
HEADS = (("involvement", ["actor", "role"]), ("record_topic", ["topic", "actor", "role"]))


def upgrade() -> None:
    op.create_table(
        "horizon",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("instant", BIG, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_horizon_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_horizon")),
    )
    if op.get_bind().dialect.name == "postgresql":
        beside = ["superseded_seq", "listed", "status", "kind", "confidence", "positions"]
        for table, head in HEADS:
            key = [*head, "earliest", "latest", "id", "seq"]
            op.create_index(f"ix_{table}_past", table, key, postgresql_include=beside)
            op.create_index(
                f"ix_{table}_past_long",
                table,
                key,
                postgresql_where=sa.text("latest - earliest >= 86400000000"),
                postgresql_include=beside,
            )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table, _ in HEADS:
            op.drop_index(f"ix_{table}_past_long", table)
            op.drop_index(f"ix_{table}_past", table)
    op.drop_table("horizon")
