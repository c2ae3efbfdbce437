"""Opening balances: points already earned in a running year, imported once as entries (rules 6)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ledger
from models.errors import NotFound, Refused
from models.ledger import Entry
from models.members import Member
from models.months import Month
from models.rulebooks import Source


class Balance(Protocol):
    """What a member had earned in a month: plus less minus, without the base."""

    @property
    def staff_no(self) -> str: ...
    @property
    def month(self) -> Month: ...
    @property
    def points(self) -> Decimal: ...
    @property
    def note(self) -> str: ...


class AlreadyImported(Refused):
    """Some of these members and months have an opening balance; ``who`` names each of them."""

    def __init__(self, who: list[str]) -> None:
        super().__init__(f"已经导入过期初积分，这次一条也没有导入：{'、'.join(who)}")
        self.who = who


def cause_of(member: Member, month: Month) -> str:
    """The cause of a balance, which makes it the only one (rules 3)."""
    return f"opening:{member.id}:{month}"


def apply(session: Session, balances: Sequence[Balance], *, now: datetime) -> list[Entry]:
    """Write every balance as an entry of its member's home branch, or none; the entries.

    Raises NotFound for a staff number nobody has, AlreadyImported naming who has a balance already.
    """
    members = _members(session, {balance.staff_no for balance in balances})
    ledger.lock(session, *{member.branch_id for member in members.values()})
    wanted = {cause_of(members[b.staff_no], b.month): b for b in balances}
    have = [cause for cause in wanted if ledger.by_cause(session, cause) is not None]
    if have:
        raise AlreadyImported([_label(members[wanted[cause].staff_no], wanted[cause].month) for cause in have])
    return [
        ledger.write(
            session,
            members[balance.staff_no],
            balance.points,
            branch_id=members[balance.staff_no].branch_id,
            about=balance.month,
            source=Source.OPENING,
            cause=cause,
            by=None,
            now=now,
            reason=balance.note,
        )
        for cause, balance in wanted.items()
    ]


def _members(session: Session, staff_nos: set[str]) -> dict[str, Member]:
    members = {m.staff_no: m for m in session.scalars(select(Member)) if m.staff_no in staff_nos}
    unknown = sorted(staff_nos - members.keys())
    if unknown:
        raise NotFound(f"花名册里没有工号：{'、'.join(unknown)}")
    return members


def _label(member: Member, month: Month) -> str:
    return f"{member.name}（{member.staff_no}）{month}"
