"""A fact has one open objection, and what the subject says beside a record that was kept is kept as well."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_OPEN = sa.text("state = 'OPEN'")
_CASE = sa.table(
    "objection",
    sa.column("id", sa.Integer),
    sa.column("uscc", sa.String),
    sa.column("fact", sa.String),
    sa.column("grounds", sa.Text),
    sa.column("received_at", sa.DateTime),
    sa.column("answer_by", sa.Date),
    sa.column("state", sa.String),
    sa.column("closed_at", sa.DateTime),
    sa.column("answer", sa.Text),
)


def upgrade() -> None:
    """Join the open cases of one fact, then let there be but one."""
    _join_open_cases()
    op.add_column("objection", sa.Column("statement", sa.Text(), server_default="", nullable=False))
    op.create_index(
        "uq_objection_open",
        "objection",
        ["uscc", "fact"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def downgrade() -> None:
    """Drop the index, and with their column the statements; they still stand in the records themselves."""
    op.drop_index("uq_objection_open", "objection")
    op.drop_column("objection", "statement")


def _join_open_cases() -> None:
    """Let the first open case of a fact take over the grounds and the earliest deadline of the others."""
    connection = op.get_bind()
    rows = connection.execute(_CASE.select().where(_CASE.c.state == "OPEN").order_by(_CASE.c.id)).all()
    first: dict[tuple[str, str], sa.Row[tuple[object, ...]]] = {}
    for row in rows:
        kept = first.setdefault((row.uscc, row.fact), row)
        if kept is not row:
            _join(connection, kept.id, row)


def _join(connection: sa.Connection, kept: int, row: sa.Row[tuple[object, ...]]) -> None:
    case = _CASE.c
    taken = _CASE.update().where(case.id == kept)
    grounds = case.grounds + f"\n\n（并入异议 {row.id}）" + row.grounds
    earliest = sa.case((case.answer_by > row.answer_by, row.answer_by), else_=case.answer_by)
    connection.execute(taken.values(grounds=grounds, answer_by=earliest))
    # It ends when it came: the migration knows no clock, and no deadline is lost by it.
    ended = {"state": "KEPT", "closed_at": row.received_at, "answer": f"并入异议 {kept}"}
    connection.execute(_CASE.update().where(case.id == row.id).values(**ended))
