"""Reads and plain commands asked in words: 上个月积分, 我有好多分了, 还差几分到三星, 把排名发我看看."""

import re
from dataclasses import dataclass

from handlers.command import Command
from handlers.context import Context
from handlers.kind import Found, Json
from handlers.understanding import manners
from handlers.understanding.filling import fill
from handlers.understanding.kinds_of_words import TextKind
from handlers.understanding.line import Line
from handlers.understanding.sounds import sounds
from handlers.understanding.times import span_said
from handlers.understanding.vocabulary import Vocabulary, names_numbers

_LONGEST = 24
_ASKED_ALOUD = re.compile(r"[?？]")


@dataclass(frozen=True, slots=True)
class Named:
    """A command a sentence comes down to, with its values."""

    command: Command
    values: dict[str, Json]
    doubts: dict[str, Found]


def exact(line: Line, words: Vocabulary, ctx: Context) -> Named | None:
    """A line that is a command's word once greetings, fillers and a month are taken away."""
    plain = manners.wrapped(line)
    whole = manners.core(plain)
    command = words.get(whole) or words.cues.get(whole)
    if command is None and len(whole) <= _LONGEST:
        said = span_said(plain, ctx.month)
        bare = _bared(manners.core(plain.without(said[1]) if said else plain))
        command = words.get(bare) or words.cues.get(bare)
        if command is None or command.changes:
            command = command or _sounding(whole, words)
    if command is None:
        return None
    return _named(command, plain, ctx)


def _bared(text: str) -> str:
    """A core without 我要看一下 before it and 是什么 behind."""
    text = re.sub(
        r"^(?:请|帮|给|替|让|把|我们?|俺|咱|本人|自己|想要?|需要|要|看看?|看一?[下哈]|查查?|查一?[下哈]|查询|查看|了解|显示|发|打开|一[下哈]|的|现在|目前|点|点一下)+",
        "",
        text,
    ) or text
    return re.sub(r"(?:给我|发我|我看看?|看看|看一?[下哈]|一[下哈]|情况|的|了|是|呢|吧|啊)+$", "", text) or text


def _sounding(text: str, words: Vocabulary) -> Command | None:
    """代办 for 待办, jifen for 积分: only what reads, since a sound alone never acts."""
    word = words.by_pinyin.get(text)
    command = words.get(word) if word else words.by_sound.get(sounds(text))
    return command if command is not None and not (command.changes and not command.parameters) else None


def cued(line: Line, words: Vocabulary, ctx: Context) -> Named | None:
    """A read pointed to inside a sentence, or an act without arguments when nothing else is said."""
    plain = manners.wrapped(line)
    cues = [cue for cue in words.found(plain) if cue.command.open_to(ctx.roles) and not names_numbers(cue.command)]
    if len(manners.core(plain)) > _LONGEST:
        return None
    for cue in sorted(cues, key=lambda cue: -len(cue.word)):
        rest = plain.without(cue.span)
        if not cue.command.changes and (cue.word in cue.command.heard or manners.is_neutral(_untimed(rest, ctx))):
            return _named(cue.command, rest, ctx)
        if cue.command.changes and not cue.command.parameters and manners.is_neutral(rest):
            return Named(cue.command, {}, {})
    return None


def _untimed(line: Line, ctx: Context) -> str:
    said = span_said(line, ctx.month)
    return line.without(said[1]) if said else line


def _named(command: Command, rest: Line, ctx: Context) -> Named:
    """The command with what the rest says of months, people and numbers; its words are no query."""
    values, doubts = fill(command, rest, ctx)
    texts = {p.name for p in command.parameters if isinstance(p.kind, TextKind)}
    if not command.changes:
        return Named(command, {k: v for k, v in values.items() if k not in texts}, {})
    return Named(command, {}, {}) if texts else Named(command, values, doubts)
