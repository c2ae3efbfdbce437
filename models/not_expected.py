"""Who is left out of 应到, the number of those who should attend a meeting (rules 26).

    asked ──the level above consents──▶ consented ──the meeting agrees──▶ left out
      └──the meeting agrees──▶ agreed ──the level above consents──▶ left out

Only for a reason on the list (sources: 应到 may exclude), and only when all three are recorded: the reason, the
consent with its day and person, and the meeting's word with who recorded it. Until then the member counts.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models import corrections, ledger, meetings, notices, pressing, requests
from models.base import Base
from models.columns import one_of
from models.errors import Refused
from models.meetings import CAME, Attendance, Invitation, Meeting, MeetingState
from models.members import Member
from models.requests import Request, RequestKind, RequestStatus


class Ground(StrEnum):
    """The reasons for which somebody may be left out of 应到; the value is what people read."""

    CANNOT_SPEAK = "因病不能表达本人意志"
    BEDRIDDEN = "年老长病卧床不能自理"
    ABROAD = "自费出国半年以上"
    AWAY = "外出半年以上未转组织关系"
    DETAINED = "被羁押或正在服刑"


class NotExpected(Base):
    """What is recorded of somebody who is not to count in 应到: why, and the meeting's word. The request holds the
    consent of the level above."""

    __tablename__ = "not_expected"

    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id"), primary_key=True, autoincrement=False)
    ground: Mapped[Ground] = mapped_column(one_of(Ground))
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"), unique=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    agreed_at: Mapped[datetime | None]  # when the meeting's word was recorded
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))  # by whom

    invitation: Mapped[Invitation] = relationship(lazy="joined", innerjoin=True)
    request: Mapped[Request] = relationship(lazy="joined", innerjoin=True)

    @property
    def consented(self) -> bool:
        return self.request.status is RequestStatus.APPROVED

    @property
    def refused(self) -> bool:
        return self.request.status is RequestStatus.REJECTED

    @property
    def in_force(self) -> bool:
        """Whether all three were recorded and the member did not come after all."""
        return self.invitation.state is Attendance.NOT_EXPECTED


class NotOnTheList(Refused):
    """Any other reason is one for leave, and counts in 应到."""


class StillCounts(Refused):
    """Who came, who is left out already, or whose meeting was cancelled or is long over."""


class NobodyAbove(Refused):
    """There is nobody who could consent."""


def find(session: Session, invitation_id: int) -> NotExpected | None:
    """What is recorded of an invitation."""
    return session.get(NotExpected, invitation_id, populate_existing=True)


def of_meeting(session: Session, meeting_id: int) -> Sequence[NotExpected]:
    """Everybody who is left out of a meeting's 应到 or is to be, in roster order."""
    query = select(NotExpected).join(Invitation, Invitation.id == NotExpected.invitation_id)
    return session.scalars(query.where(Invitation.meeting_id == meeting_id).order_by(Invitation.member_id)).all()


def who_consents(session: Session, meeting: Meeting, member_id: int, now: datetime) -> list[int]:
    """The level above the organization that meets; where the highest meets, it is its own."""
    above = pressing.level_over(session, meeting.organization, member_id, now)
    own = (person.id for person in pressing.responsible(session, meeting.organization, now))
    return above or [id for id in own if id != member_id]


def ask(
    session: Session, number: int, member: Member, ground: str, *, agreed: bool, by: Member, now: datetime
) -> NotExpected:
    """Ask the level above that somebody be left out of 应到, and record the meeting's word where it ``agreed``.

    Said again it adds what was missing; with another reason everything is asked anew. Raises NotFound, NotInvited,
    NotOnTheList, StillCounts or NobodyAbove.
    """
    ledger.lock_for(session, member.id, member.branch_id)
    invitation = check(session, number, member, ground, by=by, now=now)
    reason = Ground(ground)
    if agreed and now < session.get_one(Meeting, number).starts_at:
        raise StillCounts(f"M{number} 还没有开，会上同意了再记", f"会议 M{number}")
    found = find(session, invitation.id)
    if found is None or found.refused or found.ground is not reason:
        found = _begin(session, found, invitation, reason, by=by, now=now)
    if agreed and found.agreed_at is None:
        found.agreed_at, found.agreed_by_id = now, by.id
    session.flush()
    _complete(session, found, by=by, now=now)
    return found


def check(session: Session, number: int, member: Member, ground: str, *, by: Member, now: datetime) -> Invitation:
    """The invitation of somebody who still counts and may be left out; raises as ``ask`` does."""
    meeting = meetings.get_run(session, number, by=by, now=now)
    if ground not in set(Ground):
        example = f"补记 M{number} {member.name} 不计应到 {Ground.BEDRIDDEN}"
        raise NotOnTheList(f"不计应到只限这几种：{'、'.join(Ground)}。别的原因请用请假", example)
    invitation = corrections.invited_to(session, meeting, member)
    again = f"考勤 M{meeting.id}"
    if meeting.state is MeetingState.CANCELLED:
        raise StillCounts(f"M{meeting.id} 已经取消", "会议")
    if invitation.state in CAME:
        raise StillCounts(f"M{meeting.id} 已记{member.name}到会，要计入应到", again)
    if invitation.state is Attendance.NOT_EXPECTED:
        raise StillCounts(f"M{meeting.id} 应到已经不算{member.name}，不用再记", again)
    corrections.check_open(session, invitation, now)
    if not who_consents(session, meeting, member.id, now):
        raise NobodyAbove("上一级党组织还没有登记书记，没有人能同意，请先请机关党委登记", "联系")
    return invitation


def _begin(
    session: Session, found: NotExpected | None, invitation: Invitation, ground: Ground, *, by: Member, now: datetime
) -> NotExpected:
    """Open the request to the level above; one that waits with another reason is closed by it."""
    member, number = invitation.member, invitation.meeting_id
    for old in requests.waiting_about(session, number, RequestKind.NOT_EXPECTED, member.id):
        requests.settle(session, old, RequestStatus.REJECTED, by=by, now=now, reason="换了理由，另行报批")
    request = requests.open_for_meeting(session, member, number, ground, kind=RequestKind.NOT_EXPECTED, now=now)
    if found is None:
        found = NotExpected(invitation_id=invitation.id, invitation=invitation)
        session.add(found)
    found.ground, found.request_id, found.request, found.asked_by_id = ground, request.id, request, by.id
    found.agreed_at = found.agreed_by_id = None
    return found


def _complete(session: Session, found: NotExpected, *, by: Member, now: datetime) -> None:
    """All three are there: the member counts no more, unless they came after all."""
    session.refresh(found.invitation)
    if found.consented and found.agreed_at is not None and found.invitation.state not in CAME:
        corrections.settle_as(session, found.invitation, Attendance.NOT_EXPECTED, found.ground, by=by, now=now)


def decided(session: Session, request: Request, *, by: Member, now: datetime) -> None:
    """The level above consented or refused: it takes effect, and whoever asked is told. Raises TooLate."""
    found = of_request(session, request.id)
    assert found is not None  # what waits is what was asked last
    _complete(session, found, by=by, now=now)
    if found.asked_by_id != by.id:
        key, facts = f"{request.subject}:told", {"request": request.id}
        notices.post(session, found.asked_by_id, "not_expected_decided", key=key, now=now, facts=facts)


def of_request(session: Session, request_id: int) -> NotExpected | None:
    """What a request asks for; None when it was asked anew since."""
    return session.scalars(select(NotExpected).where(NotExpected.request_id == request_id)).one_or_none()
