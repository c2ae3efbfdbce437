"""What is changed of a temporary group: 扫雪专班 结束, 扫雪专班 加 陈静, 扫雪专班 减 张三, 扫雪专班 延长 至 1月31日.

And the closing report of one: which group, 思想动向 and 工作情况.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from handlers.kind import Asked, Choice, Found, Json, Kind, Question
from handlers.understanding import days
from handlers.understanding.kinds_of_groups import named
from handlers.understanding.kinds_of_words import TextKind
from handlers.understanding.line import Line
from handlers.words import NO_SECRETS, day_word
from models import acting, closing_reports, group_changes
from models.members import Member
from models.organizations import Organization

if TYPE_CHECKING:
    from handlers.context import Context


class Verb(StrEnum):
    """What is to become of a group."""

    SHOW = "show"
    END = "end"
    ADD = "add"
    REMOVE = "remove"
    UNTIL = "until"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a running group: whom to take in or out, or its new last day."""

    group: Organization
    verb: Verb
    people: Sequence[Member] = ()
    day: date | None = None


_VERBS = {
    Verb.END: "提前结束|结束|解散",
    Verb.ADD: "增加|加入|添加|加人|加",
    Verb.REMOVE: "减少|减去|去掉|移出|减人|减",
    Verb.UNTIL: "延长|延期|延到|改到|到期改为|至|到",
}
_VERB = re.compile(
    r"\s*(?:" + "|".join(f"(?P<{verb.value}>{words})" for verb, words in _VERBS.items()) + r")(?:了|[:：])?"
)
_NAMES = re.compile(r"[^\s,，、;；和:：]+")
_NOISE = frozenset({"成员", "组员"})


class GroupChangeKind(Kind[Change | None]):
    """名称 of a group there is and what to change; read before the parts of one that is to be founded."""

    order = 0

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        groups = group_changes.founded_by(ctx.session, ctx.member, ctx.now) if ctx.who is not None else ()
        for group in groups:
            place = line.find(Line.of(group.name))
            if place >= 0 and not line[:place].strip():
                rest = line.part(place + len(group.name), len(line))
                value = self._value(group, rest, ctx)
                return Found((Choice(group.name, value),)) if value else Found(rest=line)
        return Found(rest=line)

    def _value(self, group: Organization, rest: Line, ctx: "Context") -> Json:
        if not rest.strip():
            return [group.id, Verb.SHOW, [], None]
        hit = _VERB.match(rest)
        if hit is None:
            return None
        verb, rest = Verb(str(hit.lastgroup)), rest.part(hit.end(), len(rest))
        if verb is Verb.END:
            return [group.id, verb, [], None] if not rest.strip() else None
        if verb is Verb.UNTIL:
            read = days.read(rest, ctx.today, ahead=True)
            day = read.days[0] if read is not None and len(read.days) == 1 else None
            return [group.id, verb, [], day.isoformat() if day else None]
        said = [rest.said[name.start() : name.end()] for name in _NAMES.finditer(rest)]
        return [group.id, verb, [name for name in said if name not in _NOISE], None]

    def load(self, value: Json, ctx: "Context") -> Change:
        id, verb, names, day = value
        people = named(ctx, names) if names else ()
        group = ctx.session.get_one(Organization, id)
        return Change(group, Verb(verb), people, date.fromisoformat(day) if day else None)


class ReportedGroupKind(Kind[Organization]):
    """Which temporary group a closing report is of; the only one need not be named."""

    noun = "临时小组"
    order = 2
    asked = Asked.MISSING

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        for group in self._mine(ctx):
            place = line.find(Line.of(group.name))
            if place >= 0:
                rest = line.without((place, place + len(group.name)))
                return Found((Choice(group.name, group.id),), rest)
        return Found(rest=line)

    def needed(self, ctx: "Context", known: Mapping[str, Json]) -> bool:
        return len(self._mine(ctx)) != 1

    def default(self, value: Any, ctx: "Context") -> Any:
        return next(iter(self._mine(ctx)), None)

    def _mine(self, ctx: "Context") -> Sequence[Organization]:
        return closing_reports.reportable(ctx.session, ctx.member, ctx.now) if ctx.who is not None else ()

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        choices = tuple(Choice(group.name, group.id) for group in self._mine(ctx))
        return Question("是哪个临时小组的总结？" if choices else "现在没有要您写总结的临时小组", choices)

    def load(self, value: Json, ctx: "Context") -> Organization:
        return ctx.session.get_one(Organization, value)


@dataclass(frozen=True, slots=True)
class Report:
    """The two parts of a closing report."""

    thoughts: str
    work: str


_HEADING = re.compile(r"(?:^|(?<=[\s,，;；。、]))(?:(?P<thoughts>思想动[向态]|思想)|(?P<work>工作情况|工作))[:：\s]+")
_EDGES = " \t\r\n,，;；、"


class ReportKind(TextKind):
    """思想动向 and 工作情况 under their headings; what has none is 工作情况."""

    noun = "思想动向 … 工作情况 …"

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        return Question(f"请写思想动向和工作情况，例如：思想动向 大家情绪稳定 工作情况 扫雪12次\n{NO_SECRETS}")

    def load(self, value: Json, ctx: "Context") -> Report:  # type: ignore[override]  # gives another value than its base
        text, found = str(value), {"thoughts": list[str](), "work": list[str]()}
        name, start = "work", 0
        for heading in _HEADING.finditer(text):
            found[name].append(text[start : heading.start()].strip(_EDGES))
            name, start = str(heading.lastgroup), heading.end()
        found[name].append(text[start:].strip(_EDGES))
        return Report(*("；".join(filter(None, found[part])) for part in ("thoughts", "work")))


class LentKind(Kind[Organization | None]):
    """As whose leader somebody stands in, asked of who leads several: the own group, a temporary one, the branch."""

    order = 15
    asked = Asked.MISSING

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        for one in self._lendable(ctx):
            place = line.find(Line.of(one.name))
            if place >= 0:
                return Found((Choice(one.name, one.id),), line.without((place, place + len(one.name))))
        return Found(rest=line)

    def needed(self, ctx: "Context", known: Mapping[str, Json]) -> bool:
        return len(self._lendable(ctx)) > 1

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        choices = (Choice(f"{one.name}{_until(one)}", one.id) for one in self._lendable(ctx))
        return Question("代理哪一处？", tuple(choices))

    def _lendable(self, ctx: "Context") -> list[Organization]:
        return acting.lendable(ctx.session, ctx.member, ctx.now) if ctx.who is not None else []

    def load(self, value: Json, ctx: "Context") -> Organization:
        return ctx.session.get_one(Organization, value)


def _until(one: Organization) -> str:
    return f"（到{day_word(one.ends_on)}）" if one.ends_on else ""
