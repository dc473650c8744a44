"""The table of words: what full text search finds records by. It can be made again from the versions at any time."""

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from schemas.base import Big

# The index of words, of a kind for each database; on SQLite beside the table and kept by triggers, so that no way of
# writing can forget it. What is deleted is taken out of its pages at once: else a purged word would lie in them until
# they are merged. Without a list of what is new, which PostgreSQL would have every search read through.
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


class RecordText(SQLModel, table=True):
    """The words of one version of a record, folded, as `schemas.searches.line` makes them: in each text in their order,
    and in `words` each once, cut to what any index can hold, with the numbers of the actors involved."""

    __tablename__ = "record_text"

    seq: int = Field(primary_key=True, sa_type=Big, foreign_key="record_version.seq")
    title: str = Field(sa_type=Text)
    summary: str = Field(sa_type=Text)
    quote: str = Field(sa_type=Text)
    translation: str = Field(sa_type=Text)
    words: str = Field(sa_type=Text)
