"""What is decided about requests, L7: whoever decides claims decides these as well (rules 9, 30)."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import bindings, notices, requests, waiting
from models.deciders import deciders
from models.errors import NotFound
from models.members import Member
from models.notices import Notice
from models.requests import Request, RequestStatus


def ask(session: Session, request: Request, *, now: datetime) -> int:
    """Tell those who decide a request at once, since somebody waits for it; returns how many had not been told."""
    told = 0
    for member in deciders(session, request, now).asked:
        key = _key(request, member.id)
        facts = {"request": request.id}
        told += notices.post(
            session, member.id, "request_waiting", key=key, now=now, subject=request.subject, facts=facts
        )
    return told


def _key(request: Request, member_id: int) -> str:
    return f"{request.subject}:ask:{member_id}"


def unasked(session: Session, now: datetime) -> list[Request]:
    """The waiting requests that somebody can decide who was not told, say because nobody could be reached before."""
    found = []
    for request in _waiting(session):
        keys = [_key(request, member.id) for member in deciders(session, request, now).asked]
        told = session.scalars(select(func.count()).select_from(Notice).where(Notice.key.in_(keys))).one()
        if told < len(keys):
            found.append(request)
    return found


def stranded(session: Session, now: datetime) -> list[Request]:
    """The waiting requests that nobody can be asked about: the operator sees to them (``xianfeng doctor``)."""
    return [request for request in _waiting(session) if not deciders(session, request, now).asked]


def release(session: Session, request: Request, *, now: datetime) -> None:
    """Settle a stranded request in favour of a fresh code from the operator, who knows the person.

    The old WeChat is told and unbound, so that the code binds at once.
    """
    reason = "改由管理员发绑定码"
    requests.settle(session, request, RequestStatus.REJECTED, by=None, now=now, reason=reason)
    bindings.unbind(session, request.member, now)


def _waiting(session: Session) -> list[Request]:
    query = select(Request).where(Request.status == RequestStatus.WAITING).order_by(Request.id)
    return list(session.scalars(query))


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
