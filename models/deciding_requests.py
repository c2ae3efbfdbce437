"""What is decided about requests, L7: whoever decides claims decides these as well (rules 9, 30).

A forgotten check-in is for the meeting's organizer, unless the organizer is concerned or out of reach (rules 25).
Whether somebody does not count in 应到 is for the level above the meeting's organization alone (rules 26).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Integer, and_, bindparam, or_, select, update
from sqlalchemy.orm import Session

from models import (
    bindings,
    check_ins,
    deciders,
    meeting_requests,
    not_expected,
    notices,
    organizations,
    requests,
    waiting,
)
from models.errors import NotFound
from models.meetings import Meeting
from models.members import Member
from models.not_expected import NotExpected
from models.notices import Notice
from models.objects import Objects
from models.prepared import Prepared
from models.requests import WAITS, Request, RequestKind, RequestStatus
from models.rows import by_ids


class Asked(Protocol):
    """Somebody who is asked."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Decision:
    """``asked`` are told and have it on their to-do list; ``allowed`` may decide it."""

    asked: Sequence[Asked]
    allowed: frozenset[int]


def decision(session: Session, request: Request, now: datetime) -> Decision:
    """Whom a request is asked of, and who may decide it."""
    if request.kind is RequestKind.NOT_EXPECTED:
        return _above(session, request, now)
    found = deciders.deciders(session, request, now)
    meeting = session.get(Meeting, request.meeting_id) if request.kind is RequestKind.FORGOTTEN else None
    if meeting is None or meeting.organizer_id == request.member_id:
        return Decision(found.asked, found.allowed)
    organizer = meeting.organizer
    if bindings.openid_of(session, organizer.id) is None:
        return Decision(found.asked, found.allowed | {organizer.id})
    return Decision((organizer,), found.allowed | {organizer.id})


def _above(session: Session, request: Request, now: datetime) -> Decision:
    meeting = session.get_one(Meeting, request.meeting_id)
    ids = not_expected.who_consents(session, meeting, request.member_id, now)
    reached = bindings.reachable(session, ids)
    return Decision([session.get_one(Member, id) for id in ids if id in reached], frozenset(ids))


def ask_leave(session: Session, number: int, note: str, *, by: Member, now: datetime) -> Request:
    """As ``meeting_requests.ask_leave``, and those who decide are told."""
    return _waiting_now(session, meeting_requests.ask_leave(session, number, note, by=by, now=now), now)


def ask_entry(session: Session, number: int, note: str, *, by: Member, now: datetime) -> Request:
    """As ``meeting_requests.ask_entry``, and the organizer is told."""
    return _waiting_now(session, meeting_requests.ask_entry(session, number, note, by=by, now=now), now)


def ask_not_expected(
    session: Session, number: int, member: Member, ground: str, *, agreed: bool, by: Member, now: datetime
) -> NotExpected:
    """As ``not_expected.ask``, and the level above is told."""
    found = not_expected.ask(session, number, member, ground, agreed=agreed, by=by, now=now)
    if found.request.status is RequestStatus.WAITING:
        ask(session, found.request, now=now)
    return found


def _waiting_now(session: Session, request: Request, now: datetime) -> Request:
    ask(session, request, now=now)
    return request


def ask(session: Session, request: Request, *, now: datetime) -> int:
    """Tell those who decide a request at once, since somebody waits for it; returns how many had not been told."""
    told = 0
    for member in decision(session, request, now).asked:
        key = _key(request, member.id)
        facts = {"request": request.id}
        told += notices.post(
            session, member.id, "request_waiting", key=key, now=now, subject=request.subject, facts=facts
        )
    return told


def _key(request: Request, member_id: int) -> str:
    return f"{request.subject}:ask:{member_id}"


_ASKED = Prepared(select(Notice.id).where(Notice.key == bindparam("key")))


_MOST = bindparam("most", type_=Integer)
_NEVER_LOOKED_AT = Prepared(
    select(Request.id).where(WAITS, Request.looked_at.is_(None)).order_by(Request.id).limit(_MOST)
)
_LOOKED_AT = Prepared(
    select(Request.id).where(WAITS, Request.looked_at.is_not(None)).order_by(Request.looked_at, Request.id).limit(_MOST)
)
_LOOK = Prepared(
    update(Request)
    .where(Request.id == bindparam("request_id"))
    .values(looked_at=bindparam("now", type_=Request.looked_at.type))
)


def in_turn(session: Session, most: int) -> list[int]:
    """The waiting requests whose turn it is to be looked at, those never looked at first."""
    return [*_NEVER_LOOKED_AT.column(session, most=most), *_LOOKED_AT.column(session, most=most)][:most]


def looked_at(session: Session, ids: Sequence[int], *, now: datetime) -> None:
    """These had their turn."""
    _LOOK.run_all(session, [{"request_id": id} for id in ids], now=now)


