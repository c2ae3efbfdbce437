"""Who belongs to which temporary group, and until when (rules 9; S0: 临时党小组).

The members may come from several branches and stay at home there: their points are their own branch's.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Date, ForeignKey, Select, UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.columns import RowId
from models.members import Member
from models.months import shanghai_day
from models.once import once_per_session
from models.organizations import Organization


class GroupMembership(Base):
    """A member of a temporary group, from its first day to its last."""

    __tablename__ = "group_memberships"
    read_once = True
    __table_args__ = (UniqueConstraint("organization_id", "member_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date] = mapped_column(index=True)  # those that last are asked for with every claim


def running() -> list[ColumnElement[bool]]:
    """The conditions under which a membership holds on the day ``:today``."""
    today = bindparam("today", type_=Date)
    return [GroupMembership.starts_on <= today, GroupMembership.ends_on >= today]


_OF_MEMBER: Select[Organization] = (
    select(Organization)
    .join(GroupMembership, GroupMembership.organization_id == Organization.id)
    .where(GroupMembership.member_id == bindparam("member_id"), *running())
    .order_by(Organization.id)
)


@once_per_session
def groups_of_member(session: Session, member_id: int, now: datetime) -> Sequence[Organization]:
    """The temporary groups a member belongs to now, oldest first."""
    return session.scalars(_OF_MEMBER, {"member_id": member_id, "today": shanghai_day(now)}).all()


def members_of(session: Session, organization_id: int) -> Sequence[Member]:
    """Who belongs to a temporary group, or did at its end, and has not left the organization, in roster order.

    Who was taken out before its last day is none of them.
    """
    query = (
        select(Member)
        .join(GroupMembership, GroupMembership.member_id == Member.id)
        .join(Organization, Organization.id == GroupMembership.organization_id)
        .where(GroupMembership.organization_id == organization_id, Member.left_on.is_(None))
        .where(GroupMembership.ends_on >= Organization.ends_on)
    )
    return session.scalars(query.order_by(Member.id)).all()
