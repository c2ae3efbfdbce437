"""The kinds of argument of a correction (补记): what became of an invitation, and the reason (rules 25, 26)."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from handlers.kind import Asked, Choice, Found, Json, Kind, Question
from handlers.understanding.kinds_of_records import WhyKind
from handlers.understanding.line import Line
from models.meetings import Attendance
from models.not_expected import Ground

if TYPE_CHECKING:
    from handlers.context import Context

_STATES = {
    Attendance.NOT_EXPECTED: "(?:不计入?|不算入?|不列入|免计)应到",
    Attendance.PRESENT: "到会|出席|到场|到了|来了|参加了|已到|实到|签到",
    Attendance.LATE: "迟到|晚到",
    Attendance.ON_LEAVE: "请假|事假|病假|公假",
    Attendance.ABSENT: "缺席|没来|没到|未到|旷会|缺勤",
}
_STATE = re.compile("|".join(f"(?P<{state.value}>{words})" for state, words in _STATES.items()))
STATE_WORDS = {
    Attendance.PRESENT: "到会",
    Attendance.LATE: "迟到",
    Attendance.ON_LEAVE: "请假",
    Attendance.ABSENT: "缺席",
    Attendance.NOT_EXPECTED: "不计应到",
}
_GROUNDS = {
    Ground.CANNOT_SPEAK: "表达|意志|失语|痴呆|昏迷|精神",
    Ground.BEDRIDDEN: "卧床|瘫痪|长病|长期病|长期生病|久病|自理|年老",
    Ground.ABROAD: "出国|出境|国外",
    Ground.DETAINED: "羁押|拘留|留置|服刑|拘役|在押",
    Ground.AWAY: "未转|没转|没有转|外出|外地|下派|借调",
}


class AttendanceKind(Kind[Attendance]):
    """到会, 迟到, 请假, 缺席 or 不计应到: what became of an invitation."""

    noun = "|".join(STATE_WORDS.values())
    order = 18
    asked = Asked.MISSING

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        found = _STATE.search(line)
        if found is None:
            return Found(rest=line)
        state = Attendance(str(found.lastgroup))
        return Found((Choice(STATE_WORDS[state], state.value),), line.without(found.span()))

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        return Question("记为哪一种？", tuple(Choice(word, state.value) for state, word in STATE_WORDS.items()))

    def load(self, value: Json, ctx: "Context") -> Attendance:
        return Attendance(value)


class GroundKind(WhyKind):
    """理由 of a correction; for 不计应到 one of those on the list (rules 26)."""

    def __init__(self) -> None:
        super().__init__("理由")

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        if known.get("state") != Attendance.NOT_EXPECTED:
            return super().find(text, ctx, known)
        line = Line.of(text)
        found = next((ground for ground, words in _GROUNDS.items() if re.search(words, line)), None)
        return Found((Choice(found, found),)) if found else Found(rest=line)

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        if known.get("state") != Attendance.NOT_EXPECTED:
            return super().question(ctx, known)
        choices = tuple(Choice(ground, ground) for ground in Ground)
        return Question("因为什么不计应到？只限这几种，别的原因请用请假", choices)
