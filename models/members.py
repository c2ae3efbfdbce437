"""Members: who they are, where they are at home, and what is said of whether they are scored (rules 7, 31, 32)."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import (
    Date,
    ForeignKey,
    Index,
    String,
    bindparam,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base
from models.columns import MonthOf, RowId, one_of
from models.months import Month
from models.objects import Objects
from models.once import once_per_session
from models.organizations import Organization
from models.prepared import Prepared


class MemberCategory(StrEnum):
    """党员类别."""

    FULL = "full"  # 正式党员
    PROBATIONARY = "probationary"  # 预备党员


class PartyStanding(StrEnum):
    """党籍状态."""

    NORMAL = "normal"  # 正常
    ON_PROBATION = "on_probation"  # 留党察看
    SUSPENDED = "suspended"  # 停止党籍


class NotScoredReason(StrEnum):
    """Why a member is not scored (rules 7); the value is what people read."""

    RETIRED = "离退休"
    AGED = "年老体弱"
    ILL = "长期病休"
    AWAY = "外出六个月以上"
    PART_MONTH = "转入转出当月"
    SUSPENDED = "停止党籍"
    OTHER = "其他"


_CADRES: dict[str, Any] = {
    "sqlite_where": text("left_on IS NULL AND leading_cadre = 1"),
    "postgresql_where": text("left_on IS NULL AND leading_cadre"),
}


class Member(Base):
    """A party member; of the phone number only the last 4 digits are known (rules 32)."""

    __tablename__ = "members"
    read_once = True
    # There are few, or none, among very many.
    __table_args__ = (Index("ix_members_cadres", "id", **_CADRES),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    staff_no: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(40), index=True)
    phone_last4: Mapped[str | None] = mapped_column(String(4))
    branch_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    category: Mapped[MemberCategory] = mapped_column(one_of(MemberCategory), default=MemberCategory.FULL)
    party_standing: Mapped[PartyStanding] = mapped_column(one_of(PartyStanding), default=PartyStanding.NORMAL)
    leading_cadre: Mapped[bool] = mapped_column(default=False)
    # None for an organization's first import: those members count as having always been there.
    joined_on: Mapped[date | None]
    left_on: Mapped[date | None]

    branch: Mapped[Organization] = relationship(foreign_keys=[branch_id])
    group: Mapped[Organization | None] = relationship(foreign_keys=[group_id])


class Person(Protocol):
    """What the rules ask of a member: a row of the table, or what a message has read of its sender."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def branch_id(self) -> int: ...
    @property
    def group_id(self) -> int | None: ...
    @property
    def leading_cadre(self) -> bool: ...


class Move(Base):
    """A member changed the home organization, a branch or a group in it; the points stay where they were earned
    (rules 31), and months that were over stay scored or not as they were (rules 7)."""

    __tablename__ = "moves"
    read_once = True

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    from_branch_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    from_group_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))
    to_branch_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    moved_on: Mapped[date]


class NotScored(Base):
    """A time in which a member is not scored, with the reason and who decided (rules 7)."""

    __tablename__ = "not_scored"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    reason: Mapped[NotScoredReason] = mapped_column(one_of(NotScoredReason))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    decided_at: Mapped[datetime]
    from_month: Mapped[Month] = mapped_column(MonthOf)
    until_month: Mapped[Month | None] = mapped_column(MonthOf)
    # Who ended it before its time, and when.
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    ended_at: Mapped[datetime | None]


LEFT_SINCE = (
    select(Move.from_branch_id)
    .where(Move.member_id == bindparam("member_id"), Move.moved_on > bindparam("day", type_=Date))
    .order_by(Move.moved_on, Move.id)
    .limit(1)
)
_LEFT_SINCE = Prepared(LEFT_SINCE)


def home_on(session: Session, member: Person, day: date) -> int:
    """The branch in which a member was at home on a day: there its deeds count (rules 31)."""
    return left_since(session, member.id, day) or member.branch_id


@once_per_session
def left_since(session: Session, member_id: int, day: date) -> int | None:
    """The branch a member moved away from first after a day, if from any."""
    moved = _LEFT_SINCE.first(session, member_id=member_id, day=day)
    return None if moved is None else int(moved[0])


def of_group(session: Session, group_id: int) -> Sequence[Member]:
    """A group's present members, in roster order."""
    query = select(Member).where(Member.group_id == group_id, Member.left_on.is_(None)).order_by(Member.id)
    return session.scalars(query).all()


_OF_BRANCH = Member.branch_id == bindparam("branch_id")
_PRESENT = Objects(select(Member).where(_OF_BRANCH, Member.left_on.is_(None)).order_by(Member.id))


def present(session: Session, branch_id: int) -> Sequence[Member]:
    """A branch's present members, in roster order."""
    return _PRESENT.all(session, branch_id=branch_id)


_CALLED = select(Member).where(Member.name == bindparam("called"), Member.left_on.is_(None)).order_by(Member.id)
_NAMED, _NAMED_IN = Objects(_CALLED), Objects(_CALLED.where(_OF_BRANCH))


def named(session: Session, name: str, *, branch_id: int | None = None) -> Sequence[Member]:
    """Present members of a name, of one branch or of all."""
    if branch_id is None:
        return _NAMED.all(session, called=name)
    return _NAMED_IN.all(session, called=name, branch_id=branch_id)


def find_by_staff_no(session: Session, staff_no: str) -> Member | None:
    """The member of a staff number, however its letters are written."""
    query = select(Member).where(func.lower(Member.staff_no) == staff_no.lower()).order_by(Member.id)
    return session.scalars(query).first()
