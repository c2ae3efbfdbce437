"""The kinds of argument that are numbers: of claims, requests and entries, another figure, a binding code."""

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from handlers.kind import Asked, Choice, Found, Json, Kind, Question
from handlers.understanding import targets
from handlers.understanding.in_sight import look
from handlers.understanding.line import Line
from handlers.understanding.numerals import NUMBER, number
from handlers.understanding.targets import ALL, ALL_VALUE, Target, TargetsRead
from handlers.words import figure

if TYPE_CHECKING:
    from handlers.context import Context

_FIGURE = re.compile(
    rf"(?:改为|改成|改作|改|调为|调成|按|给|记|算|加|扣|减)\s?(?:为|成)?\s?(?P<sign>-)?(?P<n>{NUMBER})\s?分?(?![一-鿿]*[小时户项次])(?!\d)"
    rf"|(?P<sign2>-)?(?P<n2>{NUMBER})分(?!钟)"
)
_CHANGED = re.compile(r"改|调")
_CODE = re.compile(r"(?<![0-9a-z])([0-9a-z]{10}|\d{6}|\d{4})(?![0-9a-z])")
_SPACED_CODE = re.compile(r"(?<!\d)\d(?:\s?\d){3,5}(?!\s?\d)")


def shown(values: tuple[str, ...]) -> str:
    """#12 #13 L7."""
    return " ".join(value if value == ALL_VALUE else str(Target.parse(value)) for value in values)


class NumbersKind(Kind[tuple[Target, ...]]):
    """编号 of what is decided: one, several, or 全部; a range is asked about, since not all of it was said."""

    noun = "编号"
    order = 15
    asked = Asked.MISSING
    leads = True
    several = True
    letters: tuple[str, ...] = ("", "L", "J")  # before the numbers of what it takes

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        read = self._read(line)
        if read is None:
            return Found(rest=line)
        mine = tuple(value for value in read.values if self.takes(value))
        return self._found(line, replace(read, values=mine)) if mine else Found(rest=line)

    def takes(self, value: str) -> bool:
        """Whether a number is of the things this kind speaks of."""
        return value == ALL_VALUE or value.rstrip("0123456789") in self.letters

    def _read(self, line: Line) -> TargetsRead | None:
        return targets.read(line, glued=True)

    def _found(self, line: Line, read: TargetsRead) -> Found:
        rest = line.without(read.span)
        why = f"是这些吗：{shown(read.values)}？" if read.inferred else ""
        return Found((Choice(shown(read.values), list(read.values)),), rest, not read.inferred, why)

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        return Question("是哪一条？请写编号，例如 12（回“待办”可以看编号）")

    def check(self, value: Json, ctx: "Context") -> None:
        """Of several numbers each is refused by itself when it is decided (rules 12)."""
        if len(value) == 1 and value[0] != ALL_VALUE:
            look(Target.parse(value[0]), ctx)

    def load(self, value: Json, ctx: "Context") -> tuple[Target, ...]:
        return tuple(ALL if one == ALL_VALUE else Target.parse(one) for one in value)


class TargetKind(NumbersKind):
    """编号 of one claim or ledger entry."""

    several = False

    def _found(self, line: Line, read: TargetsRead) -> Found:
        values = [value for value in read.values if value != ALL_VALUE]
        choices = tuple(Choice(shown((value,)), value) for value in values)
        rest = line.without(read.span) if choices else line
        return Found(choices, rest, len(choices) <= 1, "是哪一条？一次一条" if len(choices) > 1 else "")

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        return Question("是哪一条？请写编号，例如 12 或 J88")

    def check(self, value: Json, ctx: "Context") -> None:
        look(Target.parse(value), ctx)

    def load(self, value: Json, ctx: "Context") -> Target:  # type: ignore[override]  # gives another value than its base
        return Target.parse(value)


class ExplainedKind(TargetKind):
    """编号 of what is opened: a claim, a ledger entry, an opinion, a follow-up."""

    letters = ("", "J", "Y", "T")


class NumberKind(NumbersKind):
    """编号 of one claim."""

    several = False

    def _found(self, line: Line, read: TargetsRead) -> Found:
        values = [value for value in read.values if value.isdigit()]
        choices = tuple(Choice(f"#{value}", int(value)) for value in values)
        rest = line.without(read.span) if choices else line
        return Found(choices, rest, len(choices) <= 1, "是哪一条？一次一条" if len(choices) > 1 else "")

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        return Question("是哪一条？请写编号，例如 12（回“我的申报”或“待办”可以看编号）")

    def check(self, value: Json, ctx: "Context") -> None:
        look(Target("claim", value), ctx)

    def load(self, value: Json, ctx: "Context") -> int:  # type: ignore[override]  # gives another value than its base
        return int(value)


class FigureKind(Kind[Decimal | None]):
    """分数 other than the one claimed: 改 1.5, 改成1.5分, 给1.5分."""

    noun = "改 分数"
    order = 12

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        hits = [(found, number(found["n"] or found["n2"])) for found in _FIGURE.finditer(line)]
        told = [(found, value) for found, value in hits if value is not None and (found["n2"] or _marked(found))]
        if not told:
            return Found(rest=line)
        values = dict.fromkeys(-value if found["sign"] or found["sign2"] else value for found, value in told)
        rest = line.without(*(found.span() for found, _ in told))
        return Found(tuple(Choice(f"{figure(v)}分", str(v)) for v in values), rest, len(values) == 1, "给多少分？")

    def load(self, value: Json, ctx: "Context") -> Decimal | None:
        return None if value is None else Decimal(value)


def _marked(found: re.Match[str]) -> bool:
    """改 1.5 needs no 分 behind it; 给 and 记 do, or any number after them would be points."""
    return bool(_CHANGED.match(found.group())) or found.group().rstrip().endswith("分")


class CodeKind(Kind[str]):
    """绑定码: 6 digits, 10 letters and digits, or the last 4 digits of the phone number."""

    noun = "绑定码"
    order = 10
    asked = Asked.MISSING

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        found = _CODE.search(line) or _SPACED_CODE.search(line)
        if found is None:
            return Found(rest=line)
        code = found.group().replace(" ", "").upper()
        if len(code) not in (4, 6, 10):
            return Found(rest=line)
        return Found((Choice(code, code),), line.without(found.span()))

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        return Question("请写绑定码（组长给您的），没有就写您手机号的后四位")
