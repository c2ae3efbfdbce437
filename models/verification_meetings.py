"""Checks meetings: what attendance gave is of somebody invited, once; 应到 is as recorded (rules 3, 25, 26)."""

import re
from collections.abc import Iterator

from sqlalchemy import String, or_, select, type_coerce
from sqlalchemy.orm import Session, aliased

from models.ledger import Entry
from models.meetings import HELD, Attendance, Invitation, Meeting
from models.members import Member
from models.not_expected import NotExpected
from models.requests import Request, RequestStatus
from models.rulebooks import Source

BATCH = 1000
_CAUSE = re.compile(r"meeting:(\d{1,18}):(\d{1,18})(?::(\d{1,9}))?")


def differences(session: Session) -> Iterator[str]:
    """Entries of meetings that nobody was invited to, and those that a correction should have reversed.

    The last one may be reversed all the same: an appeal was upheld.
    """
    yield from left_out(session)
    undone = aliased(Entry)
    query = (
        select(Entry.id, Entry.cause, Entry.member_id, undone.id)
        .outerjoin(undone, undone.reverses_id == Entry.id)
        .where(type_coerce(Entry.source, String) == Source.ATTENDANCE.value, Entry.cause.startswith("meeting:"))
        .order_by(Entry.id)
        .execution_options(yield_per=BATCH)
    )
    for batch in session.execute(query).partitions():
        read = [(id, _CAUSE.fullmatch(cause), member_id, gone is not None) for id, cause, member_id, gone in batch]
        last = _corrections(session, {int(found[1]) for _, found, _, _ in read if found})
        for id, found, member_id, gone in read:
            corrections = last.get((int(found[1]), int(found[2]))) if found else None
            if found is None or corrections is None or int(found[2]) != member_id:
                yield f"J{id}：来源是会议签到，却找不到请他参加的那次会议"
            elif not gone and int(found[3] or 0) != corrections:
                yield f"J{id}：与 M{found[1]} 的到会情况不符"


def left_out(session: Session) -> Iterator[str]:
    """Who does not count in 应到 although the consent or the meeting's word is not recorded (rules 26)."""
    query = (
        select(Invitation.meeting_id, Member.name)
        .join(Member, Member.id == Invitation.member_id)
        .outerjoin(NotExpected, NotExpected.invitation_id == Invitation.id)
        .outerjoin(Request, Request.id == NotExpected.request_id)
        .where(Invitation.state == Attendance.NOT_EXPECTED)
        .where(or_(NotExpected.agreed_at.is_(None), Request.id.is_(None), Request.status != RequestStatus.APPROVED))
        .order_by(Invitation.meeting_id, Invitation.member_id)
    )
    for meeting_id, name in session.execute(query):
        yield f"M{meeting_id}：{name}不计应到，却没有上级同意或会议同意的记录"


def _corrections(session: Session, meeting_ids: set[int]) -> dict[tuple[int, int], int]:
    """How often each invitation of some meetings that were held was corrected: the last one's entry stands."""
    query = select(Invitation.meeting_id, Invitation.member_id, Invitation.corrections)
    query = query.join(Meeting, Meeting.id == Invitation.meeting_id)
    rows = session.execute(query.where(Meeting.id.in_(meeting_ids), Meeting.state.in_(HELD)))
    return {(meeting_id, member_id): corrections for meeting_id, member_id, corrections in rows}
