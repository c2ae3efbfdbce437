"""What is to be told to others, in words of one's own: 明天下午三点开小组会, 通知大家周五交笔记.

Nobody is told anything by such a line alone: whoever may do it is asked, with what was understood.
"""

import re

from handlers.command import Command
from handlers.context import Context
from handlers.kind import Choice, Found, Json
from handlers.understanding import quantities, questions
from handlers.understanding.filling import fill
from handlers.understanding.kinds_of_meetings import MeetingKindsKind, MomentKind
from handlers.understanding.line import Line
from handlers.understanding.questions import Mood
from handlers.understanding.understood import Heard
from handlers.understanding.vocabulary import Vocabulary

CALL, RELAY = "开会", "传达"
_TO_ALL = re.compile(
    r"\s*(?:请|麻烦|帮我|帮忙|我要)*(?:通知|转告|告诉|提醒)(?:一[下声]|下)?[\s,，:：]*"
    r"(?:大家|大伙|各位|全组|全体|同志们|组员们?|党员们|所有(?:人|党员|同志))(?:同志|党员|人员?)?(?:一[声下])?[\s,，:：]*"
)
_SHORTEST = 3  # characters of a word to all


def told(line: Line, words: Vocabulary, ctx: Context) -> Heard | None:
    """A meeting to come, or a word to all, from somebody who may announce it; None for anything else."""
    if questions.mood(line) in {Mood.QUESTION, Mood.NEGATION} or quantities.read(line):
        return None
    return _meeting(line, words.get(CALL), ctx) or _word(line, words.get(RELAY), ctx)


def _meeting(line: Line, command: Command | None, ctx: Context) -> Heard | None:
    if command is None or not command.open_to(ctx.roles):
        return None
    kinds, when = MeetingKindsKind().find(line, ctx, {}), MomentKind().find(line, ctx, {})
    if len(kinds.candidates) != 1 or len(when.candidates) != 1 or _is_past(when.candidates[0].value, ctx):
        return None
    values, doubts = fill(command, line, ctx)
    values.pop("kinds", None)
    shown = "　".join([when.candidates[0].label, *(values[name] for name in ("place", "agenda") if values.get(name))])
    doubts["kinds"] = Found(kinds.candidates, sure=False, why=f"要通知开会吗？{shown}")
    return Heard(command, values, doubts)


def _is_past(when: Json, ctx: Context) -> bool:
    return MomentKind().load(when, ctx).starts_at <= ctx.now


def _word(line: Line, command: Command | None, ctx: Context) -> Heard | None:
    start = _TO_ALL.match(line)
    if start is None or command is None or not command.open_to(ctx.roles):
        return None
    text = line.part(start.end(), len(line)).words
    if len(text) < _SHORTEST:
        return None
    return Heard(command, {}, {"text": Found((Choice(text, text),), sure=False, why="要传达给您的成员吗？")})
