"""The guarded change of a state: one statement, and its row count decides (``UPDATE … WHERE status = …``)."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Delete, Update
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from models.base import Base
from models.prepared import Prepared


def rows_changed(session: Session, statement: Update | Delete) -> int:
    """How many rows it changed; 0 where the guard did not hold any more, since somebody else came first."""
    return session.execute(statement).rowcount  # type: ignore[attr-defined,no-any-return]  # of a CursorResult


def change(session: Session, table: type[Base], statement: Prepared, *, only: Any = None, **values: Any) -> int:
    """Change rows of a table, or ``only`` the one of a key, beside the objects that the session holds of them.

    These load anew on use. Returns how many rows.
    """
    if not getattr(session, "is_made", True):
        return statement.run(session, **values)
    session.flush()
    changed = statement.run(session, **values)
    held = session.identity_map
    beside: Iterable[Any] = held.values() if only is None else [held.get(identity_key(table, only))]
    for row in beside:
        if isinstance(row, table):
            session.expire(row)
    return changed
