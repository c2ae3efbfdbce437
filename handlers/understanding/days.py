"""Days as people write and say them: 昨天, 上周五, 上个礼拜六, 15日, 9-15, 十一月十八号, 上月28.

A deed lies behind, an end lies ahead: ``ahead`` says which is read. A day that is only hinted at
(前几天, 上周末) is never guessed.
"""

import re
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from handlers.understanding import hints, numerals, shapes
from handlers.understanding.line import Line, Span
from handlers.understanding.numerals import INTEGER, integer
from models.months import Month

# A bare 15号 that has not come yet this month is last month's only while that is fresh.
FRESH = timedelta(days=14)
FAR = timedelta(days=180)
_PART = (
    r"(?:\s?(?:一大早|大清早|上午|下午|早上|早晨|晚上|中午|傍晚|夜里|清早|全天)"
    r"(?!\s?[\d一二两三四五六七八九十]+\s?[点:]))?"
)
_LAST = "天|日|儿个?|个儿?|晚|夜|早|朝|黑|晌午?|后晌|上午|下午|中午|下晚"
_WORDS = {
    -3: "大前天|大前日|大前儿个?|大前晚|上前天|先前天",
    -2: "前天|前日|前儿个?|前晚|前夜|前天子",
    -1: f"昨(?:{_LAST})?|[寻噚㖊琴][日晚]|(?<![半深连当])夜(?:儿个?|个|隔)",
    0: "今天|今日|今儿个?|今个儿?|今早|今晨|今晚|今朝|今上午|今下午|今晌午|今后晌|当天|刚才|刚刚",
    1: "明天|明日|明儿个?|明早|明晚|明朝|听日|听晚",
    2: "后天|后日|后儿个?",
    3: "大后天",
}
_WEEKDAYS = dict(zip("一二三四五六日天1234567", (0, 1, 2, 3, 4, 5, 6, 6, *range(7)), strict=True))
_WORD = re.compile(
    "|".join(f"(?P<d{n + 3}>{words})" for n, words in sorted(_WORDS.items(), key=lambda pair: -abs(pair[0])))
)
_TAIL = re.compile(_PART)
_COMPACT = re.compile(r"(?<!\d)(20\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])(?!\d)")
_FOUR = re.compile(r"(?<!\S)(0[1-9]|1[0-2])([0-2]\d|3[01])(?!\S)")
_FULL = re.compile(r"(?<!\d)((?:20)?\d\d(?=\s?年)|20\d\d)\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)\s?[日号]?")
_MONTH_DAY = re.compile(
    rf"(?<![\d一二三四五六七八九十])({INTEGER})月份?\s?({INTEGER})(?!\d)\s?(?:[日号]|(?![个点时分小:：项次篇场户条月]))"
)
_NEAR_MONTH = re.compile(
    rf"(上上个?月|上个?月|本月|这个?月|当月|下个?月)份?的?\s?({INTEGER})(?!\d)\s?(?:[日号]|(?![个点时分小:项次篇场户条月]))"
)
_DASHED = re.compile(
    r"(?<![\d.:/#\-])(\d{1,2})[-/](\d{1,2})(?![\d:.%]|[-/]\d)(?!\s?(?:点|时|小时|个|h|分|户|次|篇|号|楼|条))"
)
_DOTTED = re.compile(
    r"(?<![\d.:])(1[0-2]\.\d{1,2}|[1-9]\.(?:[12]\d|3[01]))(?![\d.])(?!\s?(?:点|时|小时|个|h|分|户|次|篇|钟|块|元))"
)
_DAY = re.compile(rf"(?<![\d第#.一二三四五六七八九十月])({INTEGER})(?:日|号)(?![楼院线门厅馆桥桌宿栋机文口井店路])")
_WEEKDAY = re.compile(
    r"(?<!每)(?<!每个)(上上个?|上个?|这个?|本|下个?|)(?:周|星期|礼拜)([一二三四五六日天]|[1-7](?!\d|[个点时小号日月天]))"
)
_MONTH_END = re.compile(r"(下个?月|本月|这个?月)[底末]|月底|月末")
_AGO = re.compile(rf"({INTEGER})(天|日|个?星期|个?礼拜|周)(?:以|之)?前")
_LATER = re.compile(rf"({INTEGER})(天|个?星期|个?礼拜|周)(?:以?后|之后|为止|$|\s)")
_MAYBE = re.compile(r"(?:大概|大约|好像|可能|应该|估计|似乎|也许)(?:是|在)?\s?$")
# A month alone leaves the day open, but stays in the text: 本月工作 is the name of an item.
_ONLY_MONTH = re.compile(rf"(?<![\d一二三四五六七八九十])(?:上上个?月|上个?月|本月|这个?月|{INTEGER}月份?)(?!\d)")
_shape = shapes.shaper(sys.modules[__name__], hints, numerals)


