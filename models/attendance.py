"""What attendance is worth: at the end of a meeting, once, by the rulebook's attendance items (rules 25, 26).

A meeting counts by its main kind. Whoever is not scored for age, illness and the like is not marked absent,
and leave that nobody has decided counts as leave until it is. A later correction reverses the entry and writes
another; the cause of each names the correction.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from models import (
    appointments,
    check_ins,
    ledger,
    meeting_kinds,
    meeting_news,
    meetings,
    members,
    notices,
    requests,
    rounds,
    rulebooks,
)
from models.errors import Refused
from models.ledger import Entry
from models.meetings import AHEAD, CAME, EXPECTED, HELD, LONGEST_REASON, Attendance, Invitation, Meeting, MeetingState
from models.members import Member, Move, NotScoredReason
from models.months import Month
from models.prepared import Prepared, among
from models.requests import RequestKind
from models.rulebooks import Item, Rulebook, Source

EXEMPT = frozenset(NotScoredReason) - {NotScoredReason.PART_MONTH, NotScoredReason.OTHER}
# How a rulebook names what became of an invitation.
WORDS = {
    Attendance.PRESENT: "present",
    Attendance.LATE: "late",
    Attendance.ON_LEAVE: "leave",
    Attendance.ABSENT: "absent",
}


class NotInvited(Refused):
    """The organizer corrects whoever was invited."""


class TooLate(Refused):
    """The month of the meeting has left review: an appeal is the way now."""


class NoReason(Refused):
    """A correction without a reason."""


class NotBegun(Refused):
    """Nothing is corrected before check-in begins."""


_TO_OPEN = Prepared(
    select(Meeting.id)
    .where(Meeting.state == MeetingState.ANNOUNCED, Meeting.opens_at <= bindparam("now"))
    .order_by(Meeting.id)
)
_TO_CLOSE = Prepared(
    select(Meeting.id)
    .where(among(Meeting.state, AHEAD), Meeting.closes_at <= bindparam("now"))
    .order_by(Meeting.closes_at, Meeting.id)
)


def due_to_open(session: Session, now: datetime) -> list[int]:
    """The meetings whose check-in begins."""
    return _TO_OPEN.column(session, now=now)


def open_check_in(session: Session, meeting_id: int, *, now: datetime) -> bool:
    """Check-in begins; False when it had."""
    opened = session.execute(
        update(Meeting)
        .where(Meeting.id == meeting_id, Meeting.state == MeetingState.ANNOUNCED, Meeting.opens_at <= now)
        .values(state=MeetingState.OPEN)
    )
    return bool(opened.rowcount)  # type: ignore[attr-defined]


def due_to_close(session: Session, now: datetime) -> list[int]:
    """The meetings that are over."""
    return _TO_CLOSE.column(session, now=now)


def close(session: Session, meeting_id: int, *, now: datetime) -> bool:
    """Close a meeting that is over, settle who was there and write the entries; False when it was done before."""
    invited = meetings.invitations(session, meeting_id)
    _lock(session, [invitation.member for invitation in invited])
    closed = session.execute(
        update(Meeting)
        .where(Meeting.id == meeting_id, Meeting.state.in_(AHEAD), Meeting.closes_at <= now)
        .values(state=MeetingState.CLOSED, closed_at=now)
    )
    if not closed.rowcount:  # type: ignore[attr-defined]
        return False
    meeting = session.get_one(Meeting, meeting_id, populate_existing=True)
    _settle(session, meeting, [invitation.member for invitation in invited])
    for invitation in meetings.invitations(session, meeting.id, anew=True):
        _credit(session, meeting, invitation, by=None, now=now)
    notices.settle(session, meeting.subject, now)
    meeting_news.unschedule(session, meeting, now)
    check_ins.forget_scans(session, meeting.id)
    notices.post(
        session,
        meeting.organizer_id,
        "meeting_closed",
        key=f"meeting_closed:{meeting.id}",
        now=now,
        facts={"meeting": meeting.id},
    )
    return True


def _lock(session: Session, people: Iterable[Member]) -> None:
    """The books of everybody's branches, and of those they came from, whose entries count for caps too."""
    people = list(people)
    ids = [member.id for member in people]
    earlier = session.scalars(select(Move.from_branch_id).where(Move.member_id.in_(ids)))
    ledger.lock(session, *{*(member.branch_id for member in people), *earlier})


