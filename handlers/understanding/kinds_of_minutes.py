"""The outline of a meeting's minutes, as one types it: 主持人 李四 记录人 张三 议题 学习 决议 每人写一篇体会.

Of a group meeting 传达, 通报 and 听取意见 are headings too (S0). A long one may come in several messages.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from handlers.kind import Choice, Found, Json, Kind, Question
from handlers.understanding.kinds_of_meetings import MeetingNumberKind, moment_word
from handlers.understanding.line import Line
from models import breaches, meetings, minutes
from models.minutes import LONGEST_TEXT, Outline

if TYPE_CHECKING:
    from handlers.context import Context

_FIELDS = {
    "host": "主持人|主持",
    "recorder": "记录人|记录员|记录",
    "guests": "列席人员|列席",
    "topics": "会议议题|会议内容|议题|议程|内容",
    "relayed": "传达学习|传达精神|传达事项|传达",
    "reported": "通报情况|情况通报|通报事项|通报",
    "heard": "听取意见(?:和|、)?建议|听取意见|征求意见|意见(?:和|、)?建议",
    "resolutions": "会议决议|形成决议|决议|决定|结论",
}
_HEADING = re.compile(
    r"(?:^|(?<=[\s,，;；。、]))(?:[一二三四五六七八\d][、.]\s?)?(?:"
    + "|".join(f"(?P<{name}>{words})" for name, words in _FIELDS.items())
    + r")[:：\s]+"
)
_EDGES = " \t\r\n,，;；、"
_SHOWN = 5
_BREACH = (
    "听取的意见里有违纪违法方面的线索，这里不收，这一条没有记下。请当事人向机关纪委反映（12388），其余内容请接着发"
)


class OutlineKind(Kind[Outline]):
    """内容: under their headings, in any order; what has no heading is what was talked about."""

    noun = "内容"
    order = 90
    gathers = True

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        words = Line.of(text).lines.lstrip(f"{_EDGES}：:")
        return Found((Choice(words, words),)) if words else Found()

    def load(self, value: Json, ctx: "Context") -> Outline:
        return outline(str(value))

    def is_own(self, text: str) -> bool:
        return _HEADING.match(f"{text.strip()}\n") is not None

    def objection(self, so_far: str, more: str) -> str:
        whole = f"{so_far}\n{more}"
        if len(whole) > LONGEST_TEXT:
            return f"一次最多{LONGEST_TEXT}字，加上这条就超过了，这条没有记下。请回“完”存档，其余再作补充"
        return _BREACH if breaches.speaks_of(outline(whole).heard) else ""


class WrittenMeetingKind(MeetingNumberKind):
    """会议编号 of a meeting that is over: those without minutes are offered."""

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        shown = minutes.unwritten(ctx.session, ctx.me.id)[:_SHOWN] if ctx.who is not None else ()
        choices = tuple(Choice(f"M{one.id} {moment_word(one.starts_at)} {one.title}", one.id) for one in shown)
        return Question("是哪次会？别的会请写编号，例如 M3" if choices else "是哪次会？请写编号，例如 M3", choices)

    def check(self, value: Json, ctx: "Context") -> None:
        meetings.get_run(ctx.session, value, by=ctx.member, now=ctx.now)


def outline(text: str) -> Outline:
    """The parts of an outline by their headings; a heading said twice goes on."""
    found: dict[str, list[str]] = {"topics": []}
    name, start = "topics", 0
    for heading in _HEADING.finditer(text):
        found.setdefault(name, []).append(text[start : heading.start()].strip(_EDGES))
        name, start = str(heading.lastgroup), heading.end()
    found.setdefault(name, []).append(text[start:].strip(_EDGES))
    return Outline(**{name: "；".join(filter(None, parts)) for name, parts in found.items()})