class DayRead(NamedTuple):
    """The days a text speaks of. Not ``sure``: several, or one that was only hinted at."""

    days: tuple[date, ...]
    spans: tuple[Span, ...]
    sure: bool = True
    why: str = ""


Hit = tuple[Span, tuple[date, ...], bool]


def read(line: Line, today: date, *, ahead: bool = False) -> DayRead | None:
    """The day of a deed, or with ``ahead`` the day something ends; None when no day is spoken of."""
    found = _read_shape(_shape(line), today, ahead)
    return found if found is None or found.sure else _read(str(line), today, ahead)  # a doubt quotes the line


@lru_cache(maxsize=512)
def _read_shape(shape: str, today: date, ahead: bool) -> DayRead | None:
    return _read(shape, today, ahead)


def _read(line: str, today: date, ahead: bool) -> DayRead | None:
    hits = list(_hits(line, today, ahead))
    vague = [] if ahead else list(_hints(line, today, [span for span, _, _ in hits]))
    if not hits and not vague:
        month = None if ahead else _ONLY_MONTH.search(line)
        return DayRead((), (), sure=False, why=f"“{month.group()}”是哪一天？") if month else None
    spans = tuple(sorted(span for span, _, _ in [*hits, *vague]))
    chosen = hits or vague
    days = tuple(dict.fromkeys(day for _, found, _ in chosen for day in found))
    sure = len(days) == 1 and all(certain and not _MAYBE.search(line, 0, span[0]) for span, _, certain in chosen)
    return DayRead(days, spans, sure, "" if sure else _why(line, chosen, bool(hits)))


def _why(line: str, chosen: list[Hit], told: bool) -> str:
    (start, end), *_ = [span for span, _, _ in chosen]
    if told and len(chosen) > 1:
        return "您写了不止一天，是哪一天？一天一条，请分开报"
    return f"“{line[start:end].strip()}”是哪一天？"


def _hits(line: str, today: date, ahead: bool) -> Iterator[Hit]:
    """Each day said, by the strictest way to read it; a stretch is read once."""
    taken: list[Span] = []
    chars = set(line)
    for signs, pattern, meaning in _PATTERNS:
        if chars.isdisjoint(signs):
            continue
        for found in pattern.finditer(line):
            start, end = found.span()
            if start == end or any(start < stop and begin < end for begin, stop in taken):
                continue
            days = meaning(found, today, ahead)
            if days is None:
                continue
            tail = _TAIL.match(line, end)
            end = tail.end() if tail else end
            taken.append((start, end))
            yield (start, end), days, len(days) == 1


def _hints(line: str, today: date, taken: list[Span]) -> Iterator[Hit]:
    for (start, end), days in hints.hints(line, today):
        if not any(start < stop and begin < end for begin, stop in taken):
            yield (start, end), days, False


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):
        return None


def _one(day: date | None) -> tuple[date, ...] | None:
    return None if day is None else (day,)


def _word(found: re.Match[str], today: date, ahead: bool) -> tuple[date, ...] | None:
    return (today + timedelta(days=int((found.lastgroup or "d3")[1:]) - 3),)


def _full(found: re.Match[str], today: date, ahead: bool) -> tuple[date, ...] | None:
    year, month, day = (int(part) for part in found.groups())
    return _one(_date(year if year > 99 else 2000 + year, month, day))


