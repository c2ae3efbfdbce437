"""What is decided about requests, L7: whoever decides claims decides these as well (rules 9, 30)."""

from datetime import datetime

from sqlalchemy.orm import Session

from models import bindings, notices, requests, waiting
from models.deciders import deciders
from models.errors import NotFound
from models.members import Member
from models.requests import Request, RequestStatus


def ask(session: Session, request: Request, *, now: datetime) -> None:
    """Tell those who decide a request; somebody waits for it, so it is told at once."""
    for member in deciders(session, request, now).asked:
        key = f"{request.subject}:ask:{member.id}"
        facts = {"request": request.id}
        notices.post(session, member.id, "request_waiting", key=key, now=now, subject=request.subject, facts=facts)


def waiting_for(session: Session, member: Member, now: datetime) -> list[Request]:
    """The requests that wait for a decision of this member."""
    branches = waiting.deciding_branches(session, member, now)
    found = [request for branch_id in branches for request in requests.waiting_in(session, branch_id)]
    return [r for r in found if any(m.id == member.id for m in deciders(session, r, now).asked)]


def approve(session: Session, number: int, *, by: Member, now: datetime) -> Request:
    """Grant a request and do what it asks for; raises NotFound or AlreadyDecided."""
    request = _to_decide(session, number, by, now)
    openid = request.openid
    requests.settle(session, request, RequestStatus.APPROVED, by=by, now=now)
    if openid is not None:
        bindings.complete(session, request.member, openid, now)
        notices.post(session, request.member_id, "bound", key=f"{request.subject}:told", now=now, facts={"by": by.name})
    return request


def reject(session: Session, number: int, reason: str, *, by: Member, now: datetime) -> Request:
    """Refuse a request and tell the WeChat that asked."""
    request = _to_decide(session, number, by, now)
    openid = request.openid
    requests.settle(session, request, RequestStatus.REJECTED, by=by, now=now, reason=reason)
    if openid is not None:
        key = f"{request.subject}:told"
        notices.post_to_openid(session, openid, "binding_refused", key=key, now=now, facts={"reason": reason})
    return request


def _to_decide(session: Session, number: int, by: Member, now: datetime) -> Request:
    request = requests.get(session, number)
    if by.id not in deciders(session, request, now).allowed:
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
