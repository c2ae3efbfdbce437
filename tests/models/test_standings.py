"""Standings: scores, ranks, averages, and who is left out of them (rules 4, 5, 7, 17, 18)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count

import pytest

from models import ledger, rolls, standings
from models.ledger import Entry
from models.members import Member, Move, NotScored, NotScoredReason
from models.months import Month, Period, at
from models.organizations import Organization, OrganizationKind
from models.rulebooks import NoRulebook, Source
from models.standings import GroupLine, Standings
from tests.cast import NOW
from tests.models.desk import NARROW, NOVEMBER, D, Desk, narrow

OCTOBER, DECEMBER = Month(2026, 10), Month(2026, 12)
THIS_MONTH = Period.month(NOVEMBER)
_numbers: Iterator[int] = count()


def book(
    desk: Desk,
    member: Member,
    points: str,
    *,
    month: Month = NOVEMBER,
    branch: Organization | None = None,
    source: Source = Source.BRANCH,
) -> Entry:
    """An entry of the branch's own, without any cap."""
    branch = branch or desk.cast.first_branch
    ledger.lock(desk.session, branch.id)
    return ledger.write(
        desk.session,
        member,
        D(points),
        branch_id=branch.id,
        about=month,
        source=source,
        cause=f"branch:{next(_numbers)}",
        by=None,
        now=NOW,
    )


def score(desk: Desk, member: Member, month: Month = NOVEMBER) -> Decimal:
    return standings.score_of(desk.session, member, month)[0]


def shown(desk: Desk, period: Period = THIS_MONTH, branch: Organization | None = None) -> Standings:
    return standings.of_branch(desk.session, (branch or desk.cast.first_branch).id, period, NOW)


def ranks(found: Standings) -> list[tuple[int | None, str, Decimal | None]]:
    return [(line.rank, line.member.name, line.score) for line in found.lines]


# A month's score


def test_everyone_begins_a_month_with_the_base(desk: Desk):
    assert score(desk, desk.cast.zhang_san) == 70
    assert {line.score for line in shown(desk).scored} == {70}


@pytest.mark.parametrize(
    ("points", "result"),
    [
        (["2.5", "-1"], "71.50"),
        (["6"], "76.00"),
        (["6.01"], "76"),
        (["-6"], "64.00"),
        (["-6.01"], "64"),
        (["-9", "4"], "65.00"),
    ],
)
def test_a_score_is_base_and_sum_between_floor_and_ceiling(desk: Desk, points: list[str], result: str):
    for one in points:
        book(desk, desk.cast.zhang_san, one)
    assert score(desk, desk.cast.zhang_san) == D(result)
    line = shown(desk).line_of(desk.cast.zhang_san.id)
    assert line is not None
    assert line.score == D(result)


def test_without_a_ceiling_a_score_has_none():
    assert replace(NARROW, ceiling=None).score(D(50)) == 120


def test_every_month_starts_anew(desk: Desk):
    book(desk, desk.cast.zhang_san, "5", month=OCTOBER)
    assert [score(desk, desk.cast.zhang_san, m) for m in (OCTOBER, NOVEMBER)] == [75, 70]


def test_points_stay_in_the_branch_where_they_were_earned(desk: Desk):
    member, there = desk.cast.zhang_san, desk.cast.second_branch
    book(desk, member, "3", branch=there)
    assert score(desk, member) == 70


def test_a_month_is_computed_with_its_own_version(desk: Desk):
    later = replace(NARROW, base=D(50), effective_from=DECEMBER)
    narrow(desk.session, desk.cast.first_branch, later)
    assert [score(desk, desk.cast.zhang_san, m) for m in (NOVEMBER, DECEMBER)] == [70, 64]
    assert standings.score_of(desk.session, desk.cast.zhang_san, DECEMBER)[1].base == 50


