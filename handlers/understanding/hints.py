"""Hints at a day that name none: 前几天, 上周末, 月初, 国庆节. They are asked about, never guessed."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from handlers.understanding.line import Span

_FEASTS = "元旦|春节|正月|元宵|清明|端午|中秋|国庆|重阳"
_VAGUE = re.compile(
    r"前几[天日]|几天前|前不久|不久前|好久以前|前两天|前些天|前些日子|这几天|这两天|近几天|前阵子|前一阵|前段时间|前一段|最近|近期"
    r"|那天|有一?天|某天|那次|上次|上回|哪天"
    rf"|(?:{_FEASTS})(?:节|那天|期间|当天)?|[\u4e00-\u9fff]{{2}}节(?:那天|期间|当天)"
    r"|[五七八十三六][一八]节?(?:那天|期间|当天|假期)"
    r"|每(?:个)?(?:周|星期|礼拜|天|日|月)[一二三四五六日天]?|连续[\d一二两三四五六七八九十]+[天日]"
    r"|(?:上上个?|上个?|这个?|本|)(?:周|星期|礼拜)末|(?:上上个?|上个?)(?:周|星期|礼拜)(?![一二三四五六日天末])"
    r"|(?:上上?个?|本|这个?|当|\d+|[一二三四五六七八九十]+)?月(?:初|中旬?|底|末|上旬|下旬)|[上中下]旬"
)
# Where none of these stands, there is no hint.
_SIGNS = frozenset("前这近最那有某上哪末月旬节每连周期拜元春清端中国重正")


def hints(line: str, today: date) -> Iterator[tuple[Span, tuple[date, ...]]]:
    """Where a text hints at a day, and the few days that leaves open; none when it leaves many."""
    if not _SIGNS.isdisjoint(line):
        for found in _VAGUE.finditer(line):
            yield found.span(), _weekend(found.group(), today)


def _weekend(text: str, today: date) -> tuple[date, ...]:
    if not text.endswith("末") or "月" in text:
        return ()
    weeks = 2 if text.startswith("上上") else 1 if text.startswith("上") else 0
    monday = today - timedelta(days=today.weekday() + 7 * weeks)
    days = (monday + timedelta(days=5), monday + timedelta(days=6))
    if not weeks and not text.startswith(("这", "本")) and today < days[0]:
        days = (days[0] - timedelta(days=7), days[1] - timedelta(days=7))
    return days
