"""Supporting papers (证明材料) among the uploads: of what kind an upload is, and what a paper proves."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns: all that was handed in so far are workbooks."""
    op.add_column("upload", sa.Column("kind", sa.String(10), server_default="WORKBOOK", nullable=False))
    op.add_column("upload", sa.Column("proves", sa.String(200), server_default="", nullable=False))


def downgrade() -> None:
    """Drop the columns: papers that wait are sent back, as no workbook can be read of them."""
    op.drop_column("upload", "proves")
    op.drop_column("upload", "kind")
