"""The disclosure: everyone's figures in roster order, what is published of an entry, and 核实 (rules 14)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from models import disclosures, finalizing, ledger, rounds, tallies
from models.disclosures import Line, MemberCheck, NotDisclosed, Shown
from models.ledger import Entry
from models.members import Member, NotScoredReason
from models.months import Month, Period
from models.rounds import RoundState
from models.rulebooks import Publish, Source
from tests.models import scores
from tests.models.desk import NARROW, D, Desk, narrow
from tests.models.round_desk import (
    DEED,
    FINAL,
    OCTOBER,
    SUBMITTED,
    begin,
    earned,
    in_state,
)


def shown(desk: Desk, member: Member) -> Line:
    """A member's line of the first branch's October."""
    found = disclosures.lines(desk.session, desk.cast.first_branch.id, OCTOBER)
    return next(line for line in found if line.member_id == member.id)


def enter(
    desk: Desk, member: Member, points: str, code: str, *, source: Source = Source.BRANCH, reason: str = ""
) -> Entry:
    """An entry about October as the branch writes it."""
    ledger.lock_for(desk.session, member.id, member.branch_id)
    return ledger.write(
        desk.session,
        member,
        D(points),
        branch_id=member.branch_id,
        about=DEED,
        source=source,
        cause=f"test:{member.id}:{code}:{points}:{reason}",
        by=desk.cast.wang_jianjun,
        now=SUBMITTED,
        rulebook_id=desk.rulebook.id,
        item_code=code,
        reason=reason,
    )


def reverse(desk: Desk, entry: Entry) -> Entry:
    ledger.lock(desk.session, entry.branch_id)
    return ledger.reverse(desk.session, entry, by=desk.cast.wang_jianjun, now=SUBMITTED, reason="更正")


# The figures


def test_everyone_is_shown_in_roster_order_whatever_their_score(desk: Desk):
    begin(desk.session, desk.cast.first_branch.id)
    earned(desk, "服务-02", "2", of=desk.cast.feng_tao)
    found = disclosures.lines(desk.session, desk.cast.first_branch.id, OCTOBER)
    assert [line.name for line in found][:4] == ["王建军", "何敏", "孙磊", "李四"]
    assert found[-1].name == "冯涛"
    assert [line.member_id for line in found] == sorted(line.member_id for line in found)
    assert len(found) == 14


def test_a_line_has_base_plus_minus_score_and_stars(desk: Desk):
    begin(desk.session, desk.cast.first_branch.id)
    earned(desk, "服务-02", "2")
    enter(desk, desk.cast.zhang_san, "-2", "纪律-01")
    line = shown(desk, desk.cast.zhang_san)
    assert (line.base, line.plus, line.minus, line.score, line.stars) == (70, 4, 2, 72, 2)
    assert (line.zeroed, line.not_scored) == (False, None)


def test_plus_and_minus_are_told_whole_where_floor_and_ceiling_bind(desk: Desk):
    begin(desk.session, desk.cast.first_branch.id)
    enter(desk, desk.cast.zhang_san, "9", "学习-01")
    enter(desk, desk.cast.wang_fang, "-9", "纪律-01")
    high, low = shown(desk, desk.cast.zhang_san), shown(desk, desk.cast.wang_fang)
    assert [(line.plus, line.minus, line.score) for line in (high, low)] == [(9, 0, 76), (0, 9, 64)]


def test_what_was_reversed_is_neither_shown_nor_counted(desk: Desk):
    begin(desk.session, desk.cast.first_branch.id)
    reverse(desk, enter(desk, desk.cast.zhang_san, "2", "服务-02"))
    kept = enter(desk, desk.cast.zhang_san, "1", "服务-01")
    line = shown(desk, desk.cast.zhang_san)
    assert (line.plus, line.minus, line.score, [item.id for item in line.items]) == (1, 0, 71, [kept.id])


def test_a_zeroed_month_is_0_and_says_no_reason(desk: Desk):
    begin(desk.session, desk.cast.first_branch.id)
    enter(desk, desk.cast.zhang_san, "2", "服务-02")
    entry = scores.zero(desk.session, desk.cast.zhang_san, OCTOBER)
    line = shown(desk, desk.cast.zhang_san)
    assert (line.zeroed, line.plus, line.score, line.stars) == (True, 2, 0, 0)
    assert line.items[-1] == Shown(entry.id, D(0), Source.ZEROING, None, None, "", False)
    reverse(desk, entry)
    assert shown(desk, desk.cast.zhang_san).score == 72


def test_who_is_not_scored_is_shown_with_the_reason_and_without_a_score(desk: Desk):
    begin(desk.session, desk.cast.first_branch.id)
    enter(desk, desk.cast.liu_defu, "1", "服务-01")
    line = shown(desk, desk.cast.liu_defu)
    assert (line.plus, line.score, line.stars, line.not_scored) == (1, None, None, NotScoredReason.AGED)


def test_an_entry_is_shown_with_item_day_and_reason(desk: Desk):
    begin(desk.session, desk.cast.first_branch.id)
    entry = enter(desk, desk.cast.zhang_san, "-2", "纪律-01", reason="会上玩手机")
    (item,) = shown(desk, desk.cast.zhang_san).items
    assert item == Shown(entry.id, D(-2), Source.BRANCH, desk.item("纪律-01"), DEED, "会上玩手机", True)


def test_an_entry_without_an_item_is_shown_by_its_source(desk: Desk):
    begin(desk.session, desk.cast.first_branch.id)
    scores.score(desk.session, desk.cast.zhang_san, OCTOBER, 72)
    (item,) = shown(desk, desk.cast.zhang_san).items
    assert (item.source, item.item, item.points, item.full) == (Source.OPENING, None, 2, True)


def test_what_is_published_by_its_figure_alone_has_neither_item_nor_day_nor_reason(desk: Desk):
    hidden = replace(NARROW, items=tuple(replace(item, publish=Publish.POINTS) for item in NARROW.items))
    book = narrow(desk.session, desk.cast.second_branch, hidden)
    other = Desk(desk.session, desk.cast, book)
    rounds.begin(desk.session, desk.cast.second_branch.id, OCTOBER)
    entry = enter(other, desk.cast.sun_li, "-2", "纪律-01", reason="会上玩手机")
    found = disclosures.lines(desk.session, desk.cast.second_branch.id, OCTOBER)
    (item,) = next(line for line in found if line.name == "孙丽").items
    assert item == Shown(entry.id, D(-2), Source.BRANCH, None, None, "", False)


def test_another_month_and_another_branch_are_not_in_it(desk: Desk):
    begin(desk.session, desk.cast.first_branch.id)
    desk.credit("服务-01")  # November's
    assert shown(desk, desk.cast.zhang_san).items == ()
    assert tallies.figures(desk.session, desk.cast.second_branch.id, OCTOBER) == {}


# Disclosure and final


def test_in_disclosure_what_an_objection_changes_is_seen_at_once(desk: Desk):
    claim = earned(desk, "服务-02", "2")
    in_state(desk, RoundState.DISCLOSURE)
    entry = ledger.by_cause(desk.session, claim.decision_key)
    assert entry is not None
    reverse(desk, entry)
    assert shown(desk, desk.cast.zhang_san).score == 70


def test_once_final_it_stays_as_it_was_whatever_is_entered_later(desk: Desk):
    earned(desk, "服务-02", "2")
    round_ = in_state(desk, RoundState.FINAL)
    before = disclosures.lines(desk.session, round_.branch_id, OCTOBER)
    for entry in ledger.entries_of(desk.session, desk.cast.zhang_san.id, Period.month(OCTOBER)):
        reverse(desk, entry)
    enter(desk, desk.cast.zhang_san, "-2", "纪律-01")
    desk.cast.wang_fang.left_on = DEED
    desk.session.flush()
    assert disclosures.lines(desk.session, round_.branch_id, OCTOBER) == before
    assert (shown(desk, desk.cast.zhang_san).score, len(shown(desk, desk.cast.zhang_san).items)) == (74, 1)


# 核实


def test_a_member_checks_the_own_result_once(desk: Desk):
    round_ = in_state(desk, RoundState.DISCLOSURE)
    member, later = desk.cast.zhang_san, SUBMITTED + timedelta(hours=1)
    assert not disclosures.has_checked(desk.session, round_, member.id)
    assert disclosures.check(desk.session, None, by=member, now=SUBMITTED) == (round_, True)
    assert disclosures.check(desk.session, OCTOBER, by=member, now=later) == (round_, False)
    assert disclosures.has_checked(desk.session, round_, member.id)
    assert disclosures.checked(desk.session, round_) == 1
    assert [check.at for check in desk.session.query(MemberCheck)] == [SUBMITTED]


@pytest.mark.parametrize("state", [RoundState.OPEN, RoundState.REVIEW, RoundState.FINAL])
def test_outside_the_disclosure_there_is_nothing_to_check(desk: Desk, state: RoundState):
    in_state(desk, state)
    with pytest.raises(NotDisclosed, match="现在没有月份在公示中，不用核实"):
        disclosures.check(desk.session, None, by=desk.cast.zhang_san, now=FINAL)
    with pytest.raises(NotDisclosed, match="现在10月不在公示中，不用核实"):
        disclosures.check(desk.session, OCTOBER, by=desk.cast.zhang_san, now=FINAL)


def test_a_month_that_never_was_is_not_checked(desk: Desk):
    in_state(desk, RoundState.DISCLOSURE)
    with pytest.raises(NotDisclosed, match="现在9月不在公示中"):
        disclosures.check(desk.session, Month(2026, 9), by=desk.cast.zhang_san, now=SUBMITTED)


def test_who_came_after_the_month_has_nothing_to_check(desk: Desk):
    in_state(desk, RoundState.DISCLOSURE)
    desk.cast.zhang_san.joined_on = SUBMITTED.date()
    desk.session.flush()
    with pytest.raises(NotDisclosed, match="10月的公示里没有您"):
        disclosures.check(desk.session, None, by=desk.cast.zhang_san, now=SUBMITTED)


def test_silence_is_consent(desk: Desk):
    round_ = in_state(desk, RoundState.DISCLOSURE)
    assert disclosures.checked(desk.session, round_) == 0
    assert finalizing.finalize(desk.session, round_.branch_id, OCTOBER, now=FINAL).state is RoundState.FINAL
