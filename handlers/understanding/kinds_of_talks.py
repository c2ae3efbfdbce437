"""The kinds of argument of a talk and correction: the reason found, the measures agreed, and until when.

A line holds all three (谈话 T5 出差较多 每月参加一次志愿服务 12月31日): the day stands last, the first word group
is the reason, what follows are the measures; 原因： and 措施： say it outright. An answer to a question is taken whole.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from handlers.kind import Asked, Choice, Found, Json, Question
from handlers.understanding import days, questions
from handlers.understanding.kinds_of_times import UntilKind
from handlers.understanding.kinds_of_words import TextKind
from handlers.understanding.line import Line
from handlers.words import day_word
from models.months import Month

if TYPE_CHECKING:
    from handlers.context import Context

REASONS = ("工作忙，参加活动少", "外出较多", "身体原因", "不清楚怎么申报")
MEASURES = ("每月参加一次志愿服务", "按时参加组织生活", "每月按时申报")
_MARKED = re.compile(r"\s*(?:原因[是为:：]?)?\s*(?P<reason>.+?)[\s,，;；。]*(?:措施|整改)[是为:：]?\s*(?P<measures>.*)")
_DIVIDED = re.compile(r"(?P<reason>[^;；。]*?\S)\s*(?:[;；。]|\s)\s*(?P<measures>.*)")
_LAST = re.compile(
    r"(?:期限[是为:：]?|到|至)?\s*(?P<day>[^\s;；。,，]+?)(?:之前|以前|前)?(?:完成|做到|为止|止)?[。.]?\s*$"
)


class DeadlineKind(UntilKind):
    """期限 of the measures: a day ahead, at the end of the line; a day named in the reason is none."""

    noun = "期限"
    order = 31

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        last = _LAST.search(line)
        if last is None:
            return Found(rest=line)
        read = days.read(line.part(*last.span("day")), ctx.today, ahead=True)
        if read is None or len(read.days) != 1:
            return Found(rest=line)
        choice = Choice(day_word(read.days[0]), read.days[0].isoformat())
        return Found((choice,), line.part(0, last.start()), read.sure, read.why)

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        ends = [ctx.month.last_day, ctx.month.plus(1).last_day, Month(ctx.today.year, 12).last_day]
        choices = tuple(Choice(day_word(day), day.isoformat()) for day in dict.fromkeys(ends))
        return Question("到哪一天为止？别的日子请直接写，例如：12月15日", choices)

    def load(self, value: Json, ctx: "Context") -> date:
        return date.fromisoformat(value)


class FoundReasonKind(TextKind):
    """原因 found in a talk."""

    noun = "原因"
    order = 88
    asked = Asked.MISSING

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        if not isinstance(text, Line) or "measures" in known:
            return super().find(text, ctx, known)
        words = text.words
        divided = _MARKED.fullmatch(words) or _DIVIDED.fullmatch(words)
        if divided is None:
            # 谈话 T5 什么时候 asks about it and records nothing.
            return Found(rest=text, sure=False) if questions.is_question(text) else super().find(text, ctx, known)
        reason = divided["reason"].removeprefix("原因").lstrip("是为:： ")
        return Found((Choice(reason, reason),), divided["measures"])

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        return Question("谈下来是什么原因？别的请直接写", tuple(Choice(reason, reason) for reason in REASONS))


class MeasuresKind(TextKind):
    """措施 agreed in a talk."""

    noun = "措施"
    order = 89
    asked = Asked.MISSING

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        return Question("定了什么措施？别的请直接写", tuple(Choice(measure, measure) for measure in MEASURES))
