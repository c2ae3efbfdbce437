"""公示 核实, as dialogues (rules 14, 15)."""

from datetime import date

import pytest

from models import rounds
from models.members import Member
from tests.cast import Cast
from tests.handlers.october import AFTER, OCT, begun, disclosed, disclosed_without_claim, enter, final, reviewed
from tests.models import scores
from tests.models.round_desk import IN_REVIEW, OCTOBER, SUBMITTED
from tests.recording import Arrivals, RecordedSay

pytestmark = pytest.mark.sqlite_only  # the rules are proved on both databases in tests/models


@pytest.fixture
def october(say: RecordedSay, cast: Cast) -> None:
    begun(say, cast)


@pytest.mark.usefixtures("october")
@pytest.mark.manual("member", "公示", title="看公示，核实")
def test_a_member_is_told_looks_and_checks(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    disclosed(say, cast)
    arrived.aside(cast.zhang_san, OCT)
    assert arrived(cast.zhang_san, SUBMITTED) == [
        "第一支部10月积分公示\n"
        "即日起至11月16日（5个工作日）\n"
        "您：72分★★　加2 扣0\n"
        "[看全部] [核实无误] [我有意见]\n"
        "16日24点前没有提出的，视为无异议\n"
        "对支部答复不满意，可请机关党委复核"
    ]
    head = _head(cast)
    assert say(cast.zhang_san, "公示", SUBMITTED) == (
        "第一支部10月积分公示　至11月16日（5个工作日）\n"
        "您：72分★★　加2 扣0 [明细]\n"
        "[核实无误] [我有意见]　11月16日24点前没有提出的，视为无异议\n"
        f"没有写明评审会议　台账链头 {head}\n"
        "每人基础分70，按花名册排列：\n"
        "王建军 70分★★　加0 扣0\n"
        "何敏 70分★★　加0 扣0\n"
        "孙磊 60分★　加0 扣10\n"
        "李四 70分★★　加0 扣0\n"
        "张三 72分★★　加2 扣0\n"
        "王芳 71分★★　加1 扣0\n"
        "刘强 68分★　加0 扣2\n"
        "陈静 70分★★　加0 扣0\n"
        "赵敏 70分★★　加0 扣0\n"
        "欧阳建国 70分★★　加0 扣0\n"
        "刘德福 不计分（年老体弱）\n"
        "马超 70分★★　加0 扣0\n"
        "郑爽 70分★★　加0 扣0\n"
        "冯涛 70分★★　加0 扣0\n"
        "看一个人的明细，例如：公示 10月 王建军"
    )
    assert say(cast.zhang_san, "核实", SUBMITTED) == (
        "✅ 10月积分您已核实无误\n11月16日24点前还有意见，可以回 [我有意见]"
    )


def _head(cast: Cast) -> str:
    """The head as it is printed: the transcript shows it, so it must not change from run to run."""
    with cast.sessions.read() as session:
        round_ = rounds.find(session, cast.first_branch.id, OCTOBER)
        assert round_ is not None
        sequence, _, digest = round_.head.partition(":")
    return f"{sequence}:{digest[:12]}"


@pytest.mark.usefixtures("october")
def test_one_persons_entries_are_shown_with_their_reasons_unless_published_by_figure(
    say: RecordedSay, cast: Cast
) -> None:
    disclosed(say, cast)
    assert say(cast.chen_jing, "公示 10月 刘强", SUBMITTED) == (
        "刘强　10月公示：68分★　加0 扣2\n−2 迟到、早退　10月20日　J2\n对哪一条有意见，11月16日24点前提出：[我有意见]"
    )
    assert say(cast.chen_jing, "公示 10月 孙磊", SUBMITTED).startswith(
        "孙磊　10月公示：60分★　加0 扣10\n−10 分（只公示分数）　J3\n"
    )
    assert say(cast.chen_jing, "公示 10月 赵敏", SUBMITTED).startswith(
        "赵敏　10月公示：70分★★　加0 扣0\n这个月没有加减分\n"
    )
    assert "+2 社区志愿服务　10月20日" in say(cast.chen_jing, "公示 张三", SUBMITTED)


@pytest.mark.usefixtures("october")
def test_a_reason_and_an_opening_balance_are_shown_as_they_are(say: RecordedSay, cast: Cast) -> None:
    with cast.sessions.write() as session:
        found = session.get_one(Member, cast.ma_chao.id)
        scores.score(session, found, OCTOBER, 72)
    say.aside(cast.wang_jianjun, "通过 2 改 0.5 只去了半天", OCT)
    disclosed_without_claim(say, cast)
    assert say(cast.chen_jing, "公示 王芳", SUBMITTED).split("\n")[1] == (
        "+0.5 走访慰问、上门帮扶　10月20日　J5　只去了半天"
    )
    assert say(cast.chen_jing, "公示 马超", SUBMITTED).split("\n")[1] == "+2 期初积分　J4"


@pytest.mark.usefixtures("october")
def test_it_is_the_own_branch_alone(say: RecordedSay, cast: Cast) -> None:
    disclosed(say, cast)
    assert say(cast.sun_li, "公示", SUBMITTED) == "还没有公示过的月份，看自己的分请回 [积分]"
    assert "孙丽" not in say(cast.zhang_san, "公示", SUBMITTED)
    assert "张三" not in say(cast.sun_li, "公示 10月 张三", SUBMITTED)


@pytest.mark.usefixtures("october")
def test_before_it_is_submitted_nothing_is_shown(say: RecordedSay, cast: Cast) -> None:
    reviewed(cast)
    assert say(cast.zhang_san, "公示", IN_REVIEW) == "还没有公示过的月份，看自己的分请回 [积分]"
    assert say(cast.zhang_san, "公示 10月", IN_REVIEW) == "10月还在评审，没有公示，看自己的分请回 [积分]"
    assert say(cast.zhang_san, "公示 9月", IN_REVIEW) == "9月没有公示，看自己的分请回 [积分]"


@pytest.mark.usefixtures("october")
def test_who_came_later_sees_it_without_a_line_of_their_own(say: RecordedSay, cast: Cast) -> None:
    with cast.sessions.write() as session:
        session.get_one(Member, cast.zhao_min.id).joined_on = date(2026, 11, 2)
    disclosed(say, cast)
    shown = say(cast.zhao_min, "公示", SUBMITTED)
    assert "您：" not in shown
    assert "赵敏" not in shown
    assert say(cast.zhao_min, "公示 10月 赵敏", SUBMITTED).startswith("❌ 10月的公示里没有这位党员")
    assert say(cast.zhao_min, "核实", SUBMITTED).startswith("❌ 10月的公示里没有您")


@pytest.mark.usefixtures("october")
def test_who_has_checked_is_told_so(say: RecordedSay, cast: Cast) -> None:
    disclosed(say, cast)
    say(cast.zhang_san, "核实 10月", SUBMITTED)
    assert "\n您已核实 [我有意见]" in say(cast.zhang_san, "公示", SUBMITTED)
    assert say(cast.zhang_san, "核实", SUBMITTED) == "10月您已经核实过，不用再办"


@pytest.mark.usefixtures("october")
def test_outside_a_disclosure_there_is_nothing_to_check(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "核实", OCT) == "❌ 现在没有月份在公示中，不用核实\n例如：公示"


@pytest.mark.usefixtures("october")
def test_outside_its_time_the_last_one_is_shown_and_it_says_so(say: RecordedSay, cast: Cast) -> None:
    final(say, cast)
    shown = say(cast.zhang_san, "公示", AFTER).split("\n")
    assert shown[:3] == [
        "现在没有月份在公示，这是最近的一次",
        "第一支部10月积分　11月17日已审定",
        "您：72分★★　加2 扣0 [明细]",
    ]
    assert shown[3].startswith("没有写明评审会议　台账链头 ")
    assert say(cast.zhang_san, "公示 10月", AFTER).startswith("第一支部10月积分　11月17日已审定\n")
    assert say(cast.wang_jianjun, "评审 10月", AFTER).startswith("10月评审　11月17日已审定\n")


@pytest.mark.usefixtures("october")
def test_a_later_correction_stands_beside_what_was_published(say: RecordedSay, cast: Cast) -> None:
    final(say, cast)
    enter(cast, cast.zhang_san, "-4", "学习-05", AFTER)
    for asked in (say(cast.zhang_san, "公示", AFTER), say(cast.chen_jing, "公示 10月 张三", AFTER)):
        assert "审定72分★★　加2 扣0，更正后68分" in asked
    assert "−4" not in say(cast.chen_jing, "公示 10月 张三", AFTER)
    assert say(cast.zhang_san, "积分 10月", AFTER).startswith(
        "张三　10月为 审定72，更正后68 分\n基础70　加分2　扣分4\n"
    )
    assert "\n10月：审定72，更正后68 分★\n" in say(cast.zhang_san, "积分 年", AFTER)


@pytest.mark.usefixtures("october")
def test_a_final_month_says_so_and_asks_for_nothing_more(say: RecordedSay, cast: Cast) -> None:
    final(say, cast)
    shown = say(cast.zhang_san, "积分 10月", AFTER)
    assert shown.startswith("张三　10月为 72 分（已审定）\n")
    assert "再得" not in shown
