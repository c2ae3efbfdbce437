"""What the committee zeroes: a month counts 0 whatever else is in it (rules 5)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from models import standings, verification, zeroings
from models.appointments import Office
from models.deciding import NotYours
from models.members import Move
from models.months import Month, Period
from models.recorders import (
    NotForOneself,
    ReasonMissing,
)
from models.rounds import NotYet, RoundState
from models.rulebooks import Source
from models.zeroings import AlreadyZeroed, Decision, NotTheCommittee
from tests.cast import NOW, Cast
from tests.models.branch_desk import PAPER, BranchDesk, own
from tests.models.desk import NOVEMBER, TODAY, D
from tests.models.record_desk import EVERYBODY, OCTOBER, take_back


@pytest.fixture
def desk(session, cast) -> BranchDesk:
    """The cast under a rulebook with items of the branch's own."""
    return own(session, cast)


def score(desk: BranchDesk, month: Month = NOVEMBER) -> Decimal:
    return standings.score_of(desk.session, desk.cast.zhang_san, month)[0]


def test_a_zeroed_month_counts_0_whatever_else_is_in_it(desk: BranchDesk):
    desk.credit("服务-01", "4")
    made = desk.zero()
    desk.credit("服务-02", "1")
    assert score(desk) == 0
    entry = desk.entry(made)
    assert (entry.points, entry.source, entry.about_month, entry.day) == (D(0), Source.ZEROING, NOVEMBER, None)
    assert (entry.item_code, entry.reason) == ("纪律-25", PAPER.reason)
    assert (made.document, made.day) == (PAPER.document, PAPER.day)
    assert desk.told("zeroed") == ["张三"]
    assert list(verification.differences(desk.session)) == []


def test_a_rulebook_without_such_an_item_is_no_hindrance(desk: BranchDesk, cast: Cast):
    made = zeroings.zero(desk.session, cast.zhang_san, Month(2025, 12), PAPER, by=cast.zhou_guoping, now=NOW)
    assert (made.rulebook_id, made.item_code) == (None, None)


@pytest.mark.parametrize("name", [n for n in EVERYBODY if n != "zhou_guoping"])
def test_nobody_but_the_committee_zeroes(desk: BranchDesk, name: str):
    with pytest.raises(NotTheCommittee):
        desk.zero(by=getattr(desk.cast, name))


def test_its_party_affairs_officer_speaks_for_the_committee(desk: BranchDesk):
    desk.office(desk.cast.sun_li, Office.PARTY_AFFAIRS_OFFICER, desk.cast.committee)
    assert desk.zero(by=desk.cast.sun_li)


def test_nobody_zeroes_themselves(desk: BranchDesk):
    with pytest.raises(NotForOneself):
        desk.zero(of=desk.cast.zhou_guoping)


@pytest.mark.parametrize("paper", [PAPER._replace(document=""), PAPER._replace(reason="")])
def test_a_zeroing_needs_document_and_reason(desk: BranchDesk, paper: Decision):
    with pytest.raises(ReasonMissing, match="文号和理由"):
        desk.zero(paper=paper)


def test_a_month_or_a_document_to_come_is_refused(desk: BranchDesk):
    with pytest.raises(NotYet):
        desk.zero(Month(2026, 12))
    with pytest.raises(NotYet):
        desk.zero(paper=PAPER._replace(day=TODAY + timedelta(days=1)))


def test_a_month_is_zeroed_once_and_anew_after_it_was_taken_back(desk: BranchDesk):
    made = desk.zero()
    with pytest.raises(AlreadyZeroed):
        desk.zero()
    assert desk.zero(OCTOBER)
    take_back(desk, made, by=desk.cast.zhou_guoping, now=NOW + timedelta(days=40))
    assert score(desk) == 70
    assert desk.told("record_taken_back") == ["张三"]
    assert desk.zero(now=NOW + timedelta(days=41))


def test_only_the_committee_takes_a_zeroing_back(desk: BranchDesk):
    made = desk.zero()
    for by in (desk.cast.wang_jianjun, desk.cast.zhang_san):
        with pytest.raises(NotYours, match="由作出决定的上级党组织撤回"):
            take_back(desk, made, by=by)


def test_after_final_a_zeroing_is_booked_now_about_then(desk: BranchDesk):
    desk.round(RoundState.FINAL, OCTOBER)
    entry = desk.entry(desk.zero(OCTOBER))
    assert (entry.booked_month, entry.about_month) == (NOVEMBER, OCTOBER)


def test_a_month_is_zeroed_where_the_member_was_at_home(desk: BranchDesk):
    cast, member = desk.cast, desk.cast.zhang_san
    here, there = cast.first_branch, cast.second_branch
    member.branch_id, member.group_id = there.id, cast.third_group.id
    desk.session.add(Move(member_id=member.id, from_branch_id=here.id, to_branch_id=there.id, moved_on=TODAY))
    desk.session.flush()
    assert [desk.zero(month).branch_id for month in (OCTOBER, NOVEMBER)] == [here.id, there.id]
    assert (OCTOBER, member.id) in standings.zeroed(desk.session, here.id, Period.month(OCTOBER))
