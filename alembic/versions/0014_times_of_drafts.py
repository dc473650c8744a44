"""What began as a draft is told as recorded when it was first published"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# The published versions of records that began as drafts, each with when the draft was begun and when it was first published.
VERSIONS = """
    SELECT v.seq, v.document, begun.recorded_at AS begun, published.recorded_at AS published
    FROM record_version f JOIN revision begun ON begun.seq = f.seq
    JOIN record_version v ON v.record_id = f.record_id
    JOIN revision published ON published.seq = (
        SELECT min(p.seq) FROM record_version p
        WHERE p.record_id = v.record_id AND p.version <= v.version AND p.status <> 'draft')
    WHERE f.version = 1 AND f.status = 'draft' AND v.seq > :last ORDER BY v.seq LIMIT 1000"""


def upgrade() -> None:
    _tell("begun", "published")


def downgrade() -> None:
    _tell("published", "begun")


def _tell(before: str, after: str) -> None:
    bind = op.get_bind()
    version = sa.table("record_version", sa.column("seq", sa.BigInteger), sa.column("document", sa.LargeBinary))
    last = 0
    while rows := bind.execute(sa.text(VERSIONS), {"last": last}).mappings().all():
        for row in rows:
            # A quote within a text is escaped, so that no text holds this.
            document = row["document"].replace(_member(row[before]), _member(row[after]))
            bind.execute(sa.update(version).where(version.c.seq == row["seq"]).values(document=document))
        last = rows[-1]["seq"]


def _member(at: int) -> bytes:
    instant = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)).isoformat()
    return b'"recorded_at":"%s"' % instant.replace("+00:00", "Z").encode()
