"""Imports: batches of rows out of files, what became of each row, and the tables that remember it."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints
from pydantic import Field as Member
from sqlalchemy import CheckConstraint, Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

from schemas.base import Big, Shape, Shown, one_of
from schemas.fields import Text200
from schemas.timeline import Cursor, Limit
from schemas.transfers import EditedRows, ImportFormat, ImportState, OnError

MOST_TOLD = 1_000  # rejected rows, and changes of a dry run, in the answer to an import; all are counted


class ImportBatch(SQLModel, table=True):
    """One file taken in: by whom, when, which file, how, and what became of its rows."""

    __tablename__ = "import_batch"
    __table_args__ = (
        one_of("state", ImportState),
        Index("ix_import_batch_sha256", "sha256"),
    )

    id: int = Field(primary_key=True, sa_type=Big)
    uid: str = Field(max_length=36, unique=True)
    state: str = Field(max_length=20)
    format: str = Field(max_length=20)
    file_name: str | None = Field(default=None, max_length=200)
    sha256: str = Field(max_length=64)
    size: int = Field(sa_type=Big)
    options: str = Field(sa_type=Text)  # JSON: all else that decides what the file says
    created_by: int = Field(sa_type=Big, foreign_key="api_key.id")
    started_at: int = Field(sa_type=Big)  # microseconds since 1970
    finished_at: int | None = Field(default=None, sa_type=Big)
    undone_at: int | None = Field(default=None, sa_type=Big)
    rows_done: int = Field(sa_type=Big)  # how many rows of the file it went through: where to go on from
    tally: str = Field(sa_type=Text)  # JSON: noun -> what was done -> how often


class ImportChunk(SQLModel, table=True):
    """A range of revisions that were written by a batch and nobody else, or by taking it back."""

    __tablename__ = "import_chunk"
    __table_args__ = (
        CheckConstraint("is_undo IN (0, 1)", name="is_undo"),
        CheckConstraint("first_seq <= last_seq", name="seqs"),
    )

    first_seq: int = Field(primary_key=True, sa_type=Big, foreign_key="revision.seq")
    last_seq: int = Field(sa_type=Big, foreign_key="revision.seq")
    batch_id: int = Field(sa_type=Big, foreign_key="import_batch.id", index=True)
    is_undo: int


class ImportReject(SQLModel, table=True):
    """A row that was not taken: as it stood, and why."""

    __tablename__ = "import_reject"

    batch_id: int = Field(primary_key=True, sa_type=Big, foreign_key="import_batch.id")
    number: int = Field(primary_key=True)
    line: int = Field(sa_type=Big)
    cells: str = Field(sa_type=Text)  # JSON: the row as it stood
    faults: str = Field(sa_type=Text)  # JSON: a list of {column, value, message, hint}


class ImportedRecord(SQLModel, table=True):
    """By which batch a record was last written, as which version, from which row: so that an edit made since is seen."""

    __tablename__ = "imported_record"

    record_id: int = Field(primary_key=True, sa_type=Big, foreign_key="record.id")
    batch_id: int = Field(sa_type=Big, foreign_key="import_batch.id")
    seq: int = Field(sa_type=Big, foreign_key="record_version.seq")
    row_hash: bytes = Field(sa_type=LargeBinary)


class ImportAsked(Shape):
    """How a file is to be taken in."""

    format: ImportFormat = Member(description="What the file is.", examples=["ndjson"])
    dry_run: bool = Member(default=False, description="Tell what would be done, and do nothing.", examples=[True])
    on_error: OnError = Member(
        default=OnError.REJECT_ROW,
        description="reject_row: rows in order are taken, the others told; abort: with one row at fault nothing is.",
        examples=["abort"],
    )
    edited: EditedRows = Member(
        default=EditedRows.REJECT,
        description="A row that changed in the file, while its record was edited here since its last import: reject the row, "
        "or overwrite the edit by a new version.",
        examples=["overwrite"],
    )
    mapping: Annotated[str, StringConstraints(min_length=1, max_length=100_000)] | None = Member(
        default=None,
        description='For `format=mapped`: the name of a preset, or a mapping in TOML; for others what is known of the whole file, such as `actor = "kremlin"`.',
        examples=["ucdp-ged"],
    )
    encoding: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,40}$")] | None = Member(
        default=None,
        description="The encoding of the file, where it is not to be found out.",
        examples=["windows-1251"],
    )
    name: Text200 | None = Member(
        default=None, description="The name of the file, for the record.", examples=["export-2025-03.ndjson"]
    )


class RejectFilter(BaseModel):
    """Which part of the rejected rows of a batch to give."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: Limit = Member(default=50, description="How many items at most.", examples=[50])
    cursor: Cursor | None = Member(default=None, description="The `next` of the page before.", examples=["eyJ…"])


class ImportFilter(RejectFilter):
    """Which batches to list."""

    sha256: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")] | None = Member(
        default=None, description="SHA-256 of the file.", examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]
    )  # fmt: skip


class RowFaultRead(Shown):
    """What is wrong with a row."""

    column: str | None = Member(description="The column, or member, at fault.", examples=["SQLDATE"])
    value: str | None = Member(description="What stands there.", examples=["20171301"])
    message: str = Member(description="What is wrong.", examples=["there is no month 13"])
    hint: str | None = Member(description="What would be right.", examples=["A day is written YYYYMMDD."])


