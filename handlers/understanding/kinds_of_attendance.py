"""The kinds of argument of 考勤: one meeting, somebody, a kind of meeting, 双重组织生活, and any stretch of months."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from handlers.kind import Asked, Choice, Found, Json
from handlers.understanding.kinds_of_meetings import MeetingKindsKind, MeetingNumberKind
from handlers.understanding.kinds_of_records import AnyoneKind
from handlers.understanding.kinds_of_times import SpanKind
from handlers.understanding.kinds_of_words import TextKind
from handlers.understanding.line import Line
from handlers.understanding.times import Span, month_said
from handlers.words import month_word
from models.months import Month, Period

if TYPE_CHECKING:
    from handlers.context import Context

_YEAR = re.compile(r"\s*20\d\d(?=\s|$|年)")
_SELF = re.compile(r"(?:我自己|我本人|本人|自己|我)的?")
_TO = re.compile(r"\s*(?:至|到|-|~)\s*")
_HALF = re.compile(r"(?:(?P<year>20\d\d|今年|去年)\s?年?\s?)?(?P<half>[上下])半年")


class SeenMeetingKind(MeetingNumberKind):
    """会议编号, where somebody says one; a bare 2026 is a year."""

    asked = Asked.NEVER

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        return Found(rest=line) if _YEAR.match(line) else super().find(line, ctx, known)


class SeenKindKind(MeetingKindsKind):
    """类型, where somebody says one."""

    asked = Asked.NEVER


class SeenPersonKind(AnyoneKind):
    """姓名, where somebody says one; 我 is the asker."""

    asked = Asked.NEVER

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        own = _SELF.search(line)
        if own is not None and ctx.who is not None:
            return Found((Choice(ctx.me.name, ctx.me.id),), line.without(own.span()))
        return super().find(line, ctx, known)


class StretchKind(SpanKind):
    """月|季|年, half a year, or from one month to another: 9月至11月."""

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        found = _from_to(line, ctx.month) or _half(line, ctx.month)
        if found is None:
            return super().find(line, ctx, known)
        period, span = found
        value = f"{period.first}..{period.last}"
        return Found((Choice(self.load(value, ctx).word, value),), line.without(span))

    def load(self, value: Json, ctx: "Context") -> Span:
        first, dots, last = str(value).partition("..")
        if not dots:
            return super().load(value, ctx)
        period = Period(Month.parse(first), Month.parse(last))
        return Span(period, f"{month_word(period.first, ctx.now)}至{month_word(period.last, ctx.now)}")


class NobodyKind(TextKind):
    """What is left: a name that means nothing here."""

    noun = ""
    asked = Asked.NEVER


def _from_to(line: Line, this: Month) -> tuple[Period, tuple[int, int]] | None:
    begun = month_said(line, this)
    to = _TO.match(line, begun[1][1]) if begun else None
    if begun is None or to is None:
        return None
    rest = line.part(to.end(), len(line))
    ended = month_said(rest, this)
    if ended is None or ended[1][0] != 0:
        return None
    first, last = begun[0], ended[0]
    first = first if first <= last else first.plus(-12)
    return (Period(first, last), (begun[1][0], to.end() + ended[1][1])) if first <= last else None


def _half(line: Line, this: Month) -> tuple[Period, tuple[int, int]] | None:
    found = _HALF.search(line)
    if found is None:
        return None
    begins = 1 if found["half"] == "上" else 7
    year = {None: this.year, "今年": this.year, "去年": this.year - 1}.get(found["year"]) or int(found["year"])
    if found["year"] is None and begins > this.number:
        year -= 1
    return Period(Month(year, begins), Month(year, begins + 5)), found.span()
