"""When nothing was understood: the likeliest commands as whole example lines, and words of later commands."""

import re
from itertools import islice
from typing import TYPE_CHECKING

from handlers.understanding import wishes
from handlers.understanding.line import Line
from handlers.understanding.vocabulary import CLAIM, HELP, Vocabulary

if TYPE_CHECKING:
    from handlers.context import Context

# Words of chat.md whose commands come later: what follows them must not be taken for a claim. One that is
# declared counts as a command at once.
_PROMISED = frozenset(
    "签到 补签 请假 改期 取消会议 签到码 考勤 补记 会议记录 纪要 后台 开会 会议 参加 投票 答题 学习 任务".split()
)
_ALONE = frozenset("开会 会议 参加 学习 任务 投票 答题".split())
_MOST = 3


def is_later(line: Line, words: Vocabulary) -> bool:
    """Whether a line is a command that is not served yet: 签到 483920, 减分 张三 会风."""
    head, _, rest = line.strip().partition(" ")
    if head not in _PROMISED or head in words.words:
        return False
    if head in {"开会", "会议"}:
        return bool(rest) and not re.search(r"[昨前今]天|了|加分|\d次|一次", line)
    return not (head in _ALONE and (not rest or re.search(r"[昨前今]天|\d|了|次|篇|项|月|被|采|完成", rest)))


def likely(line: Line, words: Vocabulary, ctx: "Context") -> tuple[str, ...]:
    """Up to three commands that may have been meant, by likeness; claiming and the help fill up.

    Each is its bare word: chosen by a number, it asks for what it needs and never acts on an example.
    """
    best = islice(wishes.likely(line, words, ctx), _MOST)
    rest = [words.get(word) for word in (CLAIM, "积分", HELP)]
    found = [command.word for command in [*best, *rest] if command is not None and command.open_to(ctx.roles)]
    return tuple(dict.fromkeys(found))[:_MOST]
