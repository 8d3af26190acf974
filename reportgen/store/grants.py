"""What the application's role may do on PostgreSQL, which is less than owning the tables.

Who owns a table can disable its triggers; the role that the office works with therefore owns none. It
adds and reads everywhere, changes what describes the present, and of an event or a checkpoint it can
change nothing at all. SQLite knows no roles: whoever can write the file can do anything.
"""

_APPEND_ONLY = "event, checkpoint, checkpoint_line"
_READ_ONLY = "alembic_version"
# A role is taken back, a former code is put right, a session ends, an answer of the API is kept for a day, and a
# 核实记录 goes with the fact that the office must forget; so do the entries of lists and their hits, and what an import
# of a list left that came to no end. A webhook is removed with its calls, which are kept for some months.
_DELETABLE = (
    "role, fact_check, former_code, signed_in, failed_sign_in, answered, hit, list_alias, list_entry, list_edition, "
    "webhook, webhook_call"
)


def statements(role: str) -> tuple[str, ...]:
    """Return the SQL that the owner of the tables runs after each upgrade, in this order.

    `role` is written as an identifier and needs no quotes of its own.
    """
    name = '"' + role.replace('"', '""') + '"'
    return (
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name}",
        f"GRANT USAGE ON SCHEMA public TO {name}",
        f"GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO {name}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name}",
        f"GRANT DELETE ON {_DELETABLE} TO {name}",
        f"REVOKE UPDATE ON {_APPEND_ONLY} FROM {name}",
        f"REVOKE INSERT, UPDATE ON {_READ_ONLY} FROM {name}",
    )
