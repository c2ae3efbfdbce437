"""Taking a record back by its entry's number: who recorded it, within a day; a zeroing, the committee (rules 5, 11)."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import explaining, ledger, notices, recorders, records, rounds, settings
from models.deciding import NotYours, TooLateToUndo
from models.ledger import Entry
from models.members import Member
from models.records import Record
from models.rulebooks import Source


def take_back(session: Session, number: int, *, by: Member, now: datetime) -> Record:
    """Reverse the entry J88 of a record and tell the member.

    Raises NotFound, NotYours, TooLateToUndo or AlreadyReversed.
    """
    entry = explaining.entry_for(session, number, by, now)
    made = records.find_by_cause(session, entry.cause)
    if made is None:
        raise NotYours(f"J{number} 不是支部登记的，不能这样撤回。有不同意见可以提出", f"解释 J{number}")
    ledger.lock_for(session, made.member_id, made.branch_id)
    if made.source is Source.ZEROING:
        _check_committee(session, made, number, by, now)
    else:
        _check_recorder(session, made, number, by, now)
    ledger.reverse(session, entry, by=by, now=now, reason="撤回登记")
    notices.settle(session, made.cause, now)
    records.tell(session, made, "record_taken_back", now)
    return made


def may_take_back(session: Session, entry: Entry, *, by: Member, now: datetime) -> bool:
    """Whether a button for it is worth showing: who recorded it, and it stands."""
    made = records.find_by_cause(session, entry.cause)
    return made is not None and made.by_id == by.id and not ledger.is_reversed(session, entry)


def _check_committee(session: Session, made: Record, number: int, by: Member, now: datetime) -> None:
    concerned = by.id == made.member_id
    if concerned or not recorders.speaks_above(session, made.branch_id, by, now):
        raise NotYours(f"J{number} 是归零，由作出决定的上级党组织撤回", f"解释 J{number}")


def _check_recorder(session: Session, made: Record, number: int, by: Member, now: datetime) -> None:
    if made.by_id != by.id:
        raise NotYours(f"J{number} 由登记的人撤回。有不同意见可以提出", f"解释 J{number}")
    hours = settings.get(session, settings.UNDO_HOURS, made.branch_id)
    if now - made.at >= timedelta(hours=hours):
        raise TooLateToUndo(f"J{number} 登记已超过{hours}小时，不能撤回。确需更正，由本人提出申诉", f"解释 J{number}")
    if rounds.left_review(session, made.branch_id, made.month, now):
        over = f"{made.month.number}月的评审已结束"
        raise TooLateToUndo(f"{over}，J{number} 不能撤回。确需更正，由本人提出申诉", f"解释 J{number}")
