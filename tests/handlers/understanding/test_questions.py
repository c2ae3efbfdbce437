"""Questions, negations, plans; and what only looks like one."""

import pytest

from handlers.understanding.line import Line
from handlers.understanding.questions import Mood, mood


@pytest.mark.parametrize(
    "text",
    [
        *(
            "志愿服务能得几分",
            "怎么报",
            "咋个报分哦",
            "啷个报分",
            "12通过了没得",
            "通过了吗",
            "12怎么还没批",
            "扫雪给不给加分",
        ),
        *(
            "献血加分不",
            "能不能撤回",
            "为什么扣我",
            "点样先可以加分",
            "我想问问走访算不算",
            "昨天扫雪2小时，对吧",
            "申报流程",
        ),
        *("扫雪2小时？", "全部通过行不行", "可以报不", "昨天扫雪2小时怎么报", "我报上了没有"),
    ],
)
def test_a_question_is_one(text: str) -> None:
    assert mood(Line.of(text)) is Mood.QUESTION


@pytest.mark.parametrize(
    "text",
    [
        *("不要申报", "我还没去志愿服务", "12先别通过", "莫通过13", "昨天没去扫雪", "昨天扫雪2小时我可没去 别给我记"),
        *("心得写了但还没写完 先不报", "我冇去", "没收到通知", "昨天扫雪2小时，先不要记"),
    ],
)
def test_a_negation_is_one(text: str) -> None:
    assert mood(Line.of(text)) is Mood.NEGATION


@pytest.mark.parametrize(
    "text",
    ["打算明天去扫雪2小时", "本来要去走访2户", "写完心得再报", "如果去扫雪", "下周去走访", "昨天扫雪2小时 明天再去"],
)
def test_a_plan_or_a_condition_is_one(text: str) -> None:
    assert mood(Line.of(text)) is Mood.PLAN


@pytest.mark.parametrize(
    "text", ["下雪路不好走，昨天扫雪2小时", "昨天扫雪2小时，没顾上吃饭", "昨天扫雪2小时，明天休息"]
)
def test_a_negation_beside_a_deed_is_an_aside(text: str) -> None:
    assert mood(Line.of(text)) is Mood.ASIDE


@pytest.mark.parametrize("text", ["能帮我报一下昨天扫雪2小时吗", "昨天扫雪2小时 麻烦记一下可以吗"])
def test_a_favour_asked_politely_is_a_request(text: str) -> None:
    assert mood(Line.of(text)) is Mood.REQUEST


@pytest.mark.parametrize(
    "text",
    [
        *(
            "申报 志愿 2小时",
            "不好意思打扰了，昨天扫雪",
            "没问题",
            "特别累",
            "走访了几户",
            "前几天走访",
            "催一下还没报的",
        ),
        *("没拍照", "别忘了记", "这个月没有了", "昨天扫雪2小时呢", "再报一个志愿2小时", "几天前志愿服务"),
    ],
)
def test_a_plain_line_is_plain(text: str) -> None:
    assert mood(Line.of(text)) is Mood.PLAIN
