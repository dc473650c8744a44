"""The record store"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# 64 bits everywhere; on SQLite only a column declared INTEGER is the row's own id.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "actor",
        sa.Column("id", BIG, nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.CheckConstraint("length(slug) > 0", name=op.f("ck_actor_slug")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actor")),
        sa.UniqueConstraint("slug", name=op.f("uq_actor_slug")),
    )
    op.create_table(
        "api_key",
        sa.Column("id", BIG, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("expires_at", BIG, nullable=True),
        sa.Column("revoked_at", BIG, nullable=True),
        sa.CheckConstraint("role IN ('reader', 'contributor', 'editor', 'admin')", name=op.f("ck_api_key_role")),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_api_key_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("name", name=op.f("uq_api_key_name")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_api_key_secret_hash")),
    )
    op.create_table(
        "source",
        sa.Column("id", BIG, nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.CheckConstraint("length(slug) > 0", name=op.f("ck_source_slug")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("slug", name=op.f("uq_source_slug")),
    )
    op.create_table(
        "topic",
        sa.Column("id", BIG, nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.CheckConstraint("length(slug) > 0", name=op.f("ck_topic_slug")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic")),
        sa.UniqueConstraint("slug", name=op.f("uq_topic_slug")),
    )
    op.create_table(
        "affiliation",
        sa.Column("id", BIG, nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["actor.id"], name=op.f("fk_affiliation_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affiliation")),
        sa.UniqueConstraint("uid", name=op.f("uq_affiliation_uid")),
    )
    op.create_index("ix_affiliation_member_id", "affiliation", ["member_id"], unique=False)

    op.create_table(
        "record",
        sa.Column("id", BIG, nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("external_source", sa.String(length=100), nullable=True),
        sa.Column("external_id", sa.String(length=300), nullable=True),
        sa.Column("created_by", BIG, nullable=False),
        sa.CheckConstraint("kind IN ('statement', 'event')", name=op.f("ck_record_kind")),
        sa.CheckConstraint("(external_source IS NULL) = (external_id IS NULL)", name=op.f("ck_record_external")),
        sa.ForeignKeyConstraint(["created_by"], ["api_key.id"], name=op.f("fk_record_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
        sa.UniqueConstraint("external_source", "external_id", name=op.f("uq_record_external_source_external_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_record_uid")),
    )
    op.create_index("ix_record_external_id", "record", ["external_id"], unique=False)

    op.create_table(
        "replay",
        sa.Column("key_id", BIG, nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("idempotency_key", sa.String(length=255), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["api_key.id"], name=op.f("fk_replay_key_id")),
        sa.PrimaryKeyConstraint("key_id", "method", "path", "idempotency_key", name=op.f("pk_replay")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_replay_recorded_at", "replay", ["recorded_at"], unique=False)

    op.create_table(
        "revision",
        sa.Column("seq", BIG, nullable=False),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.Column("recorded_by", BIG, nullable=False),
        sa.Column("change_note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["recorded_by"], ["api_key.id"], name=op.f("fk_revision_recorded_by")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_revision")),
        sa.UniqueConstraint("recorded_at", name=op.f("uq_revision_recorded_at")),
    )
    op.create_table(
        "actor_version",
        sa.Column("seq", BIG, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("superseded_seq", BIG, nullable=True),
        sa.Column("is_deleted", sa.Integer(), nullable=False),
        sa.Column("actor_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("wikidata", sa.String(length=20), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('person', 'office', 'government', 'organization', 'alliance', 'bloc', 'media', 'armed_group', 'unnamed')",
            name=op.f("ck_actor_version_kind"),
        ),
        sa.CheckConstraint("is_deleted IN (0, 1)", name=op.f("ck_actor_version_is_deleted")),
        sa.CheckConstraint("superseded_seq > seq", name=op.f("ck_actor_version_superseded")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_actor_version_version")),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_actor_version_actor_id")),
        sa.ForeignKeyConstraint(["seq"], ["revision.seq"], name=op.f("fk_actor_version_seq")),
        sa.ForeignKeyConstraint(["superseded_seq"], ["revision.seq"], name=op.f("fk_actor_version_superseded_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_actor_version")),
        sa.UniqueConstraint("actor_id", "version", name=op.f("uq_actor_version_actor_id_version")),
    )
    op.create_index(
        "ix_actor_version_current",
        "actor_version",
        ["actor_id"],
        unique=True,
        sqlite_where=sa.text("superseded_seq IS NULL"),
        postgresql_where=sa.text("superseded_seq IS NULL"),
    )

    op.create_table(
        "affiliation_version",
        sa.Column("seq", BIG, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("superseded_seq", BIG, nullable=True),
        sa.Column("is_deleted", sa.Integer(), nullable=False),
        sa.Column("affiliation_id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("group_id", BIG, nullable=False),
        sa.Column("role", sa.String(length=200), nullable=True),
        sa.Column("dates", sa.String(length=100), nullable=False),
        sa.Column("earliest", BIG, nullable=False),
        sa.Column("latest", BIG, nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("earliest <= latest", name=op.f("ck_affiliation_version_dates")),
        sa.CheckConstraint("is_deleted IN (0, 1)", name=op.f("ck_affiliation_version_is_deleted")),
        sa.CheckConstraint("member_id <> group_id", name=op.f("ck_affiliation_version_circle")),
        sa.CheckConstraint("superseded_seq > seq", name=op.f("ck_affiliation_version_superseded")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_affiliation_version_version")),
        sa.ForeignKeyConstraint(
            ["affiliation_id"], ["affiliation.id"], name=op.f("fk_affiliation_version_affiliation_id")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["actor.id"], name=op.f("fk_affiliation_version_group_id")),
        sa.ForeignKeyConstraint(["member_id"], ["actor.id"], name=op.f("fk_affiliation_version_member_id")),
        sa.ForeignKeyConstraint(["seq"], ["revision.seq"], name=op.f("fk_affiliation_version_seq")),
        sa.ForeignKeyConstraint(
            ["superseded_seq"], ["revision.seq"], name=op.f("fk_affiliation_version_superseded_seq")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_affiliation_version")),
        sa.UniqueConstraint("affiliation_id", "version", name=op.f("uq_affiliation_version_affiliation_id_version")),
    )
    op.create_index(
        "ix_affiliation_version_current",
        "affiliation_version",
        ["affiliation_id"],
        unique=True,
        sqlite_where=sa.text("superseded_seq IS NULL"),
        postgresql_where=sa.text("superseded_seq IS NULL"),
    )
    op.create_index("ix_affiliation_version_group", "affiliation_version", ["group_id"], unique=False)
    op.create_index("ix_affiliation_version_member", "affiliation_version", ["member_id"], unique=False)

    op.create_table(
        "reaction",
        sa.Column("id", BIG, nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("from_id", BIG, nullable=False),
        sa.Column("to_id", BIG, nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("topic_id", BIG, nullable=True),
        sa.Column("topic_key", BIG, nullable=False),
        sa.CheckConstraint(
            "type IN ('responds_to', 'accepts', 'rejects', 'conditions', 'repeats', 'contradicts', 'clarifies', 'retracts', 'denies', 'implements', 'reports_on', 'alleges_violation', 'violates')",
            name=op.f("ck_reaction_type"),
        ),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_reaction_self")),
        sa.CheckConstraint("topic_key = coalesce(topic_id, 0)", name=op.f("ck_reaction_topic_key")),
        sa.ForeignKeyConstraint(["from_id"], ["record.id"], name=op.f("fk_reaction_from_id")),
        sa.ForeignKeyConstraint(["to_id"], ["record.id"], name=op.f("fk_reaction_to_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_reaction_topic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reaction")),
        sa.UniqueConstraint(
            "from_id", "to_id", "type", "topic_key", name=op.f("uq_reaction_from_id_to_id_type_topic_key")
        ),
        sa.UniqueConstraint("uid", name=op.f("uq_reaction_uid")),
    )
    op.create_index("ix_reaction_to_id", "reaction", ["to_id"], unique=False)
    op.create_index("ix_reaction_topic_id", "reaction", ["topic_id"], unique=False)

    op.create_table(
        "record_version",
        sa.Column("seq", BIG, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("superseded_seq", BIG, nullable=True),
        sa.Column("is_deleted", sa.Integer(), nullable=False),
        sa.Column("record_id", BIG, nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("date", sa.String(length=100), nullable=False),
        sa.Column("earliest", BIG, nullable=False),
        sa.Column("latest", BIG, nullable=False),
        sa.Column("date_precision", sa.String(length=20), nullable=False),
        sa.Column("date_basis", sa.String(length=20), nullable=False),
        sa.Column("effective", sa.String(length=100), nullable=True),
        sa.Column("effective_earliest", BIG, nullable=True),
        sa.Column("effective_latest", BIG, nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("actor_id", BIG, nullable=False),
        sa.Column("on_behalf_of_id", BIG, nullable=True),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("confidence_given", sa.Text(), nullable=False),
        sa.Column("attribution", sa.String(length=20), nullable=False),
        sa.Column("hedge", sa.String(length=100), nullable=True),
        sa.Column("quote", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=35), nullable=True),
        sa.Column("translation", sa.Text(), nullable=True),
        sa.Column("translation_by", sa.String(length=20), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=True),
        sa.Column("prompted", sa.Integer(), nullable=True),
        sa.Column("event_type", sa.String(length=20), nullable=True),
        sa.Column("event_mode", sa.String(length=30), nullable=True),
        sa.Column("place_name", sa.String(length=300), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("rationale", sa.Text(), nullable=True),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "attribution IN ('own_words', 'own_office', 'counterpart', 'third_party', 'anonymous', 'inferred')",
            name=op.f("ck_record_version_attribution"),
        ),
        sa.CheckConstraint(
            "channel IN ('speech', 'interview', 'press_conference', 'briefing', 'readout', 'joint_statement', 'post', 'document', 'order', 'vote', 'leak', 'other')",
            name=op.f("ck_record_version_channel"),
        ),
        sa.CheckConstraint(
            "date_basis IN ('stated', 'dateline', 'published', 'inferred', 'machine')",
            name=op.f("ck_record_version_date_basis"),
        ),
        sa.CheckConstraint(
            "date_precision IN ('second', 'day', 'month', 'season', 'year', 'decade', 'century', 'millennium', 'interval', 'one_of')",
            name=op.f("ck_record_version_date_precision"),
        ),
        sa.CheckConstraint(
            "event_type IN ('AGREE', 'CONSULT', 'SUPPORT', 'CONCEDE', 'COOPERATE', 'AID', 'RETREAT', 'REQUEST', 'ACCUSE', 'REJECT', 'THREATEN', 'PROTEST', 'SANCTION', 'MOBILIZE', 'COERCE', 'ASSAULT')",
            name=op.f("ck_record_version_event_type"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'published', 'under_review', 'withdrawn')", name=op.f("ck_record_version_status")
        ),
        sa.CheckConstraint(
            "translation_by IN ('official', 'machine', 'editor')", name=op.f("ck_record_version_translation_by")
        ),
        sa.CheckConstraint("confidence BETWEEN 0 AND 100", name=op.f("ck_record_version_confidence")),
        sa.CheckConstraint("earliest <= latest", name=op.f("ck_record_version_dates")),
        sa.CheckConstraint("effective_earliest <= effective_latest", name=op.f("ck_record_version_effective")),
        sa.CheckConstraint("is_deleted IN (0, 1)", name=op.f("ck_record_version_is_deleted")),
        sa.CheckConstraint("latitude BETWEEN -90 AND 90", name=op.f("ck_record_version_latitude")),
        sa.CheckConstraint("longitude BETWEEN -180 AND 180", name=op.f("ck_record_version_longitude")),
        sa.CheckConstraint("prompted IN (0, 1)", name=op.f("ck_record_version_prompted")),
        sa.CheckConstraint("superseded_seq > seq", name=op.f("ck_record_version_superseded")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_record_version_version")),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_record_version_actor_id")),
        sa.ForeignKeyConstraint(["on_behalf_of_id"], ["actor.id"], name=op.f("fk_record_version_on_behalf_of_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_record_version_record_id")),
        sa.ForeignKeyConstraint(["seq"], ["revision.seq"], name=op.f("fk_record_version_seq")),
        sa.ForeignKeyConstraint(["superseded_seq"], ["revision.seq"], name=op.f("fk_record_version_superseded_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_record_version")),
        sa.UniqueConstraint("record_id", "version", name=op.f("uq_record_version_record_id_version")),
    )
    op.create_index("ix_record_version_actor_id", "record_version", ["actor_id"], unique=False)
    op.create_index(
        "ix_record_version_current",
        "record_version",
        ["record_id"],
        unique=True,
        sqlite_where=sa.text("superseded_seq IS NULL"),
        postgresql_where=sa.text("superseded_seq IS NULL"),
    )
    op.create_index("ix_record_version_on_behalf_of_id", "record_version", ["on_behalf_of_id"], unique=False)

    op.create_table(
        "source_version",
        sa.Column("seq", BIG, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("superseded_seq", BIG, nullable=True),
        sa.Column("is_deleted", sa.Integer(), nullable=False),
        sa.Column("source_id", BIG, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=2048), nullable=True),
        sa.Column("owner_id", BIG, nullable=True),
        sa.Column("reliability", sa.String(length=1), nullable=True),
        sa.Column("reliability_reason", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=35), nullable=True),
        sa.Column("licence", sa.String(length=200), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.CheckConstraint("reliability IN ('A', 'B', 'C', 'D', 'E', 'F')", name=op.f("ck_source_version_reliability")),
        sa.CheckConstraint("is_deleted IN (0, 1)", name=op.f("ck_source_version_is_deleted")),
        sa.CheckConstraint("superseded_seq > seq", name=op.f("ck_source_version_superseded")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_source_version_version")),
        sa.ForeignKeyConstraint(["owner_id"], ["actor.id"], name=op.f("fk_source_version_owner_id")),
        sa.ForeignKeyConstraint(["seq"], ["revision.seq"], name=op.f("fk_source_version_seq")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_source_version_source_id")),
        sa.ForeignKeyConstraint(["superseded_seq"], ["revision.seq"], name=op.f("fk_source_version_superseded_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_source_version")),
        sa.UniqueConstraint("source_id", "version", name=op.f("uq_source_version_source_id_version")),
    )
    op.create_index(
        "ix_source_version_current",
        "source_version",
        ["source_id"],
        unique=True,
        sqlite_where=sa.text("superseded_seq IS NULL"),
        postgresql_where=sa.text("superseded_seq IS NULL"),
    )
    op.create_index("ix_source_version_owner_id", "source_version", ["owner_id"], unique=False)

    op.create_table(
        "topic_version",
        sa.Column("seq", BIG, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("superseded_seq", BIG, nullable=True),
        sa.Column("is_deleted", sa.Integer(), nullable=False),
        sa.Column("topic_id", BIG, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("proposition", sa.Text(), nullable=False),
        sa.Column("parent_id", BIG, nullable=True),
        sa.Column("parent_polarity", sa.Integer(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.CheckConstraint("is_deleted IN (0, 1)", name=op.f("ck_topic_version_is_deleted")),
        sa.CheckConstraint("parent_id <> topic_id", name=op.f("ck_topic_version_circle")),
        sa.CheckConstraint("parent_polarity IN (-1, 1)", name=op.f("ck_topic_version_parent_polarity")),
        sa.CheckConstraint(
            "parent_polarity IS NULL OR parent_id IS NOT NULL", name=op.f("ck_topic_version_polarity_needs_parent")
        ),
        sa.CheckConstraint("superseded_seq > seq", name=op.f("ck_topic_version_superseded")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_topic_version_version")),
        sa.ForeignKeyConstraint(["parent_id"], ["topic.id"], name=op.f("fk_topic_version_parent_id")),
        sa.ForeignKeyConstraint(["seq"], ["revision.seq"], name=op.f("fk_topic_version_seq")),
        sa.ForeignKeyConstraint(["superseded_seq"], ["revision.seq"], name=op.f("fk_topic_version_superseded_seq")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_topic_version_topic_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_topic_version")),
        sa.UniqueConstraint("topic_id", "version", name=op.f("uq_topic_version_topic_id_version")),
    )
    op.create_index(
        "ix_topic_version_current",
        "topic_version",
        ["topic_id"],
        unique=True,
        sqlite_where=sa.text("superseded_seq IS NULL"),
        postgresql_where=sa.text("superseded_seq IS NULL"),
    )
    op.create_index("ix_topic_version_parent", "topic_version", ["parent_id"], unique=False)

    op.create_table(
        "actor_alias",
        sa.Column("seq", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("alias", sa.String(length=200), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["actor_version.seq"], name=op.f("fk_actor_alias_seq")),
        sa.PrimaryKeyConstraint("seq", "position", name=op.f("pk_actor_alias")),
    )
    op.create_table(
        "involvement",
        sa.Column("superseded_seq", BIG, nullable=True),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("actor", BIG, nullable=False),
        sa.Column("role", sa.Integer(), nullable=False),
        sa.Column("earliest", BIG, nullable=False),
        sa.Column("latest", BIG, nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("positions", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["record_version.seq"], name=op.f("fk_involvement_seq")),
        sa.PrimaryKeyConstraint("actor", "role", "earliest", "latest", "id", "seq", name=op.f("pk_involvement")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_involvement_seq", "involvement", ["seq"], unique=False)

    op.create_table(
        "reaction_version",
        sa.Column("seq", BIG, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("superseded_seq", BIG, nullable=True),
        sa.Column("is_deleted", sa.Integer(), nullable=False),
        sa.Column("reaction_id", BIG, nullable=False),
        sa.Column("asserted_by_id", BIG, nullable=True),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("confidence_given", sa.Text(), nullable=False),
        sa.Column("citations", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("confidence BETWEEN 0 AND 100", name=op.f("ck_reaction_version_confidence")),
        sa.CheckConstraint("is_deleted IN (0, 1)", name=op.f("ck_reaction_version_is_deleted")),
        sa.CheckConstraint("superseded_seq > seq", name=op.f("ck_reaction_version_superseded")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_reaction_version_version")),
        sa.ForeignKeyConstraint(["asserted_by_id"], ["actor.id"], name=op.f("fk_reaction_version_asserted_by_id")),
        sa.ForeignKeyConstraint(["reaction_id"], ["reaction.id"], name=op.f("fk_reaction_version_reaction_id")),
        sa.ForeignKeyConstraint(["seq"], ["revision.seq"], name=op.f("fk_reaction_version_seq")),
        sa.ForeignKeyConstraint(["superseded_seq"], ["revision.seq"], name=op.f("fk_reaction_version_superseded_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_reaction_version")),
        sa.UniqueConstraint("reaction_id", "version", name=op.f("uq_reaction_version_reaction_id_version")),
    )
    op.create_index("ix_reaction_version_asserted_by_id", "reaction_version", ["asserted_by_id"], unique=False)
    op.create_index(
        "ix_reaction_version_current",
        "reaction_version",
        ["reaction_id"],
        unique=True,
        sqlite_where=sa.text("superseded_seq IS NULL"),
        postgresql_where=sa.text("superseded_seq IS NULL"),
    )

    op.create_table(
        "record_citation",
        sa.Column("seq", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source_id", BIG, nullable=False),
        sa.Column("url", sa.String(length=2048), nullable=True),
        sa.Column("locator", sa.String(length=300), nullable=True),
        sa.Column("published_at", sa.String(length=100), nullable=True),
        sa.Column("credibility", sa.Integer(), nullable=True),
        sa.Column("reliability", sa.String(length=1), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("origin", sa.String(length=300), nullable=True),
        sa.Column("excerpt", sa.Text(), nullable=True),
        sa.Column("retrieved_at", sa.String(length=40), nullable=True),
        sa.Column("archive_url", sa.String(length=2048), nullable=True),
        sa.CheckConstraint(
            "reliability IN ('A', 'B', 'C', 'D', 'E', 'F')", name=op.f("ck_record_citation_reliability")
        ),
        sa.CheckConstraint(
            "role IN ('original', 'translation', 'report', 'repeat')", name=op.f("ck_record_citation_role")
        ),
        sa.CheckConstraint("credibility BETWEEN 1 AND 6", name=op.f("ck_record_citation_credibility")),
        sa.CheckConstraint(
            "url IS NOT NULL OR locator IS NOT NULL OR excerpt IS NOT NULL", name=op.f("ck_record_citation_findable")
        ),
        sa.ForeignKeyConstraint(["seq"], ["record_version.seq"], name=op.f("fk_record_citation_seq")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_record_citation_source_id")),
        sa.PrimaryKeyConstraint("seq", "position", name=op.f("pk_record_citation")),
    )
    op.create_index("ix_record_citation_source", "record_citation", ["source_id", "seq"], unique=False)
    op.create_index("ix_record_citation_url", "record_citation", ["url"], unique=False)

    op.create_table(
        "record_participant",
        sa.Column("seq", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("actor_id", BIG, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "role IN ('co_actor', 'addressee', 'target', 'mediator', 'host')", name=op.f("ck_record_participant_role")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_record_participant_actor_id")),
        sa.ForeignKeyConstraint(["seq"], ["record_version.seq"], name=op.f("fk_record_participant_seq")),
        sa.PrimaryKeyConstraint("seq", "position", name=op.f("pk_record_participant")),
    )
    op.create_index("ix_record_participant_actor_id", "record_participant", ["actor_id"], unique=False)

    op.create_table(
        "record_stance",
        sa.Column("seq", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("topic_id", BIG, nullable=False),
        sa.Column("stance", sa.String(length=20), nullable=False),
        sa.Column("condition_type", sa.String(length=20), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=True),
        sa.Column("coding_certainty", sa.String(length=10), nullable=True),
        sa.CheckConstraint(
            "coding_certainty IN ('high', 'medium', 'low')", name=op.f("ck_record_stance_coding_certainty")
        ),
        sa.CheckConstraint(
            "condition_type IN ('none', 'modalities', 'preconditions')", name=op.f("ck_record_stance_condition_type")
        ),
        sa.CheckConstraint(
            "stance IN ('strongly_supports', 'supports', 'neutral', 'opposes', 'strongly_opposes', 'no_position', 'unclear')",
            name=op.f("ck_record_stance_stance"),
        ),
        sa.ForeignKeyConstraint(["seq"], ["record_version.seq"], name=op.f("fk_record_stance_seq")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_record_stance_topic_id")),
        sa.PrimaryKeyConstraint("seq", "position", name=op.f("pk_record_stance")),
        sa.UniqueConstraint("seq", "topic_id", name=op.f("uq_record_stance_seq_topic_id")),
    )
    op.create_index("ix_record_stance_topic_id", "record_stance", ["topic_id"], unique=False)

    op.create_table(
        "record_tag",
        sa.Column("seq", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["record_version.seq"], name=op.f("fk_record_tag_seq")),
        sa.PrimaryKeyConstraint("seq", "position", name=op.f("pk_record_tag")),
        sa.UniqueConstraint("seq", "tag", name=op.f("uq_record_tag_seq_tag")),
    )
    op.create_index("ix_record_tag_tag", "record_tag", ["tag", "seq"], unique=False)

    op.create_table(
        "record_topic",
        sa.Column("superseded_seq", BIG, nullable=True),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("topic", BIG, nullable=False),
        sa.Column("actor", BIG, nullable=False),
        sa.Column("role", sa.Integer(), nullable=False),
        sa.Column("earliest", BIG, nullable=False),
        sa.Column("latest", BIG, nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("positions", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["record_version.seq"], name=op.f("fk_record_topic_seq")),
        sa.PrimaryKeyConstraint(
            "topic", "actor", "role", "earliest", "latest", "id", "seq", name=op.f("pk_record_topic")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_record_topic_seq", "record_topic", ["seq"], unique=False)

    op.create_table(
        "reaction_source",
        sa.Column("seq", BIG, nullable=False),
        sa.Column("source_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["reaction_version.seq"], name=op.f("fk_reaction_source_seq")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_reaction_source_source_id")),
        sa.PrimaryKeyConstraint("seq", "source_id", name=op.f("pk_reaction_source")),
    )
    op.create_index("ix_reaction_source_source_id", "reaction_source", ["source_id"], unique=False)

    if op.get_bind().dialect.name == "sqlite":
        op.create_index(
            "ix_involvement_entered",
            "involvement",
            [
                "actor",
                "role",
                "id",
                "superseded_seq",
                "listed",
                "status",
                "kind",
                "confidence",
                "positions",
                "earliest",
                "latest",
                "seq",
            ],
            unique=False,
        )
        op.create_index(
            "ix_involvement_long",
            "involvement",
            [
                "actor",
                "role",
                "earliest",
                "latest",
                "id",
                "seq",
                "superseded_seq",
                "listed",
                "status",
                "kind",
                "confidence",
                "positions",
            ],
            unique=False,
            sqlite_where=sa.text("latest - earliest >= 86400000000"),
        )
        op.create_index(
            "ix_record_topic_long",
            "record_topic",
            [
                "topic",
                "actor",
                "role",
                "earliest",
                "latest",
                "id",
                "seq",
                "superseded_seq",
                "listed",
                "status",
                "kind",
                "confidence",
                "positions",
            ],
            unique=False,
            sqlite_where=sa.text("latest - earliest >= 86400000000"),
        )
    else:
        current = sa.text("superseded_seq IS NULL AND listed = 1")
        long = sa.text("superseded_seq IS NULL AND listed = 1 AND latest - earliest >= 86400000000")
        key, beside = ["earliest", "latest", "id"], ["seq", "confidence", "positions", "kind", "status"]
        for table, head in (("involvement", ["actor", "role"]), ("record_topic", ["topic", "actor", "role"])):
            op.create_index(
                f"ix_{table}_current", table, [*head, *key], postgresql_where=current, postgresql_include=beside
            )
            op.create_index(
                f"ix_{table}_current_long", table, [*head, *key], postgresql_where=long, postgresql_include=beside
            )
        op.create_index(
            "ix_involvement_current_entered",
            "involvement",
            ["actor", "role", "id"],
            postgresql_where=current,
            postgresql_include=[*beside, "earliest", "latest"],
        )


def downgrade() -> None:
    op.drop_table("reaction_source")
    op.drop_table("record_topic")
    op.drop_table("record_tag")
    op.drop_table("record_stance")
    op.drop_table("record_participant")
    op.drop_table("record_citation")
    op.drop_table("reaction_version")
    op.drop_table("involvement")
    op.drop_table("actor_alias")
    op.drop_table("topic_version")
    op.drop_table("source_version")
    op.drop_table("record_version")
    op.drop_table("reaction")
    op.drop_table("affiliation_version")
    op.drop_table("actor_version")
    op.drop_table("revision")
    op.drop_table("replay")
    op.drop_table("record")
    op.drop_table("affiliation")
    op.drop_table("topic")
    op.drop_table("source")
    op.drop_table("api_key")
    op.drop_table("actor")
