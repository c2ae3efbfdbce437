"""临时小组 founded in a line or step by step, and the question where a deed was done (rules 9; S0)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import event

from jobs import temporary_groups
from models import followers, members
from models.members import Member
from models.months import at
from tests.cast import NOW, Cast
from tests.recording import Arrivals, RecordedSay
from tests.temporary import UNTIL, found_group

pytestmark = pytest.mark.sqlite_only  # what is said and asked is no matter of the database

LINE = "临时小组 扫雪专班 组长 王芳 成员 张三 孙丽 至 12月31日"
FOUNDED = (
    "✅ 扫雪专班已成立，到12月31日自己结束\n组长王芳，成员 3 人：张三、王芳、孙丽（第二支部）\n"
    "他们申报时会问是在哪个组做的，扫雪专班做的由王芳审核，分记在各人的支部\n已告知各人"
)
ASKED = "这是在哪个组做的？\n1 第一小组\n2 扫雪专班（临时）\n回数字即可；都不是，回“取消”"


@pytest.fixture
def founded(cast: Cast) -> None:
    with cast.sessions.write() as session:
        found_group(session, cast.of(session))


@pytest.mark.manual("secretary", "临时小组", title="成立临时小组（专班）")
def test_a_secretary_founds_one_in_a_line(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    assert say(cast.wang_jianjun, LINE) == FOUNDED
    assert arrived(cast.wang_fang) == [
        "王建军成立了扫雪专班，到12月31日为止，请您任组长\n成员：张三、孙丽\n"
        "他们在组里做的事由您审核 [待办]\n跟大家说一句：传达 内容"
    ]
    assert arrived(cast.sun_li) == [
        "王建军成立了扫雪专班，到12月31日为止，请您参加，组长王芳\n"
        "申报时会问是在哪个组做的，组里做的由王芳审核，分仍记在您的支部"
    ]


@pytest.mark.parametrize(
    "line",
    [
        "专班 扫雪专班 组长王芳 成员张三、孙丽 至12月31日",
        "专班 扫雪专班 组长：王芳 组员：张三，第二支部孙丽 到12月31日",
        "臨時小組 扫雪专班 成员 张三和孙丽 组长 王芳 至 2026-12-31",
    ],
)
def test_other_ways_to_say_it(say: RecordedSay, cast: Cast, line: str) -> None:
    assert say(cast.wang_jianjun, line) == FOUNDED


def test_step_by_step(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.he_min, "临时小组") == "临时小组叫什么？请写名称，例如：扫雪专班\n不办了，回“取消”"
    assert say(cast.he_min, "扫雪专班") == "谁任组长？请写姓名\n不办了，回“取消”"
    assert say(cast.he_min, "王芳").startswith("成员有哪些人？")
    assert say(cast.he_min, "张三 孙丽").startswith("到哪一天为止？")
    assert say(cast.he_min, "12月31日") == FOUNDED


def test_who_is_not_on_the_roster(say: RecordedSay, cast: Cast) -> None:
    answer = say(cast.wang_jianjun, "临时小组 扫雪专班 组长 王芳 成员 张三 阿巴阿巴 至 12月31日")
    assert answer.startswith("❌ 花名册里没有“阿巴阿巴”，请看一下姓名\n例如：临时小组 扫雪专班")


def test_two_of_a_name_are_told_apart_by_their_branch(say: RecordedSay, cast: Cast) -> None:
    with cast.sessions.write() as session:
        second = cast.of(session).second_branch
        for number in ("2001", "2002"):
            home = second if number == "2001" else cast.of(session).first_branch
            session.add(Member(staff_no=number, name="高远", branch_id=home.id))
        session.add(Member(staff_no="2003", name="高远", branch_id=second.id))
        session.add(Member(staff_no="2004", name="白雪", branch_id=second.id))
        session.add(Member(staff_no="2005", name="白雪", branch_id=second.id))
    answer = say(cast.wang_jianjun, "专班 雪班 组长 王芳 成员 高远 白雪 至 12月31日")
    assert answer.startswith("❌ 叫“白雪”的不止一位，请连支部一起写（第二支部白雪）")
    answer = say(cast.wang_jianjun, "专班 雪班 组长 王芳 成员 高远 张三 至 12月31日")
    assert "成员 3 人：张三、王芳、高远\n" in answer  # the own branch's
    assert answer.endswith("已告知，微信收不到的 1 人请当面告诉：高远")


def test_a_deed_in_a_special_team_is_no_founding(say: RecordedSay, cast: Cast) -> None:
    for who in (cast.zhang_san, cast.wang_jianjun):
        assert "急难险重" in say(who, "专班 突击 1次 昨天")


def test_a_member_founds_none(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, LINE).startswith("❌ “临时小组”由支部书记办理")


@pytest.mark.manual("member", "临时小组", title="在临时小组里做的事")
@pytest.mark.usefixtures("founded")
def test_a_member_is_asked_once_in_which_group_it_was_done(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    arrived.aside(cast.wang_fang)
    assert say(cast.zhang_san, "申报 社区志愿 2小时 今天") == ASKED
    assert say(cast.zhang_san, "2").startswith("✅ #1 已提交，待组长王芳审核\n")
    told = arrived(cast.wang_fang)[-1]
    assert told.startswith("待审 #1　张三（扫雪专班）\n社区志愿服务 2小时 +2分")
    assert say(cast.wang_fang, "通过 1").startswith("✅ #1 已通过：张三")


@pytest.mark.usefixtures("founded")
def test_the_own_group_is_the_first_choice(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 今天")
    assert say(cast.zhang_san, "1").startswith("✅ #1 已提交，待组长李四审核\n")


@pytest.mark.usefixtures("founded")
def test_who_has_no_group_of_the_own_chooses_the_branch(say: RecordedSay, cast: Cast) -> None:
    with cast.sessions.write() as session:
        cast.of(session).sun_li.group_id = None
    assert "\n1 第二支部\n2 扫雪专班（临时）\n" in say(cast.sun_li, "申报 社区志愿 2小时 今天")


@pytest.mark.usefixtures("founded")
def test_a_group_that_is_named_is_not_asked_for(say: RecordedSay, cast: Cast) -> None:
    answer = say(cast.zhang_san, "申报 社区志愿 2小时 今天 扫雪专班在东门")
    assert answer.startswith("✅ #1 已提交，待组长王芳审核\n")


@pytest.mark.usefixtures("founded")
def test_of_a_deed_before_it_was_there_nothing_is_asked(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "申报 社区志愿 2小时 昨天").startswith("✅ #1 已提交，待组长李四审核\n")


@pytest.mark.usefixtures("founded")
def test_an_answer_that_comes_after_its_end_is_refused(say: RecordedSay, cast: Cast) -> None:
    late = at(UNTIL, 23, 50)
    say(cast.zhang_san, "申报 社区志愿 2小时 今天", at=late)
    answer = say(cast.zhang_san, "2", at=late + timedelta(minutes=20))
    assert answer.startswith("❌ 这个临时小组那天没有您，或已经结束，没有提交。请再报一次")


@pytest.mark.usefixtures("founded")
def test_nobody_is_asked_when_somebody_else_records(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.li_si, "代报 张三 社区志愿 2小时 今天").startswith("✅ #1 已提交（代张三报），待书记王建军审核")


@pytest.mark.usefixtures("founded")
def test_others_pay_nothing_for_it(say: RecordedSay, cast: Cast) -> None:
    """Whoever is in no temporary group is read with the message, and by no statement more."""
    for who in (cast.chen_jing, cast.zhang_san):
        say(who, "积分")  # the first message of an hour is written down
    statements: list[str] = []
    event.listen(cast.sessions.engine, "before_cursor_execute", lambda *found: statements.append(found[2]))
    assert say(cast.chen_jing, "申报 社区志愿 2小时 今天").startswith("✅")
    alone = [s for s in statements if "group_memberships" in s and "receipts" not in s]
    assert alone == []
    say(cast.zhang_san, "申报 社区志愿 2小时 今天")
    assert [s for s in statements if "group_memberships" in s and "receipts" not in s]  # the measure measures


@pytest.mark.usefixtures("founded")
def test_its_leader_sees_its_people_and_passes_decisions_down(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.wang_fang, "成员") == "扫雪专班（到12月31日）3人：张三、王芳、孙丽\n跟他们说一句：传达 内容　[待办]"
    assert say(cast.wang_fang, "传达 明早七点东门集合").startswith("✅ 已传达给 2 人")
    assert say(cast.wang_fang, "催办") == "没有要提醒的人：都办了，或者今天已经提醒过"


def test_a_leader_of_both_sees_both(say: RecordedSay, cast: Cast) -> None:
    with cast.sessions.write() as session:
        found_group(session, cast.of(session), leader=cast.of(session).li_si)
    answer = say(cast.li_si, "成员")
    assert answer.startswith("您的成员 8 人\n")
    assert "\n扫雪专班（到12月31日）4人：李四、张三、王芳、孙丽\n" in answer


@pytest.mark.usefixtures("founded")
def test_its_end_is_told(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 今天 扫雪专班")
    arrived(cast.zhang_san)
    over = at(date(2027, 1, 1), 9)
    temporary_groups.end(cast.sessions, now=over)
    assert arrived(cast.zhang_san, at=over) == [
        "扫雪专班已到期结束，谢谢您\n在组里做的事还没报的，照常申报，由您自己的组长审核\n还没审的也转到了各人的支部"
    ]
    assert "#1 张三（扫雪专班）" in say(cast.li_si, "待办", at=over)


@pytest.mark.usefixtures("founded")
def test_a_leader_lends_it_no_longer_than_it_lasts(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.wang_fang, "代理 陈静 至 2027年1月20日").startswith("✅ 陈静代理到12月31日，已告知")
    with cast.sessions.write() as session:
        followers.unfollow(session, Cast.openid(cast.wang_fang), NOW)
        assert [m.name for m in members.named(session, "陈静")] == ["陈静"]
    say(cast.zhang_san, "申报 社区志愿 2小时 今天")
    assert say(cast.zhang_san, "2").startswith("✅ #1 已提交，待组长陈静审核")


def test_what_the_line_leaves_out_is_asked(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.wang_jianjun, "临时小组 组长 王芳 成员 张三 孙丽 至 12月31日").startswith("临时小组叫什么？")
    assert say(cast.wang_jianjun, "扫雪专班") == FOUNDED


def test_a_name_that_is_taken_is_refused(say: RecordedSay, cast: Cast) -> None:
    say(cast.wang_jianjun, LINE)
    assert say(cast.he_min, LINE).startswith("❌ 第一支部已经有过“扫雪专班”，请换个名称\n例如：临时小组 扫雪专班")


def test_a_stranger_is_in_no_group(say: RecordedSay, cast: Cast) -> None:
    assert say("o-stranger", "申报 社区志愿 2小时 今天") == say("o-stranger", "你好")


@pytest.mark.manual("secretary", "改临时小组", title="加人、减人、延长、结束，组长写总结")
@pytest.mark.usefixtures("founded")
def test_it_is_changed_and_its_leader_reports(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    for who in (cast.wang_fang, cast.zhang_san):
        arrived.aside(who)
    assert say(cast.wang_jianjun, "临时小组 扫雪专班 加 陈静") == (
        "✅ 扫雪专班加了陈静\n组长王芳，成员 4 人：张三、王芳、陈静、孙丽（第二支部）\n已告知各人"
    )
    assert arrived(cast.chen_jing) == [
        "王建军请您参加扫雪专班，到12月31日为止\n申报时会问是在哪个组做的，分仍记在您的支部"
    ]
    assert say(cast.he_min, "临时小组 扫雪专班 减 张三") == (
        "✅ 扫雪专班减了张三\n组长王芳，成员 3 人：王芳、陈静、孙丽（第二支部）\n已告知各人"
    )
    assert say(cast.wang_jianjun, "临时小组 扫雪专班 延长 至 2027年1月15日") == (
        "✅ 扫雪专班改为到1月15日结束\n已告知各人"
    )
    assert arrived(cast.wang_fang) == [
        "扫雪专班加了陈静（王建军办理）",
        "扫雪专班减了张三（何敏办理）",
        "扫雪专班改为到1月15日为止（王建军办理）",
    ]
    assert arrived(cast.zhang_san) == ["您从今天起不在扫雪专班里了（何敏办理），谢谢您\n已经报的照常审核"]
    assert say(cast.wang_jianjun, "临时小组 扫雪专班 结束") == (
        "✅ 扫雪专班今天24点结束，已请组长写总结\n还没审的，明天起由各人自己的组长审核\n已告知各人"
    )
    temporary_groups.ask_reports(cast.sessions, now=NOW)
    assert arrived(cast.wang_fang) == [
        "扫雪专班到11月20日结束，请您在这之前写个总结，例如：\n"
        "专班总结 扫雪专班 思想动向 大家情绪稳定 工作情况 扫雪12次\n请勿发送涉密、案件和内部文件内容",
        "扫雪专班改为到11月20日为止（王建军办理）",
    ]
    assert say(cast.wang_fang, "专班总结 思想动向 大家情绪稳定 工作情况 扫雪12次，清出道路3公里") == (
        "✅ 扫雪专班的总结已交支部\n思想动向：大家情绪稳定\n工作情况：扫雪12次，清出道路3公里"
    )
    assert arrived(cast.wang_jianjun)[-1] == (
        "扫雪专班的总结（王芳）\n思想动向：大家情绪稳定\n工作情况：扫雪12次，清出道路3公里\n再看：临时小组 扫雪专班"
    )
    assert say(cast.wang_jianjun, "临时小组 扫雪专班") == (
        "扫雪专班　到11月20日为止\n组长王芳，成员 3 人：王芳、陈静、孙丽（第二支部）\n"
        "思想动向：大家情绪稳定\n工作情况：扫雪12次，清出道路3公里"
    )


@pytest.mark.usefixtures("founded")
def test_other_ways_to_change_it_and_what_is_lacking(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    assert say(cast.wang_jianjun, "专班 扫雪专班 加人 陈静、刘德福").startswith("✅ 扫雪专班加了陈静、刘德福\n")
    assert "微信收不到的 1 人请当面告诉：刘德福" in say(cast.wang_jianjun, "临时小组 扫雪专班 去掉 刘德福")
    assert say(cast.wang_jianjun, "临时小组 扫雪专班 到 2027年2月1日").startswith("✅ 扫雪专班改为到2月1日结束\n")
    assert say(cast.wang_jianjun, "临时小组 扫雪专班 加") == (
        "❌ 要加的人请写姓名，已经在里面的不用再加\n例如：临时小组 扫雪专班 加 陈静"
    )
    assert say(cast.wang_jianjun, "临时小组 扫雪专班 延长").startswith("❌ 请写到哪一天为止\n例如：临时小组 扫雪专班")
    assert say(cast.wang_jianjun, "临时小组 扫雪专班 加 阿巴阿巴").startswith("❌ 花名册里没有“阿巴阿巴”")
    assert say(cast.wang_jianjun, "临时小组 扫雪专班 结束不了").startswith("成员有哪些人？")  # no change
    say(cast.wang_jianjun, "取消")
    over = at(date(2027, 2, 2), 9)
    temporary_groups.end(cast.sessions, now=over)
    assert arrived(cast.wang_jianjun, at=over) == [
        "扫雪专班已到期结束，没有收到总结\n可以请组长说一说，您来补记：\n专班总结 扫雪专班 思想动向 … 工作情况 …"
    ]
    assert say(cast.wang_jianjun, "临时小组 扫雪专班", over).startswith("扫雪专班　已结束\n")
    assert say(cast.wang_jianjun, "专班总结", over).startswith("请写思想动向和工作情况，例如：")
    assert say(cast.wang_jianjun, "一切顺利", over) == ("✅ 扫雪专班的总结已交支部\n思想动向：无\n工作情况：一切顺利")


def test_which_report_is_asked_for_where_there_are_several_or_none(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.li_si, "专班总结 一切顺利").startswith("现在没有要您写总结的临时小组\n")
    say(cast.li_si, "取消")
    say(cast.wang_jianjun, LINE)
    say(cast.wang_jianjun, LINE.replace("扫雪专班", "防汛专班"))
    assert say(cast.wang_fang, "专班总结 一切顺利").startswith("是哪个临时小组的总结？\n1 扫雪专班\n2 防汛专班\n")
    assert say(cast.wang_fang, "2").startswith("✅ 防汛专班的总结已交支部\n")
    assert say(cast.wang_fang, "专班总结 扫雪专班 一切顺利").startswith("✅ 扫雪专班的总结已交支部\n")


def test_who_leads_two_says_for_which_somebody_acts(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    with cast.sessions.write() as session:
        found_group(session, cast.of(session), leader=cast.of(session).li_si)
    assert say(cast.li_si, "代理 陈静 至 12月5日") == (
        "代理哪一处？\n1 第一小组\n2 扫雪专班（到12月31日）\n回数字即可；都不是，回“取消”"
    )
    assert say(cast.li_si, "2").startswith("✅ 陈静代理扫雪专班到12月5日，已告知\n")
    assert say(cast.li_si, "代理 刘强 第一小组 至 12月5日").startswith("✅ 刘强代理第一小组到12月5日")


@pytest.mark.usefixtures("founded")
def test_a_report_that_came_before_its_lack_was_told_is_told_alone(
    say: RecordedSay, cast: Cast, arrived: Arrivals
) -> None:
    arrived(cast.wang_jianjun)
    over = at(date(2027, 1, 1), 9)
    temporary_groups.end(cast.sessions, now=over)
    say(cast.he_min, "专班总结 思想动态：稳定 工作：扫雪12次", over)
    assert arrived(cast.wang_jianjun, at=over) == [
        "扫雪专班的总结（何敏）\n思想动向：稳定\n工作情况：扫雪12次\n再看：临时小组 扫雪专班"
    ]
