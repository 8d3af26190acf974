"""The office's first tables: people, facts, the register and its trail."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_LIVE = sa.text("state IN ('RENDERING', 'ISSUED', 'CONSUMED') AND NOT superseded")
_DROPPED = (
    "checkpoint_line",
    "checkpoint",
    "event",
    "stream",
    "objection",
    "counter",
    "rests_on",
    "party",
    "report",
    "request",
    "lot",
    "project",
    "fact_check",
    "snapshot",
    "subject",
    "staff_record",
    "staff",
    "role",
    "user",
    "agency",
)


def upgrade() -> None:
    """Create every table with its constraints and indexes."""
    _office()
    _facts()
    _register()
    _trail()


def downgrade() -> None:
    """Drop every table with what it holds."""
    for table in _DROPPED:
        op.drop_table(table)


def _office() -> None:
    op.create_table(
        "agency",
        sa.Column("id", sa.Integer(), autoincrement=False),
        sa.Column("uscc", sa.String(18), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("filing_number", sa.String(200), nullable=False),
        sa.Column("filing_authority", sa.String(200), nullable=False),
        sa.Column("filing_since", sa.Date(), nullable=False),
        sa.Column("filing_until", sa.Date(), nullable=False),
        sa.Column("filing_lost_on", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_agency"),
        sa.CheckConstraint("id = 1", name="ck_agency_one"),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.Integer()),
        sa.Column("login", sa.String(60), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("closed_at", sa.DateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_user"),
        sa.UniqueConstraint("login", name="uq_user_login"),
    )
    op.create_table(
        "role",
        sa.Column("user_id", sa.Integer()),
        sa.Column("role", sa.String(20)),
        sa.PrimaryKeyConstraint("user_id", "role", name="pk_role"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_role_user_id"),
        sa.CheckConstraint(
            "role IN ('ADMIN', 'CLERK', 'REVIEWER', 'ISSUER', 'AUDITOR')", name="ck_role_known"
        ),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer()),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("post", sa.String(60), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_staff"),
        sa.UniqueConstraint("name", name="uq_staff_name"),
    )
    op.create_table(
        "staff_record",
        sa.Column("id", sa.Integer()),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_staff_record"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_staff_record_staff_id"),
    )
    op.create_index("ix_staff_record_staff_id", "staff_record", ["staff_id"])


def _facts() -> None:
    op.create_table(
        "subject",
        sa.Column("uscc", sa.String(18)),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("former_names", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("uscc", name="pk_subject"),
    )
    op.create_table(
        "snapshot",
        sa.Column("id", sa.Integer()),
        sa.Column("uscc", sa.String(18), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("known_at", sa.DateTime(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content", sa.Text()),
        sa.Column("erased_at", sa.DateTime()),
        sa.Column("redacted_sha256", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_snapshot"),
        sa.ForeignKeyConstraint(["uscc"], ["subject.uscc"], name="fk_snapshot_uscc"),
        sa.CheckConstraint("content IS NOT NULL OR erased_at IS NOT NULL", name="ck_snapshot_erased"),
        sa.CheckConstraint(
            "(redacted_sha256 IS NOT NULL) = (content IS NOT NULL AND erased_at IS NOT NULL)",
            name="ck_snapshot_redacted",
        ),
    )
    op.create_index("ix_snapshot_uscc_known_at", "snapshot", ["uscc", "known_at"])
    op.create_index("ix_snapshot_uscc_sha256", "snapshot", ["uscc", "sha256"])
    op.create_table(
        "fact_check",
        sa.Column("id", sa.Integer()),
        sa.Column("uscc", sa.String(18), nullable=False),
        sa.Column("fact", sa.String(64), nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("how", sa.String(200), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_fact_check"),
        sa.ForeignKeyConstraint(["uscc"], ["subject.uscc"], name="fk_fact_check_uscc"),
        sa.UniqueConstraint("uscc", "fact", "by", "on", "how", name="uq_fact_check_uscc_fact_by_on_how"),
    )
    op.create_table(
        "project",
        sa.Column("id", sa.Integer()),
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("matter", sa.String(20), nullable=False),
        sa.Column("region", sa.String(6), nullable=False),
        sa.Column("owner", sa.String(18), nullable=False),
        sa.Column("closes_at", sa.DateTime(), nullable=False),
        sa.Column("known_at", sa.DateTime(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_project"),
    )
    op.create_index("ix_project_owner", "project", ["owner"])
    op.create_index("ix_project_project_round_known_at", "project", ["project", "round", "known_at"])
    op.create_index("ix_project_project_round_sha256", "project", ["project", "round", "sha256"])
    op.create_table(
        "lot",
        sa.Column("project_id", sa.Integer()),
        sa.Column("lot", sa.String(64)),
        sa.Column("name", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("project_id", "lot", name="pk_lot"),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_lot_project_id"),
    )


def _register() -> None:
    op.create_table(
        "request",
        sa.Column("id", sa.Integer()),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("applicant", sa.Text(), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("lot", sa.String(64), server_default="", nullable=False),
        sa.Column("recipient", sa.String(18), nullable=False),
        sa.Column("recipient_name", sa.String(200), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("authorisation", sa.String(500), nullable=False),
        sa.Column("payer", sa.String(18), nullable=False),
        sa.Column("requested_by", sa.String(60), nullable=False),
        sa.Column("requested_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_request"),
        sa.UniqueConstraint("key", name="uq_request_key"),
    )
    op.create_table(
        "report",
        sa.Column("id", sa.Integer()),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("register_number", sa.String(40)),
        sa.Column("number", sa.String(40)),
        sa.Column("code_sha256", sa.String(64)),
        sa.Column("applicant", sa.String(400), nullable=False),
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("lot", sa.String(64), server_default="", nullable=False),
        sa.Column("matter", sa.String(20), nullable=False),
        sa.Column("recipient", sa.String(18), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("closes_at", sa.DateTime(), nullable=False),
        sa.Column("conclusion", sa.String(20), nullable=False),
        sa.Column("pack", sa.String(64), nullable=False),
        sa.Column("pack_sha256", sa.String(64), nullable=False),
        sa.Column("snapshot_sha256", sa.String(64), nullable=False),
        sa.Column("project_sha256", sa.String(64), nullable=False),
        sa.Column("assessment", sa.Text()),
        sa.Column("prepared_by", sa.String(60), nullable=False),
        sa.Column("reviewed_by", sa.String(60), nullable=False),
        sa.Column("issued_by", sa.String(60), nullable=False),
        sa.Column("drafted_at", sa.DateTime(), nullable=False),
        sa.Column("allotted_at", sa.DateTime()),
        sa.Column("issued_at", sa.DateTime()),
        sa.Column("valid_until", sa.Date()),
        sa.Column("sha256", sa.String(64)),
        sa.Column("pages", sa.Integer()),
        sa.Column("file", sa.String(200)),
        sa.Column("key_id", sa.String(64)),
        sa.Column("consumed_at", sa.DateTime()),
        sa.Column("consumed_by", sa.String(18)),
        sa.Column("revoked_at", sa.DateTime()),
        sa.Column("archived_at", sa.DateTime()),
        sa.Column("superseded", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("supersedes_id", sa.Integer()),
        sa.Column("outdated_at", sa.DateTime()),
        sa.Column("disputed_at", sa.DateTime()),
        sa.Column("corrected_at", sa.DateTime()),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_report"),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name="fk_report_request_id"),
        sa.ForeignKeyConstraint(["supersedes_id"], ["report.id"], name="fk_report_supersedes_id"),
        sa.UniqueConstraint("code_sha256", name="uq_report_code_sha256"),
        sa.UniqueConstraint("number", name="uq_report_number"),
        sa.UniqueConstraint("register_number", name="uq_report_register_number"),
        sa.UniqueConstraint("request_id", name="uq_report_request_id"),
        sa.CheckConstraint("state != 'CONSUMED' OR consumed_at IS NOT NULL", name="ck_report_consumed"),
        sa.CheckConstraint("(consumed_at IS NULL) = (consumed_by IS NULL)", name="ck_report_consumer"),
        sa.CheckConstraint(
            "state NOT IN ('ISSUED', 'CONSUMED', 'ARCHIVED') OR (sha256 IS NOT NULL AND "
            "issued_at IS NOT NULL)",
            name="ck_report_issued",
        ),
        sa.CheckConstraint("kind IN ('REPORT', 'RECORD', 'GRADE')", name="ck_report_kind"),
        sa.CheckConstraint(
            "(state IN ('RENDERING', 'ISSUED', 'CONSUMED', 'ARCHIVED', 'EXPIRED', "
            "'REVOKED', 'VOID')) = (number IS NOT NULL AND register_number IS NOT NULL)",
            name="ck_report_numbered",
        ),
        sa.CheckConstraint(
            "state IN ('DRAFT', 'REVIEWED', 'RENDERING', 'ISSUED', 'CONSUMED', "
            "'ARCHIVED', 'EXPIRED', 'REVOKED', 'VOID')",
            name="ck_report_state",
        ),
    )
    op.create_index("ix_report_project_round_lot", "report", ["project", "round", "lot"])
    op.create_index("ix_report_state_issued_at", "report", ["state", "issued_at"])
    op.create_index(
        "uq_report_live_use",
        "report",
        ["applicant", "project", "round", "lot", "recipient", "purpose", "kind"],
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )
    op.create_table(
        "party",
        sa.Column("report_id", sa.Integer()),
        sa.Column("uscc", sa.String(18)),
        sa.Column("snapshot_sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("report_id", "uscc", name="pk_party"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_party_report_id"),
    )
    op.create_index("ix_party_uscc", "party", ["uscc"])
    op.create_table(
        "rests_on",
        sa.Column("report_id", sa.Integer()),
        sa.Column("uscc", sa.String(18)),
        sa.Column("fact", sa.String(64)),
        sa.PrimaryKeyConstraint("report_id", "uscc", "fact", name="pk_rests_on"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_rests_on_report_id"),
    )
    op.create_index("ix_rests_on_uscc_fact", "rests_on", ["uscc", "fact"])
    op.create_table(
        "counter",
        sa.Column("day", sa.Date()),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_counter"),
    )
    op.create_table(
        "objection",
        sa.Column("id", sa.Integer()),
        sa.Column("uscc", sa.String(18), nullable=False),
        sa.Column("fact", sa.String(64), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("provisional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("closed_at", sa.DateTime()),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_objection"),
        sa.CheckConstraint("(state = 'OPEN') = (closed_at IS NULL)", name="ck_objection_closed"),
        sa.CheckConstraint("state IN ('OPEN', 'CORRECTED', 'DELETED', 'KEPT')", name="ck_objection_state"),
    )
    op.create_index("ix_objection_uscc", "objection", ["uscc"])


def _trail() -> None:
    op.create_table(
        "stream",
        sa.Column("name", sa.String(100)),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_stream"),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer()),
        sa.Column("stream", sa.String(100), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(60), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(60), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sa.UniqueConstraint("stream", "seq", name="uq_event_stream_seq"),
    )
    op.create_index("ix_event_at", "event", ["at"])
    op.create_table(
        "checkpoint",
        sa.Column("id", sa.Integer()),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("streams", sa.Integer(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(64), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_checkpoint"),
    )
    op.create_table(
        "checkpoint_line",
        sa.Column("id", sa.Integer()),
        sa.Column("checkpoint", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(100), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_checkpoint_line"),
        sa.UniqueConstraint("stream", "checkpoint", name="uq_checkpoint_line_stream_checkpoint"),
    )
