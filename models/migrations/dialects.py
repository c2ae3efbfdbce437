"""What one database needs and the other does not, as triggers do."""

from alembic import op


def on(dialect: str, *statements: str) -> None:
    """Execute statements when the database is of this dialect ("sqlite", "postgresql")."""
    connection = op.get_bind()
    if connection.dialect.name == dialect:
        for statement in statements:
            connection.exec_driver_sql(statement)
