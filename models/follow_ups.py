"""What a branch's final does about follow-ups, and what later corrections undo (rules 15, 19, 20).

Nothing is opened for a month of the trial period: the secretary is shown what would have been.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import bindparam, select, union
from sqlalchemy.orm import Session

from models import notices, rounds, settings, trial_months
from models.accountable import responsible
from models.appointments import Office
from models.causes import DEGREES, Outcome, outcome
from models.causes import Cause as Cause
from models.causes import causes as causes
from models.columns import MonthOf
from models.consequences import LIVE, PENDING, TALKS, ZEROINGS, Opened, move
from models.consequences import FollowUp as FollowUp
from models.consequences import FollowUpKind as FollowUpKind
from models.consequences import FollowUpStatus as FollowUpStatus
from models.deciders import offices_of
from models.late_entries import LateEntry
from models.lists import among
from models.members import Move
from models.months import Month, end_of
from models.prepared import Prepared
from models.rounds import RoundState
from models.rows import by_ids, insert_new
from models.streaks import Figures
from models.workdays import workday_before, working_days_after

NOBODY_TALKED = (FollowUpStatus.OPEN, FollowUpStatus.RESTING)
REMIND_BEFORE = 2  # working days
LOOK_BACK = 14  # months in which a correction may still take a ground away: until the year is closed


def at_final(session: Session, branch_id: int, month: Month, *, now: datetime, known: Outcome | None = None) -> None:
    """Open what a final month causes and re-check the talks of earlier ones; in the trial period only show it.

    ``known`` is the month as the snapshot has just fixed it.
    """
    of_month = known or outcome(session, branch_id, month)
    assert of_month is not None  # a month that becomes final has a rulebook
    since = trial_months.consequences_from(session, branch_id)
    trial = since is None or month < since
    found = causes(session, branch_id, month, since=None if trial else since, known=of_month)
    if trial:
        if found:
            _show_trial(session, branch_id, month, now)
        return
    for cause in found:
        _open(session, branch_id, month, cause, now)
    _recheck(session, branch_id, month, of_month.figures, now)
    ground_gone(session, branch_id, now=now, but=month)


def _causes(session: Session, branch_id: int, month: Month) -> list[Cause]:
    return causes(session, branch_id, month, since=trial_months.consequences_from(session, branch_id))


def _show_trial(session: Session, branch_id: int, month: Month, now: datetime) -> None:
    """Tell the secretary what would follow, were the trial period over."""
    for seat in offices_of(session, branch_id, now).holders(branch_id, Office.SECRETARY):
        key = f"trial:{branch_id}:{month}:{seat.id}"
        facts = {"branch": branch_id, "month": str(month)}
        notices.post(session, seat.id, "follow_ups_trial", key=key, now=now, facts=facts)


def _open(session: Session, branch_id: int, month: Month, cause: Cause, now: datetime) -> bool:
    """Open a follow-up, once per member, month and kind; tell the member why, and who is to act."""
    days = settings.get(session, settings.TALK_DAYS, branch_id)
    talk_due = working_days_after(now, days)
    # Both meetings at which a zeroed month is explained are held until March 31 of the next year (rules 23).
    due = end_of(date(month.year + 1, 3, 31)) if cause.kind in ZEROINGS else talk_due
    id = insert_new(
        session,
        FollowUp,
        member_id=cause.member_id,
        branch_id=branch_id,
        month=month,
        kind=cause.kind,
        status=FollowUpStatus.OPEN,
        score=cause.score,
        mark=cause.mark,
        streak=cause.streak,
        opened_at=now,
        due=due,
        remind_at=workday_before(due, REMIND_BEFORE),
        object_until=working_days_after(now, settings.get(session, settings.OBJECT_DAYS, branch_id)),
        reminders=0,
        objection="",
        reason="",
        measures="",
    )
    if id is None:
        return False
    opened = Opened(id, cause.member_id, branch_id, cause.kind)
    tell(session, opened, "follow_up_opened", [cause.member_id], now)
    ask(session, opened, now)
    return True


def tell(
    session: Session, follow_up: FollowUp | Opened, kind: str, people: Sequence[int], now: datetime, at: str = ""
) -> None:
    """Tell people of a passage in a follow-up's life, once; ``at`` tells passages of one kind apart."""
    for member_id in people:
        key = f"{follow_up.subject}:{kind}{at and ':'}{at}:{member_id}"
        facts = {"follow_up": follow_up.id}
        notices.post(session, member_id, kind, key=key, now=now, subject=follow_up.subject, facts=facts)


def ask(session: Session, follow_up: FollowUp | Opened, now: datetime, at: str = "") -> None:
    """Tell who is to act; the 党务专干 that somebody is to be named."""
    named = follow_up.kind is not FollowUpKind.APPOINTED_TALK or follow_up.named_id is not None
    people = [person.id for person in responsible(session, follow_up, now)]
    tell(session, follow_up, "follow_up_asked" if named else "follow_up_to_name", people, now, at)


_TALKED_BY = [
    select(FollowUp.id, FollowUp.member_id)
    .where(FollowUp.status == FollowUpStatus.RECORDED, among(FollowUp.kind, sorted(TALKS)))
    .where(FollowUp.month < bindparam("month", type_=MonthOf), of_branch)
    for of_branch in (
        FollowUp.branch_id == bindparam("branch_id"),
        # Who came from another branch brought the talk along.
        FollowUp.member_id.in_(select(Move.member_id).where(Move.to_branch_id == bindparam("branch_id"))),
    )
]
_TALKED = Prepared(union(*_TALKED_BY).order_by(FollowUp.id))


