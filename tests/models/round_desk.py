"""October's round at the desk: the moments it passes, and the operations that lead to each state.

November 2026: claims close with the 4th, review ends with the 10th. Submitted on Monday the 9th, the
disclosure ends with the 16th, and October may become final on Tuesday the 17th at nine.
"""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from models import finalizing, reviewing, rounds
from models.claims import Claim
from models.filing import file
from models.matters import Matter
from models.members import Member
from models.months import Month, at
from models.opinions import Opinion
from models.rounds import Round, RoundState
from tests.models.desk import Desk

INSTANT = timedelta(microseconds=1)
OCTOBER = Month(2026, 10)
DEED = date(2026, 10, 20)
DURING = at(DEED, 20)
CLOSED = at(date(2026, 11, 5))
IN_REVIEW = at(date(2026, 11, 6), 10)
REVIEWED = at(date(2026, 11, 11))
SUBMITTED = at(date(2026, 11, 9), 10)
DISCLOSED_UNTIL = at(date(2026, 11, 17))
FINAL = at(date(2026, 11, 17), 9)


def begin(session: Session, branch_id: int) -> Round:
    """October is open."""
    rounds.begin(session, branch_id, OCTOBER)
    found = rounds.find_anew(session, branch_id, OCTOBER)
    assert found is not None
    return found


def review(session: Session, branch_id: int) -> Round:
    """October is under review."""
    round_ = begin(session, branch_id)
    assert reviewing.begin(session, round_, CLOSED)
    return round_


def submit(session: Session, branch_id: int, by: Member | None) -> Round:
    """October is in disclosure."""
    review(session, branch_id)
    return reviewing.submit(session, branch_id, OCTOBER, by=by, now=SUBMITTED)


def finish(session: Session, branch_id: int, by: Member | None) -> Round:
    """October is final."""
    submit(session, branch_id, by)
    return finalizing.finalize(session, branch_id, OCTOBER, now=FINAL)


def in_state(desk: Desk, state: RoundState) -> Round:
    """The first branch's October in a state, reached by the operations that lead there."""
    branch_id, secretary = desk.cast.first_branch.id, desk.cast.wang_jianjun
    if state is RoundState.OPEN:
        return begin(desk.session, branch_id)
    if state is RoundState.REVIEW:
        return review(desk.session, branch_id)
    if state is RoundState.DISCLOSURE:
        return submit(desk.session, branch_id, secretary)
    return finish(desk.session, branch_id, secretary)


def deed(
    desk: Desk, code: str = "服务-01", quantity: str = "1", *, of: Member | None = None, day: date = DEED
) -> Claim:
    """A claim about October, made in time."""
    return desk.claim(code, quantity, of=of, day=day, now=DURING)


def earned(desk: Desk, code: str = "服务-01", quantity: str = "1", *, of: Member | None = None) -> Claim:
    """A claim about October that was approved."""
    claim = deed(desk, code, quantity, of=of)
    by = desk.cast.ma_chao if claim.member.group_id == desk.cast.second_group.id else desk.cast.li_si
    return desk.approve(claim, by=desk.cast.wang_jianjun if claim.member_id == by.id else by, now=DURING)


def objection(desk: Desk, *, by: Member, about: Member) -> Opinion:
    """Somebody objects to somebody's October while it is in disclosure."""
    return file(
        desk.session,
        Matter(member=about, month=OCTOBER),
        "这次走访我没有看到他",
        by=by,
        now=SUBMITTED + timedelta(hours=2),
    )
