"""The period for which a meeting is made up: 补三季度, 补11月, 补上半年, 补第46周, 补2025年度 (rules 23)."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from handlers.kind import Choice, Found, Json, Kind
from handlers.understanding.line import Line
from handlers.understanding.numerals import INTEGER, integer
from handlers.understanding.times import span_said
from models.meeting_kinds import Often, period_of
from models.months import Month
from models.spans import word_of

if TYPE_CHECKING:
    from handlers.context import Context

_MADE_UP = re.compile(r"(?:^|(?<=[\s,，、;；。]))补(?:开|上)?\s?(?=[\d一二三四五六七八九十第上下去今])")
_HALF = re.compile(r"(?:(?P<year>20\d\d|去年|今年)年?的?)?\s?(?P<half>[上下])半年")
_WEEK = re.compile(rf"第\s?(?P<week>{INTEGER})\s?周|(?P<last>上)个?(?:周|星期|礼拜)")
_OF = re.compile(r"度?份?的?")
_LONGEST = 12


class MadeUpKind(Kind[str]):
    """补 所属期: read before the time, which it would be taken for."""

    noun = "补 所属期"
    order = 3

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        begun = _MADE_UP.search(line)
        said = _period(line.part(begun.end(), min(begun.end() + _LONGEST, len(line))), ctx.today) if begun else None
        if begun is None or said is None:
            return Found(rest=line)
        key, length = said
        of = _OF.match(line, begun.end() + length)
        end = of.end() if of else begun.end() + length
        return Found((Choice(f"补{word_of(key)}", key),), line.without((begun.start(), end)))


def _period(said: Line, today: date) -> tuple[str, int] | None:
    """The period with which a text begins, and how long it says so; of several years the last that has begun."""
    half, week = _HALF.match(said), _WEEK.match(said)
    if half is not None:
        return _half(half, today), half.end()
    if week is not None:
        found = _week(week, today)
        return (found, week.end()) if found else None
    found_span = span_said(said, Month.of(today))
    if found_span is None or found_span[1][0] != 0:
        return None
    return found_span[0], found_span[1][1]


def _half(said: re.Match[str], today: date) -> str:
    number = 1 if said["half"] == "上" else 2
    past = today.year - (number == 2 and today.month <= 6)
    years = {None: past, "今年": today.year, "去年": today.year - 1}
    year = years[said["year"]] if said["year"] in years else int(said["year"])
    return f"{year}-H{number}"


def _week(said: re.Match[str], today: date) -> str:
    if said["last"]:
        return period_of(Often.WEEK, today - timedelta(days=7))
    year, this, _ = today.isocalendar()
    number = integer(said["week"]) or 0
    return f"{year - (number > this)}-W{number:02d}" if 1 <= number <= 53 else ""
