"""What a typed or dictated line asks for (chat: "Understanding").

Questions, negations and wishes never change anything; a wrong act is worse than three questions.
"""

import re
from dataclasses import dataclass, field

from handlers.command import Command
from handlers.context import Context
from handlers.kind import Found, Json
from handlers.understanding import acts, deeds, guessing, manners, quantities, questions, reads, wondering
from handlers.understanding.answers import choice_number, is_cancel, is_no, is_yes
from handlers.understanding.filling import fill
from handlers.understanding.kinds_of_words import QueryKind
from handlers.understanding.line import Line
from handlers.understanding.questions import Mood
from handlers.understanding.shelf import shelf
from handlers.understanding.spelling import spelled_out
from handlers.understanding.vocabulary import (
    BIND,
    CLAIM,
    HELP,
    RECORD,
    Vocabulary,
    names_numbers,
    takes_text,
    vocabulary,
)


@dataclass(frozen=True, slots=True)
class Heard:
    """A command with what the line says for it; ``doubts`` are to be asked before it runs."""

    command: Command
    values: dict[str, Json] = field(default_factory=dict)
    doubts: dict[str, Found] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wondered:
    """A question, a negation or a wish: answered by a command that only reads, or by a word; changes nothing."""

    command: Command | None
    query: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Not understood: up to three whole example lines. ``elsewhere``: a matter that is not dealt with here."""

    likely: tuple[str, ...] = ()
    elsewhere: str = ""


Understood = Heard | Wondered | Unknown
# A meeting, a talk, an objection: numbers of things that other commands will name.
_OTHER_THINGS = re.compile(r"(?<![a-z])[mtyvf]\s?\d{1,4}(?!\d)")
_LETTERS = re.compile(r"[a-z]{2}")
_ONCE = re.compile(r"一[下哈]")
_NUMBER_ALONE = re.compile(r"#\s?\d{1,9}|j\s?\d{1,9}")


def hear(text: str, ctx: Context) -> Understood:
    """Understand one line of somebody who is in no dialog."""
    command = ctx.families.find(text.strip())
    if command is not None:
        return Heard(command)
    line = Line.of(text)
    if not line.strip("?"):
        asked = ctx.families.find("?") if line else None
        return Heard(asked) if asked else Unknown()
    words = vocabulary(ctx.families)
    if not line.isascii() or len(line) > 2:
        line = spelled_out(line, words, shelf(ctx)) if _LETTERS.search(line) else line
    if _NUMBER_ALONE.fullmatch(line) and (explain := words.get("解释")) is not None:
        return Heard(explain, *fill(explain, line, ctx))
    head, _, _ = line.partition(" ")
    command = words.get(head)
    if command is not None:
        heard = _headed(command, line.part(len(head), len(line)), words, ctx)
        if heard is not None:
            return heard
    return _sentence(line, words, ctx)


def _headed(command: Command, rest: Line, words: Vocabulary, ctx: Context) -> Heard | None:
    """A line that begins with a command's word; None when what follows says it is no command."""
    if not rest.strip():
        return Heard(command)
    if names_numbers(command):
        return _numbered(command, rest, words, ctx)
    if not command.parameters:
        return Heard(command) if manners.is_neutral(manners.wrapped(rest)) else None
    if not command.changes:
        return None if _asks_more(command, rest) else Heard(command, *fill(command, rest, ctx))
    if not takes_text(command) and _is_doubted(command, rest):
        # A title may hold a 未 that denies nothing.
        named = command.word in {CLAIM, RECORD}
        if not named or _is_doubted(command, deeds.without_titles(rest, ctx)):
            return None
    return Heard(command, *fill(command, rest, ctx))


def _is_doubted(command: Command, rest: Line) -> bool:
    """Whether what follows a command's word asks, supposes, or denies a deed of one's own."""
    asks = questions.is_question(rest) or questions.is_condition(rest)
    return asks or (command.word == CLAIM and questions.is_negated(rest))


def _asks_more(command: Command, rest: Line) -> bool:
    """Whether what follows a read is a sentence and not its argument."""
    looks_up = any(isinstance(p.kind, QueryKind) for p in command.parameters)
    return bool(quantities.read(rest)) if looks_up else len(rest.strip()) > 8


def _numbered(command: Command, rest: Line, words: Vocabulary, ctx: Context) -> Heard | None:
    """通过 12 13, 退回 13 补照片: the number comes first, what follows is the asker's own."""
    cue = acts.at_head(command, rest)
    if cue is None or acts.says_another(rest, cue, words):
        return None
    return Heard(command, *fill(command, rest, ctx))


def _sentence(line: Line, words: Vocabulary, ctx: Context) -> Understood:
    """Everything that does not simply begin with a command and its arguments."""
    if not manners.core(manners.wrapped(line)):
        return _greeted(line, words)
    named = reads.exact(line, words, ctx)
    if named is not None:
        return Heard(named.command, named.values, named.doubts)
    away = wondering.elsewhere(line)
    if away and not deeds.is_told(line, words) and not quantities.read(line):
        return Unknown(elsewhere=away)
    if _OTHER_THINGS.search(line) or guessing.is_later(line, words):
        return Unknown(guessing.likely(line, words, ctx))
    return _acted(line, words, ctx) or _asked(line, words, ctx) or _told(line, words, ctx)


