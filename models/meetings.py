"""Meetings (三会一课), M3: what is planned, who is invited, and what became of it (rules 23 to 27).

    announced ──30 minutes before──▶ open ──at its end──▶ closed ──minutes──▶ filed
        └──────────────┴──取消会议──▶ cancelled

A meeting is announced as it is planned. The moments at which something falls due are computed when it is
planned or moved, and stored. An invitation goes its own way:

    invited ⇄ coming ──▶ present | late | absent | excused
        └──────┴── leave granted ──▶ on_leave

A correction by the organizer leads from any of these to present, late, on leave or absent; models/not_expected.py
leads from those who did not come to not_expected.
"""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models import appointments, organizations
from models.appointments import ABOVE_BRANCHES, BRANCH_OFFICES, Office
from models.base import Base
from models.columns import RowId, one_of
from models.errors import NotFound
from models.members import Member
from models.months import shanghai_day
from models.organizations import Organization, OrganizationKind

LONGEST_PLACE, LONGEST_AGENDA, LONGEST_REASON = 60, 400, 400
SPEAKING = frozenset({Office.SECRETARY, Office.PARTY_AFFAIRS_OFFICER})


class MeetingState(StrEnum):
    """The state of a meeting."""

    ANNOUNCED = "announced"  # planned, and told to everyone invited
    OPEN = "open"  # check-in has begun
    CLOSED = "closed"  # over; attendance is entered
    FILED = "filed"  # its minutes are filed
    CANCELLED = "cancelled"  # will not be held


AHEAD = (MeetingState.ANNOUNCED, MeetingState.OPEN)
HELD = (MeetingState.CLOSED, MeetingState.FILED)


class Attendance(StrEnum):
    """The state of an invitation."""

    INVITED = "invited"  # told
    COMING = "coming"  # said 参加
    ON_LEAVE = "on_leave"  # leave was granted
    PRESENT = "present"  # checked in, in time
    LATE = "late"  # checked in after the minutes of grace
    ABSENT = "absent"  # did not come, without leave
    EXCUSED = "excused"  # did not come, and is exempt for age or illness (rules 25)
    NOT_EXPECTED = "not_expected"  # left out of 应到, with all that is to be recorded (rules 26)


CAME = (Attendance.PRESENT, Attendance.LATE)
EXPECTED = (Attendance.INVITED, Attendance.COMING)


class Meeting(Base):
    """One gathering, M3, of one kind or several. ``secret`` makes its codes, ``screen`` is the token of its page."""

    __tablename__ = "meetings"
    __table_args__ = (Index("ix_meetings_due", "state", "closes_at"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    organizer_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    state: Mapped[MeetingState] = mapped_column(one_of(MeetingState), default=MeetingState.ANNOUNCED)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    opens_at: Mapped[datetime]  # check-in from
    late_from: Mapped[datetime]
    closes_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(LONGEST_PLACE))
    agenda: Mapped[str] = mapped_column(String(LONGEST_AGENDA), default="")
    secret: Mapped[str] = mapped_column(String(64))
    screen: Mapped[str] = mapped_column(String(64), unique=True)
    planned_at: Mapped[datetime]
    moves: Mapped[int] = mapped_column(default=0)  # how often it was moved
    closed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancelled_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    cancel_reason: Mapped[str] = mapped_column(String(LONGEST_REASON), default="")

    organization: Mapped[Organization] = relationship(lazy="joined", innerjoin=True)
    organizer: Mapped[Member] = relationship(foreign_keys=[organizer_id], lazy="joined", innerjoin=True)
    kinds: Mapped[list["KindHeld"]] = relationship(order_by="KindHeld.position", lazy="selectin")

    @property
    def subject(self) -> str:
        """What its notices are about."""
        return f"meeting:{self.id}"

    @property
    def main_kind(self) -> str:
        """The kind by which attendance counts."""
        return self.kinds[0].kind

    @property
    def title(self) -> str:
        """主题党日＋党课."""
        return "＋".join(held.kind for held in self.kinds)

    @property
    def day(self) -> date:
        return shanghai_day(self.starts_at)


class KindHeld(Base):
    """A kind that a meeting serves, and the period it counts for (所属期); the first one is the main kind."""

    __tablename__ = "meeting_kinds"
    __table_args__ = (Index("ix_meeting_kinds_period", "kind", "period"),)

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    position: Mapped[int]
    period: Mapped[str] = mapped_column(String(8))
    made_up: Mapped[bool] = mapped_column(default=False)  # it counts for an earlier period than it is held in


class HeldBy(Base):
    """An organization whose meeting it is; one gathering may serve several."""

    __tablename__ = "meeting_organizations"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), primary_key=True, autoincrement=False)
    organization_id: Mapped[int] = mapped_column(
        ForeignKey("organizations.id"), primary_key=True, autoincrement=False, index=True
    )


class Invitation(Base):
    """One member's place in a meeting. ``branch_id`` and ``group_id`` are the home when the meeting was announced,
    ``vote`` whether the member had one then (rules 26)."""

    __tablename__ = "invitations"
    __table_args__ = (UniqueConstraint("meeting_id", "member_id"), Index("ix_invitations_member", "member_id"))

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    branch_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))
    vote: Mapped[bool]
    state: Mapped[Attendance] = mapped_column(one_of(Attendance), default=Attendance.INVITED)
    leave_asked_at: Mapped[datetime | None]  # whoever asked gets no more reminders
    checked_in_at: Mapped[datetime | None]
    corrections: Mapped[int] = mapped_column(default=0)
    corrected_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON), default="")  # of the leave or the correction

    member: Mapped[Member] = relationship(foreign_keys=[member_id], lazy="joined", innerjoin=True)

    @property
    def is_expected(self) -> bool:
        """Whether the member is still waited for: neither there, nor away with a word."""
        return self.state in EXPECTED and self.leave_asked_at is None

    @property
    def cause(self) -> str:
        """The cause of the entry its present state gives."""
        base = f"meeting:{self.meeting_id}:{self.member_id}"
        return f"{base}:{self.corrections}" if self.corrections else base


