"""What the citations of a version share, for its corroboration"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("record_citation", sa.Column("url_group", sa.Integer(), nullable=True))
    op.add_column("record_citation", sa.Column("origin_group", sa.Integer(), nullable=True))
    op.create_index(
        "ix_record_citation_ungrouped",
        "record_citation",
        ["seq"],
        sqlite_where=sa.text("url_group IS NULL"),
        postgresql_where=sa.text("url_group IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_record_citation_ungrouped", table_name="record_citation")
    op.drop_column("record_citation", "origin_group")
    op.drop_column("record_citation", "url_group")
