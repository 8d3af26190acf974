"""Uploads: workbooks of bidders that wait for the clerk."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "upload",
        sa.Column("id", sa.Integer()),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("uscc", sa.String(18), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("file", sa.String(200), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("marked", sa.String(200), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("decided_at", sa.DateTime()),
        sa.Column("decided_by", sa.String(60), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_upload"),
        sa.UniqueConstraint("key", name="uq_upload_key"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_upload_account_id"),
        sa.CheckConstraint("state IN ('PENDING', 'TAKEN', 'REFUSED')", name="ck_upload_state"),
    )
    op.create_index("ix_upload_account_id", "upload", ["account_id"])
    op.create_index("ix_upload_uscc", "upload", ["uscc"])
    op.create_index("ix_upload_state_at", "upload", ["state", "at"])


def downgrade() -> None:
    """Drop the table: what was imported stands in the facts, and what waits is handed in again."""
    op.drop_table("upload")
