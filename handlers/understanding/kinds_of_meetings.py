"""The kinds of argument of meetings: which kinds, when, where, of whom; M3; the six digits; who came."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from handlers.kind import Asked, Choice, Found, Json, Kind, Question
from handlers.understanding import moments
from handlers.understanding.line import Line, Span
from handlers.words import day_word, weekday_word
from models import meeting_kinds, meeting_requests, meetings, organizations, planning
from models.appointments import Role
from models.meeting_kinds import Circle
from models.months import SHANGHAI, shanghai_day
from models.organizations import Organization

if TYPE_CHECKING:
    from handlers.context import Context

_KIND = "|".join(sorted(map(re.escape, meeting_kinds.WORDS), key=len, reverse=True))
_JOIN = r"\s?(?:[+,，、;；和与跟及]|以及|暨|兼)?\s?"
_KINDS = re.compile(rf"(?:{_KIND})(?:{_JOIN}(?:{_KIND}))*")
_ONE_KIND = re.compile(_KIND)
_EDGE = r"[\s,，、;；:：+]"
_AT_EDGE = re.compile(_EDGE)
_MEETING = re.compile(r"(?<![a-z])m\s?(\d{1,9})(?!\d)")
_BARE = re.compile(r"^\s*(?:第|#)?(\d{1,6})号?(?=\s|$)")
DIGITS = "零一二三四五六七八九"
_HAN_DIGIT = str.maketrans("〇幺两" + DIGITS, "012" + "0123456789")
_DIGIT = rf"[\d{DIGITS}〇幺两]"
_CODE = re.compile(rf"(?<!\d){_DIGIT}(?:[ -]?{_DIGIT}){{5}}(?!\d)")
_DEEDS = frozenset({"开会", "会议", "参加"})
_PAST = re.compile(r"[昨前]天|了|加分|[\d一两二三]\s?[次回场篇]|小时")
_CIRCLES = {
    Role.LEADER: {Circle.GROUP},
    Role.BRANCH: {Circle.BRANCH, Circle.BRANCH_COMMITTEE},
    Role.COMMITTEE: {Circle.ALL_BELOW, Circle.CADRES, Circle.LEADING_GROUP},
}


@dataclass(frozen=True, slots=True)
class Moment:
    """When a meeting begins and, where that was said, ends."""

    starts_at: datetime
    ends_at: datetime | None


def clock_word(moment: datetime) -> str:
    """15:00."""
    return f"{moment.astimezone(SHANGHAI):%H:%M}"


def moment_word(starts_at: datetime, ends_at: datetime | None = None) -> str:
    """11月26日（周四）15:00, with the end where there is one."""
    day = shanghai_day(starts_at)
    until = f"至{clock_word(ends_at)}" if ends_at else ""
    return f"{day_word(day)}（{weekday_word(day)}）{clock_word(starts_at)}{until}"


class MeetingKindsKind(Kind[tuple[str, ...]]):
    """类型 of a meeting: one kind or several joined with +, 、 or a space; the first one is the main kind."""

    noun = "类型"
    order = 8
    asked = Asked.MISSING

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        found = self._apart(line) or _KINDS.search(line)
        if found is None:
            return Found(rest=line)
        names = [meeting_kinds.WORDS[one.group()] for one in _ONE_KIND.finditer(found.group())]
        names = list(dict.fromkeys(names))
        sure = not line[: found.start()].strip() or self._stands_apart(line, found.span())
        why = "" if sure else f"是开{'＋'.join(names)}吗？"
        return Found((Choice("＋".join(names), names),), line.without(found.span()), sure, why)

    def _apart(self, line: Line) -> re.Match[str] | None:
        """Kinds that stand by themselves before those that are part of another word."""
        return next((hit for hit in _KINDS.finditer(line) if self._stands_apart(line, hit.span())), None)

    def _stands_apart(self, line: Line, span: Span) -> bool:
        before, after = line[: span[0]], line[span[1] :]
        return (not before or bool(re.search(rf"{_EDGE}$", before))) and (not after or bool(re.match(_EDGE, after)))

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        circles = {circle for role, own in _CIRCLES.items() if role in ctx.roles for circle in own}
        kinds = [kind.name for kind in meeting_kinds.KINDS if kind.circle in circles and kind.on]
        text = "开什么会？一次开几种，请用“＋”连起来写，例如：主题党日＋党课"
        return Question(text, tuple(Choice(name, [name]) for name in kinds))

    def load(self, value: Json, ctx: "Context") -> tuple[str, ...]:
        return tuple(value)


class HoldersKind(Kind[tuple[Organization, ...]]):
    """Of whom the meeting is, where the asker may call it for several: 第一支部、第二支部."""

    order = 6

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        named = ((id, name, self._named(line, name.lower())) for id, name in self._callable(ctx))
        found = [(id, name, span) for id, name, span in named if span is not None]
        if not found:
            return Found(rest=line)
        names = "、".join(name for _, name, _ in found)
        rest = line.without(*(span for _, _, span in found))
        return Found((Choice(names, [id for id, _, _ in found]),), rest)

    def _named(self, line: Line, name: str) -> Span | None:
        """Where a name stands by itself; 第一支部会议室 is a place. There may be thousands to look for."""
        start = line.find(name)
        while start >= 0:
            end = start + len(name)
            if (not start or _AT_EDGE.match(line, start - 1)) and (end == len(line) or _AT_EDGE.match(line, end)):
                return start, end
            start = line.find(name, start + 1)
        return None

    def _callable(self, ctx: "Context") -> Sequence[tuple[int, str]]:
        """The asker's offices and what lies below them."""
        own = list(dict.fromkeys(office.organization_id for office in ctx.offices)) if ctx.who is not None else []
        return organizations.named_below(ctx.session, own) if own else ()

    def load(self, value: Json, ctx: "Context") -> tuple[Organization, ...]:
        return tuple(ctx.session.get_one(Organization, id) for id in value)


