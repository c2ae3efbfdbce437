"""Claims (申报): a member says what was done, somebody entitled decides, the ledger credits it (rules 8 to 13).

    submitted ──approve──▶ approved ──undo──▶ submitted
        │ ▲ └───reject──▶ rejected ──undo──▶ submitted
        │ └─supplement─┐
        ├──return──▶ returned ──end of review──▶ lapsed
        └──withdraw──▶ withdrawn ◀──withdraw── returned

Each passage is one guarded UPDATE. Members' verbs are in ``models/claiming.py``, those of who decides
in ``models/deciding.py``; this module is what a claim is.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, bindparam, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models import rulebooks
from models.base import Base
from models.columns import MonthOf, Points, RowId, one_of
from models.errors import NotFound, Settled
from models.guarded import rows_changed
from models.members import Member, Person
from models.months import Month
from models.objects import Objects
from models.organizations import Organization
from models.prepared import Prepared, Question
from models.rulebooks import Item


class ClaimStatus(StrEnum):
    """The state of a claim."""

    SUBMITTED = "submitted"  # waits for a decision
    RETURNED = "returned"  # waits for its member to supplement
    APPROVED = "approved"  # credited
    REJECTED = "rejected"  # refused with a reason
    WITHDRAWN = "withdrawn"  # taken back by its member
    LAPSED = "lapsed"  # returned and not supplemented by the end of review


LONGEST = 400  # characters that are kept of what somebody typed: a note, a reason
UNDECIDED = (ClaimStatus.SUBMITTED, ClaimStatus.RETURNED)
_DECIDED = (ClaimStatus.APPROVED, ClaimStatus.REJECTED, ClaimStatus.RETURNED)


STATUS_WORDS = {
    ClaimStatus.SUBMITTED: "待审核",
    ClaimStatus.RETURNED: "已退回补充",
    ClaimStatus.APPROVED: "已通过",
    ClaimStatus.REJECTED: "未通过",
    ClaimStatus.WITHDRAWN: "已撤回",
    ClaimStatus.LAPSED: "已过期",
}


# As the database may know it too: few claims of a year wait at a time, and the clock asks for them every minute.
WAITS = text("status IN ('submitted', 'returned')")
DECIDED = text("decided_at IS NOT NULL")  # whoever submits one writes nothing for who counts decisions


class Claim(Base):
    """One claim, #12. ``points`` are claimed, ``credited`` what the caps left of them at approval."""

    __tablename__ = "claims"
    __table_args__ = (
        Index("ix_claims_waiting", "branch_id", "status"),
        Index("ix_claims_member", "member_id", "month"),
        Index("ix_claims_decided", "decided_at", sqlite_where=DECIDED, postgresql_where=DECIDED),
        Index("ix_claims_undecided", "status", "waiting_since", sqlite_where=WAITS, postgresql_where=WAITS),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    branch_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    rulebook_id: Mapped[int] = mapped_column(ForeignKey("rulebook_versions.id"))
    item_code: Mapped[str] = mapped_column(String(20))
    quantity: Mapped[Decimal] = mapped_column(Points)
    points: Mapped[Decimal] = mapped_column(Points)
    credited: Mapped[Decimal | None] = mapped_column(Points)
    day: Mapped[date]
    month: Mapped[Month] = mapped_column(MonthOf)
    note: Mapped[str] = mapped_column(String(LONGEST), default="")
    status: Mapped[ClaimStatus] = mapped_column(one_of(ClaimStatus))
    submitted_by_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    submitted_at: Mapped[datetime]
    waiting_since: Mapped[datetime]
    rung: Mapped[int] = mapped_column(default=0)
    moved_up_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    decisions: Mapped[int] = mapped_column(default=0)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(LONGEST), default="")
    temporary_group_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))

    member: Mapped[Member] = relationship(foreign_keys=[member_id])
    temporary_group: Mapped[Organization | None] = relationship(foreign_keys=[temporary_group_id])
    decided_by: Mapped[Member | None] = relationship(foreign_keys=[decided_by_id])
    submitted_by: Mapped[Member] = relationship(foreign_keys=[submitted_by_id])

    @property
    def decision_key(self) -> str:
        """Names the decision in force, so that undo and decide again are new ones (rules 3)."""
        return f"claim:{self.id}:{self.decisions}"

    @property
    def subject(self) -> str:
        """What its notices are about."""
        return f"claim:{self.id}"

    @property
    def recorded_for(self) -> bool:
        """代报: somebody else wrote it for the member."""
        return self.submitted_by_id != self.member_id

    # What models.deciders asks of a thing.
    @property
    def deciding_branch_id(self) -> int:
        return self.branch_id

    @property
    def concerned_ids(self) -> frozenset[int]:
        return frozenset({self.member_id, self.submitted_by_id})

    @property
    def first_rung(self) -> int:
        return self.rung

    @property
    def also_above(self) -> bool:
        return self.moved_up_at is not None


class ClaimStep(Base):
    """One passage in a claim's life: who did what when, and why. Rows are only ever added.

    That it was submitted stands in the claim itself.
    """

    __tablename__ = "claim_steps"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), index=True)
    verb: Mapped[str] = mapped_column(String(20))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(LONGEST), default="")

    by: Mapped[Member | None] = relationship(foreign_keys=[by_id])


