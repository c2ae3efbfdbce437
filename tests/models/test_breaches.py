"""What is a breach of discipline or law, and what only sounds like one (rules 33)."""

import pytest

from models import breaches


@pytest.mark.parametrize(
    "text",
    [
        "王建军贪污工程款",
        "他受贿",
        "收了别人的红包",
        "他收了人家的钱",
        "拿了老板两万块",
        "收受礼金",
        "给领导送红包",
        "挪用党费",
        "设小金库",
        "公款吃喝",
        "以权谋私",
        "酒后驾车",
        "他违纪了",
        "涉嫌违法",
        "违反中央八项规定",
        "违反廉洁纪律",
        "生活作风有问题",
        "贪 污",
    ],
)
def test_a_breach_is_not_taken(text):
    assert breaches.speaks_of(text)
    with pytest.raises(breaches.NotTakenHere, match="机关纪委"):
        breaches.check(text)


@pytest.mark.parametrize(
    "text",
    [
        "王芳上班经常脱岗",
        "开会玩手机，违反会风",
        "违反考勤纪律",
        "建议给老党员送生日礼物",
        "建议按时收党费",
        "送温暖活动多一些",
        "希望讲话简短些",
        "撤回扣分要怎么申请",
    ],
)
def test_what_is_dealt_with_here_is_taken(text):
    assert not breaches.speaks_of(text)
    breaches.check(text)


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("我没有违纪，为什么扣分", True),
        ("说我违反八项规定，不是事实", True),
        ("我没有赌博", True),
        ("组长收了别人红包才不给我通过", False),
    ],
)
def test_of_ones_own_case_the_words_may_be_used(text, taken):
    assert breaches.speaks_of(text, own_case=True) is not taken
