"""Events and checkpoints are only ever added to: the database itself refuses everything else."""

from collections.abc import Iterator

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TABLES = ("event", "checkpoint", "checkpoint_line")
_VERBS = ("UPDATE", "DELETE")
_FUNCTION = """
CREATE FUNCTION reportgen_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'append-only: %', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def upgrade() -> None:
    """Create the triggers that refuse whatever is not an INSERT."""
    for statement in _sqlite() if _on_sqlite() else _postgres():
        op.execute(statement)


def downgrade() -> None:
    """Drop the triggers."""
    if _on_sqlite():
        for table in _TABLES:
            for verb in _VERBS:
                op.execute(f"DROP TRIGGER {table}_no_{verb.lower()}")
    else:
        op.execute("DROP FUNCTION reportgen_refuse() CASCADE")


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _sqlite() -> Iterator[str]:
    for table in _TABLES:
        for verb in _VERBS:
            yield (
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END"
            )


def _postgres() -> Iterator[str]:
    yield _FUNCTION
    for table in _TABLES:
        for name, verbs, each in (
            ("change", "UPDATE OR DELETE", "ROW"),
            ("truncate", "TRUNCATE", "STATEMENT"),
        ):
            yield (
                f"CREATE TRIGGER {table}_no_{name} BEFORE {verbs} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION reportgen_refuse()"
            )
            # Not even a session that plays a replica gets past it.
            yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_{name}"
