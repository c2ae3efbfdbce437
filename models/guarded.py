"""The guarded change of a state: one statement, and its row count decides (``UPDATE … WHERE status = …``)."""

from sqlalchemy import Delete, Update
from sqlalchemy.orm import Session


def rows_changed(session: Session, statement: Update | Delete) -> int:
    """How many rows it changed; 0 where the guard did not hold any more, since somebody else came first."""
    return session.execute(statement).rowcount  # type: ignore[attr-defined,no-any-return]  # of a CursorResult
