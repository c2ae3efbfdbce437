"""Short answers in a dialog: yes, no, 取消, and the number of a choice."""

import re

from handlers.understanding.line import Line
from handlers.understanding.numerals import integer

_TAIL = "的了呢吧啊呀哈哦嘛啦喔噢"
_YES = frozenset(
    "对 是 好 可以 嗯 确认 对对 对对对 是是 没错 正确 行 中 要得 好好 嗯嗯 确定 同意 是这样"
    " 对头 ok yes y 好嘞 没问题 对滴 是滴 可 提交 就这样 巴适 得 系 好呀".split()
)
_NO = frozenset(
    "不 不是 算了 不对 否 没有 不要 不用 不行 错 错了 不确认 不可以 不好 别 莫 不同意 no n"
    " 都不是 都不对 不提交 不报 不得 唔系 唔好 不对头".split()
)
_CANCEL = frozenset("取消 退出 不办 放弃 不报 不弄 不搞 停 取消吧 不要办 先不报 不办理 cancel".split())
_GIVEN_UP = frozenset("算了 还是算了 那算了 先算了 算".split())
_EDGE = re.compile(r"[\s,，.。~!！、?？]+")
_N = r"(\d{1,2}|[一二两三四五六七八九十]{1,2})"
# A bare number, or one that is called a choice; 两个 and 12号 are answers of another kind.
_CHOICE = re.compile(
    rf"{_N}\s?[.、)]?|(?:我|就)?(?:第|(?:选|要|回复?)\s?第?)\s?{_N}\s?(?:个|项|条|种)?\s?(?:吧|的|啊|哈)?"
)


def _forms(text: str) -> set[str]:
    """An answer without punctuation, and without each of the particles at its end."""
    plain = _EDGE.sub("", Line.of(text))
    forms = {plain}
    while len(plain) > 1 and plain[-1] in _TAIL:
        plain = plain[:-1]
        forms.add(plain)
    return forms


def is_yes(text: str) -> bool:
    """对 是 好 可以 嗯 确认."""
    return not _forms(text).isdisjoint(_YES)


def is_no(text: str) -> bool:
    """不 不是 算了."""
    return not _forms(text).isdisjoint(_NO)


def is_given_up(text: str) -> bool:
    """算了: a no that is an answer in words to nothing, whatever was asked."""
    return not _forms(text).isdisjoint(_GIVEN_UP)


def is_cancel(text: str) -> bool:
    """取消: leaves the dialog."""
    return not _forms(text).isdisjoint(_CANCEL)


def choice_number(text: str) -> int | None:
    """The number of a choice: 1, １, 第一个, 选2; None for anything else."""
    found = _CHOICE.fullmatch(Line.of(text).rstrip("。.!！,， "))
    return integer(found[1] or found[2]) if found else None
