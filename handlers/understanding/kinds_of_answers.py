"""The kinds of argument with which opinions are answered: the verdict, and what upholding changes."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from handlers.kind import Asked, Choice, Found, Json, Kind, Question
from handlers.understanding.kinds_of_opinions import title_of
from handlers.understanding.kinds_of_rounds import OutcomeKind
from handlers.understanding.line import Line
from handlers.words import signed
from models import answering, claims, members, remedies, rulebooks
from models.opinions import Opinion, OpinionKind
from models.remedies import NOTHING, Remedy
from models.rulebooks import Item, Source

if TYPE_CHECKING:
    from handlers.context import Context

SHOWN = 8
_UNCHANGED = re.compile(r"\s*(?:不变|都?不用改|不改分?|不登记|只作?答复)(?=$|[\s,，。])")


class VerdictKind(OutcomeKind[str]):
    """成立, 不成立, and for what is no claim to a figure 转上级."""

    noun = "成立|不成立"
    order = 18
    asked = Asked.MISSING
    whole = True
    outcomes = ("成立", "不成立")
    UPHOLD, REFUSE, PASS_UP = "uphold", "refuse", "pass_up"
    _WORDS = re.compile(
        r"(?P<refuse>不能?成立|不予采纳|不采纳|不属实|不实|不接受|驳回)|(?P<pass_up>转上级|报上级|转上一级|请上级定)"
        r"|(?P<uphold>成立|予以采纳|采纳|属实|经核实|接受)"
    )

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        said = self._WORDS.search(line)
        if said is None:
            return Found(rest=line)
        return Found((Choice(said.group(), said.lastgroup),), line.without(said.span()))

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        opinion = _opinion(ctx, known)
        adopts = opinion is not None and opinion.kind is OpinionKind.SUGGESTION
        words = [("采纳", self.UPHOLD), ("不采纳", self.REFUSE)] if adopts else []
        words = words or [("成立", self.UPHOLD), ("不成立", self.REFUSE)]
        if opinion is not None and opinion.kind in (OpinionKind.SUGGESTION, OpinionKind.REPORT):
            words.append(("转上级", self.PASS_UP))
        return Question(f"{'采纳吗' if adopts else '成立还是不成立'}？", tuple(Choice(*word) for word in words))


def _opinion(ctx: "Context", known: Mapping[str, Json]) -> Opinion | None:
    """The opinion that is being answered; who may not answer it is refused before anything is asked."""
    number = known.get("number")
    return None if number is None else answering.to_answer(ctx.session, int(number), by=ctx.member, now=ctx.now)


class RemedyKind(Kind[str | None]):
    """更正: what upholding changes, where it does not follow from the matter itself."""

    order = 25
    asked = Asked.MISSING
    whole = True

    def needed(self, ctx: "Context", known: Mapping[str, Json]) -> bool:
        opinion = _opinion(ctx, known)
        if opinion is None or known.get("verdict") != VerdictKind.UPHOLD:
            return False
        if opinion.is_report:
            return True
        named = opinion.follow_up_id is not None or opinion.kind is OpinionKind.SUGGESTION
        return not named and remedies.implied(ctx.session, opinion) is None

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        opinion = _opinion(ctx, known) if known.get("number") is not None else None
        if opinion is None or not self.needed(ctx, known):
            return Found(rest=line)
        for choice in _changes(ctx, opinion, line):
            if choice.value.startswith(("J", "#")) and (place := line.upper().find(choice.value)) >= 0:
                return Found((choice,), line.without((place, place + len(choice.value))))
        unchanged = _UNCHANGED.match(line)
        if unchanged is not None:
            return Found((Choice(NOTHING, NOTHING),), line.without(unchanged.span()))
        return self._item(line, ctx, opinion)

    def _item(self, line: Line, ctx: "Context", opinion: Opinion) -> Found:
        """An item by its whole title: for an appeal one to be credited, for a report one of somebody named."""
        if opinion.is_report:
            there = _records(ctx, opinion, line)
            return Found(tuple(there), sure=False, why="登记哪一项？") if there else Found(rest=line)
        items = ctx.rulebook(opinion.month).items
        found = next((item for item in items if line.strip() in (item.title, item.code)), None)
        return Found((Choice(found.title, found.code),)) if found is not None else Found(rest=line)

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        opinion = answering.to_answer(ctx.session, int(known["number"]), by=ctx.member, now=ctx.now)
        asks = "成立后改哪一条？要补记别的事项，请直接写事项名称"
        if opinion.is_report:
            asks = "要登记加扣分吗？别的人和事请直接写，例如：李四 脱岗"
        return Question(asks, tuple(_changes(ctx, opinion, Line.of(opinion.text))))


def _changes(ctx: "Context", opinion: Opinion, line: Line) -> list[Choice]:
    if opinion.is_report:
        return [*_records(ctx, opinion, line), Choice("只作答复，不登记", NOTHING)]
    *changes, unchanged = remedies.options(ctx.session, opinion)
    return [_choice(ctx, remedy) for remedy in (*changes[:SHOWN], unchanged)]


def _choice(ctx: "Context", remedy: Remedy) -> Choice:
    if remedy.entry is not None:
        return Choice(
            f"冲销 J{remedy.entry.id} {signed(remedy.entry.points)} {title_of(ctx, remedy.entry)}", remedy.value
        )
    if remedy.claim is not None:
        item = claims.item_of(ctx.session, remedy.claim)
        return Choice(f"补记 #{remedy.claim.id} {item.title} {signed(remedy.claim.points)}", remedy.value)
    return Choice("不用改分（已经更正）", remedy.value)


def _records(ctx: "Context", opinion: Opinion, line: Line) -> list[Choice]:
    """The records that a report may lead to: who is named in it, with each item that reports give."""
    people = [m for m in members.present(ctx.session, opinion.organization_id) if m.name in line]
    book = rulebooks.in_force(ctx.session, opinion.organization_id, ctx.month)
    items: Sequence[Item] = [item for item in book.items if Source.REPORT in item.sources]
    return [
        Choice(f"登记 {member.name} {item.title} {signed(item.points)}", f"R{member.id}:{item.code}")
        for member in people[:3]
        for item in items[:4]
    ]
