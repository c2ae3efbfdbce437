"""The kinds of argument of the monthly round: Y7, T5, M7, 成立 or 不成立, 属实 or 不实, the number of a document."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from handlers.kind import Asked, Choice, Found, Json, Kind, Question
from handlers.understanding.in_sight import look
from handlers.understanding.kinds_of_numbers import NumbersKind
from handlers.understanding.line import Line
from handlers.understanding.targets import Target, TargetsRead

T = TypeVar("T")

if TYPE_CHECKING:
    from handlers.context import Context

_MEETING = re.compile(r"(?<![a-z])m\s?(\d{1,9})(?!\d)")
_DOCUMENT = re.compile(r"[\u4e00-\u9fff]{0,8}[〔\[(（【]\s?20\d\d\s?[〕\])）】]\s?(?:第\s?)?\d{1,6}\s?号")


class LetteredKind(NumbersKind):
    """编号 of one thing with a letter before it; ``letter`` and how it is asked for."""

    def __init__(self, letter: str, asks: str) -> None:
        self.letters = (letter,)
        self.asks = asks

    def _found(self, line: Line, read: TargetsRead) -> Found:
        choices = tuple(Choice(value, int(value[1:])) for value in read.values)
        many = len(choices) > 1
        return Found(choices, line.without(read.span), not many, "是哪一条？一次一条" if many else "")

    def takes(self, value: str) -> bool:
        return value[:1] in self.letters

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        return Question(self.asks)

    def check(self, value: Json, ctx: "Context") -> None:
        look(Target.parse(f"{self.letters[0]}{value}"), ctx)

    def load(self, value: Json, ctx: "Context") -> int:  # type: ignore[override]  # gives another value than its base
        return int(value)


class MeetingKind(Kind[int | None]):
    """会议 by its number: M7; nothing when none is said."""

    noun = "会议编号"
    order = 14

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        found = _MEETING.search(line)
        if found is None:
            return Found(rest=line)
        return Found((Choice(f"M{int(found[1])}", int(found[1])),), line.without(found.span()))


class OutcomeKind(Kind[T]):
    """What somebody decides in a word. ``outcomes`` say it without the command's own word: Y7 成立."""

    outcomes: tuple[str, ...] = ()


class EitherKind(OutcomeKind[bool]):
    """One of two words, of which the second denies the first: 属实 or 不实."""

    order = 18
    asked = Asked.MISSING

    def __init__(self, yes: str, no: str, asks: str, also_yes: str = "", also_no: str = "") -> None:
        self.noun = f"{yes}|{no}"
        self.outcomes = (yes, no)
        self.yes, self.no, self.asks = yes, no, asks
        self._no = re.compile("|".join(sorted([no, *also_no.split()], key=len, reverse=True)))
        self._yes = re.compile("|".join(sorted([yes, *also_yes.split()], key=len, reverse=True)))

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        denied = self._no.search(line)
        said = denied or self._yes.search(line)
        if said is None:
            return Found(rest=line)
        choice = Choice(self.yes, True) if denied is None else Choice(self.no, False)
        return Found((choice,), line.without(said.span()))

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        return Question(self.asks, (Choice(self.yes, True), Choice(self.no, False)))


class DocumentKind(Kind[str]):
    """文号: 机纪〔2026〕12号."""

    noun = "文号"
    order = 11
    asked = Asked.MISSING

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        found = _DOCUMENT.search(line)
        if found is None:
            return Found(rest=line)
        said = line.said[found.start() : found.end()].strip()
        return Found((Choice(said, said),), line.without(found.span()))

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        return Question("请写处分或处理决定的文号，例如：机纪〔2026〕12号")
