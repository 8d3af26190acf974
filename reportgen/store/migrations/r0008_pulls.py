"""How far the office has pulled from databases, and what it has pulled: by source, by table, by subject."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "pull",
        sa.Column("source", sa.String(64)),
        sa.Column("mapping_sha256", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("source", name="pk_pull"),
    )
    op.create_table(
        "pull_mark",
        sa.Column("source", sa.String(64)),
        sa.Column("path", sa.String(60)),
        sa.Column("mark", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("source", "path", name="pk_pull_mark"),
        sa.ForeignKeyConstraint(["source"], ["pull.source"], name="fk_pull_mark_source"),
    )
    op.create_table(
        "pulled",
        sa.Column("source", sa.String(64)),
        sa.Column("code", sa.String(200)),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("on", sa.Date()),
        sa.Column("due", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("source", "code", name="pk_pulled"),
        sa.ForeignKeyConstraint(["source"], ["pull.source"], name="fk_pulled_source"),
    )


def downgrade() -> None:
    """Drop the tables: the next pull reads everything again and finds it the same."""
    for table in ("pulled", "pull_mark", "pull"):
        op.drop_table(table)