class MomentKind(Kind[Moment]):
    """时间 at which a meeting begins: a day and a time of the clock."""

    noun = "时间"
    order = 10
    asked = Asked.MISSING

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        return self.answered(text, "", ctx, known)

    def answered(self, text: str, said: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        read = moments.read(line, ctx.now, ctx.today, said)
        if read is None:
            return Found(rest=line)
        choices = tuple(
            Choice(moment_word(*one), [end.isoformat() if end else None for end in one]) for one in read.moments
        )
        no_time = f"没有“{read.no_time}”这个时间。" if read.no_time else ""
        why = "" if read.sure else "是这个时间吗？" if choices else f"{no_time}{self._asks}"
        return Found(choices, line.without(*read.spans), read.sure, why)

    _asks = "什么时候开？请写日期和几点，例如：明天15:00"

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        return Question(self._asks)

    def check(self, value: Json, ctx: "Context") -> None:
        when = self.load(value, ctx)
        planning.check_time(when.starts_at, when.ends_at, ctx.now)

    def load(self, value: Json, ctx: "Context") -> Moment:
        begin, end = value
        return Moment(datetime.fromisoformat(begin), datetime.fromisoformat(end) if end else None)


class MeetingNumberKind(Kind[int]):
    """会议编号, asked for where nobody says it: M3. ``own`` offers the meetings that the asker runs."""

    noun = "会议编号"
    order = 5
    asked = Asked.MISSING
    leads = True

    def __init__(self, *, own: bool = False) -> None:
        self.own = own

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        found = _MEETING.search(line) or _BARE.search(line)
        if found is None:
            return Found(rest=line)
        return Found((Choice(f"M{int(found[1])}", int(found[1])),), line.without(found.span()))

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        ahead = meetings.ahead_of(ctx.session, ctx.me.id) if ctx.who is not None else ()
        shown = [one for one in ahead if not self.own or one.organizer_id == ctx.me.id][:5]
        choices = tuple(Choice(f"M{one.id} {moment_word(one.starts_at)} {one.title}", one.id) for one in shown)
        return Question("是哪次会？别的会请写编号，例如 M3" if choices else "是哪次会？请写编号，例如 M3", choices)

    def check(self, value: Json, ctx: "Context") -> None:
        if self.own:
            meetings.get_run(ctx.session, value, by=ctx.member, now=ctx.now)
        else:
            meeting_requests.invited(ctx.session, value, ctx.member)


class CheckInCodeKind(Kind[str]):
    """签到码: six digits, in Chinese numerals too."""

    noun = "6位数字"
    order = 4
    asked = Asked.MISSING

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        found = _CODE.search(line)
        if found is None:
            return Found(rest=line)
        code = digits(found.group())
        return Found((Choice(code, code),), line.without(found.span()))

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        return Question("请发会场大屏上的6位数字，例如：483920")


def is_told(head: str, rest: Line) -> bool:
    """Whether a word of ours begins a deed rather than a command: 开会 昨天 1次, 参加 党课 1次."""
    return head in _DEEDS and _PAST.search(rest) is not None and not _MEETING.search(rest)


def digits(text: str) -> str:
    """四八三九二零 as 483920."""
    return re.sub(r"\D", "", text.translate(_HAN_DIGIT))


def is_code(line: Line) -> bool:
    """Whether a line is six digits and nothing else."""
    return _CODE.fullmatch(line.strip(" 。.!！")) is not None