def unasked(session: Session, ids: Sequence[int], now: datetime) -> list[int]:
    """Those of these that somebody can decide who was not told, say because nobody could be reached before."""
    found = []
    for request in by_ids(session, Request, ids):
        keys = [_key(request, member.id) for member in decision(session, request, now).asked]
        if not all(_ASKED.column(session, key=key) for key in keys):
            found.append(request.id)
    return found


def stranded(session: Session, now: datetime) -> list[Request]:
    """The waiting requests that nobody can be asked about: the operator sees to them (``xianfeng doctor``)."""
    return [request for request in _waiting(session) if not decision(session, request, now).asked]


def release(session: Session, request: Request, *, now: datetime) -> None:
    """Settle a stranded request in favour of a fresh code from the operator, who knows the person.

    The old WeChat is told and unbound, so that the code binds at once.
    """
    reason = "改由管理员发绑定码"
    requests.settle(session, request, RequestStatus.REJECTED, by=None, now=now, reason=reason)
    bindings.unbind(session, request.member, now)


_WAITING = Prepared(select(Request.id).where(WAITS).order_by(Request.id))


def _waiting(session: Session) -> list[Request]:
    return by_ids(session, Request, _WAITING.column(session))


def waiting_for(session: Session, member: Member, now: datetime) -> list[Request]:
    """The requests that wait for a decision of this member."""
    branches = waiting.own_branches(session, member, now)
    if above := waiting.seats_above(session, member, now):
        branches += organizations.those_below(session, requests.waiting_branches(session), above)
    found = {request.id: request for branch_id in branches for request in requests.waiting_in(session, branch_id)}
    found |= {request.id: request for request in _of_meetings(session, member)}
    return [r for _, r in sorted(found.items()) if any(m.id == member.id for m in decision(session, r, now).asked)]


_FORGOTTEN = and_(Request.kind == RequestKind.FORGOTTEN, Meeting.organizer_id == bindparam("organizer_id"))
_OF_MEETINGS = Objects(
    select(Request, Member)
    .select_from(Request)
    .join(Meeting, Meeting.id == Request.meeting_id)
    .join(Member, Member.id == Request.member_id)
    .where(Request.status == RequestStatus.WAITING, or_(_FORGOTTEN, Request.kind == RequestKind.NOT_EXPECTED)),
    "member",
)


def _of_meetings(session: Session, member: Member) -> Sequence[Request]:
    """The forgotten check-ins of meetings that a member organized, and what goes to a level above, of any branch."""
    return _OF_MEETINGS.all(session, organizer_id=member.id)


def approve(session: Session, number: int, *, by: Member, now: datetime) -> Request:
    """Grant a request and do what it asks for; raises NotFound or AlreadyDecided."""
    request = seen(session, number, by=by, now=now)
    openid = request.openid
    requests.settle(session, request, RequestStatus.APPROVED, by=by, now=now)
    if openid is not None:
        bindings.complete(session, request.member, openid, now)
        entered = check_ins.enter_scanned(session, openid, by=request.member, now=now)
        facts = {"by": by.name, "meeting": entered.meeting_id if entered else 0}
        notices.post(session, request.member_id, "bound", key=f"{request.subject}:told", now=now, facts=facts)
    if request.kind is RequestKind.NOT_EXPECTED:
        not_expected.decided(session, request, by=by, now=now)
    elif request.meeting_id is not None:
        meeting_requests.grant(session, request, by=by, now=now)
    return request


def reject(session: Session, number: int, reason: str, *, by: Member, now: datetime) -> Request:
    """Refuse a request and tell the WeChat that asked."""
    request = seen(session, number, by=by, now=now)
    openid = request.openid
    requests.settle(session, request, RequestStatus.REJECTED, by=by, now=now, reason=reason)
    if openid is not None:
        key = f"{request.subject}:told"
        notices.post_to_openid(session, openid, "binding_refused", key=key, now=now, facts={"reason": reason})
    if request.kind is RequestKind.NOT_EXPECTED:
        not_expected.decided(session, request, by=by, now=now)
    elif request.meeting_id is not None:
        meeting_requests.refuse(session, request, by=by, now=now)
    return request


def seen(session: Session, number: int, *, by: Member, now: datetime) -> Request:
    """A request that the asker decides; raises NotFound, in the same words whether it exists or not."""
    request = requests.get(session, number)
    if by.id not in decision(session, request, now).allowed:
        raise NotFound(f"没有找到 L{number}，请看一下编号", "待办")
    return request


def bind(session: Session, openid: str, name: str, code: str, *, key: bytes, now: datetime) -> Member | Request:
    """As ``bindings.bind``; when the new phone has to wait, the level above is asked."""
    return _asked(session, bindings.bind(session, openid, name, code, key=key, now=now), now)


def ask_to_bind(session: Session, openid: str, name: str, last4: str, *, key: bytes, now: datetime) -> Member | Request:
    """As ``bindings.ask``, and the leader is told."""
    return _asked(session, bindings.ask(session, openid, name, last4, key=key, now=now), now)


def _asked(session: Session, outcome: Member | Request, now: datetime) -> Member | Request:
    if isinstance(outcome, Request):
        ask(session, outcome, now=now)
    return outcome
