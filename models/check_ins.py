"""Check-in by a meeting's six digits, which change every minute (rules 25).

The code of a minute is derived from the meeting's secret, so that nothing has to be stored and every process
knows it. It is taken for 30 seconds more. Guesses are limited, and nobody but the organizer is told the code.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, String, bindparam, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import meetings
from models.base import Base
from models.columns import Moment, RowId
from models.errors import Refused
from models.lists import among
from models.meetings import AHEAD, CAME, EXPECTED, HELD, Attendance, Invitation, Meeting
from models.members import Member
from models.months import SHANGHAI
from models.prepared import Prepared

DIGITS = 6
MINUTE = timedelta(minutes=1)
TAKEN_FOR = timedelta(seconds=30)  # longer than its minute
FRESH = timedelta(days=3)
GUESSES, WITHIN = 5, timedelta(minutes=10)
EXAMPLE = "签到 483920"


class CheckInTry(Base):
    """A wrong code that somebody typed."""

    __tablename__ = "check_in_tries"
    __table_args__ = (Index("ix_check_in_tries_member", "member_id", "at"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]


class WaitingScan(Base):
    """Somebody who is not bound yet scanned the code in the room: the check-in waits until the meeting is over."""

    __tablename__ = "waiting_scans"

    openid: Mapped[str] = mapped_column(String(64), primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    at: Mapped[datetime]


class WrongCode(Refused):
    """No meeting of the member's has this code now; the try is kept."""

    keep: ClassVar[bool] = True


class TooManyGuesses(Refused):
    """Five wrong codes within ten minutes."""


class NotNow(Refused):
    """No meeting of the member's takes check-ins now."""


def code_of(meeting: Meeting, moment: datetime) -> str:
    """The six digits of a meeting in the minute of a moment."""
    minute = int(moment.timestamp()) // 60
    digest = hmac.digest(bytes.fromhex(meeting.secret), f"{meeting.id}:{minute}".encode(), "sha256")
    return f"{int.from_bytes(digest[:8], 'big') % 10**DIGITS:0{DIGITS}d}"


def takes(meeting: Meeting, code: str, now: datetime) -> bool:
    """Whether a code is the meeting's: of this minute, or of the last one for half a minute more."""
    moments = {code_of(meeting, now), code_of(meeting, now - TAKEN_FOR)}
    return any(hmac.compare_digest(code.encode(), own.encode()) for own in sorted(moments))


# Hundreds check in within seconds: what each of them costs is put together once.
_NOW: Any = bindparam("now")
_OPEN_TO = (
    select(Meeting)
    .join(Invitation, Invitation.meeting_id == Meeting.id)
    .where(Invitation.member_id == bindparam("member_id"), Meeting.state.in_(AHEAD))
    .where(Meeting.opens_at <= _NOW, Meeting.closes_at > _NOW)
    .order_by(Meeting.starts_at, Meeting.id)
)
_TRIES = Prepared(
    select(func.count(CheckInTry.id)).where(
        CheckInTry.member_id == bindparam("member_id"), CheckInTry.at > bindparam("since")
    )
)
_ENTER = Prepared(
    update(Invitation)
    .where(Invitation.meeting_id == bindparam("meeting"), Invitation.member_id == bindparam("member"))
    .where(among(Invitation.state, (*EXPECTED, Attendance.ON_LEAVE, Attendance.NOT_EXPECTED)))
    .values(state=bindparam("came", type_=Invitation.state.type), checked_in_at=bindparam("now", type_=Moment()))
)


def open_to(session: Session, member_id: int, now: datetime) -> Sequence[Meeting]:
    """The meetings that take a member's check-in now, the earliest first."""
    return session.scalars(_OPEN_TO, {"member_id": member_id, "now": now}).all()


def check_in(session: Session, code: str, *, by: Member, now: datetime) -> Invitation:
    """Enter the asker as present, or as late, at the meeting whose code this is; done twice it stays as it was.

    Raises TooManyGuesses, NotNow or WrongCode, of which the try is kept.
    """
    _check_guesses(session, by, now)
    going_on = open_to(session, by.id, now)
    if not going_on:
        raise NotNow(_next_word(session, by, now), EXAMPLE)
    meeting = next((one for one in going_on if takes(one, code, now)), None)
    if meeting is None:
        session.add(CheckInTry(member_id=by.id, at=now))
        raise WrongCode("这6位数字不对，或已经过时。请看会场大屏现在的数字再发", EXAMPLE)
    return enter(session, meeting, by=by, now=now)


