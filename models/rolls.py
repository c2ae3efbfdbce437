"""Rolls: who was at home in a branch in a month, and who was not scored in it, and why (rules 7, 31)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Date, String, bindparam, case, cast, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from models.columns import MonthOf
from models.members import Member, Move, NotScored, NotScoredReason, PartyStanding
from models.months import Month
from models.organizations import Nature, Organization
from models.prepared import Prepared, Question


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
_TOUCHED = (
    or_(Move.from_branch_id == bindparam("branch_id"), Move.to_branch_id == bindparam("branch_id")),
    Move.moved_on >= bindparam("first", type_=Date),
)
_AT_HOME = Prepared(
    _people(
        Member.branch_id == bindparam("branch_id"),
        or_(Member.branch_id.in_(_RETIRED), Member.group_id.in_(_RETIRED)),
        exists().where(*_TOUCHED),
    )
)
_ONE = Prepared(_people(Member.id == bindparam("id"), _ITS_OWN, literal(True)))
# Whether a home that somebody left is one of the retired.
_LEFT_RETIRED = exists().where(
    or_(Organization.id == Move.from_branch_id, Organization.id == Move.from_group_id),
    Organization.nature == Nature.RETIRED,
)
_MOVES = Prepared(
    select(
        *(Move.member_id, Move.moved_on, Move.from_branch_id, Move.from_group_id, Move.to_branch_id),
        _LEFT_RETIRED.label("left_retired"),
    )
    .where(Move.member_id.in_(select(Move.member_id).where(*_TOUCHED)), Move.moved_on >= bindparam("first", type_=Date))
    .order_by(Move.moved_on.desc(), Move.id.desc())
)


class _Moved(NamedTuple):
    member_id: int
    moved_on: date
    from_branch_id: int
    from_group_id: int | None
    to_branch_id: int
    left_retired: bool

    @property
    def branches(self) -> set[int]:
        return {self.from_branch_id, self.to_branch_id}


def asks_roll(branch_id: int, month: Month) -> Question:
    """What ``roll`` asks of a branch from which nobody has moved."""
    return _AT_HOME, {"branch_id": branch_id, **_of_month(month)}


def roll(session: Session, branch_id: int, month: Month) -> list[Listed]:
    """Who was at home in a branch at some time of a month, in roster order, and who is not scored (rules 7, 31)."""
    values = _of_month(month)
    rows = _AT_HOME.rows(session, branch_id=branch_id, **values)
    if rows and not rows[0][-1]:  # nobody has moved since
        return [*{row[0]: Listed._make(row[:-1]) for row in rows}.values()]
    moves: dict[int, list[_Moved]] = defaultdict(list)
    for moved in map(_Moved._make, _MOVES.rows(session, branch_id=branch_id, first=values["first"])):
        moves[moved.member_id].append(moved)
    for id in moves.keys() - {row[0] for row in rows}:
        rows += _ONE.rows(session, id=id, **values)
    found = {row[0]: Listed._make(row[:-1]) for row in rows}
    then = (_then(found[id], moves.get(id, ()), branch_id, month) for id in sorted(found))
    return [listed for listed in then if listed is not None]


def _then(now: Listed, moves: Sequence[_Moved], branch_id: int, month: Month) -> Listed | None:
    """A member as they were in a month, or None if elsewhere; ``moves`` since it began, the last one first."""
    inside = [moved for moved in moves if moved.moved_on <= month.last_day]
    later = moves[: len(moves) - len(inside)]
    homes = {id for moved in inside for id in moved.branches}
    if later:
        homes.add(later[-1].from_branch_id)
        now = now._replace(group_id=later[-1].from_group_id, not_scored=_without_later(now.not_scored, later[-1]))
    if moves and branch_id not in homes:
        return None
    if now.not_scored is None and any(len(moved.branches) > 1 for moved in inside):
        return now._replace(not_scored=NotScoredReason.PART_MONTH)
    return now


def _without_later(reason: NotScoredReason | None, left: _Moved) -> NotScoredReason | None:
    """Why somebody is not scored, were they still where they left: a home of the retired leaves out who is there."""
    if left.left_retired and reason in (None, NotScoredReason.PART_MONTH):
        return NotScoredReason.RETIRED
    return None if reason is NotScoredReason.RETIRED and not left.left_retired else reason


def _left_out(chosen: Callable[[Any], Any]) -> Any:
    """(member, reason, weight, turn) of everything in the tables that leaves members out of a month's scores."""
    first, last = bindparam("first", type_=Date), bindparam("last", type_=Date)
    month = bindparam("month", type_=MonthOf)
    group = aliased(Organization)
    later = aliased(Move)
    # The first move after the month tells where they were; without one they are there.
    next_ = select(later.id).where(later.member_id == Move.member_id, later.moved_on > last)
    next_ = next_.order_by(later.moved_on, later.id).limit(1).correlate(Move)
    retired = (
        select(Member.id, literal(NotScoredReason.RETIRED.value), literal(2).label("weight"), literal(0).label("turn"))
        .join(Organization, Organization.id == Member.branch_id)
        .outerjoin(group, group.id == Member.group_id)
        .where(chosen(Member.id), (Organization.nature == Nature.RETIRED) | (group.nature == Nature.RETIRED))
        .where(~exists().where(later.member_id == Member.id, later.moved_on > last))
    )
    left_retired = select(Move.member_id, literal(NotScoredReason.RETIRED.value), literal(2), literal(0)).where(
        chosen(Move.member_id), Move.moved_on > last, _LEFT_RETIRED, Move.id == next_.scalar_subquery()
    )
    suspended = select(Member.id, literal(NotScoredReason.SUSPENDED.value), literal(3), literal(0)).where(
        chosen(Member.id), Member.party_standing == PartyStanding.SUSPENDED
    )
    part = literal(NotScoredReason.PART_MONTH.value)
    came_or_left = select(Member.id, part, literal(1), literal(0)).where(
        chosen(Member.id), or_(Member.joined_on.between(first, last), Member.left_on.between(first, last))
    )
    moved = select(Move.member_id, part, literal(1), literal(0)).where(
        chosen(Move.member_id), Move.moved_on.between(first, last), Move.from_branch_id != Move.to_branch_id
    )
    decided = select(NotScored.member_id, cast(NotScored.reason, String), literal(4), NotScored.id).where(
        chosen(NotScored.member_id),
        NotScored.from_month <= month,
        NotScored.until_month.is_(None) | (NotScored.until_month >= month),
    )
    return union_all(retired, left_retired, suspended, came_or_left, moved, decided).order_by("weight", "turn")


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
