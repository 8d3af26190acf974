"""The API: keys of accounts, and what was answered to requests that must not be done twice."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "api_key",
        sa.Column("id", sa.Integer()),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.String(16), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("scopes", sa.String(300), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("last_day", sa.Date()),
        sa.Column("revoked_at", sa.DateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_api_key"),
        sa.UniqueConstraint("prefix", name="uq_api_key_prefix"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_api_key_account_id"),
    )
    op.create_index("ix_api_key_account_id", "api_key", ["account_id"])
    op.create_table(
        "answered",
        sa.Column("account_id", sa.Integer()),
        sa.Column("key", sa.String(100)),
        sa.Column("request_sha256", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "key", name="pk_answered"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_answered_account_id"),
    )
    op.create_index("ix_answered_at", "answered", ["at"])


def downgrade() -> None:
    """Drop the tables: keys are made anew."""
    for table in ("answered", "api_key"):
        op.drop_table(table)
