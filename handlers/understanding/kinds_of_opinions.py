"""The kinds of argument of opinions: which of the four, what it is about, its text, the answer, what it changes."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from handlers.kind import Asked, Choice, Found, Json, Kind, Question
from handlers.understanding import questions, targets
from handlers.understanding.in_sight import look
from handlers.understanding.kinds_of_words import TextKind
from handlers.understanding.line import Line, Span
from handlers.understanding.targets import Target
from handlers.understanding.times import month_said
from handlers.words import NO_SECRETS, day_word, month_word, signed
from models import breaches, claims, ledger, matters, rulebooks
from models.claims import ClaimStatus
from models.months import Period
from models.opinions import OpinionKind

if TYPE_CHECKING:
    from handlers.context import Context

APPEAL, OBJECTION, SUGGESTION, REPORT = (kind.value for kind in OpinionKind)
SORTS = {
    APPEAL: "申诉：我的申报、扣分或公示结果不对",
    OBJECTION: "异议：公示里别人的结果不对",
    SUGGESTION: "建议：对工作、细则的想法",
    REPORT: "反映：我知道的情况（为您保密）",
}
_SUGGESTS = re.compile(r"建议|希望|提议|最好|能不能|可不可以|是否可以|应当|应该|盼望")
_REPORTS = re.compile(r"反映|举报|检举|揭发|投诉")
# What may stand before the thing an opinion is about: 对我的第12条有意见.
_BEFORE = re.compile(r"[\s,，:：]*(?:我)?(?:对于?|关于|针对|就)?(?:我)?(?:的)?(?:申报|明细|编号)?[\s#]*")
_MYSELF = re.compile(r"\s*(?:我|本人|自己)(?:的)?(?:结果|积分|分数|得分|分)?(?=\s|$|[,，:：])")
_OWN_LETTERS = ("", "J", "T", "Y")


def _number(line: Line) -> tuple[str, Span] | None:
    """The number an opinion begins with, or that is marked as one: #12, J88."""
    read = targets.read(line, glued=True)
    if read is None:
        return None
    value = read.values[0]
    start = read.span[0]
    marked = not value.isdigit() or line[start : start + 1] == "#" or line[: read.span[1]].endswith(("号", "条"))
    if value.rstrip("0123456789") not in _OWN_LETTERS or not (marked or _BEFORE.fullmatch(line, 0, start)):
        return None
    return (f"#{value}" if value.isdigit() else value), read.span


def _person(line: Line, ctx: "Context") -> tuple[int, Span] | None:
    """The member whom an opinion names by the whole name, the first one."""
    if ctx.who is None:
        return None
    hits = [(line.find(member.name), -len(member.name), member.id) for member in ctx.people()]
    there = sorted(hit for hit in hits if hit[0] >= 0)
    return (there[0][2], (there[0][0], there[0][0] - there[0][1])) if there else None


class SortKind(Kind[str]):
    """Which of the four an opinion is, by its content; it takes no words away from it."""

    order = 8
    asked = Asked.MISSING
    whole = True

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        sort = self._of(line, ctx)
        return Found((Choice(SORTS[sort], sort),) if sort else (), line)

    def _of(self, line: Line, ctx: "Context") -> str:
        if breaches.speaks_of(line):
            return REPORT
        if ctx.who is not None and _number(line) is not None:
            return APPEAL
        if _SUGGESTS.search(line) and not questions.is_question(line):
            return SUGGESTION
        if _REPORTS.search(line):
            return REPORT
        if _person(line, ctx) is not None:
            return OBJECTION
        return APPEAL if ctx.who is not None and _MYSELF.match(line) else ""

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        shown = [sort for sort in SORTS if ctx.who is not None or sort in (SUGGESTION, REPORT)]
        return Question("您的意见是哪一种？", tuple(Choice(SORTS[sort], sort) for sort in shown))


