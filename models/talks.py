"""What people do about a follow-up: name who talks, record, accept, dispute (rules 20).

The diagram stands in ``models/consequences.py``. Each passage is one guarded UPDATE whose row count decides.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import filing, follow_ups, notices, settings
from models.accountable import is_above, may_record, seen
from models.consequences import (
    LONGEST,
    TALKS,
    Answer,
    FollowUp,
    FollowUpKind,
    FollowUpStatus,
    move,
    standing,
)
from models.errors import Refused
from models.lists import among
from models.members import Member
from models.months import shanghai_day
from models.opinions import UNANSWERED, Opinion, OpinionStatus
from models.prepared import Prepared
from models.workdays import workday_before, working_days_after

ASKING = ("follow_up_asked", "follow_up_to_name", "follow_up_due", "follow_up_over", "follow_up_over_above")


class NotYours(Refused):
    """Only who is to act may record; only the member accepts or disputes; only the committee names."""


class NotNamed(Refused):
    """The committee has not named who talks."""


class ReasonMissing(Refused):
    """A record without reason or measures, an objection without a reason."""


class BadDay(Refused):
    """Measures that were to be done before today."""


class TooLateToObject(Refused):
    """The days for an objection are over."""


def name(session: Session, number: int, person: Member, *, by: Member, now: datetime) -> FollowUp:
    """The committee names who talks with a member after the second month (rules 20); who was named is told."""
    follow_up = seen(session, number, by, now)
    if follow_up.kind is not FollowUpKind.APPOINTED_TALK:
        raise NotYours(f"T{number} 不用指派，由原来的责任人办理", f"谈话 T{number} 原因 措施 12月31日")
    if not is_above(session, follow_up.branch_id, by, now):
        raise NotYours(f"T{number} 的谈话人由机关党委指派", "待办")
    if person.id == follow_up.member_id:
        raise NotYours("不能指派本人和自己谈话", f"指派 T{number} 张三")
    notices.settle(session, follow_up.subject, now, kinds=ASKING)
    if not move(session, follow_up, FollowUpStatus.OPEN, FollowUpStatus.RESTING, named_id=person.id):
        raise standing(follow_up)
    if follow_up.status is FollowUpStatus.OPEN:
        follow_ups.ask(session, follow_up, now, at=now.isoformat())
    return follow_up


def check(
    session: Session, number: int, reason: str, measures: str, *, until: date | None, by: Member, now: datetime
) -> FollowUp:
    """Raise what ``record`` would refuse: NotFound, NotYours, NotNamed, ReasonMissing, BadDay or NotAnyMore."""
    follow_up = seen(session, number, by, now)
    if not may_record(session, follow_up, by, now):
        raise NotYours(f"T{number} 不由您记录", "待办")
    if follow_up.kind is FollowUpKind.APPOINTED_TALK and follow_up.named_id is None:
        raise NotNamed(f"T{number} 还没有指派谈话人，请机关党委先指派", f"指派 T{number} 张三")
    if not (reason and measures):
        raise ReasonMissing("请写明原因和措施", f"谈话 T{number} 出差较多 每月参加一次志愿服务 12月31日")
    if until is not None and until < shanghai_day(now):
        raise BadDay("期限不能早于今天", f"谈话 T{number} 出差较多 每月参加一次志愿服务 12月31日")
    if follow_up.status is not FollowUpStatus.OPEN:
        raise standing(follow_up)
    return follow_up


def record(
    session: Session, number: int, reason: str, measures: str, *, until: date | None, by: Member, now: datetime
) -> FollowUp:
    """Record that it was done: the reason found, the measures agreed and until when; the member is told.

    Refuses as ``check`` does.
    """
    follow_up = check(session, number, reason, measures, until=until, by=by, now=now)
    kept = {"reason": reason[:LONGEST], "measures": measures[:LONGEST], "measures_until": until}
    noted = {"recorded_by_id": by.id, "recorded_at": now}
    if not move(session, follow_up, FollowUpStatus.OPEN, status=_recorded(follow_up), **kept, **noted):
        raise standing(follow_up)
    notices.settle(session, follow_up.subject, now, kinds=ASKING)
    follow_ups.tell(session, follow_up, "follow_up_recorded", [follow_up.member_id], now)
    return follow_up


def accept(session: Session, number: int, *, by: Member, now: datetime) -> FollowUp:
    """The member says 认可; nothing else changes."""
    follow_up = _own(session, number, by, now)
    answered = {"answer": Answer.ACCEPTED, "answered_at": now}
    if not move(session, follow_up, *_ANSWERABLE, **answered):
        raise standing(follow_up)
    return follow_up


def dispute(session: Session, number: int, reason: str, *, by: Member, now: datetime) -> tuple[FollowUp, Opinion]:
    """The member appeals within 5 working days: the follow-up rests until the appeal has its last answer."""
    follow_up = _own(session, number, by, now)
    if not reason:
        raise ReasonMissing("请写一句理由", f"有异议 T{number} 当月住院，有证明")
    if now >= follow_up.object_until:
        raise TooLateToObject(f"T{number} 的异议期已过，有意见可以再和支部书记说", "我有意见")
    answered = {"answer": Answer.DISPUTED, "answered_at": now, "objection": reason[:LONGEST]}
    if not move(session, follow_up, *_ANSWERABLE, status=FollowUpStatus.RESTING, **answered):
        raise standing(follow_up)
    notices.settle(session, follow_up.subject, now, kinds=ASKING)
    return follow_up, filing.appeal_follow_up(session, follow_up, reason, by=by, now=now)


_ANSWERABLE = (FollowUpStatus.OPEN, FollowUpStatus.RECORDED, FollowUpStatus.DONE)


def _own(session: Session, number: int, by: Member, now: datetime) -> FollowUp:
    follow_up = seen(session, number, by, now)
    if follow_up.member_id != by.id:
        raise NotYours(f"T{number} 由本人认可或提出异议", "待办")
    return follow_up


_ASKED = select(Opinion.follow_up_id).where(Opinion.follow_up_id.is_not(None), among(Opinion.status, UNANSWERED))
_RESTING = Prepared(
    select(FollowUp.id)
    .where(FollowUp.status == FollowUpStatus.RESTING, FollowUp.id.not_in(_ASKED))
    .order_by(FollowUp.id)
)


def resting(session: Session) -> list[int]:
    """The follow-ups whose appeal has had its last answer meanwhile."""
    return _RESTING.column(session)


def wake(session: Session, number: int, *, now: datetime) -> bool:
    """After the last answer to its appeal: closed where that was upheld, else as it was before, due anew."""
    follow_up = session.get_one(FollowUp, number)
    last = select(Opinion.status).where(Opinion.follow_up_id == number).order_by(Opinion.id.desc()).limit(1)
    answer = session.scalars(last).first()
    if follow_up.status is not FollowUpStatus.RESTING or answer in UNANSWERED:
        return False
    if answer is OpinionStatus.UPHELD:
        return follow_ups.close(session, follow_up, now)
    if follow_up.recorded_at is not None:
        return move(session, follow_up, FollowUpStatus.RESTING, status=_recorded(follow_up))
    return _reopen(session, follow_up, now)


def _recorded(follow_up: FollowUp) -> FollowUpStatus:
    return FollowUpStatus.RECORDED if follow_up.kind in TALKS else FollowUpStatus.DONE


def _reopen(session: Session, follow_up: FollowUp, now: datetime) -> bool:
    due = working_days_after(now, settings.get(session, settings.TALK_DAYS, follow_up.branch_id))
    due = max(due, follow_up.due)
    again = {"due": due, "remind_at": workday_before(due, follow_ups.REMIND_BEFORE), "reminders": 0}
    moved = move(session, follow_up, FollowUpStatus.RESTING, status=FollowUpStatus.OPEN, **again)
    if moved:
        follow_ups.ask(session, follow_up, now, at=now.isoformat())
    return moved
