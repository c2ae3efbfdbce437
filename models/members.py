"""Members: who they are, where they are at home, and whether they are scored (rules 7, 31, 32)."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from sqlalchemy import (
    Date,
    ForeignKey,
    Index,
    String,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column, relationship

from models.base import Base, MonthOf, RowId, once_per_session, one_of
from models.months import Month
from models.objects import Objects
from models.organizations import Nature, Organization
from models.prepared import Prepared, Question


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
    """A member changed the home organization; the points stay where they were earned (rules 31)."""

    __tablename__ = "moves"
    read_once = True

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    from_branch_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
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


class Listed(NamedTuple):
    """A member on the roll of a branch and month: what standings need, and why they are not scored, if so."""

    id: int
    name: str
    group_id: int | None
    not_scored: NotScoredReason | None


def _people(chosen: Any, retired: Any, *also: Any) -> Any:
    """The members ``chosen`` who were in the roster in a month, and why it does not count for them, if so.

    Moves are not looked at. Of several decisions the last one comes last.
    """
    first, last = bindparam("first", type_=Date), bindparam("last", type_=Date)
    month = bindparam("month", type_=MonthOf)
    decided = (NotScored.member_id == Member.id) & (NotScored.from_month <= month)
    decided &= NotScored.until_month.is_(None) | (NotScored.until_month >= month)
    reason = case(
        (NotScored.reason.is_not(None), NotScored.reason),
        (Member.party_standing == PartyStanding.SUSPENDED, _as_reason(NotScoredReason.SUSPENDED)),
        (retired, _as_reason(NotScoredReason.RETIRED)),
        (or_(Member.joined_on >= first, Member.left_on <= last), _as_reason(NotScoredReason.PART_MONTH)),
    )
    return (
        select(Member.id, Member.name, Member.group_id, reason, *also)
        .outerjoin(NotScored, decided)
        .where(chosen, func.coalesce(Member.joined_on, last) <= last, func.coalesce(Member.left_on, first) >= first)
        .order_by(Member.id, NotScored.id)
    )


def _as_reason(reason: NotScoredReason) -> Any:
    return literal(reason, NotScored.reason.type)


# Which of a branch and its groups are retired is asked once, not with each of their members.
_RETIRED = (
    select(Organization.id)
    .where(or_(Organization.id == bindparam("branch_id"), Organization.parent_id == bindparam("branch_id")))
    .where(Organization.nature == Nature.RETIRED)
)
_ITS_OWN = exists().where(
    or_(Organization.id == Member.branch_id, Organization.id == Member.group_id), Organization.nature == Nature.RETIRED
)
_MOVED = (
    or_(Move.from_branch_id == bindparam("branch_id"), Move.to_branch_id == bindparam("branch_id")),
    Move.moved_on >= bindparam("first", type_=Date),
)
_AT_HOME = Prepared(
    _people(
        Member.branch_id == bindparam("branch_id"),
        or_(Member.branch_id.in_(_RETIRED), Member.group_id.in_(_RETIRED)),
        exists().where(*_MOVED),
    )
)
_ONE = Prepared(_people(Member.id == bindparam("id"), _ITS_OWN, literal(True)))
_MOVES = Prepared(
    select(Move.member_id, Move.from_branch_id, Move.moved_on)
    .where(*_MOVED)
    .order_by(Move.moved_on.desc(), Move.id.desc())
)


def asks_roll(branch_id: int, month: Month) -> Question:
    """What ``roll`` asks of a branch from which nobody has moved."""
    return _AT_HOME, {"branch_id": branch_id, **_of_month(month)}


def roll(session: Session, branch_id: int, month: Month) -> list[Listed]:
    """Who was at home in a branch at some time of a month, in roster order, and who is not scored (rules 7, 31)."""
    values = _of_month(month)
    rows = _AT_HOME.rows(session, branch_id=branch_id, **values)
    if rows and not rows[0][-1]:  # nobody has moved since
        return [*{row[0]: Listed._make(row[:-1]) for row in rows}.values()]
    # The first move since the month began tells: who leaves was there, who arrives is there from that day on.
    moves = {id: (was, on) for id, was, on in _MOVES.rows(session, branch_id=branch_id, first=values["first"])}
    for id in moves.keys() - {row[0] for row in rows}:
        rows += _ONE.rows(session, id=id, **values)
    found = {row[0]: Listed._make(row[:-1]) for row in rows}
    for id, (was, moved) in moves.items():
        if moved <= month.last_day and id in found and found[id].not_scored is None:
            found[id] = found[id]._replace(not_scored=NotScoredReason.PART_MONTH)
        elif moved > month.last_day and was != branch_id:
            found.pop(id, None)
    return [found[id] for id in sorted(found)]


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


def _left_out(chosen: Callable[[Any], Any]) -> Any:
    """(member, reason, weight, turn) of everything in the tables that leaves members out of a month's scores."""
    first, last = bindparam("first", type_=Date), bindparam("last", type_=Date)
    month = bindparam("month", type_=MonthOf)
    group = aliased(Organization)
    retired = (
        select(Member.id, literal(NotScoredReason.RETIRED.value), literal(2).label("weight"), literal(0).label("turn"))
        .join(Organization, Organization.id == Member.branch_id)
        .outerjoin(group, group.id == Member.group_id)
        .where(chosen(Member.id), (Organization.nature == Nature.RETIRED) | (group.nature == Nature.RETIRED))
    )
    suspended = select(Member.id, literal(NotScoredReason.SUSPENDED.value), literal(3), literal(0)).where(
        chosen(Member.id), Member.party_standing == PartyStanding.SUSPENDED
    )
    part = literal(NotScoredReason.PART_MONTH.value)
    came_or_left = select(Member.id, part, literal(1), literal(0)).where(
        chosen(Member.id), or_(Member.joined_on.between(first, last), Member.left_on.between(first, last))
    )
    moved = select(Move.member_id, part, literal(1), literal(0)).where(
        chosen(Move.member_id), Move.moved_on.between(first, last)
    )
    decided = select(NotScored.member_id, cast(NotScored.reason, String), literal(4), NotScored.id).where(
        chosen(NotScored.member_id),
        NotScored.from_month <= month,
        NotScored.until_month.is_(None) | (NotScored.until_month >= month),
    )
    return union_all(retired, suspended, came_or_left, moved, decided).order_by("weight", "turn")


_OF_SOME = _left_out(lambda id: id.in_(bindparam("ids", expanding=True)))
_OF_ONE = Prepared(_left_out(lambda id: id == bindparam("id")))


class _Someone(Protocol):
    @property
    def id(self) -> int: ...


def asks_not_scored(id: int, month: Month) -> Question:
    """What ``not_scored`` asks about one member."""
    return _OF_ONE, {"id": id, **_of_month(month)}


def _of_month(month: Month) -> dict[str, Any]:
    return {"first": month.first_day, "last": month.last_day, "month": month}


def not_scored(session: Session, people: Iterable[_Someone], month: Month) -> dict[int, NotScoredReason]:
    """Which of these members are not scored in a month, by id, and why (rules 7)."""
    ids = [person.id for person in people]
    if len(ids) == 1:
        asked, values = asks_not_scored(ids[0], month)
        rows: Iterable[Any] = asked.rows(session, **values)
    else:
        rows = session.connection().execute(_OF_SOME, {"ids": ids, **_of_month(month)})
    return {id: NotScoredReason(reason) for id, reason, *_ in rows}