def _recheck(session: Session, branch_id: int, month: Month, figures: Figures, now: datetime) -> None:
    """Re-check the recorded talks of earlier months of whoever is scored in the final one: 达标 or 未达标."""
    scores = figures.scores
    session.flush()
    talks = [id for id, member_id in _TALKED.rows(session, branch_id=branch_id, month=month) if member_id in scores]
    found = by_ids(session, FollowUp, talks)
    for follow_up in [f for f in found if _judge(session, f, month, scores[f.member_id], figures.mark)]:
        people = {follow_up.member_id, *(person.id for person in responsible(session, follow_up, now))}
        tell(session, follow_up, "follow_up_rechecked", sorted(people), now)


def _judge(session: Session, follow_up: FollowUp, month: Month, score: Decimal, mark: Decimal) -> bool:
    status = FollowUpStatus.MET if score >= mark else FollowUpStatus.MISSED
    seen = {"rechecked_month": month, "rechecked_score": score}
    return move(session, follow_up, FollowUpStatus.RECORDED, status=status, **seen)


def ground_gone(session: Session, branch_id: int, *, now: datetime, but: Month | None = None) -> int:
    """Close the follow-ups of a branch whose ground a correction took away, and tell; returns how many.

    Those of the month ``but`` have just been opened. Where a lesser one follows instead (a streak grew shorter), that
    one is opened; a talk that took place stands for it.
    """
    closed = 0
    for month, found in _live(session, branch_id, now, but):
        needed = {(cause.member_id, cause.kind): cause for cause in _causes(session, branch_id, month)}
        for follow_up in found:
            lesser = next((needed[follow_up.member_id, k] for k in DEGREES if (follow_up.member_id, k) in needed), None)
            talked = follow_up.kind in TALKS and follow_up.status not in NOBODY_TALKED
            if (follow_up.member_id, follow_up.kind) in needed or (talked and lesser):
                continue
            closed += close(session, follow_up, now)
            if lesser and follow_up.kind not in ZEROINGS:
                _open(session, branch_id, month, lesser, now)
    return closed


_RECENT = (among(FollowUp.status, LIVE), FollowUp.month >= bindparam("since", type_=MonthOf))
_TOUCHED = (
    select(FollowUp.branch_id)
    .join(LateEntry, (LateEntry.member_id == FollowUp.member_id) & (LateEntry.about_month <= FollowUp.month))
    .where(LateEntry.entry_id.in_(bindparam("ids", expanding=True)), *_RECENT)
    .distinct()
    .order_by(FollowUp.branch_id)
)


def touched(session: Session, entry_ids: Sequence[int], now: datetime) -> list[int]:
    """The branches with follow-ups of the last months whose ground may have changed by these late entries."""
    since = Month.of(now).plus(-LOOK_BACK)
    return list(session.scalars(_TOUCHED, {"ids": entry_ids, "since": since}))


def at_zeroing(session: Session, branch_id: int, month: Month, *, now: datetime) -> int:
    """Open what follows from a zeroing of a month that is final already; returns how many."""
    round_ = rounds.find(session, branch_id, month)
    if round_ is None or round_.state is not RoundState.FINAL or trial_months.is_trial(session, branch_id, month):
        return 0
    found = [cause for cause in _causes(session, branch_id, month) if cause.kind in ZEROINGS]
    return sum(_open(session, branch_id, month, cause, now) for cause in found)


_LIVE_ONES = Prepared(
    select(FollowUp.id, FollowUp.month)
    .where(FollowUp.branch_id == bindparam("branch_id"), *_RECENT)
    .order_by(FollowUp.id)
)


def _live(session: Session, branch_id: int, now: datetime, but: Month | None) -> Iterator[tuple[Month, list[FollowUp]]]:
    """The follow-ups of a branch about the last months, ``but`` one, that were not closed, by month."""
    since = Month.of(now).plus(-LOOK_BACK)
    session.flush()
    rows = _LIVE_ONES.rows(session, branch_id=branch_id, since=since)
    found = by_ids(session, FollowUp, [id for id, month in rows if month != but])
    for month in sorted({follow_up.month for follow_up in found}):
        yield month, [follow_up for follow_up in found if follow_up.month == month]


def close(session: Session, follow_up: FollowUp, now: datetime) -> bool:
    """End a follow-up whose ground is gone; the member and who was to act are told."""
    people = {follow_up.member_id, *(person.id for person in responsible(session, follow_up, now))}
    closed = move(session, follow_up, *LIVE, status=FollowUpStatus.CLOSED, closed_at=now)
    if closed:
        notices.settle(session, follow_up.subject, now)
        tell(session, follow_up, "follow_up_closed", sorted(people), now)
    return closed


def of_month(session: Session, branch_id: int, month: Month) -> Sequence[FollowUp]:
    """What followed from a month of a branch and was not closed."""
    query = select(FollowUp).where(FollowUp.branch_id == branch_id, FollowUp.month == month)
    return session.scalars(query.where(FollowUp.status.in_(LIVE)).order_by(FollowUp.id)).all()


def of_member(session: Session, member_id: int) -> Sequence[FollowUp]:
    """A member's follow-ups that were not closed, oldest first."""
    query = select(FollowUp).where(FollowUp.member_id == member_id, FollowUp.status.in_(LIVE))
    return session.scalars(query.order_by(FollowUp.id)).all()


def open_of(session: Session, member_id: int) -> Sequence[FollowUp]:
    """A member's follow-ups that are not over yet, oldest first."""
    return [found for found in of_member(session, member_id) if found.status in PENDING]
