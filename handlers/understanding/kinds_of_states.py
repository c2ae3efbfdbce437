"""The kinds of argument of 不计分: the reason, and from which month until which."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from handlers.kind import Asked, Choice, Found, Json, Kind, Question
from handlers.understanding.line import Line
from handlers.understanding.numerals import INTEGER, integer
from models.leaving_out import REASONS
from models.members import NotScoredReason
from models.months import Month

if TYPE_CHECKING:
    from handlers.context import Context

_SAID = {
    NotScoredReason.ILL: ("病休", "生病", "住院", "养病"),
    NotScoredReason.AGED: ("年老", "体弱", "高龄", "年纪大"),
    NotScoredReason.RETIRED: ("离休", "退休"),
    NotScoredReason.AWAY: ("外出", "外派", "挂职", "借调"),
    NotScoredReason.SUSPENDED: ("停止党籍",),
    NotScoredReason.OTHER: ("其他", "其它"),
}
_MONTH = re.compile(
    rf"(?:(?P<year>20\d\d)\s?[-年/.]\s?(?P<of>{INTEGER})(?:月份?)?|(?P<near>本月|这个?月|下个?月)|(?P<month>{INTEGER})月份?)"
    r"\s?(?:起|开始|为?止)?"
)
_TO = re.compile(r"\s*(?:至|到|-|~)\s*")


class StateReasonKind(Kind[NotScoredReason]):
    """原因 for which a member is not scored (rules 7)."""

    noun = "原因"
    order = 40
    asked = Asked.MISSING

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        for reason in REASONS:
            for word in (reason.value, *_SAID[reason]):
                place = line.find(word)
                if place >= 0:
                    rest = line.without((place, place + len(word)))
                    return Found((Choice(reason.value, reason.value),), rest)
        return Found(rest=line)

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        return Question("是什么原因不计分？", tuple(Choice(reason.value, reason.value) for reason in REASONS))

    def load(self, value: Json, ctx: "Context") -> NotScoredReason:
        return NotScoredReason(value)


class FromToKind(Kind[tuple[Month, Month | None]]):
    """起止: 11月, 11月起, 11月至2027年2月; this month on when nothing is said."""

    noun = "起止月份"
    order = 30

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        begun = _MONTH.search(line)
        first = _first(begun, ctx.month) if begun else None
        if begun is None or first is None:
            return Found(rest=line)
        to = _TO.match(line, begun.end())
        ended = _MONTH.match(line, to.end()) if to else None
        last = _after(ended, first) if ended else None
        end = ended.end() if ended and last else begun.end()
        label = f"{first}至{last}" if last else f"{first}起"
        return Found((Choice(label, [str(first), str(last) if last else None]),), line.without((begun.start(), end)))

    def load(self, value: Json, ctx: "Context") -> tuple[Month, Month | None]:
        return Month.parse(value[0]), Month.parse(value[1]) if value[1] else None


def _first(found: re.Match[str], this: Month) -> Month | None:
    """The month nearest to now, unless a year is said."""
    if found["near"]:
        return this.plus(found["near"].startswith("下"))
    number = integer(found["of"] or found["month"])
    if number is None or not 1 <= number <= 12:
        return None
    if found["year"]:
        return Month(int(found["year"]), number)
    return min((Month(this.year + by, number) for by in (-1, 0, 1)), key=lambda month: _distance(month, this))


def _after(found: re.Match[str], first: Month) -> Month | None:
    """The first such month from the beginning on, unless a year is said."""
    number = integer(found["of"] or found["month"] or "")
    if number is None or not 1 <= number <= 12:
        return None
    if found["year"]:
        return Month(int(found["year"]), number)
    return Month(first.year + (number < first.number), number)


def _distance(month: Month, other: Month) -> int:
    return abs((month.year - other.year) * 12 + month.number - other.number)
