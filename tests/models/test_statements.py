"""Statements: every entry with the score after it, and the snapshot beside what it became (rules 2, 4, 7, 15)."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import count

import pytest
from sqlalchemy.orm import Session

from models import finalizing, ledger, reviewing, rounds, rulebooks, statements
from models.ledger import Entry
from models.members import Member, NotScored, NotScoredReason
from models.months import Month, Period, at
from models.organizations import Organization
from models.rounds import RoundState
from models.rulebooks import Source
from models.statements import NOT_LISTED, Statement
from tests.cast import NOW, Cast
from tests.models.desk import NOVEMBER, D, Desk, narrow

OCTOBER = Month(2026, 10)
IN_OCTOBER = at(date(2026, 10, 20), 10)
SUBMITTED, FINAL = at(date(2026, 11, 10), 10), at(date(2026, 11, 18), 9)
_numbers = count()


@pytest.fixture
def desk(session: Session, cast: Cast) -> Desk:
    return Desk(session, cast, narrow(session, cast.first_branch))


def book(
    desk: Desk,
    member: Member,
    points: str,
    *,
    about: Month = NOVEMBER,
    branch: Organization | None = None,
    source: Source = Source.BRANCH,
    now: datetime = NOW,
) -> Entry:
    branch = branch or desk.cast.first_branch
    ledger.lock(desk.session, branch.id)
    cause = f"statement:{next(_numbers)}"
    return ledger.write(
        desk.session, member, D(points), branch_id=branch.id, about=about, source=source, cause=cause, by=None, now=now
    )


def of(desk: Desk, member: Member, period: Period, branch: Organization | None = None) -> list[Statement]:
    found = statements.of_branch(desk.session, (branch or desk.cast.first_branch).id, period, NOW)
    return found.get(member.id, [])


def month_of(desk: Desk, member: Member, month: Month = NOVEMBER) -> Statement:
    (found,) = of(desk, member, Period.month(month))
    return found


def make_final(desk: Desk, month: Month = OCTOBER) -> None:
    branch_id = desk.cast.first_branch.id
    rounds.begin(desk.session, branch_id, month)
    reviewing.submit(desk.session, branch_id, month, by=None, now=SUBMITTED)
    finalizing.finalize(desk.session, branch_id, month, now=FINAL)


def test_each_entry_has_the_score_after_it(desk: Desk):
    for points in ("4", "4", "-3.5"):
        book(desk, desk.cast.zhang_san, points)
    found = month_of(desk, desk.cast.zhang_san)
    assert [line.score for line in found.lines] == [74, 76, D("74.5")]
    assert (found.plus, found.minus, found.score, found.zeroed) == (8, D("3.5"), D("74.5"), False)


def test_what_was_reversed_is_shown_and_does_not_swell_the_sums(desk: Desk):
    book(desk, desk.cast.zhang_san, "1")
    wrong = book(desk, desk.cast.zhang_san, "5")
    ledger.reverse(desk.session, wrong, by=desk.cast.li_si, now=NOW, reason="撤销审核")
    found = month_of(desk, desk.cast.zhang_san)
    assert [line.entry.points for line in found.lines] == [1, 5, -5]
    assert [line.score for line in found.lines] == [71, 76, 71]
    assert (found.plus, found.minus) == (1, 0)


def test_a_zeroing_holds_the_score_at_0_until_it_is_taken_back(desk: Desk):
    book(desk, desk.cast.zhang_san, "2")
    zeroing = book(desk, desk.cast.zhang_san, "0", source=Source.ZEROING)
    book(desk, desk.cast.zhang_san, "1")
    found = month_of(desk, desk.cast.zhang_san)
    assert [line.score for line in found.lines] == [72, 0, 0]
    assert found.zeroed
    ledger.reverse(desk.session, zeroing, by=desk.cast.li_si, now=NOW, reason="更正")
    found = month_of(desk, desk.cast.zhang_san)
    assert (found.score, found.zeroed) == (73, False)


def test_a_month_without_entries_is_the_base(desk: Desk):
    found = month_of(desk, desk.cast.wang_fang)
    assert (found.lines, found.score, found.scored, found.state, found.final) == ((), 70, True, None, None)


def test_everyone_of_the_branch_in_roster_order_and_nobody_else(desk: Desk):
    found = statements.of_branch(desk.session, desk.cast.first_branch.id, Period.month(NOVEMBER), NOW)
    assert list(found) == sorted(found)
    assert desk.cast.wang_jianjun.id in found
    assert desk.cast.qian_jin.id not in found


def test_who_is_not_scored_is_listed_with_the_reason(desk: Desk):
    found = month_of(desk, desk.cast.liu_defu)
    assert (found.scored, found.left_out) == (False, "年老体弱")


def test_months_that_have_not_begun_or_have_no_rulebook_are_left_out(desk: Desk):
    year = of(desk, desk.cast.zhang_san, Period.year(NOVEMBER))
    assert [statement.month.number for statement in year] == list(range(1, 12))
    before = statements.of_branch(desk.session, desk.cast.first_branch.id, Period.year(Month(2025, 1)), NOW)
    assert before == {}


def test_points_stay_in_the_branch_that_booked_them(desk: Desk):
    there = desk.cast.second_branch
    book(desk, desk.cast.zhang_san, "3", branch=there)
    assert month_of(desk, desk.cast.zhang_san).lines == ()
    (elsewhere,) = of(desk, desk.cast.zhang_san, Period.month(NOVEMBER), there)
    assert [line.entry.points for line in elsewhere.lines] == [3]
    assert (elsewhere.scored, elsewhere.left_out) == (False, NOT_LISTED)


def test_a_final_month_keeps_its_snapshot_beside_what_corrections_made_of_it(desk: Desk):
    book(desk, desk.cast.zhang_san, "-5", about=OCTOBER, now=IN_OCTOBER)
    make_final(desk)
    found = month_of(desk, desk.cast.zhang_san, OCTOBER)
    assert (found.state, found.score, found.published) == (RoundState.FINAL, 65, None)
    book(desk, desk.cast.zhang_san, "4", about=OCTOBER)
    found = month_of(desk, desk.cast.zhang_san, OCTOBER)
    assert found.final is not None
    assert (found.final.score, found.score, found.published) == (65, 69, 65)
    assert [line.entry.booked_month for line in found.lines] == [OCTOBER, NOVEMBER]


def test_a_final_month_stays_with_its_rulebook_and_with_who_was_scored_then(desk: Desk):
    make_final(desk)
    changed = replace(desk.rulebook, name="新细则", base=Decimal(50), effective_from=Month(2026, 12))
    rulebooks.add_version(desk.session, desk.cast.first_branch, changed, now=NOW)
    desk.session.add(
        NotScored(
            member_id=desk.cast.zhang_san.id,
            reason=NotScoredReason.ILL,
            decided_by_id=desk.cast.zhou_guoping.id,
            decided_at=NOW,
            from_month=OCTOBER,
        )
    )
    desk.session.flush()
    found = month_of(desk, desk.cast.zhang_san, OCTOBER)
    assert (found.scored, found.score, found.rulebook.version) == (True, 70, 1)
    assert month_of(desk, desk.cast.zhang_san).left_out == "长期病休"