def _settle(session: Session, meeting: Meeting, people: list[Member]) -> None:
    """Whoever did not come: on leave while a leave waits, excused for age or illness, absent otherwise."""
    waiting = [r.member_id for r in requests.waiting_about(session, meeting.id, RequestKind.LEAVE)]
    left_out = members.not_scored(session, people, Month.of(meeting.starts_at))
    exempt = [id for id, reason in left_out.items() if reason in EXEMPT]
    still = (Invitation.meeting_id == meeting.id, Invitation.state.in_(EXPECTED))
    for ids, state in ((waiting, Attendance.ON_LEAVE), (exempt, Attendance.EXCUSED)):
        session.execute(update(Invitation).where(*still, Invitation.member_id.in_(ids)).values(state=state))
    session.execute(update(Invitation).where(*still).values(state=Attendance.ABSENT))


def item_for(
    session: Session, rulebook: Rulebook, kind: str, member: Member, state: Attendance, now: datetime
) -> Item | None:
    """The item by which a state at a kind of meeting counts for a member: one that names the kind before ``*``."""
    if state not in WORDS:
        return None
    offices = appointments.office_words(session, member, now)
    fitting = [
        item
        for item in rulebook.items
        if Source.ATTENDANCE in item.sources and not (item.roles and offices.isdisjoint(item.roles))
    ]
    for of in (kind, "*"):
        found = next((item for item in fitting if f"{of}:{WORDS[state]}" in item.attendance), None)
        if found is not None:
            return found
    return None


def _credit(
    session: Session, meeting: Meeting, invitation: Invitation, *, by: Member | None, now: datetime
) -> Entry | None:
    """Write what the state of an invitation is worth, within the caps; the caller holds the locks.

    Excused absence never costs points: a leave credits at most.
    """
    member = invitation.member
    month = Month.of(meeting.day)
    rulebook = rulebooks.find_in_force(session, member.branch_id, month)
    if rulebook is None:
        return None
    item = item_for(session, rulebook, meeting.main_kind, member, invitation.state, now)
    if item is None or (invitation.state is Attendance.ON_LEAVE and not item.is_plus):
        return None
    points = ledger.within(item.points, ledger.room(session, member.id, rulebook, item, month))
    return ledger.write(
        session,
        member,
        points,
        branch_id=member.branch_id,
        about=meeting.day,
        source=Source.ATTENDANCE,
        cause=invitation.cause,
        by=by,
        now=now,
        rulebook_id=rulebook.id,
        item_code=item.code,
        reason=f"M{meeting.id} {meeting.main_kind}",
    )


def entry_of(session: Session, invitation: Invitation) -> Entry | None:
    """The entry that an invitation's present state gave, if any."""
    return ledger.by_cause(session, invitation.cause)


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
        _credit(session, meeting, invitation, by=by, now=now)
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


@dataclass(frozen=True, slots=True)
class Quorum:
    """Whether enough of those who should attend (应到) were there for a kind (rules 26)."""

    kind: str
    share: Fraction
    expected: int
    came: int

    @property
    def met(self) -> bool:
        return self.came >= self.share * self.expected


def quorums(session: Session, meeting: Meeting) -> list[Quorum]:
    """The quorum of each kind of a meeting that has one, of those with a vote who count in 应到."""
    invited = meetings.invitations(session, meeting.id)
    voting = [one for one in invited if one.vote and one.state is not Attendance.NOT_EXPECTED]
    came = sum(invitation.state in CAME for invitation in voting)
    kinds = (meeting_kinds.get(held.kind) for held in meeting.kinds)
    return [Quorum(kind.name, kind.quorum, len(voting), came) for kind in kinds if kind.quorum is not None]


def counts(session: Session, meeting_id: int) -> Counter[Attendance]:
    """How many invitations are in each state."""
    return Counter(invitation.state for invitation in meetings.invitations(session, meeting_id))
