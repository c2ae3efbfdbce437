"""The kinds of argument that are the words of a meeting: where it is, what it is about."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from handlers.kind import Asked, Choice, Found, Json, Kind, Question
from handlers.understanding.kinds_of_words import TextKind
from handlers.understanding.line import Line

if TYPE_CHECKING:
    from handlers.context import Context

_PLACE = re.compile(r"[^\s,，;；。]+")
# Words that only say that people are to be told: 通知一下大家.
_TELLING = r"^请?(?:通知|告诉|转告)(?:一[下声])?(?:大家|各位|全组|全体|同志们|组员们?|党员们?)?(?:一[下声])?"
_PLACE_NOISE = re.compile(rf"^(?:地点|地址|在哪|在|于|到)[:：]?|(?:召开|举行|开会|开)$|{_TELLING}$")
# What is left of a time that was none: 25点, 下午.
_NO_PLACE = re.compile(r"[\d:点时分半刻到至~-]+|凌晨|早上|上午|中午|下午|晚上|傍晚")
_AGENDA_NOISE = re.compile(
    rf"^(?:会议)?(?:议题|内容|议程|主题)[:：]?\s?|{_TELLING}[\s,，]*(?:召开|举行|开会|开)?$|^(?:召开|举行|开会|开)$"
    r"|^请?(?:大家|各位|同志们|全体党员)?(?:都|务必|准时|按时)*(?:参加|到会)$"
)


class PlaceKind(Kind[str]):
    """地点: the first word that is neither kind nor time."""

    noun = "地点"
    order = 60
    asked = Asked.MISSING

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        for hit in _PLACE.finditer(line):
            said = _PLACE_NOISE.sub("", line.said[hit.start() : hit.end()])
            said = _PLACE_NOISE.sub("", said).strip(":：“”\"'、+＋")
            if said and not _NO_PLACE.fullmatch(Line.of(said)):
                return Found((Choice(said, said),), line.part(hit.end(), len(line)))
        return Found(rest=line)

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        return Question("在哪里开？例如：三楼会议室")


class AgendaKind(TextKind):
    """议题: what is left of the line, without the words that only say there is a meeting."""

    noun = "议题"

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        words = _AGENDA_NOISE.sub("", Line.of(text).words)
        return Found((Choice(words, words),)) if words else Found()


class SaidKind(TextKind):
    """Words that a meeting's command needs, asked for with a question of its own."""

    def __init__(self, noun: str, asks: str) -> None:
        self.noun, self.asks = noun, asks

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        return Question(self.asks)
