"""Members: who they are, where they are at home, and whether they are scored (rules 7, 31, 32)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base, MonthOf, RowId, one_of
from models.months import Month
from models.organizations import Nature, Organization


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


class Member(Base):
    """A party member; of the phone number only the last 4 digits are known (rules 32)."""

    __tablename__ = "members"

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


class Move(Base):
    """A member changed the home organization; the points stay where they were earned (rules 31)."""

    __tablename__ = "moves"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    from_branch_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    to_branch_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
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


def of_branch(session: Session, branch_id: int, month: Month) -> Sequence[Member]:
    """Who was at home in a branch at some time of a month, in roster order."""
    left_later = select(Move.member_id).where(Move.from_branch_id == branch_id, Move.moved_on >= month.first_day)
    query = (
        select(Member)
        .where(
            or_(Member.branch_id == branch_id, Member.id.in_(left_later)),
            or_(Member.joined_on.is_(None), Member.joined_on <= month.last_day),
            or_(Member.left_on.is_(None), Member.left_on >= month.first_day),
        )
        .order_by(Member.id)
    )
    arrived_later = select(Move.member_id).where(Move.to_branch_id == branch_id, Move.moved_on > month.last_day)
    return session.scalars(query.where(or_(Member.branch_id != branch_id, Member.id.not_in(arrived_later)))).all()


def of_group(session: Session, group_id: int) -> Sequence[Member]:
    """A group's present members, in roster order."""
    query = select(Member).where(Member.group_id == group_id, Member.left_on.is_(None)).order_by(Member.id)
    return session.scalars(query).all()


def present(session: Session, branch_id: int) -> Sequence[Member]:
    """A branch's present members, in roster order."""
    query = select(Member).where(Member.branch_id == branch_id, Member.left_on.is_(None)).order_by(Member.id)
    return session.scalars(query).all()


def named(session: Session, name: str, *, branch_id: int | None = None) -> Sequence[Member]:
    """Present members of a name, of one branch or of all."""
    query = select(Member).where(Member.name == name, Member.left_on.is_(None)).order_by(Member.id)
    return session.scalars(query if branch_id is None else query.where(Member.branch_id == branch_id)).all()


def not_scored(session: Session, people: Iterable[Member], month: Month) -> dict[int, NotScoredReason]:
    """Which of these members are not scored in a month, by id, and why (rules 7)."""
    people = list(people)
    ids = [member.id for member in people]
    reasons = _part_months(session, people, month)
    retired = set(session.scalars(select(Organization.id).where(Organization.nature == Nature.RETIRED)))
    for member in people:
        if member.group_id in retired or member.branch_id in retired:
            reasons[member.id] = NotScoredReason.RETIRED
        if member.party_standing is PartyStanding.SUSPENDED:
            reasons[member.id] = NotScoredReason.SUSPENDED
    query = select(NotScored.member_id, NotScored.reason).where(
        NotScored.member_id.in_(ids),
        NotScored.from_month <= month,
        or_(NotScored.until_month.is_(None), NotScored.until_month >= month),
    )
    return reasons | dict(session.execute(query).all())


def _part_months(session: Session, people: list[Member], month: Month) -> dict[int, NotScoredReason]:
    moved = select(Move.member_id).where(Move.moved_on >= month.first_day, Move.moved_on <= month.last_day)
    ids = set(session.scalars(moved.where(Move.member_id.in_([member.id for member in people]))))
    for member in people:
        dates = (member.joined_on, member.left_on)
        if any(day is not None and Month.of(day) == month for day in dates):
            ids.add(member.id)
    return dict.fromkeys(ids, NotScoredReason.PART_MONTH)
