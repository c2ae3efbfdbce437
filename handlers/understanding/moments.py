"""A day with a time of the clock, ahead of now: 明天下午三点, 下周五 9:30, 10月28日15点到17点.

An hour from one to six that is not called one of the morning is one of the afternoon, and asked about.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from handlers.understanding import days
from handlers.understanding.line import Line, Span
from handlers.understanding.numerals import integer
from models.months import at

_PART = "凌晨|清早|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|早|晚"
_LATE = frozenset({"下午", "傍晚", "晚上", "夜里", "晚"})
_NOON, _LAST_AT_NOON = "中午", 2
_DAY, _HALF_DAY, _FIRST_OF_MORNING = 24 * 60, 12 * 60, 7


def _clock(n: int) -> str:
    hour = rf"(?P<part{n}>{_PART})?\s?(?<![\d:])(?P<hour{n}>\d{{1,2}}|[一二两三四五六七八九十]{{1,3}})"
    # 九点三楼 is nine o'clock on the third floor: minutes below ten are said with 零 or 分.
    minutes = (
        rf"(?=零|\d\d|[二三四五]?十|.分)零?(?P<past{n}>\d{{1,2}}|[一二三四五]?十?[一二三四五六七八九]?)分?(?![楼层室])"
    )
    past = rf"(?P<half{n}>半)|(?P<quarter{n}>[一三])刻|{minutes}"
    return rf"{hour}\s?(?::(?P<minute{n}>[0-5]\d)(?!\d)|(?:点|时(?![候间期段]))(?:钟|整)?(?:{past})?)"


_TIMES = re.compile(rf"{_clock(1)}(?:\s?(?:到|至|[-~]+)\s?{_clock(2)})?")


@dataclass(frozen=True, slots=True)
class MomentsRead:
    """What a text says: for each day that may be meant when it starts and ends.

    Without ``moments`` it says a day or a time alone, or a time that no clock shows, which is then ``no_time``.
    """

    moments: tuple[tuple[datetime, datetime | None], ...]
    spans: tuple[Span, ...]
    sure: bool
    no_time: str = ""


def read(line: Line, now: datetime, today: date, before: str = "") -> MomentsRead | None:
    """The moment a text speaks of; None when it speaks of neither a day nor a time.

    ``before`` was said earlier: its day is meant where the text says none.
    """
    said = [*_TIMES.finditer(line)]
    clock = next((found for found in said if _minutes(found, 1) is not None), said[0] if said else None)
    rest = line.without(clock.span()) if clock else line
    day = days.read(rest, today, ahead=True)
    spans = tuple(sorted([*([clock.span()] if clock else []), *(day.spans if day else ())]))
    if clock is None:
        return MomentsRead((), spans, sure=False) if spans else None
    begin, end = _minutes(clock, 1), _minutes(clock, 2)
    if begin is None or (clock["hour2"] and end is None):
        return MomentsRead((), spans, sure=False, no_time=clock.group().strip())
    day = day or (days.read(Line.of(before), today, ahead=True) if before else None)
    if day is not None and not day.days:
        return MomentsRead((), spans, sure=False)
    sure, guessed = _said(clock), begin + _HALF_DAY if not _said(clock) else begin
    end = _after(guessed, end)
    if day is None:
        soon = at(today) + timedelta(minutes=guessed)
        meant = today if soon > now else today + timedelta(days=1)
        return MomentsRead((_on(meant, guessed, end),), spans, sure=sure and soon > now)
    return MomentsRead(tuple(_on(one, guessed, end) for one in day.days), spans, sure=sure and day.sure)


def _said(clock: re.Match[str]) -> bool:
    """Whether the half of the day is beyond doubt."""
    hour = integer(clock["hour1"]) or 0
    return bool(clock["part1"]) or hour >= _FIRST_OF_MORNING or hour == 0


def _minutes(clock: re.Match[str], n: int) -> int | None:
    """Minutes since midnight of one end; None for what is no time. The second takes the first's part of the day."""
    hour = integer(clock[f"hour{n}"]) if clock[f"hour{n}"] else None
    past = integer(clock[f"minute{n}"] or clock[f"past{n}"] or "0")
    if hour is None or hour > 23 or past is None or past > 59:
        return None
    if clock[f"half{n}"]:
        past = 30
    if clock[f"quarter{n}"]:
        past = 15 if clock[f"quarter{n}"] == "一" else 45
    part = clock[f"part{n}"] or (clock["part1"] if n == 2 else None)
    late = part in _LATE or (part == _NOON and hour <= _LAST_AT_NOON)
    return hour * 60 + past + (_HALF_DAY if late and hour < 12 else 0)


def _after(begin: int, end: int | None) -> int | None:
    """The end of a stretch: of the afternoon where it would come before its beginning."""
    if end is None or end > begin:
        return end
    return end + _HALF_DAY if begin < end + _HALF_DAY < _DAY else end


def _on(day: date, begin: int, end: int | None) -> tuple[datetime, datetime | None]:
    midnight = at(day)
    return midnight + timedelta(minutes=begin), None if end is None else midnight + timedelta(minutes=end)
