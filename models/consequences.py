"""Consequences: the follow-up (跟进), T5, that follows from a month under the mark or zeroed (rules 15, 19, 20).

    open ──record──▶ recorded ──the next final──▶ met | missed      (talks)
      │  └─record──▶ done                                           (what is explained or listed)
      └──dispute──▶ resting ──the appeal is refused──▶ as before    (also from recorded and done)
    any of them ──its ground is gone, the appeal is upheld──▶ closed

A branch's final opens them and re-checks the talks of earlier months (``models/follow_ups.py``); people talk,
record, accept and dispute in ``models/talks.py``; who answers for one stands in ``models/accountable.py``.
This module is what a follow-up is.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base
from models.columns import MonthOf, Points, RowId, one_of
from models.errors import NotFound, Refused
from models.guarded import rows_changed
from models.members import Member
from models.months import Month

LONGEST = 400  # characters that are kept of a reason, of measures


class FollowUpKind(StrEnum):
    """What follows, and by whom (rules 20)."""

    TALK = "talk"  # the 1st month: talk and correction by the secretary
    APPOINTED_TALK = "appointed_talk"  # the 2nd scored month in a row: by a person the committee names
    EVALUATION = "evaluation"  # the 3rd and more: 列入年度民主评议, proposed by the branch, decided by people
    ZEROING_LEADER = "zeroing_leader"  # a zeroed month: the leader in charge explains at the 民主生活会
    ZEROING_SECRETARY = "zeroing_secretary"  # and the secretary at the yearly 述职述廉


class FollowUpStatus(StrEnum):
    """The state of a follow-up."""

    OPEN = "open"  # waits for its talk or its record
    RECORDED = "recorded"  # talked, with reason, measures and date; waits for the next final
    DONE = "done"  # recorded, and nothing is re-checked
    RESTING = "resting"  # the member disputes it, and nobody has answered yet
    MET = "met"  # 达标 at the re-check
    MISSED = "missed"  # 未达标 at the re-check
    CLOSED = "closed"  # its ground is gone


class Answer(StrEnum):
    """What the member said to it."""

    ACCEPTED = "accepted"  # 认可
    DISPUTED = "disputed"  # 有异议


TALKS = frozenset({FollowUpKind.TALK, FollowUpKind.APPOINTED_TALK})
ZEROINGS = frozenset({FollowUpKind.ZEROING_LEADER, FollowUpKind.ZEROING_SECRETARY})
# Not over yet: whoever has one is no candidate of the quarter (rules 21).
PENDING = (FollowUpStatus.OPEN, FollowUpStatus.RECORDED, FollowUpStatus.RESTING)
LIVE = tuple(status for status in FollowUpStatus if status is not FollowUpStatus.CLOSED)

KIND_WORDS = {
    FollowUpKind.TALK: "支部书记谈话整改",
    FollowUpKind.APPOINTED_TALK: "党委指派人员约谈整改",
    FollowUpKind.EVALUATION: "列入年度民主评议",
    FollowUpKind.ZEROING_LEADER: "分管领导在民主生活会上说明情况",
    FollowUpKind.ZEROING_SECRETARY: "支部书记在述职述廉会上说明情况",
}
STATUS_WORDS = {
    FollowUpStatus.OPEN: "待办理",
    FollowUpStatus.RECORDED: "已记录，待复核",
    FollowUpStatus.DONE: "已记录",
    FollowUpStatus.RESTING: "本人有异议，待答复",
    FollowUpStatus.MET: "复核达标",
    FollowUpStatus.MISSED: "复核未达标",
    FollowUpStatus.CLOSED: "已取消",
}


class FollowUp(Base):
    """One thing that follows from one month of one member; ``streak`` and ``score`` say why."""

    __tablename__ = "follow_ups"
    __table_args__ = (
        UniqueConstraint("member_id", "month", "kind"),
        Index("ix_follow_ups_branch", "branch_id", "status"),
        Index("ix_follow_ups_due", "status", "remind_at"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    branch_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    month: Mapped[Month] = mapped_column(MonthOf)
    kind: Mapped[FollowUpKind] = mapped_column(one_of(FollowUpKind))
    status: Mapped[FollowUpStatus] = mapped_column(one_of(FollowUpStatus), default=FollowUpStatus.OPEN)
    score: Mapped[Decimal] = mapped_column(Points)
    mark: Mapped[Decimal] = mapped_column(Points)
    streak: Mapped[int]
    opened_at: Mapped[datetime]
    due: Mapped[datetime]
    remind_at: Mapped[datetime]  # the next time
    object_until: Mapped[datetime]
    reminders: Mapped[int] = mapped_column(default=0)
    named_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    answer: Mapped[Answer | None] = mapped_column(one_of(Answer))
    answered_at: Mapped[datetime | None]
    objection: Mapped[str] = mapped_column(String(LONGEST), default="")
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    recorded_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(LONGEST), default="")
    measures: Mapped[str] = mapped_column(String(LONGEST), default="")
    measures_until: Mapped[date | None] = mapped_column(Date)
    rechecked_month: Mapped[Month | None] = mapped_column(MonthOf)
    rechecked_score: Mapped[Decimal | None] = mapped_column(Points)
    closed_at: Mapped[datetime | None]

    member: Mapped[Member] = relationship(foreign_keys=[member_id])
    named: Mapped[Member | None] = relationship(foreign_keys=[named_id])
    recorded_by: Mapped[Member | None] = relationship(foreign_keys=[recorded_by_id])

    @property
    def subject(self) -> str:
        """What its notices are about."""
        return f"follow_up:{self.id}"


class Opened(NamedTuple):
    """A follow-up that was just opened: what telling of it asks, without reading it back."""

    id: int
    member_id: int
    branch_id: int
    kind: FollowUpKind
    named_id: None = None  # nobody has been named yet
    named: None = None

    @property
    def subject(self) -> str:
        """As the follow-up's own."""
        return f"follow_up:{self.id}"


class NotAnyMore(Refused):
    """The follow-up is no longer where this can be done."""


def unknown(number: int) -> NotFound:
    """The one answer to a number that is not in the asker's sight, whether it exists or not."""
    return NotFound(f"没有找到 T{number}，请看一下编号", "待办")


def get(session: Session, number: int) -> FollowUp:
    """A follow-up by its number; raises NotFound. Whether the asker may see it is for ``models.accountable``."""
    found = session.get(FollowUp, number)
    if found is None:
        raise unknown(number)
    return found


def move(session: Session, follow_up: FollowUp, *sources: FollowUpStatus, **values: object) -> bool:
    """One guarded passage: change a follow-up that is still in one of its sources; False when it is not."""
    mine = (FollowUp.id == follow_up.id, FollowUp.status.in_(sources))
    moved = rows_changed(session, update(FollowUp).where(*mine).values(**values))
    session.refresh(follow_up)
    return bool(moved)


def standing(follow_up: FollowUp) -> NotAnyMore:
    """The refusal that says where it stands now."""
    return NotAnyMore(f"T{follow_up.id} 现在是“{STATUS_WORDS[follow_up.status]}”，不用再办", "待办")
