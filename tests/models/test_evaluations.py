"""The year's evaluation of a branch (rules 22). The first branch has 13 scored members and one who is not."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import commendations, evaluations, follow_ups
from models.evaluations import Evaluation
from models.members import Member, MemberCategory, Move, NotScored, NotScoredReason
from models.months import Month, at
from models.notices import Notice
from models.opinions import Opinion, OpinionKind, OpinionStatus
from models.organizations import Organization
from models.rounds import Round, RoundState
from tests.cast import NOW, Cast
from tests.models.scores import in_earnest, score, zero

JANUARY, JUNE, DECEMBER = Month(2026, 1), Month(2026, 6), Month(2026, 12)
OVER = at(date(2027, 1, 18), 9)
D = Decimal


def year(session: Session, cast: Cast, now=OVER) -> Evaluation:
    return evaluations.of_branch(session, cast.first_branch.id, 2026, now)


def leave_out(session: Session, member: Member, first: Month, last: Month | None = None) -> None:
    session.add(
        NotScored(member_id=member.id, reason=NotScoredReason.ILL, decided_at=NOW, from_month=first, until_month=last)
    )
    session.flush()


def all_year(session: Session, member: Member, to: str) -> None:
    for number in range(1, 13):
        score(session, member, Month(2026, number), to)


def closed(session: Session, cast: Cast) -> None:
    session.add(
        Round(branch_id=cast.first_branch.id, month=DECEMBER, state=RoundState.FINAL, claims_until=NOW, head="")
    )
    session.flush()
    session.expire_all()


def names(found: Evaluation) -> list[str]:
    return [line.name for line in found.excellent]


# Averages and ranks


def test_the_average_is_of_the_scored_months_corrections_included(session: Session, cast: Cast):
    score(session, cast.wang_fang, JANUARY, 90)
    leave_out(session, cast.wang_fang, JUNE, Month(2026, 8))
    line = year(session, cast).line_of(cast.wang_fang.id)
    assert line is not None
    # 90 and eight months at 70.
    assert (line.months, line.average, line.rank) == (9, D("72.22"), 1)
    score(session, cast.wang_fang, JANUARY, 99)
    corrected = year(session, cast).line_of(cast.wang_fang.id)
    assert corrected is not None
    assert corrected.average == D("73.22")


def test_ranks_one_to_three_may_be_rated_excellent_ties_included(session: Session, cast: Cast):
    for member, points in (
        (cast.wang_fang, 95),
        (cast.liu_qiang, 90),
        (cast.chen_jing, 90),
        (cast.zhang_san, 80),
    ):
        score(session, member, JANUARY, points)
    assert names(year(session, cast)) == ["王芳", "刘强", "陈静"]
    score(session, cast.zhang_san, JANUARY, 90)  # three share the second rank
    assert set(names(year(session, cast))) == {"王芳", "刘强", "陈静", "张三"}


def test_the_explanation_names_each_rule_and_its_figure(session: Session, cast: Cast):
    score(session, cast.wang_fang, JANUARY, 95)
    line = year(session, cast).line_of(cast.wang_fang.id)
    assert line is not None
    assert [(check.rule, check.figure, check.holds) for check in line.checks] == [
        ("支部名次前3（并列都算）", "第1名", True),
        ("正式党员", "正式党员", True),
        ("计分满6个月", "计分12个月", True),
        ("年度平均不低于合格分60.00", "平均72.08分", True),
        ("全年没有归零", "没有归零", True),
    ]
    assert line.may_be_excellent
    assert line.lacks == []


def lacking(session: Session, cast: Cast) -> list[str]:
    line = year(session, cast).line_of(cast.wang_fang.id)
    assert line is not None
    return [check.figure for check in line.lacks]


def test_a_probationary_member_may_not(session: Session, cast: Cast):
    score(session, cast.wang_fang, JANUARY, 95)
    cast.wang_fang.category = MemberCategory.PROBATIONARY
    session.flush()
    assert lacking(session, cast) == ["预备党员"]


@pytest.mark.parametrize(("until", "lacks"), [(JUNE, []), (Month(2026, 7), ["计分5个月"])])
def test_six_scored_months_are_enough_five_are_not(session: Session, cast: Cast, until: Month, lacks: list[str]):
    score(session, cast.wang_fang, DECEMBER, 95)
    leave_out(session, cast.wang_fang, JANUARY, until)
    assert lacking(session, cast) == lacks


def test_one_under_the_mark_may_not_whatever_the_rank(session: Session, cast: Cast):
    for member in session.scalars(select(Member).where(Member.branch_id == cast.first_branch.id)):
        if member not in (cast.wang_fang, cast.liu_defu):
            leave_out(session, member, JANUARY)
    all_year(session, cast.wang_fang, "59.99")
    assert lacking(session, cast) == ["平均59.99分"]
    all_year(session, cast.wang_fang, "60")
    assert lacking(session, cast) == []


def test_one_with_a_zeroing_may_not(session: Session, cast: Cast):
    for number in range(1, 12):
        score(session, cast.wang_fang, Month(2026, number), 100)
    zero(session, cast.wang_fang, DECEMBER)
    assert lacking(session, cast) == ["有归零"]


def test_who_is_not_scored_stands_last_without_a_rank(session: Session, cast: Cast):
    found = year(session, cast)
    line = found.lines[-1]
    assert (line.name, line.months, line.average, line.rank, line.under) == ("刘德福", 0, None, None, False)
    assert [check.figure for check in line.lacks] == ["不计名次", "计分0个月", "没有平均分"]
    assert (len(found.lines), found.scored) == (14, 13)


def test_it_speaks_of_who_is_there_at_the_years_end(session: Session, cast: Cast):
    score(session, cast.wang_fang, JANUARY, 95)
    cast.wang_fang.left_on = date(2026, 12, 10)
    cast.liu_qiang.branch_id, cast.liu_qiang.group_id = cast.second_branch.id, None
    session.add(
        Move(
            member_id=cast.liu_qiang.id,
            from_branch_id=cast.first_branch.id,
            to_branch_id=cast.second_branch.id,
            moved_on=date(2026, 12, 5),
        )
    )
    cast.chen_jing.left_on = date(2027, 1, 5)
    session.flush()
    found = {line.name: line for line in year(session, cast).lines}
    assert "王芳" not in found
    assert "刘强" not in found
    assert found["陈静"].rank == 1


# The branch's gate


@pytest.mark.parametrize(("under", "barred"), [(2, False), (3, True), (4, True)])
def test_thirty_percent_under_the_mark_bar_the_branch(session: Session, cast: Cast, under: int, barred: bool):
    """Ten scored members: three of them are exactly 30 %."""
    for member in (cast.ma_chao, cast.zheng_shuang, cast.feng_tao):
        leave_out(session, member, JANUARY)
    for member in (cast.wang_fang, cast.liu_qiang, cast.chen_jing, cast.zhang_san)[:under]:
        all_year(session, member, "59.99")
    found = year(session, cast)
    assert (found.scored, found.under, found.barred) == (10, under, barred)


def test_less_than_thirty_percent_does_not(session: Session, cast: Cast):
    """Thirteen scored members: three are 23 %, four 31 %."""
    people = (cast.wang_fang, cast.liu_qiang, cast.chen_jing, cast.zhang_san)
    for member in people[:3]:
        all_year(session, member, "59.99")
    assert not year(session, cast).barred
    all_year(session, people[3], "59.99")
    assert year(session, cast).barred


def test_a_branch_without_scored_members_is_not_barred(session: Session, cast: Cast):
    for member in session.scalars(select(Member).where(Member.branch_id == cast.first_branch.id)):
        leave_out(session, member, JANUARY)
    found = year(session, cast)
    assert (found.scored, found.under, found.barred) == (0, 0, False)


# The list for 民主评议, and when a year is closed


def test_the_list_for_evaluation_is_of_the_years_follow_ups(session: Session, cast: Cast):
    in_earnest(session)
    for number in (8, 9, 10):
        score(session, cast.zhang_san, Month(2026, number), 50)
    follow_ups.at_final(session, cast.first_branch.id, Month(2026, 10), now=NOW)
    (line,) = year(session, cast).to_evaluate
    assert (line.name, line.listed) == ("张三", (1,))
    assert evaluations.of_branch(session, cast.first_branch.id, 2027, OVER).to_evaluate == []


def test_a_year_is_closed_when_december_is_final_and_its_appeals_are_answered(session: Session, cast: Cast):
    assert not year(session, cast).complete
    closed(session, cast)
    assert year(session, cast).complete
    appeal = Opinion(
        kind=OpinionKind.APPEAL,
        status=OpinionStatus.OPEN,
        organization_id=cast.first_branch.id,
        member_id=cast.zhang_san.id,
        month=DECEMBER,
        text="有出入",
        filed_at=NOW,
        asked_at=NOW,
        due_at=NOW,
    )
    session.add(appeal)
    session.flush()
    assert not year(session, cast).complete


def test_a_year_under_way_counts_the_months_that_have_begun(session: Session, cast: Cast):
    found = year(session, cast, NOW)
    line = found.line_of(cast.zhang_san.id)
    assert line is not None
    assert (line.months, found.complete) == (11, False)


def test_a_year_without_a_rulebook_has_no_figures(session: Session, cast: Cast):
    found = evaluations.of_branch(session, cast.first_branch.id, 2025, OVER)
    assert (found.mark, found.scored) == (None, 0)


# What was in the end commended


def commend(session: Session, cast: Cast, whom: Member | Organization, title: str = "优秀共产党员", **by: Member):
    return commendations.record(session, whom, title, year=2026, by=by.get("by", cast.zhou_guoping), now=OVER)


def test_the_committee_records_who_was_commended_and_the_member_is_told(session: Session, cast: Cast):
    closed(session, cast)
    score(session, cast.wang_fang, JANUARY, 95)
    made = commend(session, cast, cast.wang_fang)
    assert (made.member, made.branch, made.year, made.title) == (
        cast.wang_fang,
        cast.first_branch,
        2026,
        "优秀共产党员",
    )
    told = session.scalars(select(Notice).where(Notice.kind == "commended")).one()
    assert told.member_id == cast.wang_fang.id
    with pytest.raises(commendations.AlreadyRecorded):
        commend(session, cast, cast.wang_fang)
    assert commendations.of_year(session, cast.first_branch.id, 2026) == [made]


def test_nobody_is_commended_whom_the_evaluation_does_not_allow(session: Session, cast: Cast):
    closed(session, cast)
    for member in (cast.wang_fang, cast.liu_qiang, cast.chen_jing):
        score(session, member, JANUARY, 95)
    with pytest.raises(commendations.NotEligible, match="张三不能评“优秀共产党员”：支部名次前3（并列都算），第4名"):
        commend(session, cast, cast.zhang_san)
    cast.wang_fang.left_on = date(2026, 12, 10)
    session.flush()
    with pytest.raises(commendations.NotEligible, match="年末不在本支部"):
        commend(session, cast, cast.wang_fang)


def test_before_the_year_is_closed_nobody_is(session: Session, cast: Cast):
    with pytest.raises(commendations.NotClosed):
        commend(session, cast, cast.wang_fang)


def test_a_title_is_needed(session: Session, cast: Cast):
    with pytest.raises(commendations.TitleMissing):
        commend(session, cast, cast.wang_fang, "")


def test_only_the_committee_records_and_not_of_its_own(session: Session, cast: Cast):
    for by in (cast.wang_jianjun, cast.qian_jin):
        with pytest.raises(commendations.NotTheCommittee):
            commend(session, cast, cast.wang_fang, by=by)
    with pytest.raises(commendations.NotTheCommittee):
        commend(session, cast, cast.zhou_guoping)


def test_the_gate_bars_the_branch_and_its_secretary(session: Session, cast: Cast):
    closed(session, cast)
    for member in (cast.liu_qiang, cast.chen_jing, cast.zhang_san, cast.feng_tao):
        all_year(session, member, "50")
    score(session, cast.wang_jianjun, JANUARY, 95)
    share = "计分13人中4人年度平均低于合格分，达到30%"
    with pytest.raises(commendations.NotEligible, match=f"第一支部不能评“五好党支部”：{share}"):
        commend(session, cast, cast.first_branch, "五好党支部")
    with pytest.raises(commendations.NotEligible, match=f"王建军不能评“优秀党支部书记”：{share}"):
        commend(session, cast, cast.wang_jianjun, "优秀党支部书记")
    assert commend(session, cast, cast.wang_jianjun).title == "优秀共产党员"


def test_a_branch_below_thirty_percent_may_be_commended(session: Session, cast: Cast):
    closed(session, cast)
    made = commend(session, cast, cast.first_branch, "五好党支部")
    assert (made.member, made.branch) == (None, cast.first_branch)
    with pytest.raises(commendations.AlreadyRecorded):
        commend(session, cast, cast.first_branch, "五好党支部")
