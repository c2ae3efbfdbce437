"""Requests to decide, L7: bindings, and of a meeting leaves, forgotten check-ins and who does not count in 应到.

waiting ──approve──▶ approved
   └─────reject────▶ rejected
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, bindparam, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models import notices
from models.base import Base
from models.columns import RowId, one_of
from models.errors import NotFound, Settled
from models.guarded import rows_changed
from models.members import Member
from models.objects import Objects
from models.prepared import Prepared

# Rungs of models/deciders.py, which asks bindings and so cannot be imported here.
LEADER, ABOVE = 0, 4
LONGEST = 400  # characters that are kept of a reason


class RequestKind(StrEnum):
    """What is asked for."""

    BINDING = "binding"  # a first WeChat, by name and phone number
    REBINDING = "rebinding"  # a new phone of someone with an appointment; the level above decides
    LEAVE = "leave"  # 请假 from a meeting, decided as a claim is
    FORGOTTEN = "forgotten"  # 补签, which the meeting's organizer decides
    NOT_EXPECTED = "not_expected"  # not to count in a meeting's 应到; the level above consents


class RequestStatus(StrEnum):
    """The state of a request."""

    WAITING = "waiting"  # nobody has decided
    APPROVED = "approved"  # granted
    REJECTED = "rejected"  # refused


WAITS = text("status = 'waiting'")


class Request(Base):
    """One thing a member asks for and someone decides."""

    __tablename__ = "requests"
    # Few wait, among all that were ever asked.
    __table_args__ = (Index("ix_requests_waiting", "looked_at", "id", sqlite_where=WAITS, postgresql_where=WAITS),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    kind: Mapped[RequestKind] = mapped_column(one_of(RequestKind))
    status: Mapped[RequestStatus] = mapped_column(one_of(RequestStatus), default=RequestStatus.WAITING)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    openid: Mapped[str | None] = mapped_column(String(64))
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meetings.id"), index=True)
    note: Mapped[str] = mapped_column(String(LONGEST), default="")  # what the member wrote
    asked_at: Mapped[datetime]
    looked_at: Mapped[datetime | None]  # when it was last seen whom it may be asked of, where very many wait
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(LONGEST), default="")

    member: Mapped[Member] = relationship(foreign_keys=[member_id], lazy="joined", innerjoin=True)
    decided_by: Mapped[Member | None] = relationship(foreign_keys=[decided_by_id])

    @property
    def subject(self) -> str:
        return f"request:{self.id}"

    # What models.deciders asks of a thing.
    @property
    def deciding_branch_id(self) -> int:
        return self.member.branch_id

    @property
    def concerned_ids(self) -> frozenset[int]:
        return frozenset({self.member_id})

    @property
    def first_rung(self) -> int:
        # A new phone of someone with an office is for the level above the branch to confirm (rules 30).
        return ABOVE if self.kind is RequestKind.REBINDING else LEADER

    @property
    def also_above(self) -> bool:
        return False

    @property
    def temporary_group_id(self) -> None:
        return None


class AlreadyDecided(Settled):
    """Someone was faster; the sentence says who."""


def open_binding(
    session: Session, member: Member, *, openid: str, now: datetime, kind: RequestKind = RequestKind.BINDING
) -> Request:
    """Ask that an openid be bound to a member; asking again while it waits is the same request."""
    query = select(Request).where(
        Request.member_id == member.id, Request.openid == openid, Request.status == RequestStatus.WAITING
    )
    waiting = session.scalars(query).first()
    if waiting is not None:
        return waiting
    request = Request(kind=kind, member_id=member.id, member=member, openid=openid, asked_at=now)
    session.add(request)
    session.flush()
    return request


def open_for_meeting(
    session: Session, member: Member, meeting_id: int, note: str, *, kind: RequestKind, now: datetime
) -> Request:
    """Ask for leave from a meeting, or to be entered after it; asking again while it waits is the same request."""
    waiting = waiting_about(session, meeting_id, kind, member.id)
    if waiting:
        return waiting[0]
    request = Request(
        kind=kind, member_id=member.id, member=member, meeting_id=meeting_id, note=note[:LONGEST], asked_at=now
    )
    session.add(request)
    session.flush()
    return request


def waiting_about(
    session: Session, meeting_id: int, kind: RequestKind, member_id: int | None = None
) -> Sequence[Request]:
    """What members ask about a meeting and nobody has decided, oldest first; of one member or of all."""
    query = select(Request).where(Request.meeting_id == meeting_id, Request.status == RequestStatus.WAITING)
    query = query.where(Request.kind == kind)
    if member_id is not None:
        query = query.where(Request.member_id == member_id)
    return session.scalars(query.order_by(Request.id)).all()


def get(session: Session, number: int) -> Request:
    """A request by its number; raises NotFound."""
    request = session.get(Request, number)
    if request is None:
        raise NotFound(f"没有找到 L{number}，请看一下编号", "待办")
    return request


_WAITING_IN = Objects(
    select(Request, Member)
    .select_from(Request)
    .join(Member, Member.id == Request.member_id)
    .where(Member.branch_id == bindparam("branch_id"), Request.status == RequestStatus.WAITING)
    .order_by(Request.id),
    "member",
)


def waiting_in(session: Session, branch_id: int) -> Sequence[Request]:
    """The waiting requests of a branch's members, oldest first."""
    return _WAITING_IN.all(session, branch_id=branch_id)


_BRANCHES = Prepared(
    select(Member.branch_id)
    .join(Request, Request.member_id == Member.id)
    .where(Request.status == RequestStatus.WAITING)
    .distinct()
)


def waiting_branches(session: Session) -> list[int]:
    """The branches of whose members requests wait."""
    return _BRANCHES.column(session)


def settle(
    session: Session, request: Request, status: RequestStatus, *, by: Member | None, now: datetime, reason: str = ""
) -> None:
    """Settle a waiting request, the operator with ``by`` None; raises AlreadyDecided when somebody has (rules 12)."""
    decided = rows_changed(
        session,
        update(Request)
        .where(Request.id == request.id, Request.status == RequestStatus.WAITING)
        .values(status=status, decided_by_id=by.id if by else None, decided_at=now, reason=reason[:LONGEST]),
    )
    session.refresh(request)
    if not decided:
        other = request.decided_by
        raise AlreadyDecided(f"L{request.id} 已由{other.name if other else '别人'}办理，不用再办")
    notices.settle(session, request.subject, now)
