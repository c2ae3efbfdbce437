"""The monthly rounds: begun with the month, reviewed when claims close, final after the disclosure (rules 14).

Who is late with a review is reminded every working day at 9:00; then the level above is told.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import Session

from models import finalizing, lateness, ledger, opinions, reviewing, rounds, rulebooks
from models.columns import MonthOf
from models.finalizing import NotDueYet, StillUnanswered
from models.months import Month, Period
from models.organizations import Nature, Organization, OrganizationKind
from models.prepared import Prepared
from models.rounds import Round, RoundState
from models.rows import by_ids
from models.sessions import Sessions


def _over(state: RoundState, until: Any) -> Prepared:
    """The rounds of a state whose time is over."""
    over = select(Round.id).where(Round.state == state, until <= bindparam("now"))
    return Prepared(over.order_by(Round.month, Round.branch_id))


_CLAIMED = _over(RoundState.OPEN, Round.claims_until)
_REVIEWED = _over(RoundState.REVIEW, Round.review_until)
_DISCLOSED = _over(RoundState.DISCLOSURE, Round.final_from)


def _behind() -> Prepared:
    """The standing branches without a round of the present month, each with the month of its last one."""
    of_branch, present = Round.branch_id == Organization.id, bindparam("present", type_=MonthOf)
    last = select(func.max(Round.month, type_=MonthOf)).where(of_branch).scalar_subquery()
    return Prepared(
        select(Organization.id, Organization.starts_on, Organization.ends_on, last)
        .where(Organization.kind == OrganizationKind.BRANCH, Organization.nature == Nature.STANDING)
        .where(~exists().where(of_branch, Round.month >= present))
        .order_by(Organization.id)
    )


_BEHIND = _behind()


def begin(sessions: Sessions, *, now: datetime) -> int:
    """Let the present month's round arise in every standing branch, and those of months slept through."""
    with sessions.read() as session:
        behind = _BEHIND.rows(session, present=Month.of(now))
        lacking = [
            (branch_id, month)
            for branch_id, starts_on, ends_on, last in behind
            for month in _since(last, now)
            if _exists(starts_on, ends_on, month) and rulebooks.find_in_force(session, branch_id, month) is not None
        ]
    begun = 0
    for branch_id, month in lacking:
        with sessions.write() as session:
            begun += rounds.begin(session, branch_id, month)
    return begun


def _since(last: Month | None, now: datetime) -> list[Month]:
    """The months after a branch's last round up to the present one; the present one alone where there is none."""
    present = Month.of(now)
    return Period((last or present.plus(-1)).plus(1), present).months


def _exists(starts_on: date | None, ends_on: date | None, month: Month) -> bool:
    begun = starts_on is None or Month.of(starts_on) <= month
    return begun and (ends_on is None or month <= Month.of(ends_on))


def review(sessions: Sessions, *, now: datetime) -> int:
    """Open the review of months whose claims are closed, and tell the branch's committee; returns how many."""
    return _each(
        sessions,
        _CLAIMED,
        lambda session, round_: True,
        lambda session, round_: reviewing.begin(session, round_, now),
        now,
    )


def remind(sessions: Sessions, *, now: datetime) -> int:
    """Remind who has not submitted a month in time, and tell the level above; returns of how many months."""

    def due(session: Session, round_: Round) -> bool:
        above = lateness.above_due(session, round_)
        return lateness.remind_on(round_, now) is not None or (above is not None and above <= now)

    def act(session: Session, round_: Round) -> bool:
        reminded = lateness.remind(session, round_, now)
        return lateness.tell_above(session, round_, now) or reminded

    return _each(sessions, _REVIEWED, due, act, now)


def finish(sessions: Sessions, *, now: datetime) -> int:
    """Make months final whose disclosure is over and about which nothing is unanswered; returns how many."""

    def due(session: Session, round_: Round) -> bool:
        return not opinions.unanswered(session, round_.branch_id, round_.month)

    def act(session: Session, round_: Round) -> bool:
        try:
            finalizing.finalize(session, round_.branch_id, round_.month, now=now)
        except (NotDueYet, StillUnanswered):  # somebody came between; nothing has been written yet
            return False
        return True

    return _each(sessions, _DISCLOSED, due, act, now)


Step = Callable[[Session, Round], bool]


def _each(sessions: Sessions, over: Prepared, due: Step, act: Step, now: datetime) -> int:
    """Act on every round that is due, each in a transaction of its own under the lock of its branch."""
    with sessions.read() as session:
        found = by_ids(session, Round, over.column(session, now=now))
        places = [(round_.branch_id, round_.month) for round_ in found if due(session, round_)]
    done, failures = 0, []
    for branch_id, month in places:
        try:
            done += _one(sessions, branch_id, month, act)
        except Exception as failure:  # noqa: BLE001 - raised below: one branch's trouble holds up no other
            failures.append(failure)
    if failures:
        raise ExceptionGroup("rounds that failed", failures)
    return done


def _one(sessions: Sessions, branch_id: int, month: Month, act: Step) -> bool:
    with sessions.write() as session:
        ledger.lock(session, branch_id)
        round_ = rounds.find_anew(session, branch_id, month)
        assert round_ is not None  # rounds are never removed
        return act(session, round_)
