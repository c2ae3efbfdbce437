"""Months in a row under the pass mark (rules 7, 15, 20)."""

from datetime import date

from sqlalchemy.orm import Session

from models import ledger, streaks
from models.members import Member, Move, NotScored, NotScoredReason
from models.months import Month
from tests.cast import NOW, Cast
from tests.models.scores import score

SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER = (Month(2026, n) for n in (9, 10, 11, 12))
JANUARY, FEBRUARY = Month(2027, 1), Month(2027, 2)


def length(session: Session, member: Member, month: Month, since: Month | None = None) -> int:
    return streaks.lengths(session, member.branch_id, month, since=since).get(member.id, 0)


def leave_out(session: Session, member: Member, month: Month) -> None:
    session.add(
        NotScored(
            member_id=member.id,
            reason=NotScoredReason.ILL,
            decided_at=NOW,
            from_month=month,
            until_month=month,
        )
    )
    session.flush()


def test_a_month_at_the_mark_is_none(session: Session, cast: Cast) -> None:
    score(session, cast.zhang_san, OCTOBER, 60)
    assert length(session, cast.zhang_san, OCTOBER) == 0
    score(session, cast.zhang_san, OCTOBER, "59.99")
    assert length(session, cast.zhang_san, OCTOBER) == 1


def test_months_in_a_row_are_counted_back_to_one_at_the_mark(session: Session, cast: Cast) -> None:
    for month, points in ((Month(2026, 7), 50), (Month(2026, 8), 60), (SEPTEMBER, 59), (OCTOBER, 0), (NOVEMBER, 55)):
        score(session, cast.zhang_san, month, points)
    assert [length(session, cast.zhang_san, month) for month in (SEPTEMBER, OCTOBER, NOVEMBER)] == [1, 2, 3]


def test_a_streak_crosses_the_years_end(session: Session, cast: Cast) -> None:
    for month in (NOVEMBER, DECEMBER, JANUARY, FEBRUARY):
        score(session, cast.zhang_san, month, 58)
    assert length(session, cast.zhang_san, FEBRUARY) == 4


def test_a_month_not_scored_neither_breaks_nor_lengthens_it(session: Session, cast: Cast) -> None:
    score(session, cast.zhang_san, SEPTEMBER, 50)
    score(session, cast.zhang_san, OCTOBER, 50)
    leave_out(session, cast.zhang_san, OCTOBER)
    score(session, cast.zhang_san, NOVEMBER, 50)
    assert length(session, cast.zhang_san, OCTOBER) == 0
    assert length(session, cast.zhang_san, NOVEMBER) == 2


def test_a_month_not_scored_does_not_hide_one_at_the_mark_before_it(session: Session, cast: Cast) -> None:
    score(session, cast.zhang_san, Month(2026, 8), 50)
    leave_out(session, cast.zhang_san, OCTOBER)
    score(session, cast.zhang_san, NOVEMBER, 50)
    assert length(session, cast.zhang_san, NOVEMBER) == 1


def test_a_correction_ends_a_streak(session: Session, cast: Cast) -> None:
    for month in (SEPTEMBER, OCTOBER, NOVEMBER):
        score(session, cast.zhang_san, month, 50)
    score(session, cast.zhang_san, OCTOBER, 60)
    assert length(session, cast.zhang_san, NOVEMBER) == 1


def test_a_reversed_deduction_counts_no_more(session: Session, cast: Cast) -> None:
    entry = score(session, cast.zhang_san, OCTOBER, 50)
    ledger.reverse(session, entry, by=cast.wang_jianjun, now=NOW, reason="记错了")
    assert length(session, cast.zhang_san, OCTOBER) == 0


def test_months_before_the_first_rulebook_are_none(session: Session, cast: Cast) -> None:
    for month in (Month(2026, 1), Month(2026, 2)):
        score(session, cast.zhang_san, month, 50)
    assert length(session, cast.zhang_san, Month(2026, 2)) == 2
    assert streaks.lengths(session, cast.first_branch.id, Month(2025, 12)) == {}


def test_months_of_the_trial_period_do_not_count(session: Session, cast: Cast) -> None:
    for month in (SEPTEMBER, OCTOBER, NOVEMBER):
        score(session, cast.zhang_san, month, 50)
    assert length(session, cast.zhang_san, NOVEMBER, since=OCTOBER) == 2
    assert length(session, cast.zhang_san, NOVEMBER, since=NOVEMBER) == 1


def test_a_streak_moves_along_with_its_member(session: Session, cast: Cast) -> None:
    for month in (Month(2026, 8), SEPTEMBER):
        score(session, cast.zhang_san, month, 50)
    cast.zhang_san.branch_id, cast.zhang_san.group_id = cast.second_branch.id, None
    session.add(
        Move(
            member_id=cast.zhang_san.id,
            from_branch_id=cast.first_branch.id,
            to_branch_id=cast.second_branch.id,
            moved_on=date(2026, 10, 12),
        )
    )
    session.flush()
    score(session, cast.zhang_san, NOVEMBER, 50)
    # October is the month of the move, and not scored.
    assert length(session, cast.zhang_san, NOVEMBER) == 3


def test_members_run_streaks_of_their_own(session: Session, cast: Cast) -> None:
    score(session, cast.zhang_san, OCTOBER, 50)
    for member in (cast.zhang_san, cast.wang_fang):
        score(session, member, NOVEMBER, 50)
    found = streaks.lengths(session, cast.first_branch.id, NOVEMBER)
    assert found == {cast.zhang_san.id: 2, cast.wang_fang.id: 1}
