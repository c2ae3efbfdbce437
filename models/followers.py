"""Followers (关注者): who follows the account, and how many messages may still be pushed to them.

The platform opens a window of 48 hours and 5 messages when a user writes, of 1 minute and 3 messages
after a menu click, a follow or a scan (wechat §5.1). Reads stay free of writes: a window is renewed
only when the recorded one has been used or has aged an hour, so it is known up to an hour too short.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, Integer, String, bindparam, case, exists, null, or_, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.columns import Moment
from models.once import forget
from models.prepared import Prepared
from models.rows import held, insert_once

AGED = timedelta(hours=1)
REFUSED_FOR = timedelta(days=1)  # who switches receiving on again is not announced to us


class Touch(StrEnum):
    """What opened a window for customer-service messages."""

    MESSAGE = "message"  # wrote something
    CLICK = "click"  # tapped the menu, followed or scanned


_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
WINDOWS = {Touch.MESSAGE: (timedelta(hours=48), 5), Touch.CLICK: (timedelta(minutes=1), 3)}


_GONE = text("unfollowed_at IS NOT NULL")


class Follower(Base):
    """One openid; erased everywhere 30 days after it unfollowed (rules 32)."""

    __tablename__ = "followers"
    read_once = True
    __table_args__ = (Index("ix_followers_gone", "unfollowed_at", sqlite_where=_GONE, postgresql_where=_GONE),)

    openid: Mapped[str] = mapped_column(String(64), primary_key=True)
    followed_at: Mapped[datetime]
    unfollowed_at: Mapped[datetime | None]
    window_until: Mapped[datetime | None]
    window_opened: Mapped[datetime | None]
    window_left: Mapped[int] = mapped_column(default=0)
    refused_at: Mapped[datetime | None]  # when the platform said that this user takes no messages


def noted(openid: Any) -> Any:
    """The condition that a touch tells nothing of ``openid`` that the recorded window does not, so that nothing need
    be written; what a touch of some kind asks for are the values of ``as_noted``."""
    return exists(select(Follower.openid)).where(
        Follower.openid == openid,
        Follower.unfollowed_at.is_(None),
        Follower.window_opened > bindparam("opened_after", type_=Moment()),
        Follower.window_until >= bindparam("open_at", type_=Moment()),
        Follower.window_left >= bindparam("left_at_least", type_=Integer),
    )


def as_noted(touch: Touch, now: datetime) -> dict[str, Any]:
    """What ``noted`` compares with: a click opens little, so it is enough that any window is open."""
    if touch is Touch.CLICK:
        return {"opened_after": _LONG_AGO, "open_at": now, "left_at_least": 1}
    return {"opened_after": now - AGED, "open_at": now, "left_at_least": WINDOWS[touch][1]}


def _opening(kind: Touch) -> Prepared:
    """Open the window of somebody who follows; a click does not shorten one that has messages left."""
    new: dict[Any, Any] = {column: bindparam(f"new_{column.key}", type_=column.type) for column in _WINDOW}
    if kind is Touch.CLICK:
        until = new[Follower.window_until]
        better = or_(Follower.window_until.is_(None), Follower.window_until < until, Follower.window_left == 0)
        new = {column: case((better, value), else_=column) for column, value in new.items()}
    follows = (Follower.openid == bindparam("of"), Follower.unfollowed_at.is_(None))
    return Prepared(update(Follower).where(*follows).values(refused_at=null(), **{c.key: v for c, v in new.items()}))


_WINDOW = (Follower.window_opened, Follower.window_until, Follower.window_left)
_OPENING = {kind: _opening(kind) for kind in Touch}
_BACK = Prepared(update(Follower).where(Follower.openid == bindparam("of")).values(unfollowed_at=null()))


def touch(session: Session, openid: str, kind: Touch, now: datetime) -> None:
    """Record that a user wrote or tapped: following, and with an open window."""
    length, count = WINDOWS[kind]
    window = {"of": openid, "new_window_opened": now, "new_window_until": now + length, "new_window_left": count}
    known = held(session, Follower, openid)
    if not _OPENING[kind].run(session, **window):
        # A follow and a first message may come at once, in two processes.
        if not _BACK.run(session, of=openid):
            insert_once(session, Follower, openid=openid, followed_at=now, window_left=0)
        _OPENING[kind].run(session, **window)
        forget(session)  # whom a push reaches
    if known is not None:
        session.refresh(known)


def use_window(session: Session, openid: str, now: datetime) -> datetime | None:
    """Count one customer-service message: the window it is of; None when that is closed or used up."""
    used = session.execute(
        update(Follower)
        .where(Follower.openid == openid, Follower.unfollowed_at.is_(None))
        .where(Follower.window_until > now, Follower.window_left > 0)
        .values(window_left=Follower.window_left - 1)
        .returning(Follower.window_opened)
    )
    return used.scalars().first()


def hold_windows(session: Session, openids: Collection[str], now: datetime) -> dict[str, tuple[datetime, int]]:
    """The open windows of these users, locked: when each was opened, and how many messages are left.

    Without those that somebody else is at just now; nobody is waited for.
    """
    if not openids:
        return {}
    held = (
        select(Follower.openid, Follower.window_opened, Follower.window_left)
        .where(Follower.openid.in_(openids), Follower.unfollowed_at.is_(None))
        .where(Follower.window_until > now, Follower.window_left > 0)
        .with_for_update(skip_locked=True)
    )
    return {openid: (opened, left) for openid, opened, left in session.execute(held) if opened is not None}


def use_held_windows(session: Session, used: Mapping[str, int]) -> None:
    """Count customer-service messages, so many to each of these users whose windows are held."""
    by_count: dict[int, list[str]] = {}
    for openid, count in used.items():
        by_count.setdefault(count, []).append(openid)
    for count, openids in by_count.items():
        of_these = update(Follower).where(Follower.openid.in_(openids))
        session.execute(of_these.values(window_left=Follower.window_left - count))


def unuse_window(session: Session, openid: str, opened: datetime) -> None:
    """A message that was counted was certainly not sent; a window that was opened since is not touched."""
    same = (Follower.openid == openid, Follower.window_opened == opened)
    session.execute(update(Follower).where(*same).values(window_left=Follower.window_left + 1))


def close_window(session: Session, openid: str) -> None:
    """The platform said that the window is closed (45015) or used up (45047)."""
    session.execute(update(Follower).where(Follower.openid == openid).values(window_left=0))


def refuse(session: Session, openid: str, now: datetime) -> None:
    """The platform said that this user takes no messages of ours (43004, 48002 and the like)."""
    session.execute(update(Follower).where(Follower.openid == openid).values(refused_at=now))


def unfollow(session: Session, openid: str, now: datetime) -> None:
    """Stop every push to a user at once (rules 32)."""
    session.execute(
        update(Follower).where(Follower.openid == openid).values(unfollowed_at=now, window_left=0, window_until=None)
    )


def find(session: Session, openid: str) -> Follower | None:
    return session.scalars(select(Follower).where(Follower.openid == openid)).first()
