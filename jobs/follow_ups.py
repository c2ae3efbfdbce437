"""Follow-ups: warned before, reminded of, taken up after an appeal, closed after a correction (rules 15, 19, 20)."""

from datetime import datetime, timedelta

from sqlalchemy import Integer, bindparam, select, update
from sqlalchemy.orm import Session

from jobs.one_by_one import one_by_one
from models import bindings, follow_ups, late_entries, notices, settings, streaks, talks, trial_months
from models.accountable import level_above, responsible
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
AT_ONCE = 200  # branches
_TODAY = bindparam("today", type_=Round.warned_on.type)
_GOING = Prepared(
    select(Round.id, Round.branch_id, Round.month)
    .where(Round.state == RoundState.OPEN, Round.claims_until > bindparam("now"), Round.month <= bindparam("month"))
    .where(Round.warned_on.is_(None) | (Round.warned_on < _TODAY))
    .order_by(Round.month, Round.id)
    .limit(bindparam("most", type_=Integer))
)
_SEE = Prepared(update(Round).where(Round.id == bindparam("round_id")).values(warned_on=_TODAY))
_TO_REMIND = Prepared(
    select(FollowUp.id)
    .where(FollowUp.status == FollowUpStatus.OPEN, FollowUp.remind_at <= bindparam("now"), FollowUp.reminders < OVER)
    .order_by(FollowUp.id)
)


def warn(sessions: Sessions, *, now: datetime, most: int = AT_ONCE) -> int:
    """Warn who is under the mark 5 working days before month's end, not in the trial period (rules 19).

    Each branch is looked at once a day, ``most`` at a time: where there are more, the next look looks at them.
    """
    with sessions.read() as session:
        going = _going(session, now, most)
        places = [(id, month) for _, id, month in going if _is_to_be_warned(session, id, month, now)]
        some = [(id, month) for id, month in places if _to_warn(session, id, month)]
    warned = one_by_one(
        sessions,
        lambda session: some,
        lambda session, place: sum(_warn(session, member_id, place[1], now) for member_id in _to_warn(session, *place)),
    )
    if going:
        with sessions.write() as session:
            _SEE.run_all(session, [{"round_id": id} for id, _, _ in going], today=shanghai_day(now))
    return warned


def _going(session: Session, now: datetime, most: int) -> list[tuple[int, int, Month]]:
    """The rounds whose claims still run, whose last working days may have come, and that were not seen today."""
    present, days = Month.of(now), max(settings.values(session, settings.WARN_DAYS))
    near = present if now >= workday_before(present.ends, days) else present.plus(-1)
    return _GOING.rows(session, now=now, month=near, today=shanghai_day(now), most=most)


def _is_to_be_warned(session: Session, branch_id: int, month: Month, now: datetime) -> bool:
    return _is_near(session, branch_id, month, now) and not trial_months.is_trial(session, branch_id, month)


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
        lambda session: _TO_REMIND.column(session, now=now),
        lambda session, id: _remind(session, session.get_one(FollowUp, id), now),
    )


def _stage(follow_up: FollowUp, now: datetime) -> int:
    if now >= follow_up.due:
        return OVER
    return LAST_DAY if now >= _last_day(follow_up) else REMINDED


def _last_day(follow_up: FollowUp) -> datetime:
    return at(shanghai_day(follow_up.due - INSTANT))


def _remind(session: Session, follow_up: FollowUp, now: datetime) -> bool:
    stage = _stage(follow_up, now)
    mine = (FollowUp.id == follow_up.id, FollowUp.status == FollowUpStatus.OPEN, FollowUp.reminders < stage)
    following = _last_day(follow_up) if stage == REMINDED else follow_up.due
    marked = rows_changed(session, update(FollowUp).where(*mine).values(reminders=stage, remind_at=following))
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
    with sessions.read() as session:
        entries = late_entries.unseen(session)
        touched = follow_ups.touched(session, entries, now) if entries else []
    closed = one_by_one(
        sessions,
        lambda session: touched,
        lambda session, branch_id: follow_ups.ground_gone(session, branch_id, now=now),
    )
    if entries:
        with sessions.write() as session:
            late_entries.seen(session, entries)
    return closed
