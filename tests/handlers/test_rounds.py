"""评审 提交公示, and what is told of a month (rules 14, 15, 29)."""

from datetime import date

import pytest

from jobs import rounds as job
from models import finalizing, notices, reviewing, rounds, settings
from models.appointments import Appointment, Office
from models.members import Member
from models.months import Month, at
from models.organizations import Organization
from models.settings import Setting
from tests.cast import NOW, Cast
from tests.handlers.october import AFTER, OCT, begun, disclosed, disclosed_without_claim, enter, final, reviewed
from tests.handlers.setting import own_rulebook
from tests.models import scores
from tests.models.round_desk import CLOSED, FINAL, IN_REVIEW, OCTOBER, SUBMITTED
from tests.recording import Arrivals, RecordedSay

pytestmark = pytest.mark.sqlite_only  # the rules are proved on both databases in tests/models
LATE, LATER = at(date(2026, 11, 11), 9), at(date(2026, 11, 12), 9)


@pytest.fixture
def october(say: RecordedSay, cast: Cast) -> None:
    begun(say, cast)


def put(cast: Cast, setting: Setting[str], value: str) -> None:
    with cast.sessions.write() as session:
        settings.put(session, setting, value, organization_id=cast.first_branch.id, by_id=None, now=NOW)


# 评审


@pytest.mark.usefixtures("october")
@pytest.mark.manual("secretary", "评审", title="看评审，提交公示")
def test_the_secretary_looks_at_the_month_and_submits_it(say: RecordedSay, cast: Cast) -> None:
    reviewed(cast)
    assert say(cast.wang_jianjun, "评审 10月", IN_REVIEW) == (
        "10月评审　请在11月10日24点前提交公示\n"
        "14人（计分13人），低于60分0人，异常0条\n"
        "还没办完，办完才能提交公示（1条）\n"
        "#2 王芳 走访慰问、上门帮扶 +1 待审核 [看]\n"
        "不计分 1 人：刘德福（年老体弱）"
    )
    assert say(cast.wang_jianjun, "提交公示", IN_REVIEW) == (
        "❌ 10月还有申报没办完，不能提交公示：待审 #2（王芳）\n例如：解释 2"
    )
    assert say(cast.wang_jianjun, "通过 2", IN_REVIEW).startswith("✅ #2 已通过：王芳")
    assert say(cast.wang_jianjun, "提交公示", SUBMITTED) == (
        "10月：14人（计分13人），低于60分0人，异常0条\n"
        "提交后全体党员都会收到公示，到11月16日24点为止，不能收回\n"
        "没有写评审会议，公示里会注明\n"
        "现在提交吗？\n1 是　2 不是"
    )
    assert say(cast.wang_jianjun, "是", SUBMITTED) == (
        "✅ 10月积分已提交公示，至11月16日（5个工作日），已告知全体党员\n"
        "期满没有未答复的意见，11月17日9点自动审定\n[看公示]"
    )


@pytest.mark.usefixtures("october")
def test_a_no_submits_nothing(say: RecordedSay, cast: Cast) -> None:
    reviewed(cast)
    say(cast.li_si, "通过 2", IN_REVIEW)
    say(cast.wang_jianjun, "提交公示 10月", SUBMITTED)
    assert say(cast.wang_jianjun, "不是", SUBMITTED).startswith("好的")
    assert "没有公示" in say(cast.zhang_san, "公示 10月", SUBMITTED)


@pytest.mark.usefixtures("october")
def test_the_commissioner_looks_too_but_does_not_submit(say: RecordedSay, cast: Cast) -> None:
    reviewed(cast)
    say(cast.li_si, "通过 2", IN_REVIEW)
    assert say(cast.sun_lei, "评审", IN_REVIEW).endswith("\n[提交公示]")
    assert say(cast.he_min, "提交公示", SUBMITTED) == "❌ 提交公示由王建军办\n例如：评审"
    assert say(cast.sun_lei, "提交公示", SUBMITTED).startswith("❌")
    assert say(cast.li_si, "评审", IN_REVIEW).startswith("❌")
    assert say(cast.zhang_san, "评审", IN_REVIEW).startswith("❌")