class RejectRead(Shown):
    """A row that was not taken."""

    line: int = Member(description="The line of the file where it begins, from 1.", examples=[17])
    faults: list[RowFaultRead] = Member(description="All that is wrong with it.")
    cells: dict[str, str] = Member(
        description="The row as it stood; empty where it was erased.", examples=[{"SQLDATE": "20171301"}]
    )


class FieldChange(Shown):
    """What a member was and what it would be."""

    field: str = Member(description="The member.", examples=["title"])
    before: Any = Member(description="What it is; null where it says nothing.", examples=["Agrees to a truce"])
    after: Any = Member(description="What it would be.", examples=["Agrees with the idea of a truce"])


class RowChange(Shown):
    """What a dry run would do with a row."""

    line: int = Member(description="The line of the file where it begins, from 1.", examples=[17])
    noun: str = Member(description="Of which noun it is.", examples=["statement"])
    action: str = Member(description="created or changed.", examples=["changed"])
    path: str | None = Member(
        description="The address of what it would change; null for what it would make.",
        examples=["/v1/statements/01958f3e-7c00-7000-8000-000000000001"],
    )
    fields: list[FieldChange] = Member(description="The members that it would change; none for what it would make.")


class Tally(Shown):
    """What became of the rows of one noun, and of the nouns that rows needed."""

    noun: str = Member(description="Of which noun; `row` where a row can't even be told to be one.", examples=["event"])
    created: int = Member(description="How many were made.", examples=[700])
    changed: int = Member(description="How many got a new version.", examples=[3])
    unchanged: int = Member(description="How many stood as the row says.", examples=[10])
    rejected: int = Member(description="How many rows were not taken.", examples=[7])
    needed: int = Member(description="How many were made because a row named them.", examples=[0])


class ImportRead(Shown):
    """One file taken in, and what became of its rows."""

    id: str | None = Member(
        description="Its id; null for a dry run.", examples=["01958f3e-7c00-7000-8000-000000000001"]
    )
    path: str | None = Member(
        description="Its address; null for a dry run.", examples=["/v1/imports/01958f3e-7c00-7000-8000-000000000001"]
    )
    state: ImportState = Member(
        description="running (being written, or broken off: then the same file again goes on) · done · undone (taken back) · dry_run "
        "(nothing was written).",
        examples=["done"],
    )
    format: ImportFormat = Member(description="What the file is.", examples=["ndjson"])
    file_name: str | None = Member(description="The name of the file.", examples=["export-2025-03.ndjson"])
    sha256: str = Member(
        description="SHA-256 of the file.",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )
    size: int = Member(description="Bytes of the file.", examples=[1_048_576])
    options: dict[str, Any] = Member(description="How it was taken in.", examples=[{"on_error": "reject_row"}])
    imported_by: str = Member(description="The name of the key that sent it.", examples=["newsroom-desk"])
    started_at: str = Member(description="When it began.", examples=["2025-03-20T10:00:00.000000Z"])
    finished_at: str | None = Member(
        description="When all rows were gone through.", examples=["2025-03-20T10:00:03.000000Z"]
    )
    undone_at: str | None = Member(description="When it was taken back.", examples=[None])
    purged_at: str | None = Member(
        description="When what it kept of the file was erased: rejected rows, file name, options, reasons.",
        examples=[None],
    )
    rows: int = Member(description="Rows gone through so far: those taken, rejected and skipped.", examples=[720])
    rejected: int = Member(description="Rows that were not taken.", examples=[7])
    skipped: int = Member(description="Rows that hold nothing by the rules of their format.", examples=[1])
    warnings: int = Member(description="Doubts about rows that were taken.", examples=[4])
    tallies: list[Tally] = Member(description="What became of the rows, by noun.")
    skipped_because: dict[str, int] = Member(description="Why rows were skipped.", examples=[{"a second header": 1}])
    warned_because: dict[str, int] = Member(
        description="What was doubtful.", examples=[{"SQLDATE is far from DATEADDED": 4}]
    )


class ImportDone(ImportRead):
    """One file taken in just now, with the rows that were not."""

    rejects: list[RejectRead] = Member(
        description=f"The first {MOST_TOLD:,} rows that were not taken; all stand under the address of the import."
    )
    changes: list[RowChange] = Member(
        description=f"Of a dry run: the first {MOST_TOLD:,} rows that would make or change something."
    )


class Kept(Shown):
    """What an undo left as it is."""

    path: str = Member(description="Its address.", examples=["/v1/actors/rus-gov"])
    why: str = Member(description="Why.", examples=["It was edited since: it stands at version 3."])


class ImportUndone(ImportRead):
    """An import that was taken back."""

    deleted: int = Member(description="How many things it had made are deleted now.", examples=[700])
    restored: int = Member(description="How many stand again as they did before it.", examples=[3])
    kept: list[Kept] = Member(
        description=f"What was left, because it was edited since or is named by something else: the first {MOST_TOLD:,}."
    )
    kept_count: int = Member(description="How many were left.", examples=[0])
