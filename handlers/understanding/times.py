"""Months, quarters and years in a text: 10月, 上个月, 2026-10, 本季度, 三季度, 今年; and the sentinels of defaults."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from handlers.understanding.line import Line
from handlers.understanding.line import Span as Stretch
from handlers.understanding.numerals import INTEGER, integer
from models.months import Month, Period

# The default of a day nobody said; whoever loads the arguments puts the day of ``now`` in its place.
TODAY = date.min


# Without slots: the alias of the same name in handlers/arguments.py is called like the class.
@dataclass(frozen=True)
class Span:
    """A month, a quarter or a year, and the word for it: 本月, 10月, 本季, 2026年."""

    period: Period
    word: str


THIS_MONTH = Span(Period.month(Month(1900, 1)), "本月")

_MONTHS = re.compile(
    rf"(?P<year>20\d\d|今年|去年)\s?[-/.年]?\s?(?P<of>{INTEGER})(?:月份?|(?![\d日号]))"
    rf"|(?P<near>上上个?月|上个?月|本月|这个?月|当月|下个?月)份?|(?<![\d一二三四五六七八九十])(?P<month>{INTEGER})月份?(?!\s?{INTEGER}\s?[日号])"
)
_QUARTERS = re.compile(
    r"(?P<near>上个?|本|这个?)季度?|(?:(?P<year>20\d\d|今年|去年)\s?年?\s?)?第?(?P<quarter>[一二三四1-4])季度?|(?P<bare>^\s*季度?\s*$|(?<=\s)季度?\s*$)"
)
_YEARS = re.compile(
    r"(?P<year>20\d\d)年?(?![-/.\d月])|(?P<this>今年|本年度?|全年|年度)|(?P<last>去年|上年度?)|(?P<bare>^\s*年\s*$|(?<=\s)年\s*$)"
)


def month_said(line: Line, this: Month) -> tuple[Month, Stretch] | None:
    """The first month of a text: of the last twelve, unless a year is said."""
    for found in _MONTHS.finditer(line):
        month = _month(found, this)
        if month is not None:
            return month, found.span()
    return None


def _month(found: re.Match[str], this: Month) -> Month | None:
    if found["near"]:
        word = found["near"]
        return this.plus(-2 if word.startswith("上上") else -1 if word[0] == "上" else 1 if word[0] == "下" else 0)
    number = integer(found["of"] or found["month"])
    if number is None or not 1 <= number <= 12:
        return None
    if found["year"]:
        year = {"今年": this.year, "去年": this.year - 1}.get(found["year"]) or int(found["year"])
        return Month(year, number)
    return Month(this.year if number <= this.number else this.year - 1, number)


def span_said(line: Line, this: Month) -> tuple[str, Stretch] | None:
    """A month, quarter or year as a dialog keeps it: 2026-10, 2026-Q4, 2026."""
    readers: tuple[Callable[[Line, Month], tuple[str, Stretch] | None], ...] = (_quarter_said, _as_month, _year_said)
    return next((found for reader in readers if (found := reader(line, this)) is not None), None)


def _as_month(line: Line, this: Month) -> tuple[str, Stretch] | None:
    if re.fullmatch(r"\s*月度?\s*", line):
        return str(this), (0, len(line))
    found = month_said(line, this)
    return None if found is None else (str(found[0]), found[1])


def _quarter_said(line: Line, this: Month) -> tuple[str, Stretch] | None:
    found = _QUARTERS.search(line)
    if found is None:
        return None
    month = this.plus(-3) if (found["near"] or "").startswith("上") else this
    quarter = (month.number + 2) // 3
    if found["quarter"]:
        quarter = integer(found["quarter"]) or quarter
        past = this.year - 1 if quarter > (this.number + 2) // 3 else this.year
        month = Month({"今年": this.year, "去年": this.year - 1}.get(found["year"]) or int(found["year"] or past), 1)
    return f"{month.year}-Q{quarter}", found.span()


def _year_said(line: Line, this: Month) -> tuple[str, Stretch] | None:
    found = _YEARS.search(line)
    if found is None:
        return None
    year = int(found["year"]) if found["year"] else this.year - 1 if found["last"] else this.year
    return str(year), found.span()


def span_of(value: str, this: Month) -> Span:
    """What ``span_said`` kept, with the word people read."""
    if len(value) == 4:
        period = Period.year(Month(int(value), 1))
        return Span(period, "本年" if int(value) == this.year else f"{value}年")
    year, _, rest = value.partition("-")
    if rest.startswith("Q"):
        period = Period.quarter(Month(int(year), int(rest[1]) * 3))
        own = "本季" if this in period else f"{'' if int(year) == this.year else year + '年'}{rest[1]}季度"
        return Span(period, own)
    month = Month.parse(value)
    word = f"{month.number}月" if month.year == this.year else f"{month.year}年{month.number}月"
    return Span(Period.month(month), "本月" if month == this else word)
