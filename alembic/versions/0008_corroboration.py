"""What the citations of a version share, for its corroboration"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
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
    _strip()
    op.drop_index("ix_record_citation_ungrouped", table_name="record_citation")
    op.drop_column("record_citation", "origin_group")
    op.drop_column("record_citation", "url_group")


def _strip() -> None:
    """Earlier releases know no gap `c`, and this one would add a second."""
    bind = op.get_bind()
    version = sa.table("record_version", sa.column("seq", sa.BigInteger), sa.column("document", sa.LargeBinary))
    last = 0
    while True:
        asked = sa.select(version.c.seq, version.c.document).where(version.c.seq > last).order_by(version.c.seq)
        rows = bind.execute(asked.limit(1_000)).all()
        if not rows:
            return
        for seq, document in rows:
            stripped = re.sub(rb",\x1fc[^\x1f]*\x1f", b"", document)
            if stripped != document:
                bind.execute(sa.update(version).where(version.c.seq == seq).values(document=stripped))
        last = rows[-1][0]
