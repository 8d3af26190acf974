"""A report that proved wrong has notices (更正通知书), each with a number and a file of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of notices."""
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer()),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(200)),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.UniqueConstraint("number", name="uq_notice_number"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_notice_report_id"),
    )
    op.create_index("ix_notice_report_id", "notice", ["report_id"])
    op.create_index("ix_notice_sha256", "notice", ["sha256"])


def downgrade() -> None:
    """Drop the table; that a report was corrected stays in its row and in its events."""
    op.drop_table("notice")