@pytest.mark.usefixtures("october")
def test_a_commissioner_at_home_elsewhere_reviews_the_branch_of_the_office(say: RecordedSay, cast: Cast) -> None:
    with cast.sessions.write() as session:
        here, since = cast.first_branch.id, date(2026, 1, 1)
        session.add(
            Appointment(member_id=cast.sun_li.id, organization_id=here, office=Office.COMMITTEE_MEMBER, starts_on=since)
        )
    assert "#2 王芳" in say(cast.sun_li, "评审", OCT)


@pytest.mark.usefixtures("october")
def test_where_everyone_is_scored_nobody_is_left_out(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.qian_jin, "评审", OCT).split("\n")[1:] == ["4人，低于60分0人，异常0条"]


@pytest.mark.usefixtures("october")
def test_an_open_month_can_be_looked_at_and_not_submitted(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.wang_jianjun, "评审", OCT).startswith("10月评审　还在登记，11月4日24点截止后评审\n")
    assert say(cast.wang_jianjun, "提交公示", OCT) == (
        "❌ 10月的评审11月5日才开始，现在还不能提交公示\n例如：评审 10月"
    )
    assert say(cast.wang_jianjun, "评审 9月", OCT).startswith("❌ 9月没有要评审的积分")


@pytest.mark.usefixtures("october")
def test_a_meeting_nobody_knows_is_refused(say: RecordedSay, cast: Cast) -> None:
    reviewed(cast)
    say(cast.li_si, "通过 2", IN_REVIEW)
    answer = say(cast.wang_jianjun, "提交公示 10月 M7", SUBMITTED)
    assert answer == "❌ 没有找到会议 M7，请看一下编号，不写编号也能提交\n例如：提交公示"


@pytest.mark.usefixtures("october")
def test_what_is_odd_is_listed_with_its_reasons_and_not_too_much_of_it(say: RecordedSay, cast: Cast) -> None:
    for day in range(1, 9):
        say.aside(cast.chen_jing, f"申报 走访 1户 10月{day}日", OCT)
        say.aside(cast.li_si, f"通过 {day + 2}", OCT)
    reviewed(cast)
    say.aside(cast.li_si, "通过 2", IN_REVIEW)
    shown = say(cast.wang_jianjun, "评审", IN_REVIEW)
    assert "异常5条\n异常，请看一下（5条）\n#6 陈静 走访慰问、上门帮扶 +0 超限 [看]\n" in shown


@pytest.mark.usefixtures("october")
def test_of_many_undecided_six_are_shown(say: RecordedSay, cast: Cast) -> None:
    for day in range(1, 9):
        say.aside(cast.chen_jing, f"申报 走访 1户 10月{day}日", OCT)
    shown = say(cast.wang_jianjun, "评审", OCT)
    assert "还没办完，办完才能提交公示（9条）\n#2 王芳" in shown
    assert "\n#7 陈静" in shown
    assert "\n#8 " not in shown
    assert "\n另有3条\n" in shown


@pytest.mark.usefixtures("october")
def test_after_submitting_the_card_says_where_the_month_is(say: RecordedSay, cast: Cast) -> None:
    disclosed(say, cast)
    shown = say(cast.wang_jianjun, "评审 10月", SUBMITTED)
    assert shown.startswith("10月评审　公示至11月16日（5个工作日）\n")
    assert shown.endswith("\n[看公示]")
    assert say(cast.wang_jianjun, "提交公示 10月", SUBMITTED).startswith("❌ 10月已经公示，不用再提交")
    say(cast.zhang_san, "异议 王芳 那天没有看到他走访", SUBMITTED)
    say(cast.zhang_san, "是", SUBMITTED)
    assert "没有答复的意见：Y1 [待办]" in say(cast.wang_jianjun, "评审 10月", SUBMITTED)


# What is told