class MatterKind(Kind[str]):
    """编号或姓名: what an opinion is about: #12, J88, T5, an earlier opinion Y7, a member's result, one's own."""

    noun = "编号|姓名"
    order = 20
    asked = Asked.MISSING
    whole = True
    numbered = True

    def __init__(self, sort: str = "") -> None:
        self.sort = sort

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        sort = known.get("sort", self.sort)
        if sort not in (APPEAL, OBJECTION):
            return Found(rest=line)
        numbered = _number(line)
        if numbered is not None:
            return Found((Choice(*[numbered[0]] * 2),), line.without(numbered[1]))
        own = _MYSELF.match(line)
        if own is not None:
            return Found((Choice("我的结果", "P"),), line.without(own.span()))
        return self._named(line, ctx, sort)

    def _named(self, line: Line, ctx: "Context", sort: str) -> Found:
        person = _person(line, ctx)
        said = month_said(line, ctx.month)
        if person is not None:
            id, span = person
            name = line.said[span[0] : span[1]]
            at_head = not line[: span[0]].strip(" 对于就的,，")
            if at_head or sort == OBJECTION:
                # 组长李四不给我通过 names who decided, and an objection may name several.
                return Found((Choice(name, f"P{id}"),), line.without(span), at_head, f"是对{name}的结果有异议吗？")
        if said is not None and not line[: said[1][0]].strip():
            return Found((Choice(f"我{month_word(said[0])}的结果", f"P@{said[0]}"),), line.without(said[1]))
        return Found(rest=line)

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        if known.get("sort", self.sort) == OBJECTION:
            return Question("对谁的结果有异议？请写姓名，或写编号，例如 J88")
        return Question("是哪一条？请选，或直接写编号，例如 12 或 J88", tuple(_own_things(ctx)))

    def needed(self, ctx: "Context", known: Mapping[str, Json]) -> bool:
        return known.get("sort", self.sort) in (APPEAL, OBJECTION)

    def check(self, value: Json, ctx: "Context") -> None:
        """A number must be of something the asker may speak of; a person is named among those known."""
        letter, number = value[0], value[1:]
        if letter in "#J":
            kind = "claim" if letter == "#" else "entry"
            matters.about_number(ctx.session, kind, int(number), by=ctx.member, now=ctx.now)
        elif letter in "TY":
            look(Target.parse(value), ctx)


def _own_things(ctx: "Context", most: int = 3) -> list[Choice]:
    """What a member is likely to appeal against: what was not approved, what was deducted, the result disclosed."""
    rejected = [c for c in claims.last_of(ctx.session, ctx.member.id, 20) if c.status in _NOT_APPROVED]
    found = [
        Choice(f"#{c.id} {claims.item_of(ctx.session, c).title}（{day_word(c.day)}）未通过", f"#{c.id}")
        for c in rejected[:most]
    ]
    entries = ledger.entries_of(ctx.session, ctx.member.id, Period(ctx.month.plus(-1), ctx.month))
    taken_back = {entry.reverses_id for entry in entries}
    lost = [e for e in reversed(entries) if e.points < 0 and e.id not in taken_back and e.reverses_id is None]
    found += [Choice(f"J{e.id} {signed(e.points)} {title_of(ctx, e)}", f"J{e.id}") for e in lost[:most]]
    shown = matters.disclosed(ctx.session, ctx.member.branch_id, ctx.now)
    if shown is not None:
        found.append(Choice(f"我{month_word(shown.month)}公示的结果", f"P@{shown.month}"))
    return found


_NOT_APPROVED = (ClaimStatus.REJECTED, ClaimStatus.LAPSED)


def title_of(ctx: "Context", entry: ledger.Entry) -> str:
    """The title of what a ledger entry is for."""
    if entry.rulebook_id is None or entry.item_code is None:
        return "其他"
    item = rulebooks.get(ctx.session, entry.rulebook_id).find_item(entry.item_code)
    return item.title if item is not None else "其他"


class OpinionTextKind(TextKind):
    """The words of an opinion; taking an earlier one up needs none. ``warns``: the line of rule 33 is said."""

    essential = True

    def __init__(self, noun: str, asks: str, *, warns: bool = False) -> None:
        self.noun = noun
        self.asks = asks
        self.warns = warns

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        found = super().find(text, ctx, known)
        if not found.candidates and str(known.get("matter", "")).startswith("Y"):
            return Found((Choice("", ""),))
        return found

    def needed(self, ctx: "Context", known: Mapping[str, Json]) -> bool:
        return True

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        warns = self.warns or known.get("sort") == REPORT
        return Question(f"{self.asks}\n{NO_SECRETS}" if warns else self.asks)
