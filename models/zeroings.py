"""归零: after 组织处理 or 党纪处分 the committee, and only it, makes a month's score 0 (S2, rules 5).

    zeroed ──撤回 by the committee, or an appeal that is upheld──▶ reversed

Nothing proposes one from a score. After final it is booked now about then, like every correction (rules 15).
"""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy.orm import Session

from models import follow_ups, ledger, members, recorders, records, rulebooks, standings
from models.claims import LONGEST
from models.errors import Refused
from models.members import Member
from models.months import Month, Period, shanghai_day
from models.recorders import NotForOneself, ReasonMissing
from models.records import Record
from models.rounds import NotYet
from models.rulebooks import Rulebook, Source

LONGEST_DOCUMENT = 100


class NotTheCommittee(Refused):
    """Only the committee of a level above zeroes a month."""


class AlreadyZeroed(Refused):
    """A zeroing of that month stands."""


class Decision(NamedTuple):
    """What a zeroing rests on: the number and day of the document, and what it says."""

    document: str
    day: date
    reason: str


def zero(session: Session, member: Member, month: Month, decision: Decision, *, by: Member, now: datetime) -> Record:
    """Record that a month counts 0 while this stands, and tell the member (rules 5).

    Raises NotForOneself, NotTheCommittee, NotYet,
    ReasonMissing or AlreadyZeroed.
    """
    branch_id = home_at(session, member, month)
    ledger.lock_for(session, member.id, branch_id)
    check(session, member, month, decision, by=by, now=now)
    rulebook = rulebooks.find_in_force(session, branch_id, month)
    made = Record(
        source=Source.ZEROING,
        member_id=member.id,
        branch_id=branch_id,
        rulebook_id=rulebook.id if rulebook else None,
        item_code=_item_code(rulebook),
        quantity=None,
        points=Decimal(0),
        credited=Decimal(0),
        day=decision.day,
        month=month,
        reason=decision.reason[:LONGEST],
        document=decision.document[:LONGEST_DOCUMENT],
        by_id=by.id,
        at=now,
    )
    records.enter(session, made, member, by, about=month, now=now)
    records.tell(session, made, "zeroed", now)
    follow_ups.at_zeroing(session, branch_id, month, now=now)
    return made


def check(session: Session, member: Member, month: Month, decision: Decision, *, by: Member, now: datetime) -> None:
    """Whether a month of a member may be zeroed; raises as ``zero`` does."""
    branch_id = home_at(session, member, month)
    if by.id == member.id:
        raise NotForOneself("自己的归零由别人登记")
    if not recorders.speaks_above(session, branch_id, by, now):
        raise NotTheCommittee(f"归零由{member.name}所在支部的上级党组织登记")
    if month > Month.of(now) or decision.day > shanghai_day(now):
        raise NotYet("归零的月份和文件日期都不能在今天以后", _example(member, Month.of(now)))
    if not decision.document or not decision.reason:
        raise ReasonMissing("归零要写明文号和理由", _example(member, month))
    if (month, member.id) in standings.zeroed(session, branch_id, Period.month(month)):
        raise AlreadyZeroed(f"{member.name}{month.number}月已经归零，不用再记")


def _example(member: Member, month: Month) -> str:
    return f"归零 {member.name} {month.number}月 机纪〔{month.year}〕3号 受党内警告处分"


def _item_code(rulebook: Rulebook | None) -> str | None:
    """The rulebook's own line for it (纪律-04), where it has one; a zeroing is built in without."""
    items = rulebook.items if rulebook else ()
    return next((item.code for item in items if Source.ZEROING in item.sources), None)


def home_at(session: Session, member: Member, month: Month) -> int:
    """The branch in which a member was at home at a month's end: there the month is scored (rules 31)."""
    return members.home_on(session, member, month.last_day)
