"""Ends of links: on PostgreSQL, an index of every version's one row among everyone's, by the number of the record"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # SQLite has ix_involvement_entered, which holds all versions; its like on PostgreSQL holds those that are listed today.
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_involvement_everyone",
            "involvement",
            ["id", "seq"],
            postgresql_where=sa.text("actor = 0 AND role = 0"),
            postgresql_include=["superseded_seq", "listed", "status", "kind", "confidence", "earliest", "latest"],
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_involvement_everyone", "involvement")
