"""Times of the clock from one to another: 9点到11点, 8:30-11:30, 下午两点到四点半."""

import re
from collections.abc import Iterator

from handlers.understanding.line import Span
from handlers.understanding.numerals import number

HALF_DAY = 12 * 60
_PART = "凌晨|清早|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|早|晚"
_LATE = frozenset({"下午", "傍晚", "晚上", "晚"})


def _clock(n: int) -> str:
    hour = rf"(?P<part{n}>{_PART})?\s?(?P<hour{n}>\d{{1,2}}|[一二两三四五六七八九十]{{1,3}})"
    past = (
        rf"(?:(?P<half{n}>半)|(?P<quarter{n}>[一三])刻|(?P<past{n}>\d{{1,2}}|[一二三四五]?十[一二三四五六七八九]?)分?)?"
    )
    return rf"{hour}\s?(?:(?P<colon{n}>:)(?P<minute{n}>\d\d)|(?P<dot{n}>点|时)(?:钟|整)?{past})?"


_FROM_TO = re.compile(
    _clock(1) + r"\s?(?:就|一直|开始|起)*(?:[\u4e00-\u9fff]{0,2})?\s?(?:到|至|[-~]+)\s?(?:了)?\s?" + _clock(2)
)


# Where none of these stands, nothing goes from one time to another.
_SIGNS = frozenset("到至-~")


def spans(line: str) -> Iterator[tuple[Span, int]]:
    """Where a text goes from one time to another, and how many minutes that is."""
    if _SIGNS.isdisjoint(line):
        return
    for found in _FROM_TO.finditer(line):
        if not any(found[group] for group in ("colon1", "dot1", "colon2", "dot2")):
            continue
        begin, end = _minutes(found, 1), _minutes(found, 2)
        if begin is None or end is None:
            continue
        if end < begin < end + HALF_DAY and not found["part2"]:
            end += HALF_DAY
        if 0 < end - begin <= HALF_DAY:
            yield found.span(), end - begin


def _minutes(found: re.Match[str], n: int) -> int | None:
    """Minutes since midnight of one end; the second takes the first's part of the day."""
    hour = number(found[f"hour{n}"])
    if hour is None or hour > 24:
        return None
    minutes = int(number(found[f"minute{n}"] or found[f"past{n}"] or "0") or 0)
    if found[f"half{n}"]:
        minutes = 30
    if found[f"quarter{n}"]:
        minutes = 15 * int(number(found[f"quarter{n}"]) or 0)
    part = found[f"part{n}"] or (found["part1"] if n == 2 else None)
    return int(hour) * 60 + minutes + (HALF_DAY if part in _LATE and hour < 12 else 0)
