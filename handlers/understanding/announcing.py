"""What is to be told to others, in words of one's own: 明天下午三点开小组会, 通知大家周五交笔记.

Nobody is told anything by such a line alone: whoever may do it is asked, with what was understood.
"""

import re

from handlers.command import Command
from handlers.context import Context
from handlers.kind import Choice, Found
from handlers.understanding import days, quantities, questions
from handlers.understanding.filling import fill
from handlers.understanding.kinds_of_meetings import MeetingKindsKind, MomentKind
from handlers.understanding.line import Line
from handlers.understanding.questions import Mood
from handlers.understanding.understood import Heard
from handlers.understanding.vocabulary import Vocabulary
from handlers.words import day_word, weekday_word

CALL, RELAY = "开会", "传达"
_TO_ALL = re.compile(
    r"\s*(?:请|麻烦|帮我|帮忙|我要)*(?:通知|转告|告诉|提醒)(?:一[下声]|下)?[\s,，:：]*"
    r"(?:大家|大伙|各位|全组|全体|同志们|组员们?|党员们|所有(?:人|党员|同志))(?:同志|党员|人员?)?(?:一[声下])?[\s,，:：]*"
)
_CALLS = re.compile(r"[开召]开?.{0,6}?[会课日]")
_SHORTEST = 3  # characters of a word to all


def told(line: Line, words: Vocabulary, ctx: Context) -> Heard | None:
    """A meeting to come, or a word to all, from somebody who may announce it; None for anything else."""
    if questions.mood(line) in {Mood.QUESTION, Mood.NEGATION} or quantities.read(line):
        return None
    return _meeting(line, words.get(CALL), ctx) or _word(line, words.get(RELAY), ctx)


def _meeting(line: Line, command: Command | None, ctx: Context) -> Heard | None:
    if command is None or not command.open_to(ctx.roles):
        return None
    kinds, when = MeetingKindsKind().find(line, ctx, {}), _ahead(line, ctx)
    if len(kinds.candidates) != 1 or when is None:
        return None
    values, doubts = fill(command, line, ctx)
    values.pop("kinds", None)
    shown = "　".join([when, *(values[name] for name in ("place", "agenda") if values.get(name))])
    doubts["kinds"] = Found(kinds.candidates, sure=False, why=f"要通知开会吗？{shown}")
    return Heard(command, values, doubts)


def _ahead(line: Line, ctx: Context) -> str | None:
    """The one moment ahead that a line says, or the day, where it says no time of it and that a meeting is called."""
    found = MomentKind().find(line, ctx, {}).candidates
    if found:
        is_ahead = len(found) == 1 and MomentKind().load(found[0].value, ctx).starts_at > ctx.now
        return found[0].label if is_ahead else None
    day = days.read(line, ctx.today, ahead=True)
    if day is None or len(day.days) != 1 or day.days[0] < ctx.today or not _CALLS.search(line):
        return None
    return f"{day_word(day.days[0])}（{weekday_word(day.days[0])}）"


def _word(line: Line, command: Command | None, ctx: Context) -> Heard | None:
    start = _TO_ALL.match(line)
    if start is None or command is None or not command.open_to(ctx.roles):
        return None
    text = line.part(start.end(), len(line)).words
    if len(text) < _SHORTEST:
        return None
    return Heard(command, {}, {"text": Found((Choice(text, text),), sure=False, why="要传达给您的成员吗？")})
