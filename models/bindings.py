"""Bindings: which WeChat is whose (rules 30).

A one-time code binds at once. Name and the last 4 digits of the phone ask the group leader first.
Five wrong tries lock both the openid and the named member for an hour; nothing tells whether a
person exists. One openid, one member.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import ForeignKey, String, bindparam, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models import appointments, members, notices, requests
from models.base import Base
from models.columns import MonthOf, RowId
from models.errors import Refused
from models.followers import Follower
from models.members import Member
from models.months import Month
from models.rows import insert_once

CODE_LIVES = timedelta(days=30)
LOCKED_FOR = timedelta(hours=1)
TRIES = 5
# Without look-alikes, since the code is read from paper, and without E: Excel takes 12E45 for a number.
ALPHABET = "ABCDFGHJKLMNPQRSTUVWXYZ23456789"


class Binding(Base):
    """One openid of one member."""

    __tablename__ = "bindings"
    read_once = True

    openid: Mapped[str] = mapped_column(String(64), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), unique=True)
    bound_at: Mapped[datetime]
    # The last month of whose end its member was told, or had nothing to be told (jobs/month_end.py).
    month_told: Mapped[Month | None] = mapped_column(MonthOf, index=True)

    member: Mapped[Member] = relationship(lazy="joined")


class BindingCode(Base):
    """The fresh code of a member, as an HMAC; a new one ends the old."""

    __tablename__ = "binding_codes"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(64))
    issued_at: Mapped[datetime]


class BindingTries(Base):
    """Wrong tries of an openid (``o:…``) or against a name (``n:…``, as an HMAC)."""

    __tablename__ = "binding_tries"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    who: Mapped[str] = mapped_column(String(80), unique=True)
    tries: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime]


class WrongCode(Refused):
    """Name and code do not belong together; the same whether the person exists or not."""

    keep: ClassVar[bool] = True


class Locked(Refused):
    """Five wrong tries: an hour's rest for this openid or this member."""


class AlreadyBound(Refused):
    """This WeChat is bound already."""


def digest(key: bytes, *parts: str) -> str:
    """An HMAC of a code or a name; ``key`` is the installation's secret."""
    return hmac.new(key, "\0".join(parts).encode(), hashlib.sha256).hexdigest()


def issue_code(session: Session, member: Member, *, key: bytes, now: datetime) -> str:
    """A fresh one-time code: 6 digits, or 10 letters and digits for anyone with an appointment."""
    if appointments.held_by(session, member.id, now):
        code = "".join(secrets.choice(ALPHABET) for _ in range(10))
    else:
        code = str(100_000 + secrets.randbelow(900_000))  # no leading 0: Excel would drop it
    row = session.get(BindingCode, member.id) or BindingCode(member_id=member.id)
    row.digest, row.issued_at = digest(key, str(member.id), code), now
    session.add(row)
    return code


def unbound(session: Session) -> list[Member]:
    """Present members without a binding, in roster order."""
    bound = select(Binding.member_id)
    query = select(Member).where(Member.id.not_in(bound), Member.left_on.is_(None)).order_by(Member.id)
    return list(session.scalars(query))


def find(session: Session, openid: str) -> Binding | None:
    """The binding of an openid."""
    return session.get(Binding, openid)


def openid_of(session: Session, member_id: int) -> str | None:
    """The openid of a member who is bound and follows; None otherwise."""
    query = (
        select(Binding.openid)
        .join(Follower, Follower.openid == Binding.openid)
        .where(Binding.member_id == member_id, Follower.unfollowed_at.is_(None))
    )
    return session.scalars(query).first()


_REACHABLE = (
    select(Binding.member_id)
    .join(Follower, Follower.openid == Binding.openid)
    .where(Binding.member_id.in_(bindparam("ids", expanding=True)), Follower.unfollowed_at.is_(None))
)


def reachable(session: Session, ids: list[int]) -> set[int]:
    """Which of these members are bound and follow."""
    return set(session.scalars(_REACHABLE, {"ids": ids}))


