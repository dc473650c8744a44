"""Moments in the past: the horizon of as-of answers; on PostgreSQL the keys of the walked tables cover their rows"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEYS = {
    "involvement": ["actor", "role", "earliest", "latest", "id", "seq"],
    "record_topic": ["topic", "actor", "role", "earliest", "latest", "id", "seq"],
}
BESIDE = ["superseded_seq", "listed", "status", "kind", "confidence", "positions"]


def upgrade() -> None:
    op.create_table(
        "horizon",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("instant", BIG, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_horizon_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_horizon")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table, key in KEYS.items():
            _key(table, key, f" INCLUDE ({', '.join(BESIDE)})")
            op.create_index(
                f"ix_{table}_past_long",
                table,
                key,
                postgresql_where=sa.text("latest - earliest >= 86400000000"),
                postgresql_include=BESIDE,
            )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table, key in KEYS.items():
            op.drop_index(f"ix_{table}_past_long", table)
            _key(table, key, "")
    op.drop_table("horizon")


def _key(table: str, columns: list[str], beside: str) -> None:
    op.execute(
        f"ALTER TABLE {table} DROP CONSTRAINT pk_{table}, "
        f"ADD CONSTRAINT pk_{table} PRIMARY KEY ({', '.join(columns)}){beside}"
    )
