"""Of 信用记录 a subject may hold several at a time: each tells what was known on its day, and none takes a use."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_USE = ["applicant", "project", "round", "lot", "recipient", "purpose", "kind"]
_LIVE = "state IN ('RENDERING', 'ISSUED', 'CONSUMED') AND NOT superseded"
_REPORT = sa.table(
    "report",
    sa.column("id", sa.Integer),
    sa.column("applicant", sa.String),
    sa.column("kind", sa.String),
    sa.column("superseded", sa.Boolean),
)


def upgrade() -> None:
    """Let the index of live uses leave the records out."""
    _index(sa.text(f"{_LIVE} AND kind != 'RECORD'"))


def downgrade() -> None:
    """Let every kind have one live document of a use again: of a subject's records the newest stands."""
    report = _REPORT.c
    newer = _REPORT.alias()
    later = sa.exists().where(
        newer.c.kind == "RECORD", newer.c.applicant == report.applicant, newer.c.id > report.id
    )
    op.execute(_REPORT.update().where(report.kind == "RECORD", later).values(superseded=True))
    _index(sa.text(_LIVE))


def _index(where: sa.TextClause) -> None:
    op.drop_index("uq_report_live_use", "report")
    op.create_index(
        "uq_report_live_use", "report", _USE, unique=True, sqlite_where=where, postgresql_where=where
    )