def bind(
    session: Session, openid: str, name: str, code: str, *, key: bytes, now: datetime
) -> Member | requests.Request:
    """Bind an openid with the one-time code of the roster (rules 30).

    Returns the member, or the request that waits for the level above when someone with an appointment
    changes phones. Raises AlreadyBound, Locked or WrongCode; the wrong try is kept.
    """
    tries = _guard(session, openid, name, key, now)
    for member in members.named(session, name):
        row = session.get(BindingCode, member.id)
        fresh = row is not None and now - row.issued_at < CODE_LIVES
        if row and fresh and hmac.compare_digest(row.digest, digest(key, str(member.id), code.upper())):
            session.delete(row)
            _release(session, tries)
            if _has_office_and_phone(session, member, now):
                kind = requests.RequestKind.REBINDING
                return requests.open_binding(session, member, openid=openid, now=now, kind=kind)
            return _bound(session, openid, member, now)
    raise _wrong(tries, now)


def ask(session: Session, openid: str, name: str, last4: str, *, key: bytes, now: datetime) -> requests.Request:
    """Ask for a binding with name and the phone's last 4 digits; the leader decides.

    Raises AlreadyBound, Locked or WrongCode; the wrong try is kept.
    """
    tries = _guard(session, openid, name, key, now)
    fitting = [m for m in members.named(session, name) if m.phone_last4 == last4]
    if len(fitting) != 1:
        raise _wrong(tries, now)
    _release(session, tries)
    return requests.open_binding(session, fitting[0], openid=openid, now=now)


def _has_office_and_phone(session: Session, member: Member, now: datetime) -> bool:
    bound = session.scalars(select(Binding.openid).where(Binding.member_id == member.id)).first()
    return bound is not None and bool(appointments.held_by(session, member.id, now))


def complete(session: Session, member: Member, openid: str, now: datetime) -> Member:
    """Bind after a request was approved."""
    if find(session, openid) is not None:
        raise AlreadyBound("这个微信已经绑定了别的党员")
    return _bound(session, openid, member, now)


def _bound(session: Session, openid: str, member: Member, now: datetime) -> Member:
    unbind(session, member, now)
    session.add(Binding(openid=openid, member_id=member.id, bound_at=now, member=member))
    session.execute(delete(BindingTries).where(BindingTries.who == f"o:{openid}"))
    session.flush()
    return member


def unbind(session: Session, member: Member, now: datetime) -> None:
    """End a member's binding, if there is one.

    A stolen code shows itself: the old phone is told before it loses the account.
    """
    old = session.scalars(select(Binding).where(Binding.member_id == member.id)).first()
    if old is not None:
        notices.post_to_openid(session, old.openid, "rebound", key=f"rebound:{member.id}:{now.isoformat()}", now=now)
        session.delete(old)
        session.flush()


def _guard(session: Session, openid: str, name: str, key: bytes, now: datetime) -> list[BindingTries]:
    """Whoever tries for the same WeChat or the same name waits here for the one before; the counts of both."""
    tries = [_tries_of(session, who, now) for who in (f"n:{digest(key, name)}", f"o:{openid}")]
    binding = find(session, openid)
    if binding is not None and binding.member.name == name:
        raise AlreadyBound(f"这个微信已经绑定{name}，不用再绑")
    if binding is not None:
        raise AlreadyBound("这个微信已经绑定了一位党员，不能再绑别人")
    if any(tried.tries >= TRIES and now - tried.last_at < LOCKED_FOR for tried in tries):
        raise Locked("试错次数多了，请一小时后再绑，或请组长帮您核对绑定码")
    return tries


def _tries_of(session: Session, who: str, now: datetime) -> BindingTries:
    query = select(BindingTries).where(BindingTries.who == who).with_for_update()
    found = None
    while found is None:  # the one before may have wiped the row when it succeeded
        insert_once(session, BindingTries, who=who, tries=0, last_at=now)
        found = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    return found


def _release(session: Session, tries: list[BindingTries]) -> None:
    """A count that says nothing is not kept."""
    for tried in tries:
        if tried.tries == 0:
            session.delete(tried)


def _wrong(tries: list[BindingTries], now: datetime) -> WrongCode:
    for tried in tries:
        tried.tries = 1 if now - tried.last_at >= LOCKED_FOR else tried.tries + 1
        tried.last_at = now
    return WrongCode("姓名和绑定码对不上，没有绑定。请核对后再试，或请组长再给一个", "绑定 张三 123456")


def erase(session: Session, openid: str) -> None:
    """Erase an openid's binding (rules 32)."""
    session.execute(delete(Binding).where(Binding.openid == openid))
    session.execute(update(requests.Request).where(requests.Request.openid == openid).values(openid=None))
