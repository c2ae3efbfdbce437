"""The kinds of argument a claim is made of: item, quantity, day, and 仍要申报."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from handlers.kind import Asked, Choice, Found, Json, Kind, Question
from handlers.understanding import choosing, days, people, quantities
from handlers.understanding.line import Line, Span
from handlers.understanding.numerals import NUMBER, number
from handlers.understanding.shelf import shelf
from handlers.understanding.times import TODAY, month_said
from handlers.words import day_word, echoed, figure, signed
from models import rounds
from models.rulebooks import Item

if TYPE_CHECKING:
    from handlers.context import Context

# One person named is one household: 看望独居老人陈婆婆.
_PEOPLE = re.compile(rf"({NUMBER})(?:人|名|位|个(?=人|党员|同志|干部))(?!次)")
_MANY = re.compile(r"们|几|多|各|、|等|一些|群众|户|家庭")
AGAIN = "仍要申报"


def item_label(item: Item) -> str:
    """社区志愿服务（每小时+1分）."""
    return f"{item.title}（每{item.unit}{signed(item.points)}分）"


def choice_of(item: Item) -> Choice:
    return Choice(item_label(item), item.code)


class ItemKind(Kind[Item]):
    """事项: one of the rulebook's items, for the asker."""

    noun = "事项"
    order = 30
    asked = Asked.MISSING

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        day = days.read(line, ctx.today)
        index, ignore = shelf(ctx, known), day.spans if day else ()
        if known.get("item") in index.codes:
            read = choosing.ItemRead((), choosing.naming(index, line, known["item"], ignore))
        else:
            read = choosing.choose(index, line, ignore, told=True)
        return found_items(line, read, ignore, self.usual(ctx) if read.by_unit else ())

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        usual = tuple(map(choice_of, self.usual(ctx)))
        if ctx.usual_items(1):
            return Question("报哪一项？常报的有下面这些，别的请直接写", usual)
        return Question("报哪一项？直接写事情就行，例如：社区志愿 2小时 昨天", usual)

    def usual(self, ctx: "Context") -> list[Item]:
        """What the asker claims again and again; before there is any, something of each category; of strangers none."""
        if ctx.who is None:
            return []
        return [item for item in ctx.usual_items() if item in ctx.items()] or _firsts(ctx)

    def load(self, value: Json, ctx: "Context") -> Item:
        for month in (ctx.month, ctx.month.plus(-1)):
            item = ctx.rulebook(month).find_item(value)
            if item is not None:
                return item
        raise KeyError(value)


def _firsts(ctx: "Context") -> list[Item]:
    """One claimable item of each category, the first that gives points."""
    firsts: dict[str, Item] = {}
    for item in ctx.items():
        if item.points > 0:
            firsts.setdefault(item.category, item)
    return list(firsts.values())


def found_items(line: Line, read: choosing.ItemRead, ignore: Sequence[Span] = (), usual: Sequence[Item] = ()) -> Found:
    """What a choice of items means for a dialog: the choices, and the words that only named them cut.

    ``usual`` come first where no word but the unit points to an item: 加班3小时 is not volunteering for that.
    """
    figures = (amount.span for amount in quantities.read(line, ignore))
    rest = line.without(*covered(line.without(*ignore, *figures), read.spans))
    shown_items = dict.fromkeys([*usual, *read.items] if read.items else [])
    return Found(tuple(map(choice_of, shown_items)), rest, read.sure, _which(line, read))


def _which(line: Line, read: choosing.ItemRead) -> str:
    """Why it has to be asked which item is meant; nothing where one is, for certain."""
    if not read.items or (len(read.items) == 1 and read.sure and not read.by_unit):
        return ""
    shown = echoed(line.words)
    if read.by_unit:
        return f"“{shown}”报哪一项？都不是，请直接写事情"
    return f"“{shown}”是哪一项？" if len(read.items) > 1 else f"“{shown}”是这一项吗？"


def covered(line: Line, spans: Sequence[Span]) -> list[Span]:
    """The words of a line that consist of nothing but what named the item: 扫雪 stays in 去社区扫雪."""
    if not spans:
        return []
    marked = {place for start, end in spans for place in range(start, end)}
    words = (found.span() for found in choosing.WORD.finditer(line))
    return [(start, end) for start, end in words if marked.issuperset(range(start, end))]


