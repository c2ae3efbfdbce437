"""Commendations (表彰): what was in the end commended for a year, of a member or of a branch (rules 22).

The committee records it; nobody is commended whom the year's evaluation does not allow.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models import evaluations, notices
from models.accountable import is_above
from models.base import Base
from models.columns import RowId
from models.errors import Refused
from models.evaluations import Evaluation
from models.members import Member
from models.organizations import Organization
from models.rows import insert_once

LONGEST = 40  # characters of a title
OF_BRANCH = "五好"
OF_SECRETARY = "书记"


class Commendation(Base):
    """One title for one year; ``member_id`` is None where the branch itself was commended."""

    __tablename__ = "commendations"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    key: Mapped[str] = mapped_column(String(100), unique=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), index=True)
    year: Mapped[int]
    title: Mapped[str] = mapped_column(String(LONGEST))
    by_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]

    branch: Mapped[Organization] = relationship()
    member: Mapped[Member | None] = relationship(foreign_keys=[member_id])


class NotTheCommittee(Refused):
    """Only the committee of a level above records commendations."""


class NotClosed(Refused):
    """The year is not closed yet."""


class NotEligible(Refused):
    """The evaluation does not allow it; the sentence names rule and figure."""


class TitleMissing(Refused):
    """A commendation without a title."""


class AlreadyRecorded(Refused):
    """The same title of the same year was recorded before."""


def record(
    session: Session, whom: Member | Organization, title: str, *, year: int, by: Member, now: datetime
) -> Commendation:
    """Record a title of a closed year; a member is told. Raises what the classes above say."""
    member = whom if isinstance(whom, Member) else None
    branch_id = member.branch_id if member is not None else whom.id
    if not is_above(session, branch_id, by, now) or (member is not None and member.id == by.id):
        raise NotTheCommittee("表彰由上级党组织记录，不能记自己的", "年终")
    title = title[:LONGEST]
    if not title:
        raise TitleMissing("请写称号", "记录表彰 张三 优秀共产党员")
    evaluation = evaluations.of_branch(session, branch_id, year, now)
    if not evaluation.complete:
        raise NotClosed(f"{year}年还没有全部审定，审定后再记录表彰", "年终")
    _check_eligible(evaluation, member, title, whom.name)
    key = f"{year}:{branch_id}:{member.id if member else 0}:{title}"
    values = {"branch_id": branch_id, "member_id": member.id if member else None, "year": year, "title": title}
    if not insert_once(session, Commendation, key=key, **values, by_id=by.id, at=now):
        raise AlreadyRecorded(f"{whom.name}{year}年“{title}”已经记录过", "年终")
    made = session.scalars(select(Commendation).where(Commendation.key == key)).one()
    if member is not None:
        facts = {"year": year, "title": title}
        notices.post(session, member.id, "commended", key=f"commendation:{made.id}", now=now, facts=facts)
    return made


def _check_eligible(evaluation: Evaluation, member: Member | None, title: str, name: str) -> None:
    """A branch or its secretary is barred by 30 % under the mark; a member by any condition that is not met."""
    gated = member is None or OF_BRANCH in title or OF_SECRETARY in title
    if gated and evaluation.barred:
        share = f"计分{evaluation.scored}人中{evaluation.under}人年度平均低于合格分，达到30%"
        raise NotEligible(f"{name}不能评“{title}”：{share}", "年终")
    line = evaluation.line_of(member.id) if member is not None else None
    if member is not None and (line is None or not line.may_be_excellent):
        why = "；".join(f"{check.rule}，{check.figure}" for check in line.lacks) if line else "年末不在本支部"
        raise NotEligible(f"{name}不能评“{title}”：{why}", "年终")


def of_year(session: Session, branch_id: int, year: int) -> Sequence[Commendation]:
    """What was commended in a branch for a year."""
    query = select(Commendation).where(Commendation.branch_id == branch_id, Commendation.year == year)
    return session.scalars(query.order_by(Commendation.id)).all()
