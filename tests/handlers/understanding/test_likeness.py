"""Questions are answered by what they are like; the table of phrasings holds together."""

from collections.abc import Callable
from itertools import islice

import pytest

from handlers.context import Context
from handlers.dispatch import FAMILIES
from handlers.understanding import wishes
from handlers.understanding.gist import gist
from handlers.understanding.hear import Heard, Unknown, Wondered, hear
from handlers.understanding.likeness import NOTHING, Likeness, likeness, phrasings
from handlers.understanding.line import Line
from handlers.understanding.vocabulary import vocabulary


def test_the_same_asked_in_other_words_comes_down_to_the_same() -> None:
    assert gist("上个月的申报审核了没有") == gist("11月的申报批了吗")
    assert gist("请问一下积分在哪儿看呀") == gist("分数在哪里看")


def test_every_topic_is_nothing_or_a_command_and_no_phrasing_stands_twice_in_one() -> None:
    for topic in likeness().topics:
        assert topic == NOTHING or FAMILIES.find(topic.split()[-1]) is not None


def test_what_is_known_word_for_word_counts_most_and_what_nobody_asked_counts_nothing() -> None:
    made = Likeness(phrasings("# a note\n[积分]\n我几分了 我的分\n[会议]\n几点开会 在哪里开会\n"))
    fit = made.fit(gist("我几分了"))
    assert made.topics == ("积分", "会议")
    assert (fit.scores[0] > fit.scores[1], fit.known, fit.own) == (True, 1.0, {"积分"})
    assert made.fit("xyz").known == 0


def said(text: str, ctx: Context) -> str:
    """What answers a line: the command, and the help or item looked up with it."""
    heard = hear(text, ctx)
    if isinstance(heard, Heard):
        return heard.command.word
    if isinstance(heard, Wondered) and heard.command is not None:
        return f"{heard.command.word} {heard.query}".strip()
    return ",".join(heard.likely) if isinstance(heard, Unknown) else ""


@pytest.mark.parametrize(
    ("role", "text", "what"),
    [
        ("member", "绑定码丢了", "帮助 绑定"),  # no name 码丢了
        ("member", "我签到码扫不出来急死了", "帮助 签到"),  # no question, but sure
        ("member", "我那个微党课批了吗都一星期了", "我的申报"),  # 吗 asks wherever it stands
        ("member", "3号就停了吗", "截止"),  # a day and no #3
        ("member", "怎么通过申报", "帮助 通过"),  # how, though it is others' to do
        ("member", "今晚食堂吃什么", "申报,积分,帮助"),
        ("leader", "王芳的走访批了没", "待办 王芳"),
        ("secretary", "T5谈过话了没有", "跟进 T5"),
    ],
)
def test_what_is_asked_is_answered(asker: Callable[[str], Context], role: str, text: str, what: str) -> None:
    assert said(text, asker(role)) == what


def test_what_is_likely_is_the_askers_own_and_nothing_where_nothing_speaks_for_it(member: Context) -> None:
    words = vocabulary(member.families)
    assert [c.word for c in islice(wishes.likely(Line.of("组长的待审"), words, member), 3)]
    assert all(c.open_to(member.roles) for c in wishes.likely(Line.of("组长的待审"), words, member))
    assert not [*wishes.likely(Line.of("qwrtz"), words, member)]
