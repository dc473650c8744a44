"""The words of records, for full text search; filled after the migration, in batches"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INDEX = {
    "sqlite": (
        "CREATE VIRTUAL TABLE record_word USING fts5"
        "(words, content='record_text', content_rowid='seq', detail='none', columnsize=0, tokenize='ascii')",
        "INSERT INTO record_word (record_word, rank) VALUES ('secure-delete', 1)",
        "CREATE TRIGGER record_text_added AFTER INSERT ON record_text BEGIN "
        "INSERT INTO record_word (rowid, words) VALUES (new.seq, new.words); END",
        "CREATE TRIGGER record_text_removed AFTER DELETE ON record_text BEGIN "
        "INSERT INTO record_word (record_word, rowid, words) VALUES ('delete', old.seq, old.words); END",
    ),
    "postgresql": (
        "CREATE INDEX ix_record_text_words ON record_text "
        "USING gin (array_to_tsvector(string_to_array(words, ' '))) WITH (fastupdate=off)",
    ),
}


def upgrade() -> None:
    op.create_table(
        "record_text",
        sa.Column("seq", BIG, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("translation", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["record_version.seq"], name=op.f("fk_record_text_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_record_text")),
    )
    for statement in INDEX[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE record_word")
    op.drop_table("record_text")