def test_without_a_rulebook_there_is_no_score(desk: Desk):
    with pytest.raises(NoRulebook, match="12月还没有积分细则"):
        standings.score_of(desk.session, desk.cast.zhang_san, Month(2025, 12))
    assert shown(desk, Period.month(Month(2025, 12))).lines == ()


# 归零


def test_while_a_zeroing_stands_the_score_is_nothing_whatever_else_is_in_it(desk: Desk):
    member = desk.cast.zhang_san
    book(desk, member, "6")
    zeroing = book(desk, member, "0", source=Source.ZEROING)
    line = shown(desk).line_of(member.id)
    assert line is not None
    assert (score(desk, member), line.score, line.rank) == (0, 0, 13)
    assert score(desk, desk.cast.wang_fang) == 70
    ledger.reverse(desk.session, zeroing, by=desk.cast.zhou_guoping, now=NOW, reason="撤销处分")
    line = shown(desk).line_of(member.id)
    assert line is not None
    assert (score(desk, member), line.score) == (76, 76)


# Ranks


def test_equal_scores_share_a_rank_and_the_next_is_skipped(desk: Desk):
    for member, points in ((desk.cast.wang_fang, "3"), (desk.cast.zhang_san, "2"), (desk.cast.chen_jing, "2")):
        book(desk, member, points)
    book(desk, desk.cast.ma_chao, "1")
    first = ranks(shown(desk))[:5]
    assert first == [
        (1, "王芳", 73),
        (2, "张三", 72),
        (2, "陈静", 72),
        (4, "马超", 71),
        (5, "王建军", 70),
    ]


def test_ranks_are_inside_a_branch(desk: Desk):
    book(desk, desk.cast.sun_li, "5", branch=desk.cast.second_branch)
    assert "孙丽" not in [name for _, name, _ in ranks(shown(desk))]
    assert ranks(shown(desk, branch=desk.cast.second_branch))[0] == (1, "孙丽", 75)


def test_who_is_not_scored_has_no_rank_and_comes_last_with_the_reason(desk: Desk):
    found = shown(desk)
    assert ranks(found)[-1] == (None, "刘德福", None)
    assert found.lines[-1].reason is NotScoredReason.AGED
    assert len(found.scored) == len(found.lines) - 1 == 13
    assert found.line_of(desk.cast.sun_li.id) is None


def test_nobody_elses_standing_hides_who_is_not_scored_this_month(desk: Desk):
    desk.session.add(
        NotScored(
            member_id=desk.cast.zhang_san.id,
            reason=NotScoredReason.ILL,
            decided_at=NOW,
            from_month=NOVEMBER,
            until_month=NOVEMBER,
        )
    )
    desk.session.flush()
    book(desk, desk.cast.zhang_san, "4", month=OCTOBER)
    assert shown(desk).line_of(desk.cast.zhang_san.id).rank is None  # type: ignore[union-attr]
    quarter = shown(desk, Period.quarter(NOVEMBER)).line_of(desk.cast.zhang_san.id)
    assert quarter is not None
    assert (quarter.rank, quarter.score, quarter.reason) == (1, 74, None)


# Quarter and year


def test_several_months_are_averaged_half_up(desk: Desk):
    for month, points in ((OCTOBER, "1.25"), (NOVEMBER, "0.02")):
        book(desk, desk.cast.zhang_san, points, month=month)
    # 71.25 and 70.02; December has not begun.
    assert ranks(shown(desk, Period.quarter(NOVEMBER)))[0] == (1, "张三", D("70.64"))


def test_a_month_that_has_not_begun_does_not_count(desk: Desk):
    book(desk, desk.cast.zhang_san, "5", month=DECEMBER)
    line = shown(desk, Period.quarter(NOVEMBER)).line_of(desk.cast.zhang_san.id)
    assert line is not None
    assert line.score == 70


