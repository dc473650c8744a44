"""The same endpoint as SQLModel's tutorial teaches to write it: relationships, a response model, a session dependency.

It has what a careful reader of the tutorial would add: the index by actor and date, and selectinload against a query
for every row. It answers the same members from the same data, of which it has the current versions alone.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Query
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, create_engine, select

from schemas.confidence import label
from schemas.dates import DAY
from schemas.vocabularies import Stance
from tests.benchmarks.generate import step
from tests.benchmarks.tutorial_tables import Actor, Base, Citation, Participant, Position, Record, RecordPublic, Topic

_DAYS = """CASE WHEN v.date_precision = 'interval' AND v.date LIKE '../%' THEN NULL ELSE date(v.earliest / 1000000, 'unixepoch') END,
    CASE WHEN v.date_precision = 'interval' AND v.date LIKE '%/..' THEN NULL ELSE date(v.latest / 1000000, 'unixepoch') END"""
_INSTANT = "strftime('%Y-%m-%dT%H:%M:%SZ', {} / 1000000, 'unixepoch')"
_CURRENT = "FROM store.record_version v JOIN store.record r ON r.id = v.record_id WHERE v.superseded_seq IS NULL"
# From the generated database, of which every record has a current version and none is deleted.
_FILL = {
    **{
        noun: f"INSERT INTO {noun} (id, slug, name) SELECT n.id, n.slug, v.name FROM store.{noun} n "
        f"JOIN store.{noun}_version v ON v.{noun}_id = n.id AND v.superseded_seq IS NULL"
        for noun in ("actor", "topic", "source")
    },
    "record": f"""INSERT INTO record (number, id, earliest, kind, version, status, date, date_basis, date_earliest, date_latest,
        date_precision, effective, title, summary, stance, stance_score, confidence, confidence_label, confidence_given,
        attribution, hedge, quote, language, translation, translation_by, channel, prompted, event_type, event_mode,
        rationale, recorded_at, changed_at, recorded_by, actor_id, on_behalf_of_id, source_id, place)
        SELECT r.id, r.uid, v.earliest, r.kind, v.version, v.status, v.date, v.date_basis, {_DAYS},
        v.date_precision, v.effective, v.title, v.summary, s.stance, score(s.stance), v.confidence, label(v.confidence),
        v.confidence_given, v.attribution, v.hedge, v.quote, v.language, v.translation, v.translation_by, v.channel,
        v.prompted, v.event_type, v.event_mode, v.rationale, {_INSTANT.format("a.recorded_at")}, {_INSTANT.format("b.recorded_at")},
        k.name, v.actor_id, v.on_behalf_of_id, c.source_id,
        CASE WHEN v.place_name IS NOT NULL THEN
        json_object('name', v.place_name, 'country', v.country, 'latitude', v.latitude, 'longitude', v.longitude) END
        {_CURRENT.replace(" WHERE", " JOIN store.record_version v1 ON v1.record_id = r.id AND v1.version = 1"
        " JOIN store.revision a ON a.seq = v1.seq JOIN store.revision b ON b.seq = v.seq JOIN store.api_key k ON k.id = b.recorded_by"
        " JOIN store.record_citation c ON c.seq = v.seq AND c.position = 0"
        " LEFT JOIN store.record_stance s ON s.seq = v.seq AND s.position = 0 WHERE")} ORDER BY r.id""",
    "position": f"""INSERT INTO position (record_id, topic_id, stance, stance_score, condition_type, conditions, coding_certainty)
        SELECT r.id, s.topic_id, s.stance, score(s.stance), s.condition_type, s.conditions, s.coding_certainty
        {_CURRENT.replace(" WHERE", " JOIN store.record_stance s ON s.seq = v.seq WHERE")} ORDER BY r.id""",
    "participant": f"""INSERT INTO participant (record_id, actor_id, role) SELECT r.id, p.actor_id, p.role
        {_CURRENT.replace(" WHERE", " JOIN store.record_participant p ON p.seq = v.seq WHERE")} ORDER BY r.id""",
    "citation": f"""INSERT INTO citation (record_id, source_id, url, locator, published_at, credibility, reliability, role, origin,
        excerpt, retrieved_at, archive_url) SELECT r.id, c.source_id, c.url, c.locator, c.published_at, c.credibility,
        c.reliability, c.role, c.origin, c.excerpt, c.retrieved_at, c.archive_url
        {_CURRENT.replace(" WHERE", " JOIN store.record_citation c ON c.seq = v.seq WHERE")} ORDER BY r.id, c.position""",
    "tag": f"""INSERT INTO tag (record_id, tag) SELECT r.id, t.tag
        {_CURRENT.replace(" WHERE", " JOIN store.record_tag t ON t.seq = v.seq WHERE")} ORDER BY r.id""",
}  # fmt: skip


def filled(store: Path) -> Path:
    """The tutorial's database with the current versions of a generated one, beside it; made now unless it is there."""
    path = store.with_name(f"tutorial-{store.name}")
    if path.exists():
        return path
    for old in store.parent.glob("tutorial-*"):
        old.unlink()
    unfinished = store.with_name("unfinished-tutorial.sqlite3")
    unfinished.unlink(missing_ok=True)
    engine = create_engine(f"sqlite:///{unfinished}")
    Base.metadata.create_all(engine)
    engine.dispose()
    connection = sqlite.connect(unfinished, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA cache_size=-262144")
    connection.create_function("score", 1, lambda stance: stance and Stance(stance).score, deterministic=True)
    connection.create_function(
        "label", 1, lambda value: value if value is None else str(label(value)), deterministic=True
    )
    connection.execute("ATTACH ? AS store", (str(store),))
    for table, sql in _FILL.items():
        with step(f"the tutorial's {table}"):
            connection.execute(sql)
    connection.execute("DETACH store")
    connection.execute("ANALYZE")
    connection.close()
    unfinished.rename(path)
    return path


def _microseconds(day: date) -> int:
    return (day.toordinal() - date(1970, 1, 1).toordinal()) * DAY


def create(path: Path) -> FastAPI:
    """The tutorial's application on a filled database."""
    engine = create_engine(f"sqlite:///{path}", connect_args={"check_same_thread": False})
    app = FastAPI()

    def get_session() -> Iterator[Session]:
        with Session(engine) as session:
            yield session

    @app.get("/actors/{slug}/records", response_model=list[RecordPublic])
    def read_records(
        *,
        session: Annotated[Session, Depends(get_session)],
        slug: str,
        since: Annotated[date | None, Query(alias="from")] = None,
        to: date | None = None,
        topic: str | None = None,
        stance: str | None = None,
        min_confidence: Annotated[int | None, Query(ge=0, le=100)] = None,
        offset: int = 0,
        limit: Annotated[int, Query(le=500)] = 50,
    ) -> Any:
        actor = session.exec(select(Actor).where(Actor.slug == slug)).first()
        if actor is None:
            raise HTTPException(status_code=404, detail="Actor not found")
        statement = (
            select(Record)
            .where(Record.actor_id == actor.id, col(Record.status).in_(["published", "under_review"]))
            .options(
                selectinload(Record.actor), selectinload(Record.on_behalf_of), selectinload(Record.source),  # type: ignore[arg-type]
                selectinload(Record.participants).selectinload(Participant.actor),  # type: ignore[arg-type]
                selectinload(Record.topics).selectinload(Position.topic),  # type: ignore[arg-type]
                selectinload(Record.citations).selectinload(Citation.source),  # type: ignore[arg-type]
                selectinload(Record.labels),  # type: ignore[arg-type]
            )
        )  # fmt: skip
        if since is not None:
            statement = statement.where(Record.earliest >= _microseconds(since))
        if to is not None:
            statement = statement.where(Record.earliest < _microseconds(to) + DAY)
        if min_confidence is not None:
            statement = statement.where(col(Record.confidence) >= min_confidence)
        if topic is not None or stance is not None:
            statement = statement.join(Position).join(Topic)
            statement = statement.where(Topic.slug == topic) if topic is not None else statement
            statement = statement.where(Position.stance == stance) if stance is not None else statement
        newest_first = statement.order_by(col(Record.earliest).desc(), col(Record.number).desc())
        return session.exec(newest_first.offset(offset).limit(limit)).all()

    return app
