"""What attendance is worth: at the end of a meeting, once, by the rulebook's attendance items (rules 25, 26).

A meeting counts by its main kind. Whoever is not scored for age, illness and the like is not marked absent,
and leave that nobody has decided counts as leave until it is. What is corrected later: ``corrections.py``.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from models import appointments, caps, check_ins, ledger, meeting_news, meetings, notices, requests, rolls, rulebooks
from models.guarded import rows_changed
from models.ledger import Entry
from models.lists import among
from models.meetings import AHEAD, EXPECTED, Attendance, Invitation, Meeting, MeetingState
from models.members import Member, Move, NotScoredReason
from models.months import Month
from models.prepared import Prepared
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
    opened = rows_changed(
        session,
        update(Meeting)
        .where(Meeting.id == meeting_id, Meeting.state == MeetingState.ANNOUNCED, Meeting.opens_at <= now)
        .values(state=MeetingState.OPEN),
    )
    return bool(opened)


def due_to_close(session: Session, now: datetime) -> list[int]:
    """The meetings that are over."""
    return _TO_CLOSE.column(session, now=now)


def close(session: Session, meeting_id: int, *, now: datetime) -> bool:
    """Close a meeting that is over, settle who was there and write the entries; False when it was done before."""
    invited = meetings.invitations(session, meeting_id)
    _lock(session, [invitation.member for invitation in invited])
    closed = rows_changed(
        session,
        update(Meeting)
        .where(Meeting.id == meeting_id, Meeting.state.in_(AHEAD), Meeting.closes_at <= now)
        .values(state=MeetingState.CLOSED, closed_at=now),
    )
    if not closed:
        return False
    meeting = session.get_one(Meeting, meeting_id, populate_existing=True)
    _settle(session, meeting, [invitation.member for invitation in invited])
    for invitation in meetings.invitations(session, meeting.id, anew=True):
        credit(session, meeting, invitation, by=None, now=now)
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
    left_out = rolls.not_scored(session, people, Month.of(meeting.starts_at))
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


def credit(
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
    points = caps.within(item.points, caps.room(session, member.id, rulebook, item, month))
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


def counts(session: Session, meeting_id: int) -> Counter[Attendance]:
    """How many invitations are in each state."""
    return Counter(invitation.state for invitation in meetings.invitations(session, meeting_id))