def find(session: Session, number: int) -> Meeting | None:
    """A meeting by its number, whoever asks."""
    return session.get(Meeting, number)


def get(session: Session, number: int, *, asker: Member, now: datetime) -> Meeting:
    """A meeting in the asker's sight; raises NotFound alike for one that does not exist."""
    meeting = session.get(Meeting, number)
    if meeting is None or not sees(session, asker, meeting, now):
        raise NotFound(f"没有找到 M{number}，请看一下编号", "会议")
    return meeting


def get_run(session: Session, number: int, *, by: Member, now: datetime) -> Meeting:
    """A meeting that the asker runs; raises NotFound."""
    meeting = session.get(Meeting, number)
    if meeting is None or not runs(session, by, meeting, now):
        raise NotFound(f"没有找到由您组织的 M{number}，请看一下编号", "会议")
    return meeting


def sees(session: Session, asker: Member, meeting: Meeting, now: datetime) -> bool:
    """Whether a meeting exists for an asker: invited, or answerable for it."""
    return invitation_of(session, meeting.id, asker.id) is not None or runs(session, asker, meeting, now)


def runs(session: Session, asker: Member, meeting: Meeting, now: datetime) -> bool:
    """Whether an asker may change a meeting: its organizer, and who may call one for all who hold it."""
    return asker.id == meeting.organizer_id or all(
        may_call(session, asker, organization, now) for organization in held_by(session, meeting.id)
    )


def may_call(session: Session, asker: Member, organization: Organization, now: datetime) -> bool:
    """Whether an asker may call a meeting of an organization: its leader, the branch's committee, the level above."""
    return any(
        _calls(appointment.office, appointment.organization, rung, organization)
        for appointment in appointments.held_by(session, asker.id, now)
        for rung in organizations.ladder(session, organization.id)
        if appointment.organization_id == rung.id
    )


def _calls(office: Office, where: Organization, rung: Organization, organization: Organization) -> bool:
    if where.kind is OrganizationKind.GROUP:
        return office is Office.GROUP_LEADER and rung.id == organization.id
    if where.kind is OrganizationKind.BRANCH:
        return office in BRANCH_OFFICES
    return where.kind in {*ABOVE_BRANCHES, OrganizationKind.LEADING_GROUP} and office in SPEAKING


def held_by(session: Session, meeting_id: int) -> Sequence[Organization]:
    """The organizations whose meeting it is."""
    query = select(Organization).join(HeldBy, HeldBy.organization_id == Organization.id)
    return session.scalars(query.where(HeldBy.meeting_id == meeting_id).order_by(Organization.id)).all()


_INVITATION = select(Invitation).where(
    Invitation.meeting_id == bindparam("meeting_id"), Invitation.member_id == bindparam("member_id")
)
_ANEW = _INVITATION.execution_options(populate_existing=True)


def invitation_of(session: Session, meeting_id: int, member_id: int, *, anew: bool = False) -> Invitation | None:
    """A member's invitation to a meeting, if there is one; ``anew`` reads again what statements have changed."""
    query = _ANEW if anew else _INVITATION
    return session.scalars(query, {"meeting_id": meeting_id, "member_id": member_id}).first()


def invitations(session: Session, meeting_id: int, *, anew: bool = False) -> Sequence[Invitation]:
    """Everyone invited, in roster order; ``anew`` reads again what statements have changed."""
    query = select(Invitation).where(Invitation.meeting_id == meeting_id).order_by(Invitation.member_id)
    return session.scalars(query.execution_options(populate_existing=anew)).all()


def ahead_of(session: Session, member_id: int) -> Sequence[Meeting]:
    """The meetings to come to which a member is invited or which the member organizes, the next one first."""
    mine = select(Invitation.meeting_id).where(Invitation.member_id == member_id)
    query = select(Meeting).where(Meeting.id.in_(mine) | (Meeting.organizer_id == member_id))
    return session.scalars(query.where(Meeting.state.in_(AHEAD)).order_by(Meeting.starts_at, Meeting.id)).all()


def of_organization(session: Session, organization_id: int, kind: str, period: str) -> Sequence[Meeting]:
    """An organization's meetings of a kind for a period that were not cancelled, the earliest first."""
    query = (
        select(Meeting)
        .join(HeldBy, HeldBy.meeting_id == Meeting.id)
        .join(KindHeld, KindHeld.meeting_id == Meeting.id)
        .where(HeldBy.organization_id == organization_id, KindHeld.kind == kind, KindHeld.period == period)
        .where(Meeting.state != MeetingState.CANCELLED)
    )
    return session.scalars(query.order_by(Meeting.starts_at, Meeting.id)).all()


def clashing(
    session: Session, member_ids: Sequence[int], starts_at: datetime, closes_at: datetime, *, but: int = 0
) -> list[tuple[Meeting, int]]:
    """Other meetings to come at the same time, and how many of these members are invited to each."""
    query = (
        select(Meeting)
        .where(Meeting.id != but, Meeting.state.in_(AHEAD))
        .where(Meeting.starts_at < closes_at, Meeting.closes_at > starts_at)
    )
    wanted = set(member_ids)
    found = []
    for meeting in session.scalars(query.order_by(Meeting.starts_at, Meeting.id)):
        both = wanted.intersection(i.member_id for i in invitations(session, meeting.id))
        if both:
            found.append((meeting, len(both)))
    return found
