"""Lines that begin with a command's word, and acts other than on numbers that a sentence holds whole."""

import re

from handlers.command import Command
from handlers.context import Context
from handlers.understanding import acts, deeds, manners, quantities, questions
from handlers.understanding.filling import fill
from handlers.understanding.kinds_of_words import QueryKind
from handlers.understanding.line import Line
from handlers.understanding.questions import Mood
from handlers.understanding.understood import Heard
from handlers.understanding.vocabulary import BIND, CLAIM, HELP, RECORD, Vocabulary, names_numbers, takes_text

_ONCE = re.compile(r"一[下哈]")
# A stranger's name and code are hardly longer than this.
_NAME_AND_CODE = 20


def headed(command: Command, rest: Line, words: Vocabulary, ctx: Context) -> Heard | None:
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
    values, doubts = fill(command, rest, ctx)
    return None if acts.hedged(command, values) else Heard(command, values, doubts)


def bound(line: Line, words: Vocabulary, ctx: Context) -> Heard | None:
    """我是欧阳建国 绑定码是 654321; a stranger's name and code need no word."""
    command = words.get(BIND)
    if command is None or questions.mood(line) is not Mood.PLAIN:
        return None
    if "绑" not in line and (ctx.who is not None or len(line) > _NAME_AND_CODE):
        return None
    values, doubts = fill(command, line, ctx)
    return Heard(command, values, doubts) if len(values) == len(command.parameters) else None


def glued(line: Line, words: Vocabulary, ctx: Context) -> Heard | None:
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


def entire(line: Line, words: Vocabulary, ctx: Context) -> Heard | None:
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