def _month_day(found: re.Match[str], today: date, ahead: bool) -> tuple[date, ...] | None:
    month, day = integer(found[1]), integer(found[2])
    return None if month is None or day is None else _one(_in_year(month, day, today, ahead))


def _in_year(month: int, day: int, today: date, ahead: bool) -> date | None:
    """A month and day in the year that is meant: this one, unless that is far off."""
    here = _date(today.year, month, day)
    if here is None:
        return None
    if ahead:
        return here if here >= today else _date(today.year + 1, month, day)
    return _date(today.year - 1, month, day) if here - today > FAR else here


def _dotted(found: re.Match[str], today: date, ahead: bool) -> tuple[date, ...] | None:
    month, _, day = found[1].partition(".")
    return _one(_in_year(int(month), int(day), today, ahead))


def _near_month(found: re.Match[str], today: date, ahead: bool) -> tuple[date, ...] | None:
    word, day = found[1], integer(found[2])
    offset = -2 if word.startswith("上上") else -1 if word.startswith("上") else 1 if word.startswith("下") else 0
    month = Month.of(today).plus(offset)
    return None if day is None else _one(_date(month.year, month.number, day))


def _day(found: re.Match[str], today: date, ahead: bool) -> tuple[date, ...] | None:
    day = integer(found[1])
    if day is None or not 1 <= day <= 31:
        return None
    here = _date(today.year, today.month, day)
    if here is not None and (here >= today if ahead else here <= today):
        return (here,)
    if ahead:
        after = Month.of(today).plus(1)
        return _one(_date(after.year, after.number, day))
    before = Month.of(today).plus(-1)
    past = _date(before.year, before.number, day)
    if past is not None and today - past <= FRESH:
        return (past,)
    both = tuple(day for day in (past, here) if day is not None)
    return both or None


def _weekday(found: re.Match[str], today: date, ahead: bool) -> tuple[date, ...] | None:
    word, weekday = found[1], _WEEKDAYS[found[2]]
    monday = today - timedelta(days=today.weekday())
    weeks = -2 if word.startswith("上上") else -1 if word.startswith("上") else 1 if word.startswith("下") else 0
    day = monday + timedelta(days=weekday + 7 * weeks)
    if word:
        return (day,)
    if ahead:
        return (day if day >= today else day + timedelta(days=7),)
    if day == today:
        return (day, day - timedelta(days=7))
    return (day if day < today else day - timedelta(days=7),)


def _later(found: re.Match[str], today: date, ahead: bool) -> tuple[date, ...] | None:
    count = integer(found[1])
    if not ahead or count is None or count > 366:
        return None
    return (today + timedelta(days=count * (1 if found[2] == "天" else 7)),)


def _ago(found: re.Match[str], today: date, ahead: bool) -> tuple[date, ...] | None:
    count = integer(found[1])
    if ahead or count is None or count > 366:
        return None
    return (today - timedelta(days=count * (1 if found[2] in "天日" else 7)),)


def _month_end(found: re.Match[str], today: date, ahead: bool) -> tuple[date, ...] | None:
    if not ahead:
        return None
    month = Month.of(today).plus(1 if (found[1] or "").startswith("下") else 0)
    return (month.last_day,)


Meaning = Callable[[re.Match[str], date, bool], tuple[date, ...] | None]
# A pattern is only tried where one of its signs stands.
_PATTERNS: tuple[tuple[str, re.Pattern[str], Meaning], ...] = (
    ("-/.年", _FULL, _full),
    ("0", _COMPACT, _full),
    ("01", _FOUR, _month_day),
    ("月", _NEAR_MONTH, _near_month),
    ("月", _MONTH_DAY, _month_day),
    ("昨前今明后当刚寻噚㖊琴听夜", _WORD, _word),
    ("周期拜", _WEEKDAY, _weekday),
    ("-/", _DASHED, _month_day),
    (".", _DOTTED, _dotted),
    ("日号", _DAY, _day),
    ("前", _AGO, _ago),
    ("后止天周期拜", _LATER, _later),
    ("月", _MONTH_END, _month_end),
)
