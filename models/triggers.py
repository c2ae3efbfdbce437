"""What the database does by itself: it keeps the ledger append-only (rules 2), and rings for new notices (rules 28)."""

from sqlalchemy import DDL, Table, event

REFUSAL = "the ledger is append-only"


def sqlite_statements(table: str, unique: list[tuple[str, ...]]) -> list[str]:
    """SQLite triggers; the INSERT one stops REPLACE, which goes around the DELETE trigger."""
    same = " OR ".join("(" + " AND ".join(f"{c} = NEW.{c}" for c in columns) + ")" for columns in unique)
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refuse}",
    ]


def postgresql_statements(table: str) -> list[str]:
    """PostgreSQL triggers; TRUNCATE needs one of its own."""
    function = f"{table}_append_only"
    return [
        f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {function}()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()",
    ]


def append_only(table: Table, unique: list[tuple[str, ...]]) -> None:
    """Give a table its triggers whenever it is created from the metadata; migrations spell them out."""
    by_dialect = {"sqlite": sqlite_statements(table.name, unique), "postgresql": postgresql_statements(table.name)}
    for dialect, statements in by_dialect.items():
        for statement in statements:
            ddl = DDL(statement.replace("%", "%%")).execute_if(dialect=dialect)
            event.listen(table, "after_create", ddl)


def rings(table: Table, bell: str) -> None:
    """Let PostgreSQL tell whoever listens, when a transaction that put rows into a table commits; SQLite cannot."""
    function = f"{table.name}_ring"
    for statement in (
        f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF EXISTS (SELECT FROM posted) THEN PERFORM pg_notify('{bell}', ''); END IF; RETURN NULL; END $$",
        f"CREATE TRIGGER {table.name}_ring AFTER INSERT ON {table.name} REFERENCING NEW TABLE AS posted "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()",
    ):
        event.listen(table, "after_create", DDL(statement).execute_if(dialect="postgresql"))
