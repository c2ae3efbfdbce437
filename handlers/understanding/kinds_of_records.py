"""The kinds of argument of what is recorded about others: whom, which item, which month, why, and 确认无误."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from handlers.kind import Asked, Found, Json, Question
from handlers.understanding import choosing, days, questions
from handlers.understanding.items import Index, index_of
from handlers.understanding.kept import Kept
from handlers.understanding.kinds_of_deeds import ItemKind, choice_of, found_items
from handlers.understanding.kinds_of_times import MonthKind
from handlers.understanding.kinds_of_words import PeopleKind, PersonKind, TextKind
from handlers.understanding.line import Line
from models import members, records
from models.appointments import Role
from models.members import Member
from models.rulebooks import Item, Rulebook, Source

if TYPE_CHECKING:
    from handlers.context import Context

SURE = "确认无误"
_WORD = re.compile(r"[\u4e00-\u9fffa-z]")
_NAME = re.compile(r"[\u4e00-\u9fff·]{2,4}")
_TOKEN = re.compile(r"[^\s,，、;；]+")
_shelves = Kept[tuple[int, bool], tuple[Index, Rulebook]](64)


def _known_above(line: Line, ctx: "Context", own: Sequence[Member]) -> Sequence[Member]:
    """For the committee, whoever is named in full too, of whatever branch."""
    if Role.COMMITTEE not in ctx.roles:
        return own
    ids = {member.id for member in own}
    named = [m for name in dict.fromkeys(_NAME.findall(line)) for m in members.named(ctx.session, name)]
    return [*own, *(member for member in named if member.id not in ids)]


class AnyoneKind(PersonKind):
    """姓名: of the asker's branch; for the committee of any branch."""

    def people(self, line: Line, ctx: "Context") -> Sequence[Member]:
        return _known_above(line, ctx, super().people(line, ctx))


class SeveralKind(PeopleKind):
    """姓名…: of the asker's branch; for the committee of any branch."""

    def people(self, line: Line, ctx: "Context") -> Sequence[Member]:
        return _known_above(line, ctx, super().people(line, ctx))

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        found = super().find(text, ctx, known)
        rest = Line.of(found.rest)
        other = _TOKEN.search(rest)
        if not (found.sure and found.candidates and other and members.named(ctx.session, other.group())):
            return found
        # Somebody of another branch among the names must not end as a word of the reason.
        names = found.candidates[0].label
        why = f"{rest.said[slice(*other.span())]}不在您的支部。只记在{names}名下吗？"
        return Found(found.candidates, rest.without(other.span()), sure=False, why=why)

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        return Question("记在谁名下？请写姓名，可以写几位，例如：张三 王芳")


class RecordedItemKind(ItemKind):
    """事项 that the branch may record; ``plus`` tells whether it gives points or costs them."""

    def __init__(self, *, plus: bool) -> None:
        self.plus = plus

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line, book = Line.of(text), ctx.rulebook()
        day = days.read(line, ctx.today)
        ignore = day.spans if day else ()
        read = choosing.choose(_shelf(book, plus=self.plus), line, ignore, told=True)
        real = tuple(book.get_item(item.code) for item in read.items)
        return found_items(line, read._replace(items=real), ignore)

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        found = (item for item in records.recordable_items(ctx.rulebook()) if item.is_plus is self.plus)
        return Question("是哪一项？", tuple(map(choice_of, found)))


def _shelf(book: Rulebook, *, plus: bool) -> Index:
    return _shelves.get((id(book), plus), lambda: (index_of(_as_claimed(book, plus=plus)), book))[0]


def _as_claimed(book: Rulebook, *, plus: bool) -> list[Item]:
    """The items as though each were claimed for points: what 扣分 says once need not be asked about again."""
    found = (item for item in records.recordable_items(book) if item.is_plus is plus)
    return [replace(item, points=abs(item.points), sources=(Source.CLAIM,)) for item in found]


class TheMonthKind(MonthKind):
    """月, asked for where nobody says it."""

    asked = Asked.MISSING

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        return Question("是哪个月的？例如：10月")


class WhyKind(TextKind):
    """理由 or 说明 that the member will read; what asks or supposes something, and a bare number, is none."""

    def __init__(self, noun: str) -> None:
        self.noun = noun

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        asks = questions.is_question(line) or questions.is_condition(line)
        return Found(rest=line, sure=False) if asks or not _WORD.search(line) else super().find(line, ctx, known)

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        return Question(f"请写一句{self.noun}，本人会看到")