def test_a_year_is_the_average_of_the_months_that_were_there(desk: Desk):
    desk.cast.zhang_san.joined_on = date(2026, 9, 15)  # September is a part month
    desk.session.flush()
    for month, points in ((Month(2026, 9), "6"), (OCTOBER, "3")):
        book(desk, desk.cast.zhang_san, points, month=month)
    line = shown(desk, Period.year(NOVEMBER)).line_of(desk.cast.zhang_san.id)
    assert line is not None
    assert line.score == D("71.50")


def test_who_moved_keeps_a_line_in_both_branches(desk: Desk):
    member, here, there = desk.cast.zhang_san, desk.cast.first_branch, desk.cast.second_branch
    book(desk, member, "4", month=OCTOBER)
    desk.session.add(
        Move(member_id=member.id, from_branch_id=here.id, to_branch_id=there.id, moved_on=date(2026, 11, 2))
    )
    member.branch_id, member.group_id = there.id, desk.cast.third_group.id
    desk.session.flush()
    quarter = Period.quarter(NOVEMBER)
    assert ranks(shown(desk, quarter))[0] == (1, "张三", 74)
    assert shown(desk, branch=here).line_of(member.id).reason is NotScoredReason.PART_MONTH  # type: ignore[union-attr]
    assert shown(desk, quarter, there).line_of(member.id).score is None  # type: ignore[union-attr]


# Groups


def test_groups_are_ordered_by_the_average_of_their_scored_members(desk: Desk):
    book(desk, desk.cast.zhang_san, "3.50")
    book(desk, desk.cast.ma_chao, "3")
    empty = Organization(name="空组", kind=OrganizationKind.GROUP, parent_id=desk.cast.first_branch.id)
    desk.session.add(empty)
    desk.session.flush()
    # Seven of the first group are scored, 刘德福 is not; three of the second.
    assert standings.groups(desk.session, shown(desk)) == [
        GroupLine("第二小组", D("71.00"), 3),
        GroupLine("第一小组", D("70.50"), 7),
        GroupLine("空组", None, 0),
    ]


# Stars


@pytest.mark.parametrize(
    ("points", "stars", "following"),
    [
        ("59.99", 0, (1, D("0.01"))),
        ("60", 1, (2, D(10))),
        ("70", 2, (3, D(5))),
        ("74.99", 2, (3, D("0.01"))),
        ("75", 3, None),
    ],
)
def test_stars_and_what_is_missing_to_the_next(points: str, stars: int, following: tuple[int, object] | None):
    assert (NARROW.stars_at(D(points)), NARROW.next_star(D(points))) == (stars, following)


def test_the_average_of_scores_is_rounded_half_up():
    assert str(standings.average([D(70), D("70.01")])) == "70.01"
    assert str(standings.average([D(1), D(1), D(0)])) == "0.67"


def test_the_roll_of_a_branch_is_the_standings_lines(desk: Desk):
    names = {listed.name for listed in rolls.roll(desk.session, desk.cast.first_branch.id, NOVEMBER)}
    assert {line.member.name for line in shown(desk).lines} == names
    assert shown(desk, Period.year(NOVEMBER)).period.months[0].begins == at(date(2026, 1, 1))


def test_what_was_computed_is_kept_until_an_entry_comes_or_somebody_is_left_out(desk: Desk):
    book(desk, desk.cast.zhang_san, "2")
    before = shown(desk)
    assert shown(desk) is before
    desk.session.add(
        NotScored(member_id=desk.cast.li_si.id, reason=NotScoredReason.ILL, decided_at=NOW, from_month=NOVEMBER)
    )
    desk.session.flush()
    without = shown(desk)
    assert [line.member.name for line in without.lines if line.rank is None] == ["李四", "刘德福"]
    book(desk, desk.cast.zhang_san, "1")
    assert shown(desk).lines[0].score == without.lines[0].score + 1  # type: ignore[operator]
    for number in range(70):  # no more than some are kept
        shown(desk, Period.month(Month(2000, 1).plus(number)))
    assert shown(desk) == shown(desk)
