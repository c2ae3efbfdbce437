"""The outline of a meeting's minutes, as one types it: 主持人 李四 记录人 张三 议题 学习 决议 每人写一篇体会."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from handlers.kind import Choice, Found, Json, Kind
from handlers.understanding.line import Line
from models.minutes import Outline

if TYPE_CHECKING:
    from handlers.context import Context

_FIELDS = {
    "host": "主持人|主持",
    "recorder": "记录人|记录员|记录",
    "guests": "列席人员|列席",
    "topics": "会议议题|会议内容|议题|议程|内容",
    "resolutions": "会议决议|形成决议|决议|决定|结论",
}
_HEADING = re.compile(
    r"(?:^|(?<=[\s,，;；。、]))(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _FIELDS.items()) + r")[:：\s]+"
)
_EDGES = " \t\r\n,，;；、"


class OutlineKind(Kind[Outline]):
    """内容: under their headings, in any order; what has no heading is what was talked about."""

    noun = "内容"
    order = 90

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        words = Line.of(text).words
        return Found((Choice(words, words),)) if words else Found()

    def load(self, value: Json, ctx: "Context") -> Outline:
        return outline(str(value))


def outline(text: str) -> Outline:
    """The parts of an outline by their headings; a heading said twice goes on."""
    found: dict[str, list[str]] = {"topics": []}
    name, start = "topics", 0
    for heading in _HEADING.finditer(text):
        found.setdefault(name, []).append(text[start : heading.start()].strip(_EDGES))
        name, start = str(heading.lastgroup), heading.end()
    found.setdefault(name, []).append(text[start:].strip(_EDGES))
    return Outline(**{name: "；".join(filter(None, parts)) for name, parts in found.items()})
