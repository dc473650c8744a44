"""What stances are counted by: whose account each topic's position rests on, beside it; reactions by their type"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEY = ["topic", "actor", "role", "earliest", "latest", "id", "seq"]
BESIDE = ["superseded_seq", "listed", "status", "kind", "confidence", "positions"]
CURRENT_BESIDE = ["seq", "confidence", "positions", "kind", "status"]
CURRENT = "superseded_seq IS NULL AND listed = 1"
LONG = "latest - earliest >= 86400000000"
CODES = ("own_words", "own_office", "counterpart", "third_party", "anonymous", "inferred")


def upgrade() -> None:
    op.create_index("ix_reaction_type", "reaction", ["type", "to_id", "from_id"])
    op.add_column("record_topic", sa.Column("attribution", sa.Integer(), server_default="0", nullable=False))
    coded = " ".join(f"WHEN '{word}' THEN {code}" for code, word in enumerate(CODES))
    op.execute(
        f"UPDATE record_topic SET attribution = (SELECT CASE v.attribution {coded} END "
        "FROM record_version v WHERE v.seq = record_topic.seq) "
        "WHERE seq IN (SELECT v.seq FROM record_version v WHERE v.attribution <> 'own_words')"
    )
    _indexes(["attribution"])


def downgrade() -> None:
    _indexes([])
    op.drop_column("record_topic", "attribution")
    op.drop_index("ix_reaction_type", "reaction")


def _indexes(more: list[str]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.drop_index("ix_record_topic_long", "record_topic")
        op.create_index("ix_record_topic_long", "record_topic", [*KEY, *BESIDE, *more], sqlite_where=sa.text(LONG))
        return
    op.execute(
        f"ALTER TABLE record_topic DROP CONSTRAINT pk_record_topic, "
        f"ADD CONSTRAINT pk_record_topic PRIMARY KEY ({', '.join(KEY)}) INCLUDE ({', '.join([*BESIDE, *more])})"
    )
    for name, key, where, beside in (
        ("current", KEY[:-1], CURRENT, CURRENT_BESIDE),
        ("current_long", KEY[:-1], f"{CURRENT} AND {LONG}", CURRENT_BESIDE),
        ("past_long", KEY, LONG, BESIDE),
    ):
        op.drop_index(f"ix_record_topic_{name}", "record_topic")
        op.create_index(
            f"ix_record_topic_{name}",
            "record_topic",
            key,
            postgresql_where=sa.text(where),
            postgresql_include=[*beside, *more],
        )
