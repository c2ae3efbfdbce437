"""The kinds of argument a temporary group is made of: its name, its leader, its members, its last day.

And the group in which a deed was done, asked once per claim while the asker is a member of one (rules 9).
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from handlers.kind import Asked, Choice, Found, Json, Kind, Question
from handlers.understanding.kinds_of_times import UntilKind
from handlers.understanding.kinds_of_words import TextKind
from handlers.understanding.line import Line, Span
from handlers.words import echoed
from models import group_memberships, members
from models.errors import Refused
from models.members import Member
from models.organizations import Organization

if TYPE_CHECKING:
    from handlers.context import Context

EXAMPLE = "临时小组 扫雪专班 组长 李四 成员 张三 王芳 至 12月31日"
NO_GROUP = 0
_PART = re.compile(r"(?<!\S)(?:组长|成员|组员|[至到](?=\s?\S))[:：]?|(?<=\s)(?:截止|为止)")
_CHANGED = re.compile(r"(?<=\s)(?:(?:提前)?结束|解散|延长|延期|[加减]人?|增加|去掉|移出)(?=\s|$)")
_NAMES = re.compile(r"[^\s,，、;；和:：]+")
_LAST = re.compile(r"[至到]\s?(?=\S)|(?<!\S)\d{1,4}[月\-/.年]")


class NobodyNamed(Refused):
    """A name that is not on the roster, or of several people there."""


def is_founded(line: Line) -> bool:
    """Whether a line speaks of a group's people or its end, not of what was done in one."""
    return _PART.search(line) is not None or _CHANGED.search(line) is not None


def _founding(known: Mapping[str, Json]) -> bool:
    """Whether a group is to be founded, not one changed that there is."""
    return "change" not in known


def _part(line: Line, words: Sequence[str]) -> tuple[int, Span] | None:
    """Where one of these words begins, and what follows it up to the next part."""
    parts = list(_PART.finditer(line))
    for n, part in enumerate(parts):
        if part.group().rstrip(":：") in words:
            return part.start(), (part.end(), parts[n + 1].start() if n + 1 < len(parts) else len(line))
    return None


class GroupNameKind(TextKind):
    """名称 of a group that is to be: what stands before its people."""

    noun = "名称"
    order = 1
    essential = True

    def needed(self, ctx: "Context", known: Mapping[str, Json]) -> bool:
        return _founding(known)

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        first = _PART.search(line)
        named = _NAMES.search(line, 0, first.start() if first else len(line))
        if named is None:
            return Found(rest=line)
        name = line.said[named.start() : named.end()]
        return Found((Choice(name, name),), line.without(named.span()))

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        return Question("临时小组叫什么？请写名称，例如：扫雪专班")


class LeaderKind(TextKind):
    """组长 of a group that is to be: a name of the roster, of any branch."""

    noun = "组长 姓名"
    order = 2
    essential = True
    words: tuple[str, ...] = ("组长",)
    text = "谁任组长？请写姓名"

    def needed(self, ctx: "Context", known: Mapping[str, Json]) -> bool:
        return _founding(known)

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        begins, span = _part(line, self.words) or (0, self._without_word(line))
        said = [line.said[name.start() : name.end()] for name in _NAMES.finditer(line, *span)]
        return Found((Choice(" ".join(said), said),), line.without((begins, span[1]))) if said else Found(rest=line)

    def _without_word(self, line: Line) -> Span:
        """A line of nothing but one name needs no word before it."""
        alone = not _PART.search(line) and len(_NAMES.findall(line)) == 1
        return (0, len(line)) if alone else (0, 0)

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        return Question(self.text)

    def load(self, value: Json, ctx: "Context") -> Member:  # type: ignore[override]  # gives another value than its base
        return named(ctx, value)[0]


class MembersKind(LeaderKind):
    """成员 of a group that is to be: several names."""

    noun = "成员 姓名…"
    order = 3
    words = ("成员", "组员")
    text = "成员有哪些人？请写姓名，用空格隔开（连组长三人以上），例如：张三 王芳"

    def _without_word(self, line: Line) -> Span:
        """The names up to the last day."""
        last = _LAST.search(line)
        return 0, last.start() if last else len(line)

    def load(self, value: Json, ctx: "Context") -> list[Member]:  # type: ignore[override]  # gives another value than its base
        return named(ctx, value)


class LastDayKind(UntilKind):
    """至 日期: the last day of a group."""

    noun = "至 日期"
    essential = True

    def needed(self, ctx: "Context", known: Mapping[str, Json]) -> bool:
        return _founding(known)


def named(ctx: "Context", names: Sequence[str]) -> list[Member]:
    """The members of these names, of the asker's branch first; 第二支部孙丽 names one of another branch.

    Raises NobodyNamed when a name is nobody's, or of several people.
    """
    found = [_one(ctx, name) for name in names]
    return list({member.id: member for member in found}.values())


def _one(ctx: "Context", said: str) -> Member:
    for start in range(len(said)):
        fitting = members.named(ctx.session, said[start:])
        if start:
            fitting = [member for member in fitting if member.branch.name == said[:start]]
        mine = [member for member in fitting if member.branch_id == ctx.member.branch_id]
        if len(mine or fitting) == 1:
            return (mine or list(fitting))[0]
        if fitting:
            where = "、".join(dict.fromkeys(f"{member.branch.name}{member.name}" for member in fitting))
            raise NobodyNamed(f"叫“{said}”的不止一位，请连支部一起写（{where}）", EXAMPLE)
    raise NobodyNamed(f"花名册里没有“{echoed(said)}”，请看一下姓名", EXAMPLE)


class DoneInKind(Kind[Organization | None]):
    """在哪个组做的: the own group, or a temporary one the asker belongs to. Asked only while there is one."""

    order = 4
    asked = Asked.MISSING

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        for group in _joined(ctx, known):
            if group.name in line.said:  # it stays in the line: 扫雪专班 may name the deed as well
                return Found((Choice(group.name, group.id),), line)
        return Found(rest=line)

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        home = ctx.session.get(Organization, ctx.member.group_id) if ctx.member.group_id else None
        own = Choice(home.name if home else ctx.branch, NO_GROUP)
        joined = (Choice(f"{group.name}（临时）", group.id) for group in _joined(ctx, known))
        return Question("这是在哪个组做的？", (own, *joined))

    def needed(self, ctx: "Context", known: Mapping[str, Json]) -> bool:
        return bool(_joined(ctx, known))

    def load(self, value: Json, ctx: "Context") -> Organization | None:
        return ctx.session.get(Organization, value) if value else None


def _joined(ctx: "Context", known: Mapping[str, Json]) -> list[Organization]:
    """The asker's temporary groups that ran on the day of the deed."""
    if ctx.who is None:
        return []
    mine = group_memberships.groups_of_member(ctx.session, ctx.who.id, ctx.now)
    day = date.fromisoformat(known["day"]) if mine and "day" in known else ctx.today
    return [group for group in mine if group.starts_on is not None and group.starts_on <= day]
