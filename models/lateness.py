"""Who is late with a month, and who hears of it: the secretary every working day, then the level above (rules 14)."""

from datetime import date, datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from models import notices, rounds, settings
from models.appointments import BRANCH_OFFICES, Office
from models.deciders import offices_of
from models.guarded import rows_changed
from models.months import at, shanghai_day
from models.rounds import Round, RoundState
from models.seats import Seat
from models.workdays import is_workday, workday_after

_RESPONSIBLE_ABOVE = (Office.SECRETARY, Office.PARTY_AFFAIRS_OFFICER)


def last_working_morning(now: datetime) -> date:
    """The last working day whose 9:00 has come."""
    day = shanghai_day(now)
    while not (is_workday(day) and at(day, rounds.HOUR) <= now):
        day -= timedelta(days=1)
    return day


def submitters(session: Session, branch_id: int, now: datetime) -> list[Seat]:
    """Who submits a branch's month: the secretary, an acting one too; the deputy only where there is none."""
    offices = offices_of(session, branch_id, now)
    return offices.holders(branch_id, Office.SECRETARY) or offices.holders(branch_id, Office.DEPUTY_SECRETARY)


def committee(session: Session, branch_id: int, now: datetime) -> list[Seat]:
    """The branch's own committee, secretary first, each once."""
    seats = [s for s in offices_of(session, branch_id, now).seats if s.organization_id == branch_id]
    order = list(Office)
    mine = sorted((s for s in seats if s.office in BRANCH_OFFICES), key=lambda seat: order.index(seat.office))
    return list({seat.id: seat for seat in reversed(mine)}.values())[::-1]


def level_above(session: Session, branch_id: int, now: datetime) -> list[Seat]:
    """Secretary and party affairs officers of the nearest level above that has any."""
    offices = offices_of(session, branch_id, now)
    for organization_id in offices.above_ids:
        found = {s.id: s for office in _RESPONSIBLE_ABOVE for s in offices.holders(organization_id, office)}
        if found:
            return list(found.values())
    return []


def remind_on(round_: Round, now: datetime) -> date | None:
    """The working day for which the secretary is yet to be reminded to submit; None when nothing is due."""
    if round_.state is not RoundState.REVIEW or round_.review_until is None:
        return None
    day = last_working_morning(now)
    told = round_.reminded_on is not None and round_.reminded_on >= day
    return None if told or at(day, rounds.HOUR) < round_.review_until else day


def remind(session: Session, round_: Round, now: datetime) -> bool:
    """Remind whoever submits, at 9:00 of each working day after the review; False when that is done."""
    day = remind_on(round_, now)
    if day is None or not _mark(session, round_, reminded_on=day):
        return False
    for seat in submitters(session, round_.branch_id, now):
        _post(session, round_, seat, "review_late", f"late:{day}", now)
    return True


def above_due(session: Session, round_: Round) -> datetime | None:
    """When the level above is told that a month was not submitted; None once it was, or when it is no longer late."""
    if round_.state is not RoundState.REVIEW or round_.review_until is None or round_.moved_up_at is not None:
        return None
    days = settings.get(session, settings.SUBMIT_LATE_DAYS, round_.branch_id)
    return at(workday_after(shanghai_day(rounds.before(round_.review_until)), 1 + days), rounds.HOUR)


def tell_above(session: Session, round_: Round, now: datetime) -> bool:
    """Tell the level above, once, that a month was not submitted in time; False when that is done or not due."""
    due = above_due(session, round_)
    if due is None or now < due or not _mark(session, round_, moved_up_at=now):
        return False
    for seat in level_above(session, round_.branch_id, now):
        _post(session, round_, seat, "review_late_above", "above", now)
    return True


def tell_review(session: Session, round_: Round, now: datetime) -> None:
    """Tell the branch's committee that its review is open, and until when."""
    for seat in committee(session, round_.branch_id, now):
        _post(session, round_, seat, "review_open", "review", now)


def _mark(session: Session, round_: Round, **values: object) -> bool:
    """Note that it happened, if nobody else did in between."""
    (column,) = values
    mine = (
        Round.id == round_.id,
        Round.state == RoundState.REVIEW,
        getattr(Round, column).is_not_distinct_from(getattr(round_, column)),
    )
    marked = rows_changed(session, update(Round).where(*mine).values(values))
    session.refresh(round_)
    return bool(marked)


def _post(session: Session, round_: Round, seat: Seat, kind: str, what: str, now: datetime) -> None:
    key = f"{round_.subject}:{what}:{seat.id}"
    notices.post(session, seat.id, kind, key=key, now=now, subject=round_.subject, facts=round_.facts)
