"""The quarter: candidates, confirmation, report (rules 21). The first branch has 13 scored members."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import candidates, follow_ups, quarter_reports, quarters
from models.candidates import best_tenth
from models.members import Member, NotScored, NotScoredReason
from models.months import Month, Period, at
from models.notices import Notice, NoticeStatus
from models.quarters import Honour, Quarter, QuarterState
from models.rolls import Listed
from models.rounds import Round, RoundState
from models.sessions import Sessions
from models.standings import ranked
from tests.cast import NOW, Cast
from tests.models.desk import Desk, together
from tests.models.scores import in_earnest, score, zero

JULY, AUGUST, SEPTEMBER = (Month(2026, n) for n in (7, 8, 9))
THIRD = Period(JULY, SEPTEMBER)
D = Decimal


def best(session: Session, cast: Cast) -> tuple[list[str], list[str]]:
    """The names of the candidates: groups, members."""
    found = candidates.of_branch(session, cast.first_branch.id, THIRD)
    return [group.name for group in found.groups], [line.member.name for line in found.members]


def leave_out(session: Session, *people: Member) -> None:
    for member in people:
        session.add(
            NotScored(member_id=member.id, reason=NotScoredReason.ILL, decided_at=NOW, from_month=Month(2026, 1))
        )
    session.flush()


def told(session: Session, kind: str) -> list[str]:
    query = select(Member.name).join(Notice, Notice.member_id == Member.id).where(Notice.kind == kind)
    return list(session.scalars(query.order_by(Notice.id)))


def finals(session: Session, cast: Cast, *months: Month, branch_id: int | None = None) -> None:
    for month in months:
        session.add(
            Round(
                branch_id=branch_id or cast.first_branch.id,
                month=month,
                state=RoundState.FINAL,
                claims_until=NOW,
                head="",
            )
        )
    session.flush()
    session.expire_all()


# The best tenth


def lines(*scores: int) -> list[str]:
    people = [Listed(n, f"甲{n}", None, None) for n in range(len(scores))]
    found = ranked(people, {n: D(points) for n, points in enumerate(scores)})
    return [line.member.name for line in best_tenth(found)]


@pytest.mark.parametrize(
    ("scores", "count"),
    [
        ((), 0),
        ((80,), 1),
        (tuple(range(10)), 1),
        (tuple(range(11)), 2),
        (tuple(range(20)), 2),
        ((90, 90, 80, 80, 80, 70, 70, 70, 70, 70, 70), 2),  # two places, and two share the first
        ((90, 80, 80, 80, 70, 70, 70, 70, 70, 70, 70), 4),  # three share the second place
        ((70, 70, 70, 70), 4),
    ],
)
def test_the_best_tenth_is_rounded_up_and_includes_ties(scores: tuple[int, ...], count: int):
    assert len(lines(*scores)) == count


def test_the_best_two_of_thirteen_are_candidates(session: Session, cast: Cast):
    score(session, cast.wang_fang, JULY, 90)
    score(session, cast.liu_qiang, AUGUST, 88)
    score(session, cast.chen_jing, AUGUST, 80)
    assert best(session, cast)[1] == ["王芳", "刘强"]


def test_a_month_not_scored_is_left_out_of_the_average(session: Session, cast: Cast):
    score(session, cast.wang_fang, JULY, 79)
    session.add(
        NotScored(
            member_id=cast.wang_fang.id,
            reason=NotScoredReason.ILL,
            decided_at=NOW,
            from_month=AUGUST,
            until_month=SEPTEMBER,
        )
    )
    score(session, cast.liu_qiang, JULY, 90)
    score(session, cast.chen_jing, JULY, 91)
    found = candidates.of_branch(session, cast.first_branch.id, THIRD)
    assert [(line.member.name, line.score) for line in found.members] == [("王芳", D(79)), ("陈静", D(77))]


def test_who_has_an_open_follow_up_is_none(session: Session, cast: Cast):
    in_earnest(session)
    score(session, cast.wang_fang, JULY, 90)
    score(session, cast.liu_qiang, JULY, 80)
    score(session, cast.wang_fang, Month(2026, 6), 50)
    follow_ups.at_final(session, cast.first_branch.id, Month(2026, 6), now=NOW)
    assert best(session, cast)[1] == ["刘强"]


def test_who_has_a_zeroing_in_the_quarter_is_none(session: Session, cast: Cast):
    others = (cast.zhou_guoping, cast.qian_jin, cast.wu_gang)
    for member in others:
        for month in THIRD.months:
            score(session, member, month, 60)
    for month in (JULY, AUGUST):
        score(session, cast.sun_li, month, 100)
    zero(session, cast.sun_li, Month(2026, 6))
    found = candidates.of_branch(session, cast.second_branch.id, THIRD)
    assert [line.member.name for line in found.members] == ["孙丽"]
    zero(session, cast.sun_li, SEPTEMBER)  # her average is still the best
    assert candidates.of_branch(session, cast.second_branch.id, THIRD).members == ()


# The banner


def test_the_group_with_the_best_average_gets_the_banner(session: Session, cast: Cast):
    score(session, cast.ma_chao, JULY, 79)
    assert best(session, cast)[0] == ["第二小组"]


def test_groups_with_the_same_average_are_both_candidates(session: Session, cast: Cast):
    assert best(session, cast)[0] == ["第一小组", "第二小组"]


def test_a_group_with_two_scored_members_is_none(session: Session, cast: Cast):
    score(session, cast.ma_chao, JULY, 100)
    leave_out(session, cast.feng_tao)
    assert best(session, cast)[0] == ["第一小组"]
    leave_out(session, *(m for m in (cast.li_si, cast.zhang_san, cast.wang_fang, cast.liu_qiang, cast.chen_jing)))
    assert best(session, cast)[0] == []


# Proposed when all three months are final


def test_a_quarter_is_proposed_when_its_three_months_are_final(session: Session, cast: Cast):
    finals(session, cast, JULY, SEPTEMBER)
    assert quarters.ready(session, NOW) == []
    finals(session, cast, AUGUST)
    assert quarters.ready(session, NOW) == [(cast.first_branch.id, THIRD)]
    assert quarters.propose(session, cast.first_branch.id, THIRD, now=NOW)
    assert quarters.ready(session, NOW) == []
    assert not quarters.propose(session, cast.first_branch.id, THIRD, now=NOW)
    assert told(session, "quarter_proposed") == ["王建军"]
    latest = quarters.latest(session, cast.first_branch.id)
    assert latest is not None
    assert (latest.first, latest.state) == (JULY, QuarterState.PROPOSED)


def test_a_quarter_across_the_years_end_is_found_later(session: Session, cast: Cast):
    finals(session, cast, Month(2026, 10), Month(2026, 11), Month(2026, 12))
    found = quarters.ready(session, at(date(2027, 3, 1)))
    assert found == [(cast.first_branch.id, Period(Month(2026, 10), Month(2026, 12)))]


# Confirmed by the committee


@pytest.fixture
def proposed(session: Session, cast: Cast) -> Quarter:
    """The third quarter, with 王芳 and 刘强 as the best two and 第二小组 as the best group."""
    score(session, cast.wang_fang, JULY, 90)
    score(session, cast.liu_qiang, JULY, 88)
    score(session, cast.ma_chao, JULY, 87)
    finals(session, cast, JULY, AUGUST, SEPTEMBER)
    quarters.propose(session, cast.first_branch.id, THIRD, now=NOW)
    found = quarters.find(session, cast.first_branch.id, THIRD)
    assert found is not None
    return found


def given(session: Session, quarter: Quarter, honour: Honour) -> list[str]:
    return [found.name for found in quarters.honours_of(session, quarter, honour)]


def test_the_secretary_confirms_and_the_branch_is_told(session: Session, cast: Cast, proposed: Quarter):
    quarters.confirm(session, cast.first_branch.id, THIRD, by=cast.wang_jianjun, now=NOW)
    assert (proposed.state, proposed.confirmed_by, proposed.confirmed_at) == (
        QuarterState.CONFIRMED,
        cast.wang_jianjun,
        NOW,
    )
    assert given(session, proposed, Honour.BANNER) == ["第二小组"]
    assert given(session, proposed, Honour.PIONEER) == ["王芳", "刘强"]
    assert len(told(session, "quarter_confirmed")) == 13  # everyone in the branch who can be reached
    assert "孙丽" not in told(session, "quarter_confirmed")
    proposal = session.scalars(select(Notice).where(Notice.kind == "quarter_proposed")).one()
    assert proposal.status is NoticeStatus.LAPSED


def test_the_committee_may_leave_somebody_out(session: Session, cast: Cast, proposed: Quarter):
    quarters.confirm(session, cast.first_branch.id, THIRD, without=["王芳", "第二小组"], by=cast.he_min, now=NOW)
    assert given(session, proposed, Honour.BANNER) == []
    assert given(session, proposed, Honour.PIONEER) == ["刘强"]


def test_who_is_no_candidate_cannot_be_left_out(session: Session, cast: Cast, proposed: Quarter):
    with pytest.raises(quarters.NoCandidate, match="“张三”不在候选里"):
        quarters.confirm(session, cast.first_branch.id, THIRD, without=["张三"], by=cast.wang_jianjun, now=NOW)


@pytest.mark.usefixtures("proposed")
def test_only_the_branchs_own_secretaries_confirm(session: Session, cast: Cast):
    for other in (cast.sun_lei, cast.zhang_san, cast.qian_jin, cast.zhou_guoping):
        with pytest.raises(quarters.NotYours):
            quarters.confirm(session, cast.first_branch.id, THIRD, by=other, now=NOW)
    assert quarters.sees_candidates(session, cast.first_branch.id, cast.sun_lei, NOW)
    assert not quarters.sees_candidates(session, cast.first_branch.id, cast.qian_jin, NOW)


@pytest.mark.usefixtures("proposed")
def test_a_quarter_is_confirmed_once(session: Session, cast: Cast):
    quarters.confirm(session, cast.first_branch.id, THIRD, by=cast.he_min, now=NOW)
    with pytest.raises(quarters.AlreadyConfirmed, match="已由何敏确认"):
        quarters.confirm(session, cast.first_branch.id, THIRD, by=cast.wang_jianjun, now=NOW)


def test_a_quarter_that_is_not_over_is_not_confirmed(session: Session, cast: Cast):
    with pytest.raises(quarters.NotProposed):
        quarters.confirm(session, cast.first_branch.id, THIRD, by=cast.wang_jianjun, now=NOW)
    assert quarters.latest(session, cast.first_branch.id) is None


def test_two_confirm_at_once_and_one_stands(sessions: Sessions, cast: Cast):
    with sessions.write() as session:
        finals(session, cast.of(session), JULY, AUGUST, SEPTEMBER)
        quarters.propose(session, cast.first_branch.id, THIRD, now=NOW)

    def by(name: str) -> Callable[[], object]:
        def act() -> object:
            with sessions.write() as session:
                who = getattr(cast.of(session), name)
                return quarters.confirm(session, cast.first_branch.id, THIRD, by=who, now=NOW).id

        return act

    outcomes = together(by("wang_jianjun"), by("he_min"))
    assert sorted(isinstance(outcome, quarters.AlreadyConfirmed) for outcome in outcomes) == [False, True]
    with sessions.read() as session:
        assert session.query(quarters.QuarterHonour).filter_by(member_id=cast.zhang_san.id).count() == 1


# The report


def test_the_report_is_the_branchs_own_figures(desk: Desk):
    session, cast = desk.session, desk.cast
    in_earnest(session)
    fourth = Period.quarter(Month.of(NOW))
    desk.credit(quantity="2")
    desk.claim("服务-02")
    desk.withdraw(desk.claim("服务-03"))
    score(session, cast.wang_fang, Month(2026, 10), 50)  # the narrow rulebook's floor is 64
    found = quarter_reports.of_branch(session, cast.first_branch.id, fourth)
    assert (found.scored, found.claims, found.approved, found.undecided) == (13, 2, 1, 1)
    # 64 of one and 70 of twelve in October; 72 of one and 70 of twelve in November.
    assert found.averages[Month(2026, 10)] == D("69.54")
    assert found.averages[Month(2026, 11)] == D("70.15")
    assert (found.follow_ups, found.pending) == (0, 0)


def test_the_report_counts_follow_ups(session: Session, cast: Cast):
    in_earnest(session)
    score(session, cast.wang_fang, JULY, 50)
    follow_ups.at_final(session, cast.first_branch.id, JULY, now=NOW)
    found = quarter_reports.of_branch(session, cast.first_branch.id, THIRD)
    assert (found.follow_ups, found.pending) == (1, 1)
