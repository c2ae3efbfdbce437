"""What members ask about a meeting: to come, for leave, or to be entered after it (rules 25).

A leave is decided as a claim is (rules 9); 补签 by the meeting's organizer, and where the organizer is concerned
or cannot be reached, as a claim as well.
"""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from models import corrections, meetings, notices, requests
from models.errors import NotFound, Refused
from models.meetings import AHEAD, CAME, EXPECTED, HELD, Attendance, Invitation, Meeting, MeetingState
from models.members import Member
from models.requests import Request, RequestKind


class TooLateToAsk(Refused):
    """Leave is asked for before the start."""


class NotOver(Refused):
    """Whoever can still check in need not ask to be entered."""


class ReasonMissing(Refused):
    """Nothing was said why."""


class AlreadyThere(Refused):
    """The member is entered as having come."""


def coming(session: Session, number: int, *, by: Member, now: datetime) -> Meeting:
    """The asker will come; raises NotFound or TooLateToAsk. Saying so twice changes nothing."""
    meeting, invitation = invited(session, number, by)
    if meeting.state not in AHEAD:
        raise TooLateToAsk(f"M{number} {_was(meeting)}", "会议")
    mine = (Invitation.id == invitation.id, Invitation.state.in_((Attendance.INVITED, Attendance.ON_LEAVE)))
    session.execute(update(Invitation).where(*mine).values(state=Attendance.COMING, leave_asked_at=None))
    session.refresh(invitation)
    return meeting


def ask_leave(session: Session, number: int, note: str, *, by: Member, now: datetime) -> Request:
    """Ask for leave before the start; whoever asked is reminded no more.

    Raises NotFound, TooLateToAsk or ReasonMissing.
    """
    meeting, invitation = invited(session, number, by)
    if meeting.state not in AHEAD or now >= meeting.starts_at:
        was = _was(meeting) if meeting.state not in AHEAD else "已经开始"
        raise TooLateToAsk(f"M{number} {was}，不能再请假。确有原因，可请会议组织人更正", f"补签 M{number} 当时在急诊")
    if not note:
        raise ReasonMissing("请假要写一句原因", f"请假 M{number} 出差")
    invitation.leave_asked_at = now
    return requests.open_for_meeting(session, by, number, note, kind=RequestKind.LEAVE, now=now)


def ask_entry(session: Session, number: int, note: str, *, by: Member, now: datetime) -> Request:
    """Ask to be entered as present although one did not check in.

    Raises NotFound, NotOver, AlreadyThere or ReasonMissing.
    """
    meeting, invitation = invited(session, number, by)
    if meeting.state is MeetingState.CANCELLED or now < meeting.starts_at:
        raise NotOver(f"M{number} 还没有开，到时签到就行", f"会议 M{number}")
    if invitation.state in CAME:
        raise AlreadyThere(f"M{number} 已记您到会，不用补签", f"会议 M{number}")
    if not note:
        raise ReasonMissing("补签要写一句说明", f"补签 M{number} 手机没电")
    return requests.open_for_meeting(session, by, number, note, kind=RequestKind.FORGOTTEN, now=now)


def _was(meeting: Meeting) -> str:
    return "已经取消" if meeting.state is MeetingState.CANCELLED else "已经散会"


def invited(session: Session, number: int, by: Member) -> tuple[Meeting, Invitation]:
    """A meeting to which the asker is invited; raises NotFound, in the same words whether it exists or not."""
    meeting, invitation = meetings.find(session, number), meetings.invitation_of(session, number, by.id)
    if meeting is None or invitation is None:
        raise NotFound(f"没有找到请您参加的 M{number}，请看一下编号", "会议")
    return meeting, invitation


def grant(session: Session, request: Request, *, by: Member, now: datetime) -> None:
    """A request about a meeting was approved: the invitation follows, and the member is told.

    Who came after all stays present.
    """
    meeting, invitation = _about(session, request)
    if request.kind is RequestKind.FORGOTTEN:
        if invitation.state not in CAME:
            corrections.settle_as(session, invitation, Attendance.PRESENT, request.note, by=by, now=now, tells=False)
    elif meeting.state in HELD and invitation.state is Attendance.ABSENT:
        corrections.settle_as(session, invitation, Attendance.ON_LEAVE, request.note, by=by, now=now, tells=False)
    else:
        mine = (Invitation.id == invitation.id, Invitation.state.in_(EXPECTED))
        session.execute(update(Invitation).where(*mine).values(state=Attendance.ON_LEAVE, reason=request.note))
    _tell(session, request, now)


def refuse(session: Session, request: Request, *, by: Member, now: datetime) -> None:
    """A request about a meeting was refused: who asked for leave is expected again, or was absent."""
    meeting, invitation = _about(session, request)
    if request.kind is RequestKind.LEAVE:
        invitation.leave_asked_at = None
        session.flush()
        taken = meeting.state in HELD and invitation.state is Attendance.ON_LEAVE
        # Once the month is disclosed, a leave that nobody decided in time stays one.
        if taken and not corrections.is_settled(session, invitation, now):
            why = request.reason
            corrections.settle_as(session, invitation, Attendance.ABSENT, why, by=by, now=now, tells=False)
    _tell(session, request, now)


def _about(session: Session, request: Request) -> tuple[Meeting, Invitation]:
    meeting = session.get_one(Meeting, request.meeting_id)
    invitation = meetings.invitation_of(session, meeting.id, request.member_id)
    assert invitation is not None
    session.refresh(invitation)
    return meeting, invitation


def _tell(session: Session, request: Request, now: datetime) -> None:
    key = f"{request.subject}:told"
    notices.post(session, request.member_id, "meeting_request", key=key, now=now, facts={"request": request.id})
