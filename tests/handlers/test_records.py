"""加分 扣分 归零, and taking one back, as dialogues (rules 5, 14)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models import ledger, rulebooks
from models.ledger import Entry
from models.members import Move
from models.months import Month, at
from tests.cast import NOW, Cast
from tests.handlers.setting import HOUR
from tests.recording import Arrivals, RecordedSay

TASK = "完成党组织交办的任务"
MANNERS = "违反考勤、会风等工作纪律"


@pytest.mark.manual("secretary", "加分", title="支部给几位党员加分")
def test_the_branch_credits_several(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    assert say(cast.wang_jianjun, "加分 张三 王芳 义务-01 布置活动室") == (
        f"✅ 已加分：{TASK}（11月20日）\n张三 +2 分　J1\n王芳 +2 分　J2\n说明：布置活动室\n"
        "会告知本人。记错了，24小时内可 [撤回 J1]，每条分别撤"
    )
    assert arrived(cast.zhang_san) == [
        f"支部给您加 2 分　J1\n{TASK}（11月20日）\n说明：布置活动室\n登记人：书记王建军\n"
        "您11月现为 72 分 [看明细]\n有不同意见：[我有意见]"
    ]
    assert arrived(cast.wang_fang)[0].startswith("支部给您加 2 分　J2")


@pytest.mark.manual("secretary", "扣分", title="支部扣分，说明事由")
def test_the_branch_deducts(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    assert say(cast.he_min, "扣分 张三 会风 玩手机 昨天") == (
        f"✅ 已扣分：{MANNERS}（11月19日）\n张三 −2 分　J1\n说明：玩手机\n会告知本人。记错了，24小时内可 [撤回 J1]"
    )
    assert arrived(cast.zhang_san) == [
        f"支部给您扣 2 分　J1\n{MANNERS}（11月19日）\n说明：玩手机\n登记人：副书记何敏\n"
        "您11月现为 68 分 [看明细]\n有不同意见：[我有意见]"
    ]


def test_a_deduction_one_could_own_up_to_is_recorded_without_a_question(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.wang_jianjun, "扣分 张三 未完成学习任务 必读篇目没有读").startswith(
        "✅ 已扣分：无正当理由未完成学习任务（11月20日）\n张三 −4 分　J1"
    )


def test_what_the_cap_cuts_is_said_to_both(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.wang_jianjun, "扣分 张三 未完成学习任务 必读篇目没有读")
    assert "张三 0 分　J2（按细则−4，已到上限）" in say(
        cast.wang_jianjun, "扣分 张三 未完成学习任务 昨天 还有一篇也没读"
    ).replace("+0", "0").replace("−0", "0")
    assert "\n按细则是 4 分，此项当月已到上限\n" in arrived(cast.zhang_san)[1]


def test_step_by_step(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.wang_jianjun, "加分") == ("记在谁名下？请写姓名，可以写几位，例如：张三 王芳\n不办了，回“取消”")
    assert say(cast.wang_jianjun, "张三 刘强").startswith("是哪一项？\n1 讲微党课、领学、重点发言（每次+2分）\n")
    assert say(cast.wang_jianjun, "3").startswith("请写一句说明，本人会看到")
    assert say(cast.wang_jianjun, "12") != ""  # a bare number is no reason
    assert say(cast.wang_jianjun, "带头值守").startswith("是哪一天的事？")
    assert say(cast.wang_jianjun, "1").startswith(f"✅ 已加分：{TASK}（11月20日）\n张三 +2 分　J1\n刘强 +2 分　J2\n")


def test_many_names_are_confirmed_first(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.wang_jianjun, "扣分 张三、王芳、刘强、陈静、赵敏、李四 会风 玩手机") == (
        f"张三、王芳、刘强、陈静、赵敏、李四 各扣 2 分\n{MANNERS}（11月20日）\n说明：玩手机\n请核对：一次 6 人\n"
        "确认要记吗\n1 是　2 不是"
    )
    assert say(cast.wang_jianjun, "1").startswith(f"✅ 已扣分：{MANNERS}（11月20日）\n张三 −2 分　J1\n")


def test_many_points_are_confirmed_first_and_a_no_records_nothing(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.wang_jianjun, "扣分 张三 会风 3次 接连玩手机") == (
        f"张三 扣 6 分\n{MANNERS}（11月20日）\n说明：接连玩手机\n请核对：每人超过 5 分\n确认要记吗\n1 是　2 不是"
    )
    assert say(cast.wang_jianjun, "不是") == "好的，什么都没有改动"
    assert say(cast.wang_jianjun, "解释 J1").startswith("❌ 没有找到 J1")


def test_the_same_thing_twice_is_asked_about(say: RecordedSay, cast: Cast) -> None:
    say(cast.wang_jianjun, "加分 张三 义务-01 布置活动室")
    say(cast.zhang_san, "申报 义务-01 1项 今天 布置活动室")
    assert say(cast.he_min, "加分 张三 义务-01 布置活动室") == (
        f"张三 加 2 分\n{TASK}（11月20日）\n说明：布置活动室\n张三11月20日已经记过这一项（J1）\n"
        "张三11月20日自己报过这一项（#1）\n确认要记吗\n1 是　2 不是"
    )
    assert say(cast.he_min, "是").startswith("✅ 已加分")


@pytest.mark.manual("secretary", "加分佐证", title="要佐证的，先发照片")
def test_what_requires_a_picture_waits_for_it(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.wang_jianjun, "加分 张三 表彰 县级先进").startswith(
        "受表彰奖励需要照片佐证。请直接发来一张照片，收到就记\n请勿发涉密"
    )
    assert say.picture(cast.wang_jianjun, "media-1") == (
        "✅ 已加分：受表彰奖励（11月20日）\n张三 +5 分　J1\n说明：县级先进　照片1张\n"
        "会告知本人。记错了，24小时内可 [撤回 J1]"
    )
    assert "\n照片1张\n记错了：[撤回 J1]" in say(cast.wang_jianjun, "解释 J1")
    assert say(cast.zhang_san, "解释 J1").endswith("\n登记人：王建军\n说明：县级先进\n照片1张")


def test_each_name_succeeds_or_is_refused_by_itself(say: RecordedSay, cast: Cast) -> None:
    answer = say(cast.wang_jianjun, "加分 张三 王建军 义务-01 布置活动室")
    assert answer.startswith(f"✅ 已加分：{TASK}（11月20日）\n张三 +2 分　J1\n")
    assert answer.endswith("\n没有办：自己的积分由别人登记。自己做的事可以申报")


def test_a_name_of_another_branch_does_not_end_as_a_word_of_the_reason(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.wang_jianjun, "加分 张三、孙丽 义务-01 布置活动室") == (
        "孙丽不在您的支部。只记在张三名下吗？\n1 张三\n回数字即可；都不是，回“取消”"
    )
    assert say(cast.wang_jianjun, "1").startswith(f"✅ 已加分：{TASK}（11月20日）\n张三 +2 分　J1\n说明：布置活动室\n")


def test_the_committee_names_several_of_several_branches(say: RecordedSay, cast: Cast) -> None:
    answer = say(cast.zhou_guoping, "扣分 王建军 钱进 书记-02 评审逾期 昨天")
    assert "\n王建军 −3 分　J1\n钱进 −3 分　J2\n" in answer


def test_a_closed_month_is_refused_once_for_all_names(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.wang_jianjun, "加分 张三 王芳 义务-01 10月20日 布置活动室") == (
        "❌ 10月的评审已经结束，不再加扣分。确有更正，本人可以提出申诉，由书记答复时更正"
    )


def test_nobody_records_for_themselves_and_is_told_before_a_picture_is_asked_for(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.wang_jianjun, "加分 王建军 表彰 县级先进").startswith("❌ 自己的积分由别人登记")


def test_a_question_records_nothing(say: RecordedSay, cast: Cast) -> None:
    assert not say(cast.wang_jianjun, "扣分 王芳 会风扣几分").startswith("✅")


def test_to_who_records_nothing_it_is_a_claim(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "加分 社区志愿 2小时 昨天").startswith("✅ #1 已提交")


def test_the_level_above_records_about_a_secretary_of_any_branch(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhou_guoping, "扣分 王建军 书记-02 评审逾期两天 今天").startswith(
        "✅ 已扣分：三会一课缺项、评审或答复逾期（11月20日）\n王建军 −3 分　J1"
    )
    assert say(cast.zhou_guoping, "扣分 张三 会风 玩手机").startswith(
        "❌ 张三的加扣分由他的支部登记，上级只登记支部书记的"
    )


def test_who_is_not_scored_is_told_so(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    with cast.sessions.write() as session:
        found = cast.of(session)
        session.add(
            Move(
                member_id=found.zhang_san.id,
                from_branch_id=found.second_branch.id,
                to_branch_id=found.first_branch.id,
                moved_on=date(2026, 11, 2),
            )
        )
    say(cast.wang_jianjun, "加分 张三 义务-01 布置活动室")
    assert "\n您11月不计分，仅作记录 [看明细]\n" in arrived(cast.zhang_san)[0]


# 撤回


@pytest.mark.manual("secretary", "撤回登记", title="记错了，24小时内撤回")
def test_a_record_is_taken_back(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say.aside(cast.wang_jianjun, "扣分 张三 会风 玩手机 昨天")
    assert say(cast.wang_jianjun, "撤回 J1") == ("✅ J1 已撤回：张三11月扣的 2 分已冲销，会告知本人\n[看原来那条]")
    assert arrived(cast.zhang_san) == [
        f"支部给您扣的 2 分（J1）已撤回\n{MANNERS}（11月19日）\n您11月现为 70 分 [看明细]"
    ]
    assert say(cast.wang_jianjun, "撤回 J1") == "❌ J1 已经冲销过，不能再冲销"


def test_what_was_told_already_is_followed_by_its_end(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.wang_jianjun, "加分 张三 义务-01 布置活动室")
    assert len(arrived(cast.zhang_san)) == 1
    say(cast.wang_jianjun, "撤销 J1")
    assert arrived(cast.zhang_san)[0].startswith("支部给您加的 2 分（J1）已撤回")


def test_after_a_day_it_stays(say: RecordedSay, cast: Cast) -> None:
    say(cast.wang_jianjun, "加分 张三 义务-01 布置活动室")
    assert say(cast.wang_jianjun, "撤回 J1", at=NOW + 24 * HOUR).startswith("❌ J1 登记已超过24小时，不能撤回")


def test_a_number_out_of_sight_is_not_found(say: RecordedSay, cast: Cast) -> None:
    say(cast.wang_jianjun, "加分 张三 义务-01 布置活动室")
    assert say(cast.feng_tao, "撤回 J1") == "❌ 没有找到 J1，请看一下编号\n例如：积分"
    assert say(cast.feng_tao, "撤回 J9") == "❌ 没有找到 J9，请看一下编号\n例如：积分"


@pytest.mark.parametrize(
    "act",
    [
        ("wang_jianjun", "加分 张三 义务-01 布置活动室"),
        ("zhou_guoping", "归零 张三 10月 机纪〔2026〕3号 受党内警告处分", "是"),
    ],
)
def test_what_an_appeal_took_back_in_the_night_is_not_told_in_the_morning(
    say: RecordedSay, cast: Cast, arrived: Arrivals, act: tuple[str, ...]
) -> None:
    night = at(date(2026, 11, 20), 23)
    for line in act[1:]:
        say(getattr(cast, act[0]), line, at=night)
    with cast.sessions.write() as session:
        entry = session.scalars(select(Entry)).one()
        ledger.lock(session, entry.branch_id)
        ledger.reverse(session, entry, by=cast.of(session).zhou_guoping, now=night, reason="申诉成立")
    assert arrived(cast.zhang_san, at=at(date(2026, 11, 21), 8)) == []


# 归零


@pytest.mark.manual("secretary", "归零", title="机关党委按处分文件归零")
def test_the_committee_zeroes_a_month(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    assert say(cast.zhou_guoping, "归零 张三 10月 机纪〔2026〕3号 受党内警告处分") == (
        "张三（第一支部）10月记为 0 分（归零），其他明细不变\n依据：机纪〔2026〕3号（11月20日）\n理由：受党内警告处分\n"
        "确认归零吗\n1 是　2 不是"
    )
    assert say(cast.zhou_guoping, "是") == (
        "✅ 已归零：张三10月记为 0 分　J1\n依据：机纪〔2026〕3号（11月20日）\n理由：受党内警告处分\n"
        "会告知本人。处分撤销或记错了，可 [撤回 J1]"
    )
    assert arrived(cast.zhang_san) == [
        "您10月的积分记为 0 分（归零）　J1\n依据：机纪〔2026〕3号（11月20日）\n理由：受党内警告处分\n"
        "当月其他明细照记，归零撤销后按明细计分\n有不同意见：[我有意见]"
    ]
    assert say.aside(cast.zhang_san, "积分 10月").startswith("张三　10月为 0 分")


def test_a_zeroing_is_opened_and_taken_back(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.zhou_guoping, "归零 张三 11月 机纪〔2026〕3号 11月18日 受党内警告处分")
    say(cast.zhou_guoping, "是")
    assert say(cast.zhang_san, "解释 J1") == (
        "J1　+0 分　归零\n受组织处理、党纪处分（细则第1版）\n11月的事，11月20日 10:00记入\n登记人：周国平\n"
        "说明：受党内警告处分\n依据：机纪〔2026〕3号（11月18日）"
    )
    assert arrived(cast.zhang_san)[0].startswith("您11月的积分记为 0 分")
    later = NOW + timedelta(days=5)
    assert say(cast.zhou_guoping, "撤回 J1", at=later) == (
        "✅ J1 已撤回：张三11月不再归零，按明细计分，会告知本人\n[看原来那条]"
    )
    assert arrived(cast.zhang_san, at=later) == ["您11月的归零（J1）已撤回，按明细计分\n您11月现为 70 分 [看明细]"]


def test_a_zeroing_taken_back_before_it_was_told_is_told_no_more(
    say: RecordedSay, cast: Cast, arrived: Arrivals
) -> None:
    night = at(date(2026, 11, 20), 23)
    say(cast.zhou_guoping, "归零 张三 10月 机纪〔2026〕3号 受党内警告处分", at=night)
    say(cast.zhou_guoping, "是", at=night)
    say(cast.zhou_guoping, "撤回 J1", at=night)
    morning = at(date(2026, 11, 21), 8)
    assert [text.split("\n")[0] for text in arrived(cast.zhang_san, at=morning)] == [
        "您10月的归零（J1）已撤回，按明细计分"
    ]


def test_what_is_missing_to_a_zeroing_is_asked_for(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhou_guoping, "归零 张三").startswith("是哪个月的？例如：10月")
    assert say(cast.zhou_guoping, "10月").startswith("请写处分或处理决定的文号")
    assert say(cast.zhou_guoping, "机纪〔2026〕3号").startswith("请写一句理由")
    assert "张三（第一支部）10月记为 0 分" in say(cast.zhou_guoping, "受党内警告处分")


def test_nothing_is_zeroed_by_a_branch(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.wang_jianjun, "归零 张三 10月 机纪〔2026〕3号 受党内警告处分") == (
        "❌ “归零”由机关党委办理，您可以回“帮助”看自己能办的"
    )


def test_a_zeroing_of_a_month_before_the_first_rulebook_is_told_without_an_item(
    say: RecordedSay, cast: Cast, arrived: Arrivals
) -> None:
    with cast.sessions.write() as session:
        book = rulebooks.in_force(session, cast.committee.id, Month.of(NOW))
        other = replace(book, items=tuple(item for item in book.items if item.code != "纪律-04"))
        rulebooks.add_version(session, cast.of(session).first_branch, other, now=NOW)
    say(cast.zhou_guoping, "归零 张三 10月 机纪〔2026〕3号 受党内警告处分")
    say(cast.zhou_guoping, "是")
    assert arrived(cast.zhang_san)[0].startswith("您10月的积分记为 0 分（归零）　J1")