def _greeted(line: Line, words: Vocabulary) -> Understood:
    """Nothing but manners: a greeting is answered with what there is to do."""
    command = words.get(HELP) if manners.greets(line) else None
    return Heard(command) if command is not None else Unknown()


def _acted(line: Line, words: Vocabulary, ctx: Context) -> Understood | None:
    act = acts.told(line, words, ctx)
    if act is not None:
        return Unknown(act.asks) if act.asks else Heard(act.command, act.values, act.doubts)
    return _binding(line, words, ctx) or _prefixed(line, words, ctx) or _complete(line, words, ctx)


def _binding(line: Line, words: Vocabulary, ctx: Context) -> Heard | None:
    """我是欧阳建国 绑定码是 654321; a stranger's name and code need no word."""
    command = words.get(BIND)
    if command is None or questions.mood(line) is not Mood.PLAIN:
        return None
    if "绑" not in line and (ctx.who is not None or len(line) > 20):
        return None
    values, doubts = fill(command, line, ctx)
    return Heard(command, values, doubts) if len(values) == len(command.parameters) else None


def _prefixed(line: Line, words: Vocabulary, ctx: Context) -> Heard | None:
    """A command's word with its argument glued to it: 细则志愿, 代报刘大爷志愿1小时, 传达：明天下午开会."""
    plain = manners.wrapped(line)
    text = plain.lstrip(" 【】[]()#《》:：")
    found = words.prefix(text)
    if found is None or found[0].word == CLAIM or names_numbers(found[0]) or not found[0].parameters:
        return None
    command, word = found
    start = len(plain) - len(text) + len(word)
    rest = plain.part(start, len(plain))
    once = _ONCE.match(rest)
    rest = rest.part(once.end(), len(rest)) if once else rest
    if not takes_text(command) and questions.mood(rest) not in {Mood.PLAIN, Mood.PLAN}:
        return None
    values, doubts = fill(command, rest, ctx)
    if not command.changes:
        fits = not doubts and values and len(manners.core(rest)) <= 8 and not _asks_more(command, rest)
        fits = fits and (command.word != HELP or manners.core(rest) in words.words)
        return Heard(command, values) if fits else None
    return Heard(command, values, doubts) if values else None


def _complete(line: Line, words: Vocabulary, ctx: Context) -> Heard | None:
    """Any other act with everything it needs in the sentence: 让刘强代我审到12月5日."""
    if questions.mood(line) not in {Mood.PLAIN, Mood.PLAN} or questions.is_condition(line):
        return None
    for cue in words.found(line):
        command = cue.command
        if command.word in {CLAIM, RECORD, BIND} or names_numbers(command) or takes_text(command):
            continue
        if command.changes and command.parameters and command.open_to(ctx.roles):
            values, doubts = fill(command, line.without(cue.span), ctx)
            if all(p.name in values for p in command.parameters if p.required):
                return Heard(command, values, doubts)
    return None


def _asked(line: Line, words: Vocabulary, ctx: Context) -> Understood | None:
    """Questions are answered, and so are negations and plans that concern us."""
    mood = questions.mood(line)
    found = wondering.topic(line, words, ctx) if mood is Mood.QUESTION else None
    deed = mood is Mood.PLAIN and bool(quantities.read(line))
    if not deed and (found is None or not found[1] or found[0] == HELP):
        named = reads.cued(line, words, ctx, by_cue=found is not None and found[0] == HELP)
        if named is not None and (found is None or named.command.word != HELP):
            return Heard(named.command, named.values, named.doubts)
    if mood is Mood.QUESTION:
        return _answer(found, line, words, ctx)
    if mood is Mood.NEGATION and deeds.owned_up(line, words, ctx):
        return None
    if mood in {Mood.NEGATION, Mood.PLAN}:
        if wondering.concerns_us(line, words, ctx):
            return Wondered(None, line.words)
        return Unknown(guessing.likely(line, words, ctx))
    return None


def _answer(found: tuple[str, str] | None, line: Line, words: Vocabulary, ctx: Context) -> Understood:
    command = words.get(found[0]) if found else None
    if found is None or command is None:
        return Unknown(guessing.likely(line, words, ctx))
    if found[1] or command.changes:
        return Wondered(command, found[1])
    named = reads.named(command, line, ctx)
    return Heard(named.command, named.values)


def _told(line: Line, words: Vocabulary, ctx: Context) -> Understood:
    """A claim for somebody else or for oneself, or nothing that was understood."""
    head = words.prefix(line)
    if head is not None and names_numbers(head[0]) and acts.numbered(line.part(len(head[1]), len(line))):
        return Unknown(guessing.likely(line, words, ctx))
    deed = deeds.told_for(line, words, ctx)
    if deed is None:
        favour = questions.mood(line) in {Mood.REQUEST, Mood.NEGATION, Mood.ASIDE}
        deed = deeds.told(line, words, ctx, unsure=favour)
    if deed is not None:
        return Heard(deed.command, deed.values, deed.doubts)
    return Unknown(guessing.likely(line, words, ctx))


def warm_up() -> None:
    """Load what is heavy before the first message: the pinyin dictionary, the numerals, the fuzzy matcher."""
    from handlers.understanding import items, numerals, sounds

    sounds.sounds("志愿服务")
    numerals.number("三十二")
    Line.of("申報")
    items.matching("志愿服努", ())


__all__ = [
    *("Heard", "Understood", "Unknown", "Wondered", "choice_number", "fill", "hear", "is_cancel", "is_no", "is_yes"),
    "warm_up",
]
