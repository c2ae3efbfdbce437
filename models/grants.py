"""Grants (订阅授权): how many subscription notices of a template a user will still take (wechat §5.3).

    user accepts ▶ +1 ─a notice is sent▶ −1 ─certainly refused▶ +1
    user switches it off, or the platform knows of none (43101) ▶ 0

One grant is one notice, with no end in time.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import String, Update, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.rows import insert_once


class Grant(Base):
    """What a user has left of one template."""

    __tablename__ = "grants"

    openid: Mapped[str] = mapped_column(String(64), primary_key=True)
    template_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    remaining: Mapped[int] = mapped_column(default=0)


def give(session: Session, openid: str, template_id: str) -> None:
    """The user accepted one more, or one that was taken was not used."""
    insert_once(session, Grant, openid=openid, template_id=template_id, remaining=0)
    session.execute(_of(openid, template_id).values(remaining=Grant.remaining + 1))


def use(session: Session, openid: str, template_id: str) -> bool:
    """Take one for a notice; False when there is none."""
    used = session.execute(_of(openid, template_id).where(Grant.remaining > 0).values(remaining=Grant.remaining - 1))
    return bool(used.rowcount)  # type: ignore[attr-defined]


def left(session: Session, openids: Collection[str], *, hold: bool = False) -> dict[tuple[str, str], int]:
    """What these users have left, by user and template; ``hold`` locks it, without what somebody else is at."""
    if not openids:
        return {}
    some = select(Grant.openid, Grant.template_id, Grant.remaining).where(Grant.openid.in_(openids))
    some = some.where(Grant.remaining > 0)
    rows = session.execute(some.with_for_update(skip_locked=True) if hold else some)
    return {(openid, template_id): remaining for openid, template_id, remaining in rows}


def use_held(session: Session, used: Mapping[tuple[str, str], int]) -> None:
    """Take so many of each of these grants, which are held."""
    for (openid, template_id), count in sorted(used.items()):
        session.execute(_of(openid, template_id).values(remaining=Grant.remaining - count))


def end(session: Session, openid: str, template_id: str) -> None:
    """The user switched this notice off, or the platform says that there is none left."""
    session.execute(_of(openid, template_id).values(remaining=0))


def erase(session: Session, openid: str) -> None:
    """Forget a user (rules 32)."""
    session.execute(delete(Grant).where(Grant.openid == openid))


def _of(openid: str, template_id: str) -> Update:
    return update(Grant).where(Grant.openid == openid, Grant.template_id == template_id)
