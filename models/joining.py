"""Who comes to a body, or leaves it, after a meeting of it was announced (rules 24).

Of every meeting that has not begun, those whom it would invite today are compared with those whom it invited: whoever
joined is invited and told once, whoever left is not reminded any more. Who has checked in stays.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from models import inviting, meeting_kinds, meeting_news, meetings, requests
from models.lists import among
from models.meetings import AHEAD, CAME, Invitation, Meeting
from models.members import Member
from models.not_expected import NotExpected
from models.prepared import Prepared
from models.requests import Request, RequestStatus
from models.rows import insert_once

_TO_BEGIN = Prepared(
    select(Meeting.id).where(among(Meeting.state, AHEAD), Meeting.starts_at > bindparam("now")).order_by(Meeting.id)
)
_INVITED = Prepared(
    select(Invitation.member_id, Invitation.state).where(Invitation.meeting_id == bindparam("meeting_id"))
)


def due(session: Session, now: datetime) -> list[int]:
    """The meetings to come whose body has changed since they were announced."""
    return [id for id in _TO_BEGIN.column(session, now=now) if _has_changed(session, id, now)]


def _has_changed(session: Session, meeting_id: int, now: datetime) -> bool:
    """Whether ``_changes`` would find anybody, without reading the invitations whole."""
    wanted = {member.id for member in _body(session, session.get_one(Meeting, meeting_id), now)}
    invited = dict(_INVITED.rows(session, meeting_id=meeting_id))
    return not wanted <= invited.keys() or any(invited[id] not in CAME for id in invited.keys() - wanted)


def _body(session: Session, meeting: Meeting, now: datetime) -> list[Member]:
    kinds = [meeting_kinds.get(held.kind) for held in meeting.kinds]
    return inviting.of_body(session, kinds, meetings.held_by(session, meeting.id), now)


def _changes(session: Session, meeting_id: int, now: datetime) -> tuple[list[Member], list[Invitation]]:
    """Who joined, and the invitations of those who left."""
    wanted = {member.id: member for member in _body(session, session.get_one(Meeting, meeting_id), now)}
    invited = {one.member_id: one for one in meetings.invitations(session, meeting_id)}
    came = [member for id, member in wanted.items() if id not in invited]
    return came, [one for id, one in invited.items() if id not in wanted and one.state not in CAME]


def follow(session: Session, meeting_id: int, *, now: datetime) -> bool:
    """Invite who joined and uninvite who left, and tell them; False when there is nobody or the meeting has begun."""
    meeting = session.get_one(Meeting, meeting_id, with_for_update=True)
    if meeting.state not in AHEAD or now >= meeting.starts_at:
        return False
    came, left = _changes(session, meeting_id, now)
    new = [member for member in came if insert_once(session, Invitation, **inviting.invitation(meeting_id, member))]
    meeting_news.tell_some(session, meeting, "meeting_announced", new, now=now)
    expected = [one.member for one in left if one.is_expected]
    for invitation in left:
        _uninvite(session, invitation, now)
    meeting_news.tell_some(session, meeting, "meeting_uninvited", expected, now=now)
    return bool(new or left)


def _uninvite(session: Session, invitation: Invitation, now: datetime) -> None:
    """Withdraw an invitation, with what was asked about it."""
    for request in _waiting(session, invitation):
        requests.settle(session, request, RequestStatus.REJECTED, by=None, now=now, reason="这次会不用参加了")
    session.execute(delete(NotExpected).where(NotExpected.invitation_id == invitation.id))
    session.execute(delete(Invitation).where(Invitation.id == invitation.id))
    session.expunge(invitation)


def _waiting(session: Session, invitation: Invitation) -> Sequence[Request]:
    mine = (Request.meeting_id == invitation.meeting_id, Request.member_id == invitation.member_id)
    return session.scalars(select(Request).where(*mine, Request.status == RequestStatus.WAITING)).all()
