"""Attendance that is corrected, by the organizer or by what was decided about it (rules 25).

After the end of a meeting the entry is reversed and another written; the cause of each names the correction.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from models import (
    ledger,
    meetings,
    notices,
    rounds,
)
from models.attendance import credit, entry_of
from models.errors import Refused, Settled
from models.meetings import HELD, LONGEST_REASON, Attendance, Invitation, Meeting, MeetingState
from models.members import Member
from models.months import Month


class NotInvited(Refused):
    """The organizer corrects whoever was invited."""


class TooLate(Settled):
    """The month of the meeting has left review: an appeal is the way now."""


class NoReason(Refused):
    """A correction without a reason."""


class NotBegun(Refused):
    """Nothing is corrected before check-in begins."""


def correct(
    session: Session, number: int, member: Member, state: Attendance, reason: str, *, by: Member, now: datetime
) -> Invitation:
    """The organizer corrects somebody's attendance, with a reason, and tells them (补记).

    Raises NotFound, NotBegun, NotInvited, NoReason or TooLate.
    """
    meeting = meetings.get_run(session, number, by=by, now=now)
    if meeting.state is MeetingState.CANCELLED or now < meeting.opens_at:
        raise NotBegun(f"M{number} 还没有开，开会以后再补记", f"会议 M{number}")
    if not reason:
        raise NoReason("补记要写一句理由，本人会看到", f"补记 M{number} {member.name} 到会 手机没电")
    return settle_as(session, invited_to(session, meeting, member), state, reason, by=by, now=now)


def invited_to(session: Session, meeting: Meeting, member: Member) -> Invitation:
    """Somebody's invitation to a meeting; raises NotInvited."""
    invitation = meetings.invitation_of(session, meeting.id, member.id)
    if invitation is None:
        raise NotInvited(f"M{meeting.id} 没有通知{member.name}，不能补记", f"考勤 M{meeting.id}")
    return invitation


def settle_as(
    session: Session,
    invitation: Invitation,
    state: Attendance,
    reason: str,
    *,
    by: Member,
    now: datetime,
    tells: bool = True,
) -> Invitation:
    """Change what became of an invitation, and after the end of the meeting the entry with it. Raises TooLate.

    ``tells`` is off where the member hears of it another way.
    """
    meeting = session.get_one(Meeting, invitation.meeting_id)
    member = invitation.member
    ledger.lock_for(session, member.id, member.branch_id)
    session.refresh(meeting)
    session.refresh(invitation)
    check_open(session, invitation, now)
    before = entry_of(session, invitation) if meeting.state in HELD else None
    if before is not None and not ledger.is_reversed(session, before):  # an appeal may have been faster
        ledger.reverse(session, before, by=by, now=now, reason=reason[:LONGEST_REASON])
    invitation.state, invitation.reason = state, reason[:LONGEST_REASON]
    invitation.corrections += 1
    invitation.corrected_by_id = by.id
    session.flush()
    if meeting.state in HELD:
        credit(session, meeting, invitation, by=by, now=now)
    if tells and member.id != by.id:
        key = f"attendance_corrected:{invitation.id}:{invitation.corrections}"
        facts = {"invitation": invitation.id, "by": by.name}
        notices.post(session, member.id, "attendance_corrected", key=key, now=now, facts=facts)
    return invitation


def check_open(session: Session, invitation: Invitation, now: datetime) -> None:
    """Raise TooLate when nothing is corrected here any more."""
    if is_settled(session, invitation, now):
        month = Month.of(session.get_one(Meeting, invitation.meeting_id).day).number
        name = invitation.member.name
        raise TooLate(f"{month}月的评审已经结束，不再更正。{name}可以提出申诉，由书记答复时更正", "我有意见")


def is_settled(session: Session, invitation: Invitation, now: datetime) -> bool:
    """Whether the month of a meeting has left review in the member's branch, after which nothing is corrected here."""
    meeting = session.get_one(Meeting, invitation.meeting_id)
    return rounds.left_review(session, invitation.member.branch_id, Month.of(meeting.day), now)
