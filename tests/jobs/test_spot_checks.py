"""The draw of 抽查, when a month's review opens (rules 16)."""

from datetime import date

import pytest
from sqlalchemy import select

from jobs import rounds as round_job
from jobs import spot_checks as job
from models import rounds, spot_checks
from models.appointments import Office
from models.months import Month, at
from models.rounds import RoundState
from models.sessions import Sessions
from models.spot_checks import SpotDraw, SpotHeads
from tests.cast import NOW
from tests.models.branch_desk import BranchDesk, own
from tests.models.desk import NOVEMBER

DECEMBER = Month(2026, 12)
CLOSED = at(date(2026, 12, 4))  # 24:00 of November's last day for claims


@pytest.fixture
def desk(session, cast) -> BranchDesk:
    desk = own(session, cast)
    desk.office(desk.cast.sun_li, Office.INSPECTOR, desk.cast.committee)
    desk.approve(desk.claim())
    return desk


def test_a_month_is_drawn_from_once_its_review_has_opened(desk: BranchDesk, within: Sessions):
    desk.round(RoundState.OPEN)
    assert job.draw(within, now=NOW) == 0
    rounds.find_anew(desk.session, desk.cast.first_branch.id, NOVEMBER)
    round_job.review(within, now=CLOSED)
    assert job.draw(within, now=CLOSED) == 1
    assert job.draw(within, now=CLOSED) == 0
    made = spot_checks.find(desk.session, desk.cast.first_branch.id, NOVEMBER)
    assert made is not None
    assert (made.drawn_at, len(made.drawn)) == (CLOSED, 1)
    assert desk.told("spot_checks_given") == ["孙丽"]


@pytest.mark.parametrize("state", [RoundState.DISCLOSURE, RoundState.FINAL])
def test_what_was_missed_while_all_was_down_is_drawn_later(desk: BranchDesk, within: Sessions, state: RoundState):
    desk.round(state)
    assert job.draw(within, now=CLOSED) == 1


def test_every_branch_and_month_has_a_draw_of_its_own(desk: BranchDesk, within: Sessions):
    for branch in (desk.cast.first_branch, desk.cast.second_branch):
        desk.round(RoundState.REVIEW, branch=branch)
    desk.round(RoundState.REVIEW, DECEMBER)
    assert job.draw(within, now=CLOSED) == 3
    found = desk.session.scalars(select(SpotDraw).order_by(SpotDraw.id)).all()
    first, second = desk.cast.first_branch.id, desk.cast.second_branch.id
    assert [(one.branch_id, one.month) for one in found] == [(first, NOVEMBER), (second, NOVEMBER), (first, DECEMBER)]
    # The heads are kept once for all draws of a moment: between the first and the second, a book was opened.
    assert len(desk.session.scalars(select(SpotHeads)).all()) == len({one.seed for one in found}) == 2
