"""Award notices (中标公示): from which day on a bidder may know what became of his report in a project's round or lot."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "award_notice",
        sa.Column("project", sa.String(64)),
        sa.Column("round", sa.Integer(), autoincrement=False),
        sa.Column("lot", sa.String(64), server_default=""),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("entered_by", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("project", "round", "lot", name="pk_award_notice"),
    )


def downgrade() -> None:
    """Drop the table: the notices are entered anew, and until then nobody is told of a use."""
    op.drop_table("award_notice")
