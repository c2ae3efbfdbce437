"""A duty to hold a meeting of a kind in a period, and the record of one that was missed (rules 23).

    open ──held in the period──▶ met
      ├───at the end without one──▶ missed
      └───no longer owed──▶ released

Which duties arise, and when, is in models/arising.py; who is reminded of them in models/pressing.py.
"""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, bindparam, exists, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base
from models.columns import RowId, one_of
from models.guarded import rows_changed
from models.meeting_kinds import Often
from models.meetings import HeldBy, KindHeld, Meeting, MeetingState
from models.organizations import Organization
from models.prepared import Prepared


class DutyState(StrEnum):
    """What became of a duty."""

    OPEN = "open"
    MET = "met"
    MISSED = "missed"
    RELEASED = "released"  # the organization ended, or its cadence was changed


_EARLY, _LATE = text("reminded_at IS NULL AND called_at IS NULL"), text("called_at IS NULL")


class Duty(Base):
    """One organization's duty to hold a meeting of a kind in a period, with its moments."""

    __tablename__ = "meeting_duties"
    __table_args__ = (
        UniqueConstraint("organization_id", "kind", "period"),
        # Of whom somebody was told waits long for its end, and is not asked about every minute.
        Index("ix_meeting_duties_middle", "state", "middle", sqlite_where=_EARLY, postgresql_where=_EARLY),
        Index("ix_meeting_duties_last_call", "state", "last_call", sqlite_where=_LATE, postgresql_where=_LATE),
        Index("ix_meeting_duties_ends", "state", "ends"),
        # What one organization owes, and the newest period of each kind, is read from this one alone.
        Index("ix_meeting_duties_organization", "organization_id", "state", "kind", "last"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    kind: Mapped[str] = mapped_column(String(20))
    often: Mapped[Often] = mapped_column(one_of(Often))
    period: Mapped[str] = mapped_column(String(8))
    last: Mapped[date]  # of the period itself, without its grace time
    middle: Mapped[datetime]  # nothing planned: who is responsible is reminded
    last_call: Mapped[datetime]  # nothing planned: reminded again, and the level above is told
    urgent_from: Mapped[datetime]  # from here on pressing waits for no Monday
    ends: Mapped[datetime]
    state: Mapped[DutyState] = mapped_column(one_of(DutyState), default=DutyState.OPEN)
    reminded_at: Mapped[datetime | None]
    called_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]

    organization: Mapped[Organization] = relationship(lazy="joined", innerjoin=True)


_UNTOLD = text("told_at IS NULL")


class MissedMeeting(Base):
    """The record of a meeting that was owed and not held. It stays, also when the meeting is made up for later."""

    __tablename__ = "missed_meetings"
    __table_args__ = (
        UniqueConstraint("organization_id", "kind", "period"),
        Index("ix_missed_meetings_untold", "id", sqlite_where=_UNTOLD, postgresql_where=_UNTOLD),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    kind: Mapped[str] = mapped_column(String(20))
    period: Mapped[str] = mapped_column(String(8))
    ended_at: Mapped[datetime] = mapped_column(index=True)  # the end of the period
    recorded_at: Mapped[datetime]
    told_at: Mapped[datetime | None]

    organization: Mapped[Organization] = relationship(lazy="joined", innerjoin=True)


def settle(session: Session, duty_id: int, state: DutyState, *, now: datetime) -> bool:
    """One guarded UPDATE ends a duty; False when it had ended before. A missed one is recorded."""
    ended = rows_changed(
        session,
        update(Duty).where(Duty.id == duty_id, Duty.state == DutyState.OPEN).values(state=state, settled_at=now),
    )
    if not ended:
        return False
    if state is DutyState.MISSED:
        duty = session.get_one(Duty, duty_id)
        about = {"organization_id": duty.organization_id, "kind": duty.kind, "period": duty.period}
        session.add(MissedMeeting(**about, ended_at=duty.ends, recorded_at=now))
        session.flush()
    return True


def _held_for(table: type[Duty] | type[MissedMeeting], *more: Any) -> Any:
    """Whether a meeting that was not cancelled counts for the kind and period of a row."""
    return exists().where(
        HeldBy.organization_id == table.organization_id,
        KindHeld.meeting_id == HeldBy.meeting_id,
        KindHeld.kind == table.kind,
        KindHeld.period == table.period,
        Meeting.id == HeldBy.meeting_id,
        Meeting.state != MeetingState.CANCELLED,
        *more,
    )


SERVED = _held_for(Duty, Meeting.starts_at < Duty.ends)  # it begins before the period is over
MADE_UP = _held_for(MissedMeeting)  # it was begun afterwards
_OVER = Prepared(
    select(Duty.id, SERVED).where(Duty.state == DutyState.OPEN, Duty.ends <= bindparam("now")).order_by(Duty.id)
)


def over(session: Session, now: datetime) -> list[tuple[int, DutyState]]:
    """The open duties whose period is over, each with what became of it: met, or missed."""
    found = _OVER.rows(session, now=now)
    return [(id, DutyState.MET if met else DutyState.MISSED) for id, met in found]


def unplanned(session: Session, now: datetime) -> Sequence[Duty]:
    """The duties past their last call for which nothing is planned, the next to end first."""
    late = (Duty.state == DutyState.OPEN, Duty.last_call <= now, Duty.ends > now, ~SERVED)
    return session.scalars(select(Duty).where(*late).order_by(Duty.ends, Duty.id)).all()
