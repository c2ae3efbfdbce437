"""The kinds of argument that are times other than a deed's day: an end, a month, a month or quarter or year."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from handlers.kind import Asked, Choice, Found, Json, Kind, Question
from handlers.understanding import days
from handlers.understanding.line import Line
from handlers.understanding.times import THIS_MONTH, Span, month_said, span_of, span_said
from handlers.words import day_word
from models.months import Month, Period

if TYPE_CHECKING:
    from handlers.context import Context


class UntilKind(Kind[date]):
    """日期 on which something ends: it lies ahead."""

    noun = "日期"
    order = 30
    asked = Asked.MISSING

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        read = days.read(line, ctx.today, ahead=True)
        if read is None:
            return Found(rest=line)
        choices = tuple(Choice(day_word(day), day.isoformat()) for day in read.days)
        return Found(choices, line.without(*read.spans), read.sure, read.why)

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        end = ctx.month.last_day
        week = date.fromordinal(ctx.today.toordinal() + 7)
        choices = tuple(Choice(day_word(day), day.isoformat()) for day in dict.fromkeys((week, end)) if day > ctx.today)
        return Question("到哪一天为止？别的日子请直接写，例如：12月5日", choices)

    def load(self, value: Json, ctx: "Context") -> date:
        return date.fromisoformat(value)


class MonthKind(Kind[Month]):
    """月: 10月, 上个月, 2026-10."""

    noun = "月"
    order = 30

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        said = month_said(line, ctx.month)
        if said is None:
            return Found(rest=line)
        month, span = said
        return Found((Choice(f"{month.number}月", str(month)),), line.without(span))

    def load(self, value: Json, ctx: "Context") -> Month:
        return Month.parse(value)


class SpanKind(Kind[Span]):
    """月|季|年: a month, a quarter or a year; this month when nothing is said."""

    noun = "月|季|年"
    order = 30

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        said = span_said(line, ctx.month)
        if said is None:
            return Found(rest=line)
        value, span = said
        return Found((Choice(span_of(value, ctx.month).word, value),), line.without(span))

    def load(self, value: Json, ctx: "Context") -> Span:
        return span_of(value, ctx.month)

    def default(self, value: Any, ctx: "Context") -> Any:
        return Span(Period.month(ctx.month), THIS_MONTH.word) if value is THIS_MONTH else value
