"""Follow-ups: warned before, reminded of, taken up after an appeal, closed after a correction (rules 15, 19, 20)."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from jobs.one_by_one import one_by_one
from models import bindings, follow_ups, notices, settings, streaks, talks, trial_months
from models.accountable import level_above, responsible
from models.base import by_ids
from models.consequences import FollowUp, FollowUpStatus
from models.guarded import rows_changed
from models.months import Month, at, shanghai_day
from models.notices import Notice
from models.prepared import Prepared
from models.rounds import Round, RoundState
from models.sessions import Sessions
from models.workdays import workday_before

INSTANT = timedelta(microseconds=1)
REMINDED, LAST_DAY, OVER = 1, 2, 3
_GOING = Prepared(
    select(Round.branch_id, Round.month)
    .where(Round.state == RoundState.OPEN, Round.claims_until > bindparam("now"), Round.month <= bindparam("month"))
    .order_by(Round.branch_id, Round.month)
)
_TO_REMIND = Prepared(
    select(FollowUp.id)
    .where(FollowUp.status == FollowUpStatus.OPEN, FollowUp.remind_at <= bindparam("now"), FollowUp.reminders < OVER)
    .order_by(FollowUp.id)
)


def warn(sessions: Sessions, *, now: datetime) -> int:
    """Warn who is under the mark 5 working days before month's end, not in the trial period (rules 19)."""
    return one_by_one(
        sessions,
        lambda session: [place for place in _nearly_over(session, now) if _to_warn(session, *place)],
        lambda session, place: sum(_warn(session, member_id, place[1], now) for member_id in _to_warn(session, *place)),
    )


def _nearly_over(session: Session, now: datetime) -> list[tuple[int, Month]]:
    """The branches and months of which few working days are left, and whose claims still run."""
    found = _GOING.rows(session, now=now, month=Month.of(now))
    return [(id, m) for id, m in found if _is_near(session, id, m, now) and not trial_months.is_trial(session, id, m)]


def _is_near(session: Session, branch_id: int, month: Month, now: datetime) -> bool:
    return now >= workday_before(month.ends, settings.get(session, settings.WARN_DAYS, branch_id))


def _to_warn(session: Session, branch_id: int, month: Month) -> list[int]:
    """Who can be reached, is under the mark and has not been warned of it."""
    figures = streaks.figures(session, branch_id, month)
    under = bindings.reachable(session, sorted(figures.under)) if figures else set()
    told = select(Notice.member_id).where(Notice.kind == "under_mark", Notice.subject == _subject(month))
    return sorted(under - set(session.scalars(told.where(Notice.member_id.in_(under)))))


def _subject(month: Month) -> str:
    return f"under_mark:{month}"


def _warn(session: Session, member_id: int, month: Month, now: datetime) -> bool:
    key = f"{_subject(month)}:{member_id}"
    facts = {"month": str(month)}
    return notices.post(session, member_id, "under_mark", key=key, now=now, subject=_subject(month), facts=facts)


def remind(sessions: Sessions, *, now: datetime) -> int:
    """Remind who is to act 2 working days before, on the last day, and when it is over; then the level above too."""
    return one_by_one(
        sessions,
        lambda session: _to_remind(session, now),
        lambda session, id: _remind(session, session.get_one(FollowUp, id), now),
    )


def _to_remind(session: Session, now: datetime) -> list[int]:
    waiting = by_ids(session, FollowUp, _TO_REMIND.column(session, now=now))
    return [follow_up.id for follow_up in waiting if _stage(follow_up, now) > follow_up.reminders]


def _stage(follow_up: FollowUp, now: datetime) -> int:
    if now >= follow_up.due:
        return OVER
    return LAST_DAY if now >= at(shanghai_day(follow_up.due - INSTANT)) else REMINDED


def _remind(session: Session, follow_up: FollowUp, now: datetime) -> bool:
    stage = _stage(follow_up, now)
    mine = (FollowUp.id == follow_up.id, FollowUp.status == FollowUpStatus.OPEN, FollowUp.reminders < stage)
    marked = rows_changed(session, update(FollowUp).where(*mine).values(reminders=stage))
    if not marked:
        return False
    acting = [person.id for person in responsible(session, follow_up, now)]
    kind = "follow_up_over" if stage == OVER else "follow_up_due"
    follow_ups.tell(session, follow_up, kind, acting, now, at=f"{follow_up.due.isoformat()}:{stage}")
    if stage == OVER:
        above = [seat.id for seat in level_above(session, follow_up, now)]
        follow_ups.tell(session, follow_up, "follow_up_over_above", above, now, at=follow_up.due.isoformat())
    return True


def wake(sessions: Sessions, *, now: datetime) -> int:
    """Take up again, or close, what rested until its appeal had the last answer (rules 20)."""
    return one_by_one(sessions, talks.resting, lambda session, id: talks.wake(session, id, now=now))


def correct(sessions: Sessions, *, now: datetime) -> int:
    """Close the follow-ups whose ground a later entry took away (rules 15); returns how many."""
    return one_by_one(
        sessions,
        lambda session: follow_ups.touched(session, now),
        lambda session, branch_id: follow_ups.ground_gone(session, branch_id, now=now),
    )
