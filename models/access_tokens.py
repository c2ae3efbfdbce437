"""The access token of each official account, shared by all processes (wechat.md 4).

Every change is a compare-and-set on the token it replaces, so that of several processes that meet the same dead token
one renews it and the others find the new one.
"""

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, String, Update, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.rows import insert_once

BETWEEN_FORCED = timedelta(seconds=30)  # nearer together the platform refreshes nothing, and allows 20 a day


class AccessToken(Base):
    """The token in use; `forced_at` is when a forced renewal was last begun."""

    __tablename__ = "access_tokens"

    app_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    token: Mapped[str] = mapped_column(String(1024))
    fetched_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    forced_at: Mapped[datetime | None]


def find(session: Session, app_id: str) -> AccessToken | None:
    """The token of an account, dead or alive, as the database has it now."""
    query = select(AccessToken).where(AccessToken.app_id == app_id)
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def replace(session: Session, app_id: str, *, old: str | None, new: str, lifetime: timedelta, now: datetime) -> bool:
    """Put `new` in the place of `old` (None: of nothing); False when another process was faster."""
    values = {"token": new, "fetched_at": now, "expires_at": now + lifetime}
    if old is None:
        return insert_once(session, AccessToken, app_id=app_id, **values)
    mine = (AccessToken.app_id == app_id, AccessToken.token == old)
    return _changed(session, update(AccessToken).where(*mine).values(values))


def may_force(session: Session, app_id: str, *, dead: str, now: datetime) -> bool:
    """Claim the forced renewal of a dead token: one process gets it, and none within 30 s of the last."""
    mine = (AccessToken.app_id == app_id, AccessToken.token == dead)
    rested = or_(AccessToken.forced_at.is_(None), AccessToken.forced_at <= now - BETWEEN_FORCED)
    return _changed(session, update(AccessToken).where(*mine, rested).values(forced_at=now))


def _changed(session: Session, statement: Update) -> bool:
    result = session.execute(statement.execution_options(synchronize_session=False))
    return bool(cast("CursorResult[Any]", result).rowcount)
