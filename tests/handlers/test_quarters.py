"""季度通报 确认先锋岗: the branch's quarter, and its confirmation (rules 21)."""

import pytest
from sqlalchemy import update

from jobs import quarters as job
from models.members import Member
from models.months import Month
from models.quarters import Quarter, QuarterState
from models.rounds import Round, RoundState
from tests.cast import NOW, Cast
from tests.models.scores import score
from tests.recording import Arrivals, RecordedSay

pytestmark = pytest.mark.sqlite_only  # wording: the database has no say in it
JULY, AUGUST, SEPTEMBER = (Month(2026, n) for n in (7, 8, 9))
CANDIDATES = "流动红旗候选：第二小组（平均71.78分）\n党员先锋岗候选：王芳（76.67分）、马超（75.33分）"


@pytest.fixture
def over(cast: Cast) -> None:
    """The third quarter, final, with 王芳 and 马超 as the best two."""
    with cast.sessions.write() as session:
        for member, points in ((cast.wang_fang, 90), (cast.ma_chao, 86)):
            score(session, session.get_one(Member, member.id), JULY, points)
        for month in (JULY, AUGUST, SEPTEMBER):
            session.add(
                Round(branch_id=cast.first_branch.id, month=month, state=RoundState.FINAL, claims_until=NOW, head="")
            )


@pytest.mark.manual("secretary", "季度", title="一个季度审定了，支委会确认流动红旗和先锋岗")
@pytest.mark.usefixtures("over")
def test_the_secretary_is_told_and_confirms(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    assert job.propose(cast.sessions, now=NOW) == 1
    assert job.propose(cast.sessions, now=NOW) == 0
    assert arrived(cast.wang_jianjun) == [f"2026年三季度三个月都已审定，请支委会评选\n{CANDIDATES}\n[看通报] [确认]"]
    assert say(cast.wang_jianjun, "确认先锋岗 2026年三季度") == (
        f"2026年三季度评选\n{CANDIDATES}\n确认并告知全支部吗？\n1 是　2 不是"
    )
    told = "流动红旗：第二小组\n党员先锋岗：王芳、马超"
    assert say(cast.wang_jianjun, "1") == f"✅ 2026年三季度评选已确认，已告知全支部\n{told}"
    assert arrived(cast.zhang_san) == [f"2026年三季度评选结果\n{told}\n[看通报]"]
    assert say.aside(cast.wang_jianjun, "确认先锋岗 三季度") == ("❌ 这个季度已由王建军确认，不用再办\n例如：季度通报")


@pytest.mark.usefixtures("over")
def test_the_report_is_for_everyone_the_candidates_for_the_committee(say: RecordedSay, cast: Cast) -> None:
    report = "第一支部2026年三季度通报\n计分13人，月平均：7月72.77　8月70　9月70\n申报0条，通过0条，未办0条\n"
    assert say(cast.zhang_san, "季度通报 三季度") == f"{report}三个月都审定后评选流动红旗和党员先锋岗"
    job.propose(cast.sessions, now=NOW)
    assert say(cast.zhang_san, "季度通报") == f"{report}流动红旗和党员先锋岗等支委会确认"
    shown = f"{report}谈话整改等跟进0件，未办结0件\n{CANDIDATES}"
    assert say(cast.sun_lei, "季度通报") == shown
    assert say(cast.wang_jianjun, "先锋岗") == (
        f"{shown}\n支委会议定后 [确认]，不评谁就写：确认先锋岗 2026年三季度 不含 姓名"
    )


@pytest.mark.usefixtures("over")
def test_the_committee_leaves_somebody_out(say: RecordedSay, cast: Cast) -> None:
    job.propose(cast.sessions, now=NOW)
    assert say(cast.he_min, "确认先锋岗 三季度 不含 王芳、第二小组") == (
        "2026年三季度评选\n流动红旗候选：没有\n党员先锋岗候选：马超（75.33分）\n不含：王芳、第二小组\n"
        "确认并告知全支部吗？\n1 是　2 不是"
    )
    assert say(cast.he_min, "是").endswith("\n流动红旗：没有\n党员先锋岗：马超")
    assert say(cast.zhang_san, "季度通报").endswith("\n流动红旗：没有\n党员先锋岗：马超")


@pytest.mark.usefixtures("over")
def test_only_the_committee_confirms(say: RecordedSay, cast: Cast) -> None:
    job.propose(cast.sessions, now=NOW)
    assert say(cast.zhang_san, "确认先锋岗 三季度").startswith("❌ “确认先锋岗”由")
    assert say(cast.qian_jin, "确认先锋岗 三季度").startswith("❌ 这个季度的三个月还没有都审定")


def test_a_proposal_that_was_confirmed_is_told_no_more(
    say: RecordedSay, cast: Cast, arrived: Arrivals, over: None
) -> None:
    job.propose(cast.sessions, now=NOW)
    say(cast.he_min, "确认先锋岗 三季度")
    say(cast.he_min, "1")
    assert arrived(cast.wang_jianjun) == ["2026年三季度评选结果\n流动红旗：第二小组\n党员先锋岗：王芳、马超\n[看通报]"]


def test_one_confirmed_while_the_notice_was_under_way_is_not_told(
    say: RecordedSay, cast: Cast, arrived: Arrivals, over: None
) -> None:
    job.propose(cast.sessions, now=NOW)
    with cast.sessions.write() as session:
        session.execute(update(Quarter).values(state=QuarterState.CONFIRMED))
    assert arrived(cast.wang_jianjun) == []


def test_a_quarter_without_anything_says_so(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "季度通报 2025年三季度") == (
        "第一支部2025年三季度通报\n计分0人，月平均：没有\n申报0条，通过0条，未办0条\n"
        "三个月都审定后评选流动红旗和党员先锋岗"
    )
    assert say(cast.zhang_san, "季度通报").startswith("第一支部2026年三季度通报")
    assert say(cast.wang_jianjun, "确认流动红旗").startswith("❌ 这个季度的三个月还没有都审定")
