"""不计分 恢复计分 in the chat (rules 7)."""

import pytest

from tests.cast import Cast
from tests.recording import Arrivals, RecordedSay

pytestmark = pytest.mark.sqlite_only  # wording: the database has no say in it


@pytest.mark.manual("secretary", "不计分", title="上级党组织定谁不计分")
def test_the_committee_leaves_a_member_out_and_takes_him_in_again(
    say: RecordedSay, cast: Cast, arrived: Arrivals
) -> None:
    assert say(cast.zhou_guoping, "不计分 张三 长期病休 11月至2027年2月") == (
        "✅ 张三11月至2027年2月不计分（长期病休），已告知本人和书记\n"
        "不进排名和平均，仍可申报作记录。恢复：恢复计分 张三"
    )
    assert arrived(cast.zhang_san) == ["您11月至2027年2月不计分（长期病休），不进排名和平均，仍可申报作记录"]
    assert arrived.aside(cast.wang_jianjun) == ["张三11月至2027年2月不计分（长期病休），不进排名和平均，仍可申报作记录"]
    assert say(cast.zhou_guoping, "恢复计分 张三 12月起") == "✅ 张三从12月起恢复计分，已告知本人和书记"
    assert arrived(cast.zhang_san) == ["您从12月起恢复计分"]


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("不计分 张三 住院", "✅ 张三11月起不计分（长期病休）"),
        ("不计分 张三 外派 下个月", "✅ 张三12月起不计分（外出六个月以上）"),
        ("不计分 张三 借调 12月到2月", "✅ 张三12月至2027年2月不计分（外出六个月以上）"),
        ("不计分 张三 退休 2027年1月起", "✅ 张三2027年1月起不计分（离退休）"),
        ("不计分 张三 其他 2月", "✅ 张三2027年2月起不计分（其他）"),
        ("不计分 张三 年老 10月至13月", "✅ 张三10月起不计分（年老体弱）"),
        ("不计分 张三 年老 13月", "✅ 张三11月起不计分（年老体弱）"),
    ],
)
def test_months_and_reasons_as_people_say_them(say: RecordedSay, cast: Cast, line: str, answer: str) -> None:
    assert say(cast.zhou_guoping, line).startswith(answer)


def test_the_reason_is_asked_for(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhou_guoping, "不计分 张三").startswith("是什么原因不计分？\n1 离退休\n2 年老体弱\n3 长期病休\n")
    assert say(cast.zhou_guoping, "3").startswith("✅ 张三11月起不计分（长期病休）")


def test_who_was_left_out_by_the_roster_is_taken_in_again(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhou_guoping, "恢复计分 刘德福") == "✅ 刘德福从11月起恢复计分，已告知本人和书记"
    assert say(cast.zhou_guoping, "恢复计分 刘德福").startswith("❌ 刘德福现在没有登记不计分")
    assert say(cast.wang_jianjun, "不计分 张三 病休").startswith("❌ “不计分”由")
