"""Lists with their editions and entries, and the hits that a comparison of subjects with them found."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_THERE = sa.text("gone_id IS NULL")


def upgrade() -> None:
    """Create the tables of lists and of hits."""
    _lists()
    _entries()
    _hits()


def downgrade() -> None:
    """Drop the tables with what they hold; what a hit entered stays in the versions of its subject."""
    for table in ("hit", "list_alias", "list_entry", "list_edition", "list"):
        op.drop_table(table)


def _lists() -> None:
    op.create_table(
        "list",
        sa.Column("id", sa.Integer()),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("spelling", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_list"),
        sa.UniqueConstraint("name", name="uq_list_name"),
    )
    op.create_table(
        "list_edition",
        sa.Column("id", sa.Integer()),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("collected_on", sa.Date(), nullable=False),
        sa.Column("known_at", sa.DateTime(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_list_edition"),
        sa.ForeignKeyConstraint(["list_id"], ["list.id"], name="fk_list_edition_list_id"),
    )
    op.create_index("ix_list_edition_list_id", "list_edition", ["list_id"])


def _entries() -> None:
    op.create_table(
        "list_entry",
        sa.Column("id", sa.Integer()),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("gone_id", sa.Integer()),
        sa.Column("digest", sa.String(32), nullable=False),
        sa.Column("uscc", sa.String(18)),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("name_key", sa.String(200), nullable=False),
        sa.Column("former_names", sa.Text(), server_default="", nullable=False),
        sa.Column("listed_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date()),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("authority", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_list_entry"),
        sa.ForeignKeyConstraint(["list_id"], ["list.id"], name="fk_list_entry_list_id"),
        sa.ForeignKeyConstraint(["edition_id"], ["list_edition.id"], name="fk_list_entry_edition_id"),
        sa.ForeignKeyConstraint(["gone_id"], ["list_edition.id"], name="fk_list_entry_gone_id"),
    )
    for columns in (["list_id", "digest"], ["uscc"], ["name_key"]):
        op.create_index(
            f"ix_list_entry_{'_'.join(columns)}",
            "list_entry",
            columns,
            sqlite_where=_THERE,
            postgresql_where=_THERE,
        )
    op.create_table(
        "list_alias",
        sa.Column("entry_id", sa.Integer(), autoincrement=False),
        sa.Column("name_key", sa.String(200)),
        sa.PrimaryKeyConstraint("entry_id", "name_key", name="pk_list_alias"),
        sa.ForeignKeyConstraint(["entry_id"], ["list_entry.id"], name="fk_list_alias_entry_id"),
    )
    op.create_index("ix_list_alias_name_key", "list_alias", ["name_key"])


def _hits() -> None:
    op.create_table(
        "hit",
        sa.Column("id", sa.Integer()),
        sa.Column("uscc", sa.String(18), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("party_key", sa.String(200), nullable=False),
        sa.Column("party", sa.String(200), nullable=False),
        sa.Column("party_uscc", sa.String(18)),
        sa.Column("relation", sa.String(200), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("found_at", sa.DateTime(), nullable=False),
        sa.Column("decided_at", sa.DateTime()),
        sa.Column("decided_by", sa.String(60)),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hit"),
        sa.UniqueConstraint("uscc", "entry_id", "party_key", name="uq_hit_uscc_entry_id_party_key"),
        sa.ForeignKeyConstraint(["uscc"], ["subject.uscc"], name="fk_hit_uscc"),
        sa.ForeignKeyConstraint(["entry_id"], ["list_entry.id"], name="fk_hit_entry_id"),
        sa.CheckConstraint("state IN ('PROVEN', 'OPEN', 'CONFIRMED', 'REJECTED')", name="ck_hit_state"),
        sa.CheckConstraint(
            "(state IN ('CONFIRMED', 'REJECTED')) = (decided_at IS NOT NULL AND decided_by IS NOT NULL)",
            name="ck_hit_decided",
        ),
    )
