"""The monthly round of a branch; so far: until when a month is open for claims (rules 14).

open ──24:00 of the 3rd working day of M+1──▶ review ──4 working days──▶ …
"""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from models import settings
from models.errors import Refused
from models.months import Month, shanghai_day
from models.workdays import working_days_after


class MonthClosed(Refused):
    """Deeds of that month can no longer be claimed."""


class NotYet(Refused):
    """The day of a deed lies in the future."""


def claims_until(session: Session, branch_id: int, month: Month) -> datetime:
    """When claims about a month close: 24:00 of the 3rd working day of the next month."""
    return working_days_after(_last_moment(month), settings.get(session, settings.CLAIM_DAYS, branch_id))


def last_claim_day(session: Session, branch_id: int, month: Month) -> date:
    """The last day on which deeds of a month may be claimed."""
    return shanghai_day(_before(claims_until(session, branch_id, month)))


def review_until(session: Session, branch_id: int, month: Month) -> datetime:
    """When what is undecided about a month must be cleared: 4 working days later."""
    closed = claims_until(session, branch_id, month)
    return working_days_after(_before(closed), settings.get(session, settings.REVIEW_DAYS, branch_id))


def is_open(session: Session, branch_id: int, month: Month, now: datetime) -> bool:
    """Whether deeds of a month may be claimed at a moment."""
    return month <= Month.of(now) and now < claims_until(session, branch_id, month)


def check_day(session: Session, branch_id: int, day: date, now: datetime) -> None:
    """Raise NotYet or MonthClosed when a deed of that day may not be claimed now (rules 8)."""
    if day > shanghai_day(now):
        raise NotYet(f"{day.month}月{day.day}日还没到，做完再报", "申报 社区志愿 2小时 今天")
    month = Month.of(day)
    if not is_open(session, branch_id, month, now):
        last = last_claim_day(session, branch_id, month)
        raise MonthClosed(
            f"{month.number}月的事到{last.month}月{last.day}日为止，现在不能再报。确有特殊情况请找支部书记",
            "申报 社区志愿 2小时 昨天",
        )


def open_months(session: Session, branch_id: int, now: datetime) -> list[Month]:
    """The months whose deeds may be claimed now, oldest first."""
    current = Month.of(now)
    return [m for m in (current.plus(-1), current) if is_open(session, branch_id, m, now)]


def _last_moment(month: Month) -> datetime:
    return _before(month.ends)


def _before(moment: datetime) -> datetime:
    """The last instant of the day that ends at a 24:00."""
    return moment.replace(microsecond=0) - timedelta(seconds=1)
