"""Subjects by the codes they had before, and by name: whom a delivery is about, and who is called the same."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_AT_ONCE = 100
_SNAPSHOT = sa.table(
    "snapshot",
    sa.column("id", sa.Integer),
    sa.column("uscc", sa.String),
    sa.column("as_of", sa.Date),
    sa.column("known_at", sa.DateTime),
    sa.column("content", sa.Text),
)


def upgrade() -> None:
    """Create the table, and fill it from the facts that are known."""
    codes = op.create_table(
        "former_code",
        sa.Column("code", sa.String(30)),
        sa.Column("uscc", sa.String(18)),
        sa.PrimaryKeyConstraint("code", "uscc", name="pk_former_code"),
        sa.ForeignKeyConstraint(["uscc"], ["subject.uscc"], name="fk_former_code_uscc"),
    )
    op.create_index("ix_subject_name", "subject", ["name"])
    rows = [{"code": code, "uscc": uscc} for uscc, held in _known().items() for code in held]
    if rows:
        op.bulk_insert(codes, rows)


def downgrade() -> None:
    """Drop the table: the codes stand in the facts."""
    op.drop_index("ix_subject_name", "subject")
    op.drop_table("former_code")


def _known() -> dict[str, list[str]]:
    """Return the former codes by subject, as the version has them that counts."""
    told = _SNAPSHOT.c
    found = sa.select(told.uscc, told.content).where(told.content.like('%"former_codes"%'))
    ordered = found.order_by(told.as_of, told.known_at, told.id).execution_options(yield_per=_AT_ONCE)
    rows = op.get_bind().execute(ordered)
    return {uscc: sorted(set(json.loads(content).get("former_codes", []))) for uscc, content in rows}
