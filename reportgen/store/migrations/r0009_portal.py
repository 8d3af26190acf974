"""The portal: accounts, sessions, failed attempts to sign in, and how often reports are looked up."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_AT_ONCE = 100
_PROJECT = sa.table(
    "project", sa.column("id", sa.Integer), sa.column("agent", sa.String), sa.column("content", sa.Text)
)
_STATES = ("SUBMITTED", "PREPARED", "REVIEWED", "QUEUED", "ISSUED", "RETURNED", "WITHDRAWN")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "account",
        sa.Column("id", sa.Integer()),
        sa.Column("login", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("uscc", sa.String(18), nullable=False),
        sa.Column("organisation", sa.String(200), nullable=False),
        sa.Column("person", sa.String(60), nullable=False),
        sa.Column("password", sa.String(200), nullable=False),
        sa.Column("authorisation", sa.String(200), nullable=False),
        sa.Column("authorisation_sha256", sa.String(64), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("decided_at", sa.DateTime()),
        sa.Column("decided_by", sa.String(60)),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("login", name="uq_account_login"),
        sa.CheckConstraint("kind IN ('AGENCY', 'BIDDER', 'RECIPIENT')", name="ck_account_kind"),
        sa.CheckConstraint("state IN ('PENDING', 'ACTIVE', 'CLOSED')", name="ck_account_state"),
        sa.CheckConstraint("(kind = 'AGENCY') = (uscc = '')", name="ck_account_owner"),
    )
    op.create_index("ix_account_uscc", "account", ["uscc"])
    op.create_table(
        "signed_in",
        sa.Column("token_sha256", sa.String(64)),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("token_sha256", name="pk_signed_in"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_signed_in_account_id"),
    )
    op.create_index("ix_signed_in_account_id", "signed_in", ["account_id"])
    op.create_table(
        "failed_sign_in",
        sa.Column("login_key", sa.String(64)),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("login_key", name="pk_failed_sign_in"),
    )
    op.create_table(
        "look",
        sa.Column("day", sa.Date()),
        sa.Column("way", sa.String(10)),
        sa.Column("number", sa.String(40)),
        sa.Column("outcome", sa.String(20)),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "way", "number", "outcome", name="pk_look"),
    )
    _applications()
    op.add_column("project", sa.Column("agent", sa.String(18), nullable=False, server_default=""))
    _name_agents()
    op.create_index("ix_project_agent", "project", ["agent"])


def downgrade() -> None:
    """Drop the tables: accounts are opened anew, and what was applied for stands in the reports."""
    for table in ("application", "look", "failed_sign_in", "signed_in", "account"):
        op.drop_table(table)
    op.drop_index("ix_project_agent", "project")
    op.drop_column("project", "agent")


def _applications() -> None:
    op.create_table(
        "application",
        sa.Column("id", sa.Integer()),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("uscc", sa.String(18), nullable=False),
        sa.Column("members", sa.Text(), nullable=False),
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("lot", sa.String(64), nullable=False),
        sa.Column("recipient", sa.String(18), nullable=False),
        sa.Column("recipient_name", sa.String(200), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("payer", sa.String(18), nullable=False),
        sa.Column("authorisation", sa.String(500), nullable=False),
        sa.Column("letter", sa.String(200), nullable=False),
        sa.Column("letter_sha256", sa.String(64), nullable=False),
        sa.Column("submitted_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("prepared_by", sa.String(60), nullable=False),
        sa.Column("prepared_at", sa.DateTime()),
        sa.Column("reviewed_by", sa.String(60), nullable=False),
        sa.Column("reviewed_at", sa.DateTime()),
        sa.Column("issued_by", sa.String(60), nullable=False),
        sa.Column("queued_at", sa.DateTime()),
        sa.Column("claimed_by", sa.String(60), nullable=False),
        sa.Column("claimed_until", sa.DateTime()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime()),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("report_id", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_application"),
        sa.UniqueConstraint("key", name="uq_application_key"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_application_account_id"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_application_report_id"),
        sa.CheckConstraint(f"state IN {_STATES}", name="ck_application_state"),
    )
    op.create_index("ix_application_account_id", "application", ["account_id"])
    op.create_index("ix_application_uscc", "application", ["uscc"])
    op.create_index("ix_application_state_due_at", "application", ["state", "due_at"])
    op.create_index("ix_application_project_round_lot", "application", ["project", "round", "lot"])


def _name_agents() -> None:
    """Fill in the 代理机构 of the projects that are known, as their content names it."""
    connection = op.get_bind()
    named = sa.select(_PROJECT.c.id, _PROJECT.c.content).where(_PROJECT.c.content.like('%"agent":{%'))
    agents = [
        (row, json.loads(content)["agent"]["uscc"])
        for row, content in connection.execute(named.execution_options(yield_per=_AT_ONCE))
    ]
    for row, agent in agents:
        connection.execute(sa.update(_PROJECT).where(_PROJECT.c.id == row).values(agent=agent))