@pytest.mark.usefixtures("october")
def test_the_committee_hears_that_the_review_is_open(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    reviewed(cast)
    at_nine = at(date(2026, 11, 5), 9)
    assert arrived(cast.sun_lei, at_nine) == [
        "第一支部10月的登记已截止，请评审\n"
        "14人（计分13人），低于60分0人，异常0条\n"
        "还有 1 条申报没办完，办完才能公示\n"
        "11月10日24点前由书记提交公示\n"
        "[看评审]"
    ]
    assert "条申报没办完" not in arrived(cast.qian_jin, at_nine)[0]


@pytest.mark.usefixtures("october")
def test_the_secretary_and_then_the_level_above_hear_that_it_is_late(cast: Cast, arrived: Arrivals) -> None:
    reviewed(cast)
    arrived.aside(cast.wang_jianjun, CLOSED)
    job.remind(cast.sessions, now=LATE)
    job.remind(cast.sessions, now=LATER)
    late = (
        "第一支部10月的评审已过期（11月10日24点），请提交公示\n还有 1 条申报没办完，办完才能公示\n[看评审] [提交公示]"
    )
    assert [text for text in arrived(cast.wang_jianjun, LATER) if "过期" in text] == [late, late]
    assert "第二支部10月的评审已过期（11月10日24点），请提交公示\n[看评审] [提交公示]" in arrived(cast.qian_jin, LATER)
    assert arrived(cast.zhou_guoping, LATER) == [
        "第一支部10月的积分到11月10日24点没有提交公示，已提醒书记\n[概况]",
        "第二支部10月的积分到11月10日24点没有提交公示，已提醒书记\n[概况]",
    ]


@pytest.mark.usefixtures("october")
@pytest.mark.parametrize("kind", ["review_open", "review_late", "review_late_above", "disclosure", "result"])
@pytest.mark.parametrize("month", ["2026-10", "2026-09"])
def test_what_is_past_when_it_is_to_be_told_is_not_told(cast: Cast, arrived: Arrivals, kind: str, month: str) -> None:
    facts = {"branch": cast.first_branch.id, "month": month}  # open as yet, or without a round
    with cast.sessions.write() as session:
        notices.post(session, cast.chen_jing.id, kind, key="test", now=OCT, facts=facts)
    assert arrived(cast.chen_jing, OCT) == []


@pytest.mark.usefixtures("october")
@pytest.mark.manual("member", "审定", title="审定以后")
def test_everyone_hears_the_result(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    final(say, cast)
    arrived.aside(cast.zhang_san, SUBMITTED)
    assert arrived(cast.zhang_san, FINAL) == ["10月积分已审定：72分★★　加2 扣0\n支部内第1名\n[看明细] [看公示]"]
    assert arrived(cast.sun_lei, FINAL)[-1] == "10月积分已审定：60分★　加0 扣10\n支部内第13名\n[看明细] [看公示]"


@pytest.mark.usefixtures("october")
def test_where_standings_are_off_no_rank_is_told(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    put(cast, settings.STANDINGS_SHOWN, "off")
    final(say, cast)
    arrived.aside(cast.zhang_san, SUBMITTED)
    assert arrived(cast.zhang_san, FINAL) == ["10月积分已审定：72分★★　加2 扣0\n[看明细] [看公示]"]


@pytest.mark.usefixtures("october")
@pytest.mark.parametrize(("points", "trend"), [("5", "比10月高3分"), ("2", "和10月持平"), ("1.5", "比10月低0.5分")])
def test_the_next_month_is_compared_with_the_one_before(
    say: RecordedSay, cast: Cast, arrived: Arrivals, points: str, trend: str
) -> None:
    final(say, cast)
    november, december = Month(2026, 11), at(date(2026, 12, 21), 9)
    with cast.sessions.write() as session:
        here = cast.of(session)
        scores.score(session, here.zhang_san, november, str(70 + float(points)))
        scores.zero(session, here.wang_fang, november)
        rounds.begin(session, here.first_branch.id, november)
        reviewing.submit(session, here.first_branch.id, november, by=None, now=at(date(2026, 12, 10)))
        finalizing.finalize(session, here.first_branch.id, november, now=december)
    for member in (cast.zhang_san, cast.liu_qiang):
        arrived.aside(member, FINAL)
    told = [text for text in arrived(cast.zhang_san, december) if text.startswith("11月积分已审定")]
    assert told[0].split("\n")[1] == f"支部内第1名，{trend}"


@pytest.mark.usefixtures("october")
def test_with_nobody_above_nobody_is_named_who_could_look_again(
    say: RecordedSay, cast: Cast, arrived: Arrivals
) -> None:
    own_rulebook(cast)
    with cast.sessions.write() as session:
        session.get_one(Organization, cast.second_branch.id).parent_id = None
    reviewed(cast)
    with cast.sessions.write() as session:
        reviewing.submit(session, cast.second_branch.id, OCTOBER, by=None, now=SUBMITTED)
        session.get_one(Member, cast.sun_li.id).joined_on = SUBMITTED.date()  # and has no line any more
    told = arrived(cast.sun_li, SUBMITTED)[-1].split("\n")
    assert told[0] == "第二支部10月积分公示"
    assert told[1:] == [
        "即日起至11月16日（5个工作日）",
        "[看全部] [核实无误] [我有意见]",
        "16日24点前没有提出的，视为无异议",
    ]


@pytest.mark.usefixtures("october")
def test_who_is_not_scored_is_told_so(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    with cast.sessions.write() as session:
        session.get_one(Member, cast.zhao_min.id).joined_on = date(2026, 10, 10)
    disclosed(say, cast)
    assert "\n您：不计分（转入转出当月）\n" in arrived(cast.zhao_min, SUBMITTED)[-1]
    with cast.sessions.write() as session:
        finalizing.finalize(session, cast.first_branch.id, OCTOBER, now=FINAL)
    assert arrived(cast.zhao_min, FINAL)[-1] == "10月积分已审定：不计分（转入转出当月）\n[看明细] [看公示]"


# The dates, and the standings of a month that is final


@pytest.mark.usefixtures("october")
def test_the_dates_name_the_review_for_its_committee_and_the_disclosure_for_everyone(
    say: RecordedSay, cast: Cast
) -> None:
    reviewed(cast)
    assert say(cast.sun_lei, "截止", IN_REVIEW).endswith("\n10月的评审：11月10日（周二）24点前提交公示 [看评审]")
    assert "评审" not in say(cast.zhang_san, "截止", IN_REVIEW)
    say.aside(cast.li_si, "通过 2", IN_REVIEW)
    disclosed_without_claim(say, cast)
    for member in (cast.zhang_san, cast.sun_lei):
        assert say(member, "截止", SUBMITTED).endswith("\n10月的公示：11月16日（周一）24点前可核对 [看公示]")
    assert "公示" not in say(cast.sun_li, "截止", SUBMITTED)


@pytest.mark.usefixtures("october")
def test_the_standings_of_a_final_month_stay_as_they_were(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "排名 10月", AFTER).startswith("第一支部 10月（截至今天，未审定）\n1 张三 72")
    final(say, cast)
    before = say(cast.zhang_san, "排名 10月", AFTER), say(cast.zhang_san, "小组排名 10月", AFTER)
    assert before[0].startswith("第一支部 10月（已审定）\n1 张三 72　2 王芳 71　3 王建军 70")
    assert "\n您：第1名，72分（计名次13人）\n离退休、病休等1人不计名次\n" in before[0]
    assert before[1].startswith("第一支部 10月小组平均分（已审定）\n1 第一小组 70.14（7人）\n2 第二小组 70（3人）\n")
    enter(cast, cast.zhang_san, "-2", "组织-02", AFTER)
    assert (say(cast.zhang_san, "排名 10月", AFTER), say(cast.zhang_san, "小组排名 10月", AFTER)) == before
    assert say(cast.zhang_san, "排名 9月", AFTER).startswith("第一支部 9月（截至今天，未审定）")


@pytest.mark.usefixtures("october")
def test_what_is_returned_under_review_can_be_supplemented_until_its_end(
    say: RecordedSay, cast: Cast, arrived: Arrivals
) -> None:
    reviewed(cast)
    say.aside(cast.li_si, "退回 2 走访的哪一户", IN_REVIEW)
    assert arrived(cast.wang_fang, IN_REVIEW)[-1].endswith("\n11月10日前补上都算10月的")
    assert say(cast.wang_fang, "补充 2 看望陈婆婆", IN_REVIEW).startswith("✅")