def enter(session: Session, meeting: Meeting, *, by: Member, now: datetime) -> Invitation:
    """Enter somebody whose presence is proven, by the code or by a scan; raises NotNow."""
    if meeting.state not in AHEAD or not meeting.opens_at <= now < meeting.closes_at:
        raise NotNow(_next_word(session, by, now), EXAMPLE)
    state = Attendance.LATE if now > meeting.late_from else Attendance.PRESENT
    session.flush()
    _ENTER.run(session, meeting=meeting.id, member=by.id, came=state, now=now)
    invitation = meetings.invitation_of(session, meeting.id, by.id, anew=True)
    if invitation is None or invitation.state not in CAME:
        raise NotNow(_next_word(session, by, now), EXAMPLE)
    return invitation


def keep_scan(session: Session, openid: str, code: str, *, now: datetime) -> None:
    """Note that whoever has this WeChat is in the room, where the code is that of a meeting now."""
    going_on = select(Meeting).where(Meeting.state.in_(AHEAD), Meeting.opens_at <= now, Meeting.closes_at > now)
    meeting = next((one for one in session.scalars(going_on.order_by(Meeting.id)) if takes(one, code, now)), None)
    if meeting is not None:
        session.merge(WaitingScan(openid=openid, meeting_id=meeting.id, at=now))
        session.flush()


def kept_scan(session: Session, openid: str, now: datetime) -> WaitingScan | None:
    """The scan of a WeChat that still counts."""
    query = select(WaitingScan).join(Meeting, Meeting.id == WaitingScan.meeting_id)
    going_on = (Meeting.state.in_(AHEAD), Meeting.opens_at <= now, Meeting.closes_at > now)
    return session.scalars(query.where(WaitingScan.openid == openid, *going_on)).first()


def enter_scanned(session: Session, openid: str, *, by: Member, now: datetime) -> Invitation | None:
    """A WeChat was bound: its scan counts, as of the moment of the scan, where the member was invited."""
    kept = kept_scan(session, openid, now)
    if kept is None:
        return None
    session.delete(kept)
    invitation = meetings.invitation_of(session, kept.meeting_id, by.id)
    if invitation is None or invitation.state in CAME:
        return None
    return enter(session, session.get_one(Meeting, kept.meeting_id), by=by, now=kept.at)


def forget_scans(session: Session, meeting_id: int) -> None:
    """The meeting is over, or will not be held."""
    session.execute(delete(WaitingScan).where(WaitingScan.meeting_id == meeting_id))


def erase(session: Session, openid: str) -> None:
    """Erase an openid (rules 32)."""
    session.execute(delete(WaitingScan).where(WaitingScan.openid == openid))


def _check_guesses(session: Session, by: Member, now: datetime) -> None:
    if _TRIES.column(session, member_id=by.id, since=now - WITHIN)[0] >= GUESSES:
        raise TooManyGuesses("输错的次数多了，请过10分钟再签到，或请会议组织人更正")


def _next_word(session: Session, by: Member, now: datetime) -> str:
    """Why there is no check-in now, and when the next one begins."""
    ahead = [one for one in meetings.ahead_of(session, by.id) if one.opens_at > now]
    mine = [one for one in ahead if meetings.invitation_of(session, one.id, by.id) is not None]
    if not mine:
        missed = _missed(session, by, now)
        hint = f"到过会忘了签的，可以：补签 M{missed} 说明" if missed else ""
        return f"没有签到：现在没有等您签到的会\n{hint}".strip()
    opens = mine[0].opens_at.astimezone(SHANGHAI)
    return (
        f"没有签到：现在不在签到时间\nM{mine[0].id} {mine[0].title} "
        f"{opens.month}月{opens.day}日{opens:%H:%M}起可签，请看会场大屏的6位数字"
    )


def _missed(session: Session, by: Member, now: datetime) -> int | None:
    """The member's last meeting, where it is fresh and did not see them."""
    query = (
        select(Meeting.id)
        .join(Invitation, Invitation.meeting_id == Meeting.id)
        .where(Invitation.member_id == by.id, Invitation.state == Attendance.ABSENT)
        .where(Meeting.state.in_(HELD), Meeting.closes_at > now - FRESH)
    )
    return session.scalars(query.order_by(Meeting.starts_at.desc()).limit(1)).first()


def bursts(session: Session, meeting_id: int, least: int = 5) -> list[tuple[datetime, int]]:
    """Seconds in which many checked in: flagged for the organizer's eye, never refused."""
    counts: dict[datetime, int] = {}
    for invitation in meetings.invitations(session, meeting_id):
        if invitation.checked_in_at is not None:
            second = invitation.checked_in_at.replace(microsecond=0)
            counts[second] = counts.get(second, 0) + 1
    return sorted((second, count) for second, count in counts.items() if count >= least)