class QuantityKind(Kind[Decimal]):
    """数量 in the item's unit: said, or 1 for what happens once; hours and households are asked for."""

    noun = "数量"
    order = 40
    asked = Asked.MISSING

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        item = _item(ctx, known)
        if item is None:
            return Found(rest=line)
        day = None if "day" in known else days.read(line, ctx.today)  # a known one is cut already
        fit = quantities.fit(line, item.unit, day.spans if day else ())
        if not fit.values and fit.sure:
            fit = _by_default(line, item, fit)
        choices = tuple(Choice(f"{figure(value)}{item.unit}", f"{value.normalize():f}") for value in fit.values)
        return Found(choices, line.without(*fit.spans), fit.sure, fit.why)

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        item = _item(ctx, known)
        if item is None:
            return Question("数量是多少？请直接写，例如：2小时")
        most = min(int(item.max_quantity), 4)
        choices = tuple(Choice(f"{n}{item.unit}", str(n)) for n in range(1, most + 1))
        more = f"更多的请写上单位，例如：{most + 1}{item.unit}" if item.max_quantity > most else ""
        return Question(f"{item.title}按{item.unit}计，是多少{item.unit}？{more}", choices)

    def needed(self, ctx: "Context", known: Mapping[str, Json]) -> bool:
        item = _item(ctx, known)
        return item is not None and item.unit not in quantities.ONCE

    def load(self, value: Json, ctx: "Context") -> Decimal:
        return Decimal(value)


def _by_default(line: Line, item: Item, fit: quantities.Fit) -> quantities.Fit:
    for value, span in quantities.pieces(line):
        if item.unit in {"项", "条", "篇"} and any(word in line[span[1] : span[1] + 6] for word in item.keywords):
            return quantities.Fit((value,), (span,))
    if item.unit in quantities.ONCE:
        return quantities.Fit((Decimal(1),))
    if item.unit == "人次" and (said := _PEOPLE.search(line)) and (count := number(said[1])) is not None:
        return quantities.Fit((count,), (said.span(),))
    one = len(people.CALLED.findall(line)) == 1 and not _MANY.search(line)
    return quantities.Fit((Decimal(1),)) if one and item.unit in {"户", "人次"} else fit


def _item(ctx: "Context", known: Mapping[str, Json]) -> Item | None:
    code = known.get("item")
    if code is None:
        return None
    # What the branch records is on another shelf than what members claim.
    return shelf(ctx, known).by_code.get(code) or ctx.rulebook().find_item(code)


class DayKind(Kind[date]):
    """日期 of a deed; today when nothing is said, asked when it is only hinted at."""

    noun = "日期"
    order = 35
    asked = Asked.GUIDED

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        read = days.read(line, ctx.today)
        item = _item(ctx, known)
        if item is not None and item.unit == "月" and (read is None or not read.days):
            return _of_month(line, ctx, read)
        if read is None or (item is not None and _says_nothing(line, ctx, item, read)):
            return Found(rest=line)
        choices = tuple(Choice(day_word(day), day.isoformat()) for day in read.days)
        return Found(choices, line.without(*read.spans), read.sure, read.why)

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        today = ctx.today.toordinal()
        near = [(word, date.fromordinal(today - n)) for n, word in enumerate(("今天", "昨天", "前天"))]
        choices = tuple(Choice(f"{word}（{day_word(day)}）", day.isoformat()) for word, day in near)
        return Question("是哪一天的事？别的日子请直接写，例如：15日", choices)

    def check(self, value: Json, ctx: "Context") -> None:
        rounds.check_come(date.fromisoformat(value), ctx.now)

    def load(self, value: Json, ctx: "Context") -> date:
        return date.fromisoformat(value)

    def default(self, value: date, ctx: "Context") -> date:
        return ctx.today if value is TODAY else value


def _says_nothing(line: Line, ctx: "Context", item: Item, read: days.DayRead) -> bool:
    """这个月的心得写好了: the present month is no hint at a day, where it is not about hours or households."""
    if read.spans or item.unit not in quantities.ONCE:
        return False
    said = month_said(line, ctx.month)
    return said is not None and said[0] == ctx.month


def _of_month(line: Line, ctx: "Context", read: days.DayRead | None) -> Found:
    """What is done once a month has a month, not a day: 上个月的学习任务 is of that month's last day."""
    said = month_said(line, ctx.month)
    spans = [*(read.spans if read else ()), *([said[1]] if said else ())]
    if said is None or said[0] == ctx.month:
        return Found(rest=line.without(*spans))
    last = said[0].last_day
    return Found((Choice(day_word(last), last.isoformat()),), line.without(*spans), sure=True)


class WordKind(Kind[bool]):
    """A word that is there or not, such as 全部 in 积分 全部; never asked for."""

    order = 5

    def __init__(self, word: str) -> None:
        self.word = word

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        place = line.find(self.word)
        if place < 0:
            return Found(rest=line)
        return Found((Choice(self.word, True),), line.without((place, place + len(self.word))))
