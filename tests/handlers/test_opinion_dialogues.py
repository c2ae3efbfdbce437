"""The dialogues about opinions as the manuals show them: the door, the answer, the level above, a report."""

from datetime import date

import pytest

from models.months import at
from tests.cast import Cast
from tests.models.counter import disclose
from tests.recording import Arrivals, RecordedSay

pytestmark = pytest.mark.sqlite_only  # wording: the database has no say in it
IN_OCTOBER = at(date(2026, 10, 16), 10)
MORNING = at(date(2026, 11, 21), 9)


@pytest.fixture
def rejected(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    """#1 of 张三, rejected by 李四."""
    say.aside(cast.zhang_san, "申报 走访 1户 18日 看望陈婆婆")
    say.aside(cast.li_si, "不通过 1 日期不对")
    for who in (cast.zhang_san, cast.li_si):
        arrived.aside(who)


@pytest.mark.usefixtures("rejected")
@pytest.mark.manual("member", "我有意见", title="有不同意见，从一个门进来")
def test_one_door_and_an_answer_that_changes_something(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.zhang_san, "我有意见")
    say(cast.zhang_san, "1")
    say(cast.zhang_san, "1")
    assert say(cast.zhang_san, "当天确有走访，陈婆婆可以作证").startswith("✅ Y1 申诉已收到")
    say.aside(cast.wang_jianjun, "处理 Y1 成立 问过陈婆婆，确有此事")
    (told,) = arrived(cast.zhang_san)
    assert "已更正：J1 +1" in told


@pytest.mark.usefixtures("rejected")
@pytest.mark.manual("member", "复核", title="对答复还不满意，请上一级复核")
def test_a_refusal_is_taken_up_one_level(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say.aside(cast.zhang_san, "申诉 1 当天确有走访")
    say.aside(cast.wang_jianjun, "处理 Y1 不成立 当天没有走访安排")
    assert "请上一级复核" in arrived(cast.zhang_san)[0]
    assert say(cast.zhang_san, "申诉 Y1").startswith("✅ Y1 已请机关党委书记周国平复核")


@pytest.mark.manual("member", "反映", title="反映情况，为您保密")
def test_a_report(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "反映 王芳上班经常脱岗").startswith("✅ Y1 收到了您的反映")


@pytest.mark.usefixtures("rejected")
@pytest.mark.manual("secretary", "处理", title="答复申诉，成立的同时更正")
def test_the_secretary_answers_an_appeal(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say.aside(cast.zhang_san, "申诉 1 当天确有走访")
    arrived(cast.wang_jianjun)
    assert say(cast.wang_jianjun, "处理 Y1 成立 查了走访记录，确有此事").startswith("✅ Y1 已答复：成立")


@pytest.mark.manual("secretary", "处理异议", title="答复异议，问清改哪一条")
def test_the_secretary_answers_an_objection(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say.aside(cast.wang_fang, "申报 社区志愿 2小时 15日 扫雪", IN_OCTOBER)
    say.aside(cast.li_si, "通过 1", IN_OCTOBER)
    for who in (cast.wang_fang, cast.li_si):
        arrived.aside(who)
    with cast.sessions.write() as session:
        disclose(session, cast.of(session).first_branch)
    say.aside(cast.zhang_san, "异议 王芳 15日那天活动取消了")
    arrived(cast.wang_jianjun)
    say(cast.wang_jianjun, "处理 Y1 成立 活动确已取消")
    assert say(cast.wang_jianjun, "1").startswith("✅ Y1 已答复：成立")
    assert arrived(cast.wang_fang)


@pytest.mark.manual("secretary", "处理反映", title="处理反映：看得到内容，看不到是谁")
def test_the_secretary_answers_a_report(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say.aside(cast.zhang_san, "反映 王芳上班经常脱岗")
    (card,) = arrived(cast.wang_jianjun, at=MORNING)
    assert "张三" not in card
    assert say(cast.wang_jianjun, "处理 Y1 成立 不登记 提醒过了", at=MORNING).startswith("✅ Y1 已答复")
