"""Reads and plain commands asked in words: 上个月积分, 我有好多分了, 还差几分到三星, 把排名发我看看."""

import re

from handlers.command import Command
from handlers.context import Context
from handlers.understanding import manners
from handlers.understanding.filling import fill
from handlers.understanding.items import matching
from handlers.understanding.kinds_of_words import QueryKind, TextKind
from handlers.understanding.line import Line, Span
from handlers.understanding.shelf import shelf
from handlers.understanding.sounds import sounds
from handlers.understanding.times import span_said
from handlers.understanding.understood import Heard
from handlers.understanding.vocabulary import HELP, Vocabulary, names_numbers

_LOOK = re.compile(r"^(?:请|帮我|给我|我?想|我?要|看看?|查查?|看一?[下哈]|查一?[下哈]|查询|查看|打开|显示)+")
_ABOUT_POINTS = re.compile(r"积分|[加扣评计打]分|考核|管理")
_LONGEST, _QUERY = 24, 6


def exact(line: Line, words: Vocabulary, ctx: Context) -> Heard | None:
    """A line that is a command's word once greetings, fillers and a month are taken away."""
    plain = manners.wrapped(line)
    whole = manners.core(plain)
    if len(whole) > _LONGEST:
        return None
    said = span_said(plain, ctx.month)
    timeless = manners.core(plain.without(said[1])) if said else whole
    for text in (whole, f"{whole}了", timeless, _LOOK.sub("", timeless), _bared(timeless)):
        command = words.get(text) or words.cues.get(text)
        if command is not None:
            return named(words.meant(command, ctx), plain, ctx)
    command = _sounding(whole, words)
    return named(command, plain, ctx) if command is not None else _suffixed(timeless, words, ctx)


def _suffixed(text: str, words: Vocabulary, ctx: Context) -> Heard | None:
    """志愿细则: what is looked up stands before the word."""
    for length in range(2, min(len(text), 5)):
        command = words.get(text[-length:])
        name = next((p.name for p in command.parameters if isinstance(p.kind, QueryKind)), "") if command else ""
        if command is not None and name and command.open_to(ctx.roles):
            query = text[:-length]
            looked = query in words.words if command.word == HELP else bool(matching(query, shelf(ctx).items))
            known = len(query) <= _QUERY and looked
            alone = query in words.words or manners.is_neutral(_ABOUT_POINTS.sub("", query))
            return Heard(command, {name: query} if known else {}, {}) if known or alone else None
    return None


def _bared(text: str) -> str:
    """A core without 我要看一下 before it and 是什么 behind."""
    text = (
        re.sub(
            r"^(?:请|帮|给|替|让|把|我们?|俺|咱|本人|自己|想要?|需要|要|看看?|看一?[下哈]|查查?|查一?[下哈]|查询|查看|了解|显示|发|打开|一[下哈]|的|现在|目前|点|点一下)+",
            "",
            text,
        )
        or text
    )
    return re.sub(r"(?:给我|发我|我看看?|看看|看一?[下哈]|一[下哈]|情况|的|了|是|呢|吧|啊)+$", "", text) or text


def _sounding(text: str, words: Vocabulary) -> Command | None:
    """代办 for 待办, jifen for 积分: only what reads, since a sound alone never acts."""
    word = words.by_pinyin.get(text)
    command = words.get(word) if word else words.by_sound.get(sounds(text))
    return command if command is not None and not (command.changes and not command.parameters) else None


def cued(line: Line, words: Vocabulary, ctx: Context) -> Heard | None:
    """A read pointed to inside a sentence, or an act without arguments when nothing else is said."""
    plain = manners.wrapped(line)
    text = _untimed(plain, ctx).replace(" ", "")
    if len(text) > _LONGEST:
        return None
    cues = [cue for cue in words.found(text) if cue.command.open_to(ctx.roles) and not names_numbers(cue.command)]
    for cue in sorted(cues, key=lambda cue: -len(cue.word)):
        alone = manners.is_neutral(_without(text, [c.span for c in cues if c.command is cue.command]))
        if not cue.command.changes and (alone or cue.word in cue.command.heard):
            return named(cue.command, plain, ctx)
        if cue.command.changes and not cue.command.parameters and alone:
            return Heard(cue.command, {}, {})
    return None


def _without(text: str, spans: list[Span]) -> str:
    return "".join(char for n, char in enumerate(text) if not any(start <= n < end for start, end in spans))


def _untimed(line: Line, ctx: Context) -> str:
    said = span_said(line, ctx.month)
    return line.without(said[1]) if said else line


def named(command: Command, rest: Line, ctx: Context) -> Heard:
    """The command with what the rest says of months, people and numbers; its words are no query."""
    values, doubts = fill(command, rest, ctx)
    texts = {p.name for p in command.parameters if isinstance(p.kind, TextKind)}
    if not command.changes:
        return Heard(command, {k: v for k, v in values.items() if k not in texts}, {})
    return Heard(command, {}, {}) if texts else Heard(command, values, doubts)
