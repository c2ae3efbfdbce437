"""The people of a roster: created, updated, moved, and scored or not (rules 7, 31, 32)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.members import Member, Move, NotScored
from models.months import Month, shanghai_day
from models.organizations import OrganizationKind
from models.roster_rows import MemberRow
from models.roster_tree import Import

ALWAYS = Month(2000, 1)  # since when somebody of a first import is not scored


@dataclass
class Changes:
    """What became of the people of a roster, each named as ``张三（A001）``."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    not_scored: list[str] = field(default_factory=list)
    scored_again: list[str] = field(default_factory=list)


def label(member: Member) -> str:
    """How a member is named to the operator."""
    return f"{member.name}（{member.staff_no}）"


def apply(session: Session, roster: Import) -> Changes:
    """Create, update and move the members of a roster, and say who is scored."""
    changes, today = Changes(), shanghai_day(roster.now)
    new: list[Member] = []
    for row in roster.people:
        key, (branch_id, group_id) = row.staff_no.casefold(), _home(roster, row)
        member = roster.members.get(key)
        if member is None:
            joined_on = None if branch_id in roster.first else today
            member = Member(staff_no=row.staff_no, branch_id=branch_id, joined_on=joined_on)
            _update(member, row, group_id, today)
            new.append(member)
            roster.members[key] = member
            changes.created.append(label(member))
            continue
        left, changed = (member.branch_id, member.group_id), _update(member, row, group_id, today)
        if left != (branch_id, group_id):
            _move(session, member, left, branch_id, today)
        if left[0] != branch_id:
            names = [roster.tree.way_up(id)[0].name for id in (left[0], branch_id)]
            changes.moved.append(f"{label(member)} {names[0]}→{names[1]}")
        elif changed:
            changes.updated.append(label(member))
    session.add_all(new)
    session.flush()
    always = {member.id for member in new if member.joined_on is None}
    _score_or_not(session, roster, always, changes)
    return changes


def _home(roster: Import, row: MemberRow) -> tuple[int, int | None]:
    """The branch a member is at home in, and the group inside it."""
    home = roster.tree[row.home]
    if home.kind is OrganizationKind.GROUP and home.parent_id is not None:
        return home.parent_id, home.id
    return home.id, None


def _update(member: Member, row: MemberRow, group_id: int | None, today: date) -> bool:
    """Set what differs; whether anything did."""
    values: dict[str, Any] = {
        "name": row.name,
        "group_id": group_id,
        "category": row.category,
        "party_standing": row.party_standing,
        "leading_cadre": row.leading_cadre,
    }
    if row.phone_last4 is not None:  # a phone left out was not taken away
        values["phone_last4"] = row.phone_last4
    if member.left_on is not None:
        values |= {"left_on": None, "joined_on": today}
    different = {name: value for name, value in values.items() if getattr(member, name) != value}
    for name, value in different.items():
        setattr(member, name, value)
    return bool(different)


def _move(session: Session, member: Member, left: tuple[int, int | None], branch_id: int, today: date) -> None:
    """Note a move from a branch and group, which the member has already; one that is corrected on its own day leaves
    no trace, or the month would not be scored (rules 7)."""
    same_day = select(Move).where(Move.member_id == member.id, Move.moved_on == today)
    earlier = session.scalars(same_day.where(Move.to_branch_id == left[0])).first()
    if earlier is None:
        session.add(
            Move(
                member_id=member.id,
                from_branch_id=left[0],
                from_group_id=left[1],
                to_branch_id=branch_id,
                moved_on=today,
            )
        )
    elif (earlier.from_branch_id, earlier.from_group_id) == (branch_id, member.group_id):
        session.delete(earlier)
    else:
        earlier.to_branch_id = branch_id
    member.branch_id = branch_id


def _score_or_not(session: Session, roster: Import, always: set[int], changes: Changes) -> None:
    """Begin and end the times without a score; what a person decided in the chat is not the roster's to change."""
    month = Month.of(roster.now)
    standing = {period.member_id: period for period in _standing(session, month)}
    for row in roster.people:
        member = roster.member(row.staff_no)
        before = standing.get(member.id)
        if (before.reason if before else None) is row.not_scored:
            continue
        if before is not None:
            before.until_month = month.plus(-1)
        if row.not_scored is None:
            changes.scored_again.append(label(member))
            continue
        session.add(
            NotScored(
                member_id=member.id,
                reason=row.not_scored,
                decided_at=roster.now,
                from_month=ALWAYS if member.id in always else month,
            )
        )
        changes.not_scored.append(f"{label(member)} {row.not_scored.value}")


def _standing(session: Session, month: Month) -> Iterator[NotScored]:
    """The times without a score that the roster began and that still run."""
    runs = or_(NotScored.until_month.is_(None), NotScored.until_month >= month)
    query = select(NotScored).where(NotScored.decided_by_id.is_(None), runs)
    return iter(session.scalars(query.order_by(NotScored.id)))
