"""Webhooks: where systems of accounts are called, the calls, and how far events were read for them."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "webhook",
        sa.Column("id", sa.Integer()),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("kinds", sa.String(300), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("renewed_at", sa.DateTime(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("failing_since", sa.DateTime()),
        sa.Column("off_at", sa.DateTime()),
        sa.Column("off_why", sa.String(12), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook"),
        sa.UniqueConstraint("key", name="uq_webhook_key"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_webhook_account_id"),
        sa.CheckConstraint("state IN ('ACTIVE', 'OFF')", name="ck_webhook_state"),
        sa.CheckConstraint("(state = 'OFF') = (off_at IS NOT NULL)", name="ck_webhook_off"),
    )
    op.create_index("ix_webhook_account_id", "webhook", ["account_id"])
    op.create_table(
        "webhook_call",
        sa.Column("id", sa.Integer()),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("webhook_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("about", sa.String(40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.DateTime()),
        sa.Column("status", sa.Integer()),
        sa.Column("failure", sa.String(12), nullable=False),
        sa.Column("milliseconds", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_call"),
        sa.UniqueConstraint("key", name="uq_webhook_call_key"),
        sa.UniqueConstraint("webhook_id", "event_id", name="uq_webhook_call_webhook_id_event_id"),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], name="fk_webhook_call_webhook_id"),
        sa.CheckConstraint(
            "state IN ('HELD', 'WAITING', 'DELIVERED', 'FAILED')", name="ck_webhook_call_state"
        ),
    )
    op.create_index("ix_webhook_call_state_due_at", "webhook_call", ["state", "due_at"])
    op.create_table(
        "webhook_read",
        sa.Column("id", sa.Integer(), autoincrement=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_read"),
        sa.CheckConstraint("id = 1", name="ck_webhook_read_one"),
    )


def downgrade() -> None:
    """Drop the tables: webhooks are registered anew, and what waited is not told."""
    for table in ("webhook_read", "webhook_call", "webhook"):
        op.drop_table(table)
