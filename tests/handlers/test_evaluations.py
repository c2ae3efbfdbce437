"""年终 记录表彰: the year's evaluation in the chat (rules 22)."""

from datetime import date

import pytest

from jobs import evaluations as job
from models import follow_ups
from models.members import Member
from models.months import Month, at
from models.rounds import Round, RoundState
from tests.cast import NOW, Cast
from tests.models.scores import in_earnest, score
from tests.recording import Arrivals, RecordedSay

pytestmark = pytest.mark.sqlite_only  # wording: the database has no say in it
OVER = at(date(2027, 1, 18), 9)
DECEMBER = Month(2026, 12)
GATE = "计分13人，年度平均低于60分0人，不到30%"


@pytest.fixture
def closed(cast: Cast) -> None:
    """2026 of the first branch, closed, with 王芳 first and 刘强 a second who was not there long enough."""
    with cast.sessions.write() as session:
        for member, points in ((cast.wang_fang, 94), (cast.liu_qiang, 82)):
            score(session, session.get_one(Member, member.id), DECEMBER, points)
        for member in (cast.chen_jing, cast.zhang_san):
            score(session, session.get_one(Member, member.id), DECEMBER, 76)
        for member in (m for m in (cast.wang_jianjun, cast.he_min, cast.sun_lei, cast.li_si)):
            score(session, session.get_one(Member, member.id), DECEMBER, 69)
        session.get_one(Member, cast.liu_qiang.id).joined_on = date(2026, 8, 3)
        session.add(
            Round(branch_id=cast.first_branch.id, month=DECEMBER, state=RoundState.FINAL, claims_until=NOW, head="")
        )


SUMMARY = (
    f"第一支部2026年年终总评（已审定）\n{GATE}\n可评优秀（由会议决定）：\n2 王芳 72（12个月）\n"
    "3 张三 70.5（12个月）\n3 陈静 70.5（12个月）\n刘强：计分4个月（要求计分满6个月）\n"
)


@pytest.mark.manual("secretary", "年终", title="一年审定了，看谁可以评优秀、为什么")
@pytest.mark.usefixtures("closed")
def test_the_secretary_sees_who_may_be_rated_excellent_and_why_not(
    say: RecordedSay, cast: Cast, arrived: Arrivals
) -> None:
    assert job.tell(cast.sessions, now=OVER) == 1
    assert job.tell(cast.sessions, now=OVER) == 0
    assert arrived(cast.wang_jianjun, OVER) == [
        f"第一支部2026年各月都已审定，可以年终总评\n{GATE}\n可评优秀：王芳、张三、陈静\n[看年终总评]"
    ]
    assert len(arrived.aside(cast.zhou_guoping, OVER)) == 1
    assert say(cast.wang_jianjun, "年终", at=OVER) == f"{SUMMARY}[全部人员]"
    everyone = say.aside(cast.wang_jianjun, "年终 2026年 第一支部 全部", at=OVER)
    assert everyone.startswith("第一支部2026年（已审定）　计分13人\n1 刘强 73（4个月）\n2 王芳 72（12个月）\n")
    assert everyone.endswith("\n刘德福 不计分")


@pytest.mark.manual("member", "年终", title="能不能评优秀，一条一条看")
@pytest.mark.usefixtures("closed")
def test_a_member_sees_the_own_conditions(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.wang_fang, "年终", at=OVER) == (
        "王芳　2026年（已审定）平均72分，第2名\n符合：支部名次前3（并列都算），第2名\n符合：正式党员，正式党员\n"
        "符合：计分满6个月，计分12个月\n符合：年度平均不低于合格分60.00，平均72.00分\n符合：全年没有归零，没有归零\n"
        "都符合的可以参评优秀，由会议决定"
    )
    assert "\n不符合：计分满6个月，计分4个月\n" in say.aside(cast.liu_qiang, "年终", at=OVER)
    assert say.aside(cast.wang_fang, "积分 2026年", at=OVER).endswith("年终总评：第2名，可参评优秀 [为什么]")
    assert say.aside(cast.liu_qiang, "积分 2026年", at=OVER).endswith("第1名，不符合参评优秀的条件 [为什么]")


def test_before_the_year_is_over_it_says_so(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "年终").startswith("张三　2026年（未全部审定）平均70分，第1名")
    assert "年终总评" not in say(cast.zhang_san, "积分 年")
    assert "年终总评" not in say(cast.zhang_san, "积分 2026年", at=OVER)
    assert say(cast.zhang_san, "年终 2024年").startswith("张三　2024年（未全部审定）不计分\n不符合：支部名次前3")
    assert "先绑定一次" in say("o-stranger", "年终 2026年")


