"""The kinds of argument of quarter and year: who is left out, which branch, which year, who is commended."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from handlers.kind import Asked, Choice, Found, Json, Kind, Question
from handlers.understanding.kinds_of_records import SeveralKind
from handlers.understanding.kinds_of_words import TextKind
from handlers.understanding.line import Line
from models import organizations, overview
from models.appointments import BRANCH_OFFICES
from models.members import Member
from models.organizations import Organization, OrganizationKind

if TYPE_CHECKING:
    from handlers.context import Context

_WITHOUT = re.compile(r"(?:不含|不包括|除了?)\s*(?P<names>.+)$")
_BETWEEN = re.compile(r"[\s,，、;；和与及]+")
_YEAR = re.compile(r"(?<!\d)(?P<year>20\d\d)\s?年?度?|(?P<last>去年|上年度?|上一年)|(?P<this>今年|本年度?)")


class WithoutKind(Kind[tuple[str, ...]]):
    """不含 姓名…: candidates whom the committee leaves out."""

    noun = "不含 姓名…"
    order = 18

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        found = _WITHOUT.search(line)
        if found is None:
            return Found(rest=line)
        start, end = found.span("names")
        names = [name for name in _BETWEEN.split(line.said[start:end].strip(" 。.")) if name]
        return Found((Choice("、".join(names), names),), line.part(0, found.start()))

    def load(self, value: Json, ctx: "Context") -> tuple[str, ...]:
        return tuple(value)


class YearKind(Kind[int]):
    """年: 2026, 2026年, 去年, 今年; the last one that is over when nothing is said."""

    noun = "年"
    order = 12

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        found = _YEAR.search(line)
        if found is None:
            return Found(rest=line)
        this = ctx.today.year
        year = int(found["year"]) if found["year"] else this - 1 if found["last"] else this
        return Found((Choice(f"{year}年", year),), line.without(found.span()))

    def load(self, value: Json, ctx: "Context") -> int:
        return int(value)


def watched(ctx: "Context") -> Sequence[Organization]:
    """The branches whose year an asker sees whole: of the own committee, or below the own office."""
    if ctx.who is None:
        return ()
    own = [a.organization for a in ctx.offices if a.office in BRANCH_OFFICES]
    mine = [organization for organization in own if organization.kind is OrganizationKind.BRANCH]
    below = overview.overseen(ctx.offices)
    found = [*mine, *(organizations.branches_below(ctx.session, *below) if below else ())]
    return list({branch.id: branch for branch in found}.values())


class BranchKind(Kind[Organization | None]):
    """支部 by its name; asked for where the asker oversees several."""

    noun = "支部"
    order = 16
    asked = Asked.MISSING

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        for branch in watched(ctx):
            place = line.find(branch.name)
            if place >= 0:
                return Found((Choice(branch.name, branch.id),), line.without((place, place + len(branch.name))))
        return Found(rest=line)

    def needed(self, ctx: "Context", known: Mapping[str, Json]) -> bool:
        return len(watched(ctx)) > 1

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        return Question("看哪个支部的？", tuple(Choice(branch.name, branch.id) for branch in watched(ctx)))

    def load(self, value: Json, ctx: "Context") -> Organization | None:
        return None if value is None else ctx.session.get_one(Organization, value)


class LaureatesKind(SeveralKind):
    """姓名… of who was commended, or a branch by its name where the title is a branch's."""

    noun = "姓名…"

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        for branch in watched(ctx):
            place = line.find(branch.name)
            if place >= 0:
                rest = line.without((place, place + len(branch.name)))
                return Found((Choice(branch.name, [-branch.id]),), rest)
        return super().find(line, ctx, known)

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        return Question("表彰了谁？请写姓名，可以写几位；也可以写支部的名称")

    def load(self, value: Json, ctx: "Context") -> tuple[Member | Organization, ...]:  # type: ignore[override]  # gives another value than its base
        return tuple(
            ctx.session.get_one(Organization, -id) if id < 0 else ctx.session.get_one(Member, id) for id in value
        )


class TitleKind(TextKind):
    """称号 of a commendation."""

    noun = "称号"

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        usual = ("优秀共产党员", "优秀党务工作者", "优秀党支部书记", "五好党支部")
        return Question("是什么称号？别的请直接写", tuple(Choice(title, title) for title in usual))
