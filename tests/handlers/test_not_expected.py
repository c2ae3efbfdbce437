"""补记 … 不计应到, as a dialogue (rules 26)."""

from datetime import date

import pytest

from jobs import meetings as jobs
from models.months import at
from tests.cast import Cast
from tests.handlers.setting import HOUR
from tests.recording import Arrivals, RecordedSay

pytestmark = pytest.mark.sqlite_only  # wording: the database has no say in it
STARTS = at(date(2026, 11, 26), 15)
OVER = STARTS + 2 * HOUR
CALL = "开会 支部党员大会 11月26日15点 三楼会议室"
LEFT_OUT = "不计应到：刘德福（年老长病卧床不能自理），上级周国平11月20日同意，会议同意记于11月26日"


@pytest.mark.manual("secretary", "不计应到", title="把长期卧床等党员不计入应到：上级同意，会上也同意")
def test_the_level_above_and_the_meeting_agree(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say.aside(cast.wang_jianjun, CALL)
    assert say(cast.wang_jianjun, "补记 M1 刘德福 不计应到 长期卧床") == (
        "✅ 已报周国平同意（L1）：刘德福不计入 M1 应到\n理由：年老长病卧床不能自理\n"
        "会上也要同意，开会后再发：补记 M1 刘德福 不计应到 年老长病卧床不能自理\n都同意以前，应到仍算上"
    )
    assert arrived(cast.zhou_guoping) == [
        "待审 L1　刘德福 不计应到\nM1 支部党员大会　11月26日（周四）15:00\n原因：年老长病卧床不能自理\n[通过] [不通过]"
    ]
    assert say(cast.zhou_guoping, "通过 L1") == (
        "✅ L1 已通过：刘德福 上级同意不计应到（M1），已告知会议组织人\n没有待审的了"
    )
    assert arrived(cast.wang_jianjun)[-1] == (
        "上级同意刘德福不计应到：M1\n理由：年老长病卧床不能自理\n会上也同意以后，请回 [会上已同意]"
    )
    assert "\n报批不计应到：刘德福（年老长病卧床不能自理），待会议同意\n" in say.aside(cast.wang_jianjun, "考勤 M1")
    assert "，待会议同意 [会上已同意]\n" in say(cast.wang_jianjun, "考勤 M1", at=STARTS)
    assert say(cast.wang_jianjun, "补记 M1 刘德福 不计应到 年老长病卧床不能自理", at=STARTS) == (
        "M1 到会党员同意刘德福不计应到（年老长病卧床不能自理）了吗？\n"
        "同意了就记下来，上级也同意后生效；会上没有同意，请回“不是”\n1 是　2 不是"
    )
    assert say(cast.wang_jianjun, "1", at=STARTS) == (
        f"✅ M1 应到不再算刘德福\n{LEFT_OUT}\n支部党员大会：有表决权的应到 13 人，实到 0 人，未达法定人数"
    )
    jobs.close(cast.sessions, now=OVER)
    assert f"\n{LEFT_OUT}\n" in say.aside(cast.wang_jianjun, "会议记录 M1 议题 学习", at=OVER)


def test_the_reason_is_asked_for_by_number_and_both_still_agree(say: RecordedSay, cast: Cast) -> None:
    say(cast.wang_jianjun, CALL)
    answer = say(cast.wang_jianjun, "补记 M1 张三 不计应到 出差", at=STARTS)
    assert answer.startswith("因为什么不计应到？只限这几种，别的原因请用请假\n1 因病不能表达本人意志\n")
    assert say(cast.wang_jianjun, "3", at=STARTS).startswith("M1 到会党员同意张三不计应到（自费出国半年以上）了吗？")
    assert say(cast.wang_jianjun, "是", at=STARTS) == (
        "✅ 已报周国平同意（L1）：张三不计入 M1 应到\n理由：自费出国半年以上\n会上同意已记下\n都同意以前，应到仍算上"
    )
    assert "\n报批不计应到：张三（自费出国半年以上），待上级同意\n" in say(cast.wang_jianjun, "考勤 M1", at=STARTS)
    assert say(cast.zhou_guoping, "不通过 L1 已经回国", at=STARTS).startswith(
        "✅ L1 已定为不通过，理由已告知会议组织人\n"
    )
    assert "不计应到" not in say(cast.wang_jianjun, "考勤 M1", at=STARTS)


def test_what_the_organizer_reads_of_the_answer(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.wang_jianjun, CALL)
    for name in ("张三", "王芳"):
        say(cast.wang_jianjun, f"补记 M1 {name} 不计应到 出国", at=STARTS)
        say(cast.wang_jianjun, "是", at=STARTS)
    arrived(cast.wang_jianjun, at=STARTS)
    say(cast.zhou_guoping, "通过 L1", at=STARTS)
    say(cast.zhou_guoping, "不通过 L2 已经回国", at=STARTS)
    assert arrived(cast.wang_jianjun, at=STARTS) == [
        "上级同意张三不计应到：M1\n理由：自费出国半年以上\nM1 应到不再算上",
        "上级没有同意王芳不计应到：M1\n理由：已经回国\n应到仍算上，来不了可以请假",
    ]
    assert arrived(cast.zhang_san, at=STARTS)[-1].startswith("M1 支部党员大会（11月26日）更正为不计应到\n")


def test_where_the_secretary_above_consented_before_the_meeting_said_so(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhou_guoping, "开会 支部党员大会 第一支部 11月26日15点 三楼会议室")
    assert say(cast.zhou_guoping, "补记 M1 张三 不计应到 出国").startswith("✅ 已报周国平同意（L1）")
    say(cast.zhou_guoping, "通过 L1")
    assert say(cast.zhou_guoping, "补记 M1 张三 不计应到 出国").startswith(
        "✅ 上级已同意张三不计入 M1 应到（L1）\n理由：自费出国半年以上\n会上也要同意，"
    )


def test_an_answer_that_comes_after_it_was_asked_anew_is_told_as_it_was(
    say: RecordedSay, cast: Cast, arrived: Arrivals
) -> None:
    say(cast.wang_jianjun, CALL)
    for name in ("张三", "王芳"):
        say(cast.wang_jianjun, f"补记 M1 {name} 不计应到 出国")
    arrived(cast.wang_jianjun)
    say(cast.zhou_guoping, "不通过 L1 已经回国")
    say(cast.zhou_guoping, "通过 L2")
    for name in ("张三", "王芳"):
        say(cast.wang_jianjun, f"补记 M1 {name} 不计应到 长期卧床")
    assert arrived(cast.wang_jianjun) == [  # the consent was to another reason, and is none any more
        "上级没有同意张三不计应到：M1\n理由：已经回国\n应到仍算上，来不了可以请假"
    ]