class AlreadyDecided(Settled):
    """Somebody was faster, or the claim is no longer where it can be decided."""


def get(session: Session, number: int) -> Claim:
    """A claim by its number; raises NotFound. Whether the asker may see it is ``models.sight``'s to say."""
    claim = session.get(Claim, number)
    if claim is None:
        raise NotFound(f"没有找到 #{number}，请看一下编号", "我的申报")
    return claim


SAME_DAY = (
    select(Claim.id)
    .where(Claim.member_id == bindparam("member_id"), Claim.month == bindparam("month", type_=MonthOf))
    .where(Claim.day == bindparam("day", type_=Date), Claim.item_code == bindparam("code"))
    .where(Claim.status != ClaimStatus.WITHDRAWN, Claim.status != ClaimStatus.REJECTED)
    .order_by(Claim.id)
    .limit(1)
)
_SAME_DAY = Prepared(SAME_DAY)


def same_day(session: Session, member: Person, item: Item, day: date) -> Claim | None:
    """A claim of the same item and day that is neither withdrawn nor rejected (rules 8)."""
    found = _SAME_DAY.first(session, member_id=member.id, month=Month.of(day), day=day, code=item.code)
    return None if found is None else session.get_one(Claim, found[0])


_STEP = ("claim_id", "verb", "by_id", "at", "reason")
_ADD_STEP = Prepared(insert(ClaimStep).values({name: bindparam(name) for name in _STEP}))


def add_step(session: Session, claim: Claim, verb: str, *, by: Member | None, now: datetime, reason: str = "") -> None:
    """Note a passage in a claim's life."""
    who = by.id if by else None
    _ADD_STEP.tell(session, claim_id=claim.id, verb=verb, by_id=who, at=now, reason=reason[:LONGEST])


def steps_of(session: Session, claim: Claim) -> Sequence[ClaimStep]:
    """A claim's life, oldest first, from its submission on."""
    submitted = ClaimStep(claim_id=claim.id, verb="submit", by=claim.submitted_by, at=claim.submitted_at, reason="")
    later = session.scalars(select(ClaimStep).where(ClaimStep.claim_id == claim.id).order_by(ClaimStep.id))
    return [submitted, *later]


_OF_MEMBER = Objects(
    select(Claim)
    .where(Claim.member_id == bindparam("member_id"), Claim.month == bindparam("month", type_=MonthOf))
    .order_by(Claim.id)
)


def of_member(session: Session, member_id: int, month: Month) -> Sequence[Claim]:
    """A member's claims about a month, oldest first."""
    return _OF_MEMBER.all(session, member_id=member_id, month=month)


_WAITING = Prepared(
    select(Claim.points).where(
        Claim.member_id == bindparam("member_id"),
        Claim.month == bindparam("month", type_=MonthOf),
        Claim.status == ClaimStatus.SUBMITTED,
    )
)


def asks_waiting(member_id: int, month: Month) -> Question:
    """What ``waiting_points`` asks."""
    return _WAITING, {"member_id": member_id, "month": month}


def waiting_points(session: Session, member_id: int, month: Month) -> list[Decimal]:
    """What a member's claims about a month ask for that wait for a decision."""
    asked, values = asks_waiting(member_id, month)
    return [points for (points,) in asked.rows(session, **values)]


def last_of(session: Session, member_id: int, count: int) -> Sequence[Claim]:
    """A member's newest claims that were not withdrawn, newest first."""
    query = select(Claim).where(Claim.member_id == member_id, Claim.status != ClaimStatus.WITHDRAWN)
    return session.scalars(query.order_by(Claim.id.desc()).limit(count)).all()


def item_of(session: Session, claim: Claim) -> Item:
    """The item as the claim's own version of the rulebook has it."""
    return rulebooks.get(session, claim.rulebook_id).get_item(claim.item_code)


def get_own(session: Session, number: int, by: Member) -> Claim:
    """A claim that the asker made or recorded; raises NotFound."""
    claim = get(session, number)
    if by.id not in (claim.member_id, claim.submitted_by_id):
        raise NotFound(f"没有找到 #{number}，请看一下编号", "我的申报")
    return claim


def standing(claim: Claim) -> AlreadyDecided:
    """The refusal that says whose decision stands (rules 12)."""
    who = f"（{claim.decided_by.name}）" if claim.decided_by and claim.status in _DECIDED else ""
    return AlreadyDecided(f"#{claim.id} {STATUS_WORDS[claim.status]}{who}，以此为准", f"解释 {claim.id}")


def waiting_anew(now: datetime) -> dict[str, Any]:
    """What a claim that waits for a decision again starts with: both clocks of rule 10 at their beginning."""
    return {"waiting_since": now, "reminded_at": None, "moved_up_at": None}


def change(session: Session, claim: Claim, was: ClaimStatus, to: ClaimStatus, **values: Any) -> None:
    """One guarded UPDATE; the row count decides.

    The claim must also be at the same decision and rung as when it was read, or somebody came between.
    """
    as_read = (Claim.status == was, Claim.decisions == claim.decisions, Claim.rung == claim.rung)
    changed = rows_changed(
        session,
        update(Claim)
        .where(Claim.id == claim.id, *as_read)
        .values(status=to, **values)
        .execution_options(synchronize_session=False),
    )
    session.refresh(claim)
    if not changed:
        raise standing(claim)
