"""What leaders tell their people in words of their own: nobody is told before they have said yes."""

import pytest
from sqlalchemy import func, select

from models.meetings import Meeting
from models.relays import Relay
from models.sessions import Sessions
from tests.cast import Cast
from tests.recording import RecordedSay

pytestmark = pytest.mark.sqlite_only  # words are no matter of the database

NEXT = "在哪里开？例如：三楼会议室\n不办了，回“取消”"


def told(sessions: Sessions) -> list[int]:
    """How many meetings and words to all there are."""
    with sessions.read() as session:
        return [session.scalars(select(func.count()).select_from(table)).one() for table in (Meeting, Relay)]


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("明天下午三点开小组会", "要通知开会吗？11月21日（周六）15:00\n1 党小组会\n"),
        ("通知一下，明天9点20开小组会", "要通知开会吗？11月21日（周六）09:20\n1 党小组会\n"),
        (
            "明天下午3点05分在五楼开小组会，学习全会精神",
            "要通知开会吗？11月21日（周六）15:05　五楼　学习全会精神\n1 党小组会\n",
        ),
        ("下周三上午九点三楼开小组会", "要通知开会吗？11月25日（周三）09:00　三楼\n1 党小组会\n"),
        ("明天开小组会", "要通知开会吗？11月21日（周六）\n1 党小组会\n"),
        ("下周三在三楼召开小组会", "要通知开会吗？11月25日（周三）　三楼\n1 党小组会\n"),
    ],
)
def test_a_meeting_to_come_is_asked_about(
    say: RecordedSay, cast: Cast, sessions: Sessions, said: str, asked: str
) -> None:
    assert say(cast.li_si, said) == f"{asked}回数字即可；都不是，回“取消”"
    assert told(sessions) == [0, 0]


def test_yes_calls_it_and_what_is_missing_is_asked_for(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, "明天下午三点开小组会")
    assert say(cast.li_si, "1") == NEXT
    assert "✅ M1 已通知" in (called := say(cast.li_si, "二楼"))
    assert "11月21日（周六）15:00　二楼\n14:30" in called  # no 内容：开


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("明天开小组会", "什么时候开？请写日期和几点，例如：明天15:00"),
        ("明天下午25点开小组会", "没有“下午25点”这个时间。什么时候开？请写日期和几点，例如：明天15:00"),
    ],
)
def test_a_day_without_a_time_of_the_clock_is_asked_for_one(
    say: RecordedSay, cast: Cast, said: str, asked: str
) -> None:
    say(cast.li_si, said)
    assert say(cast.li_si, "对") == f"{asked}\n不办了，回“取消”"
    assert say(cast.li_si, "15点") == NEXT
    assert "11月21日（周六）15:00　二楼" in say(cast.li_si, "二楼")


def test_a_word_to_all_is_asked_about(say: RecordedSay, cast: Cast, sessions: Sessions) -> None:
    asked = say(cast.li_si, "通知大家周五交学习笔记")
    assert asked == "要传达给您的成员吗？\n1 周五交学习笔记\n回数字即可；都不是，回“取消”"
    assert told(sessions) == [0, 0]
    assert say(cast.li_si, "是").startswith("✅ 已传达给")
    assert "明天降温" in say(cast.li_si, "告诉大家一声，明天降温")


@pytest.mark.parametrize(
    "said",
    [
        "昨天下午三点开了小组会",  # is over
        "昨天开小组会",
        "明天小组会",  # says somebody who wants to know, too
        "明天下午三点不开小组会了",
        "明天下午三点开小组会吗",
        "怎么通知大家",
        "通知大家",  # of what?
        "通知大家没有收到",
    ],
)
def test_what_is_over_denied_or_asked_announces_nothing(
    say: RecordedSay, cast: Cast, sessions: Sessions, said: str
) -> None:
    answered = say(cast.li_si, said)
    assert "要通知开会吗" not in answered
    assert "要传达给" not in answered
    assert told(sessions) == [0, 0]


def test_who_leads_nobody_is_not_asked(say: RecordedSay, cast: Cast) -> None:
    assert "要通知开会吗" not in say(cast.zhang_san, "明天下午三点开小组会")
    assert "要传达给" not in say(cast.zhang_san, "通知大家周五交学习笔记")
