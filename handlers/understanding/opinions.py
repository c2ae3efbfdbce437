"""Discontent and consent told in a sentence: 我对打分有意见, 对王芳的分有异议, 我没有意见.

What is voiced is shown before it is filed, and consent files nothing by itself. A report, a suggestion or an
appeal begins with its own word and is heard like any command.
"""

import re

from handlers.context import Context
from handlers.kind import Choice, Found
from handlers.understanding import items, manners, quantities, questions, targets
from handlers.understanding.filling import fill
from handlers.understanding.kinds_of_words import TextKind
from handlers.understanding.line import Line
from handlers.understanding.shelf import shelf
from handlers.understanding.understood import Heard, Unknown
from handlers.understanding.vocabulary import CLAIM, Vocabulary
from models import breaches

DOOR, OBJECT, CHECK, SHOWN, REPORT = "我有意见", "异议", "核实", "公示", "反映"
_MUCH = r"(?:[点些个条]|一[点些个条]|几[点条个]|不同的?|很大的?|大)*"
_VOICED = re.compile(
    rf"(?:有|提|持|保留){_MUCH}(?:意见|异议)|不服(?![务从装用])|不公[平道正]|不合理|不满(?!足|意足)|想不通|讨个?说法"
)
_CONSENT = re.compile(r"(?:没有?|没得|无|毫无|没啥|没什么){1,2}(?:任何|什么|啥|不同)?(?:意见|异议)")
_UNSAID = re.compile(r"(?:没有?|不是|别|未|不要|不想|不用|没得|无)[^,，。\s]{0,4}$")
# What others are discontent with, and what was made of an opinion, are deeds.
_OTHERS = re.compile(r"群众|居民|村民|百姓|住户|商户|他们|她们|人家")
_ADOPTED = re.compile(r"(?:意见|建议).{0,8}(?:采纳|采用|录用|落实|表扬)")
_ABOUT = re.compile(r"^.*?(?:有|提)出?(?:不同)?(?:意见|异议)[\s,，。:：]*")
_BARE = 10


def voiced(line: Line, words: Vocabulary, ctx: Context) -> Heard | Unknown | None:
    """The opinion of a sentence, to be confirmed; None where none is voiced."""
    if breaches.speaks_of(line) and not any(hit.fit == items.SURE for hit in items.hits(shelf(ctx), line)):
        return _redirected(line, words)
    if questions.is_question(line) or _ADOPTED.search(line):
        return None
    found = _VOICED.search(line)
    if found is None or _UNSAID.search(line, 0, found.start()) or _OTHERS.search(line, 0, found.start()):
        return None
    if quantities.read(line) and items.hits(shelf(ctx), line.without(found.span())):
        return Unknown((DOOR, CLAIM))
    return _about_somebody(line, words, ctx) or _at_the_door(line, ctx)


def _redirected(line: Line, words: Vocabulary) -> Heard | None:
    """A breach of discipline or law, which is redirected before any question could keep its words (rules 33)."""
    command = words.get(REPORT)
    texts = [p.name for p in command.parameters if isinstance(p.kind, TextKind)] if command is not None else []
    return Heard(command, {texts[0]: line.words}) if command is not None and texts else None


def consent(line: Line, words: Vocabulary, ctx: Context) -> Unknown | None:
    """没有意见: silence is consent too (rules 14), so that 核实 is offered and nothing is done."""
    if not _CONSENT.search(line) or questions.is_question(line) or targets.read(line) is not None:
        return None
    offered = [words.get(word) for word in (CHECK, SHOWN, DOOR)]
    likely = tuple(command.word for command in offered if command is not None and command.open_to(ctx.roles))
    return Unknown(likely) if likely else None


def _about_somebody(line: Line, words: Vocabulary, ctx: Context) -> Heard | None:
    """对王芳的分有异议，她没去扫雪: the name and the reason are shown first."""
    command = words.get(OBJECT)
    if command is None or not command.open_to(ctx.roles) or not re.search("对|关于", line):
        return None
    values, _ = fill(command, line, ctx)
    texts = [p.name for p in command.parameters if isinstance(p.kind, TextKind)]
    known = {name: value for name, value in values.items() if name not in texts}
    reason = line.part(len(m.group()) if (m := _ABOUT.match(line)) else 0, len(line)).words
    return Heard(command, known, {texts[0]: _shown(reason)}) if known and texts else None


def _at_the_door(line: Line, ctx: Context) -> Heard:
    command = ctx.families.get(DOOR)
    texts = [p.name for p in command.parameters if isinstance(p.kind, TextKind)]
    said = manners.core(manners.wrapped(line))
    return Heard(command) if len(said) <= _BARE or not texts else Heard(command, {}, {texts[0]: _shown(line.words)})


def _shown(text: str) -> Found:
    """The words, to be confirmed as what is filed; asked openly where there are none."""
    if not text:
        return Found(sure=False)
    return Found((Choice(text[:200], text),), sure=False, why="您的意见是这样写吗？")
