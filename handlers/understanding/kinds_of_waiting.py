"""The kinds of argument that name a claim, by its number alone; where none is said, those it may be are offered.

What changes something is named by its own number (chat), so each that is offered is a tap which says it. Whose it is
helps to find it: 王芳的那条通过 offers what of hers waits.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from handlers.kind import Found, Json, Question
from handlers.understanding.kinds_of_numbers import NumberKind, NumbersKind, TargetKind
from handlers.understanding.kinds_of_words import PersonKind
from handlers.understanding.line import Line
from handlers.words import day_word, figure, tap
from models import claims, waiting
from models.claims import UNDECIDED

if TYPE_CHECKING:
    from handlers.context import Context

_MOST = 5  # as many as fit a message that asks something
_LOOKED_AT = 20  # of a member's newest claims
_WHOSE = PersonKind()
_POINTING = re.compile(r"的?[那这]?一?[条个笔]?的?")  # behind a name


class WaitingNumbersKind(NumbersKind):
    """编号 of what waits for the asker's decision."""

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        found = super().find(text, ctx, known)
        if found.candidates or not _decides(ctx):
            return found
        line = Line.of(text)
        person = _WHOSE.find(line, ctx, known)
        whose = {choice.value for choice in person.candidates}
        if not whose:
            return found
        theirs = _waiting(ctx, whose)
        why = _offered(ctx, theirs, named=True) if theirs else self._none_of(person, ctx, known)
        return Found(rest=_without_pointing(line, person.rest), sure=False, why=why)

    def _none_of(self, person: Found, ctx: "Context", known: Mapping[str, Json]) -> str:
        names = "、".join(choice.label for choice in person.candidates)
        return f"{names}没有等您审核的申报。\n{self.question(ctx, known).text}"

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        mine = _waiting(ctx) if _decides(ctx) else []
        return Question(_offered(ctx, mine, named=True)) if mine else super().question(ctx, known)


class WaitingNumberKind(WaitingNumbersKind, NumberKind):
    """编号 of one claim that waits for the asker's decision."""


class OwnNumberKind(NumberKind):
    """编号 of a claim that the asker has made."""

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        own = _own(ctx)
        return Question(_offered(ctx, own)) if own else super().question(ctx, known)


class TakenBackKind(TargetKind):
    """编号 of what is taken back: a claim, the entry of a record, an opinion."""

    letters = ("", "J", "Y")

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        own = _own(ctx)
        return Question(_offered(ctx, own, example="J88")) if own else super().question(ctx, known)


def _without_pointing(line: Line, nameless: str) -> Line:
    """A line without a name and what points from it to a thing: 的那条."""
    rest = Line.of(nameless)
    end = max(n for n, (said, left) in enumerate(zip(line, rest, strict=True), start=1) if said != left)
    pointing = _POINTING.match(rest, end)
    return rest.without(pointing.span()) if pointing else rest


def _decides(ctx: "Context") -> bool:
    return ctx.who is not None and ctx.families.get("待办").open_to(ctx.roles)


def _waiting(ctx: "Context", whose: Collection[int] | None = None) -> list[int]:
    """The numbers of the claims that wait for the asker, of all members or of these."""
    found = waiting.waiting_for(ctx.session, ctx.member, ctx.now)
    return [one.id for one in found if whose is None or one.member.id in whose]


def _own(ctx: "Context") -> list[int]:
    """The numbers of the asker's claims that nobody has decided, newest first."""
    found = claims.last_of(ctx.session, ctx.member.id, _LOOKED_AT) if ctx.who is not None else []
    return [claim.id for claim in found if claim.status in UNDECIDED]


def _offered(ctx: "Context", found: Sequence[int], *, named: bool = False, example: str = "12") -> str:
    """是哪一条？ with a tap for each: #12 张三 社区志愿服务 2小时（11月18日）."""
    lines = [f"是哪一条？点一下，或直接写编号，例如 {example}"]
    for number in found[:_MOST]:
        claim = claims.get(ctx.session, number)
        item, whose = claims.item_of(ctx.session, claim), f"{claim.member.name} " if named else ""
        deed = f"{item.title} {figure(claim.quantity)}{item.unit}（{day_word(claim.day)}）"
        lines.append(tap(f"#{claim.id} {whose}{deed}", str(claim.id)))
    if len(found) > _MOST:
        lines.append(f"另有 {len(found) - _MOST} 条，回 {tap('待办' if named else '我的申报')}")
    return "\n".join(lines)