def test_who_is_not_scored_has_no_rank(say: RecordedSay, cast: Cast, closed: None) -> None:
    assert "\n刘德福 不计分" in say(cast.wang_jianjun, "年终 2026年 全部", at=OVER)
    with cast.sessions.write() as session:
        session.get_one(Member, cast.zhao_min.id).left_on = date(2026, 11, 30)
        session.get_one(Member, cast.ma_chao.id).joined_on = date(2027, 1, 4)
    assert say(cast.ma_chao, "年终 2026年", at=OVER) == "2026年没有您的积分"
    assert "年终总评" not in say(cast.ma_chao, "积分 2026年", at=OVER)


@pytest.mark.usefixtures("closed")
def test_the_committee_is_asked_which_branch(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhou_guoping, "年终", at=OVER) == (
        "看哪个支部的？\n1 第一支部\n2 第二支部\n回数字即可；都不是，回“取消”"
    )
    assert say(cast.zhou_guoping, "1", at=OVER).startswith("第一支部2026年年终总评（已审定）\n")
    assert say(cast.zhou_guoping, "年终 第二支部 去年", at=OVER).startswith("第二支部2026年年终总评（未全部审定）\n")


def test_a_barred_branch_and_the_list_for_evaluation(say: RecordedSay, cast: Cast) -> None:
    with cast.sessions.write() as session:
        in_earnest(session)
        for member in (cast.wang_fang, cast.liu_qiang, cast.chen_jing, cast.zhang_san):
            for number in range(1, 12):
                score(session, session.get_one(Member, member.id), Month(2026, number), 50)
        follow_ups.at_final(session, cast.first_branch.id, Month(2026, 10), now=NOW)
    shown = say(cast.wang_jianjun, "年终")
    assert "计分13人，年度平均低于60分4人，达到30%：支部不参评五好党支部，书记不参评优秀党支部书记\n" in shown
    assert "\n列入民主评议：张三（T1）、王芳（T2）、刘强（T3）、陈静（T4）\n" in shown


def test_a_year_without_anybody_excellent(say: RecordedSay, cast: Cast) -> None:
    assert "计分0人，年度平均低于合格分0人，不到30%\n没有可评优秀的\n" in say(cast.wang_jianjun, "年终 2024年")


@pytest.mark.manual("secretary", "表彰", title="党委记录年度表彰")
@pytest.mark.usefixtures("closed")
def test_the_committee_records_commendations(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    assert say(cast.zhou_guoping, "记录表彰 王芳 张三 刘强 优秀共产党员", at=OVER) == (
        "2026年度表彰：王芳、张三、刘强\n称号：优秀共产党员\n这样记录吗？记录后告知本人\n1 是　2 不是"
    )
    assert say(cast.zhou_guoping, "1", at=OVER) == (
        "✅ 已记录2026年度表彰：王芳、张三　优秀共产党员，已告知本人\n"
        "没有办：刘强不能评“优秀共产党员”：计分满6个月，计分4个月"
    )
    assert arrived(cast.wang_fang, OVER) == ["祝贺您：2026年度优秀共产党员"]
    assert "\n已表彰：王芳优秀共产党员、张三优秀共产党员\n" in say.aside(cast.wang_jianjun, "年终", at=OVER)
    assert say.aside(cast.wang_fang, "年终", at=OVER).endswith("\n已表彰：优秀共产党员")
    assert "可参评优秀，优秀共产党员 [为什么]" in say.aside(cast.wang_fang, "积分 2026年", at=OVER)


@pytest.mark.usefixtures("closed")
def test_a_branch_is_commended(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhou_guoping, "记录表彰", at=OVER).startswith("表彰了谁？")
    assert say(cast.zhou_guoping, "第一支部", at=OVER).startswith("是什么称号？别的请直接写\n1 优秀共产党员")
    assert say(cast.zhou_guoping, "4", at=OVER).startswith("2026年度表彰：第一支部\n称号：五好党支部\n")
    assert say(cast.zhou_guoping, "1", at=OVER) == "✅ 已记录2026年度表彰：第一支部　五好党支部"
    assert "\n已表彰：第一支部五好党支部\n" in say(cast.wang_jianjun, "年终", at=OVER)


def test_a_branch_secretary_does_not_record(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.wang_jianjun, "记录表彰 王芳 优秀共产党员").startswith("❌ “记录表彰”由")
