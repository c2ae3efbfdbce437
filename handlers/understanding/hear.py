"""What a typed or dictated line asks for (chat: "Understanding").

Questions, negations and wishes never change anything; a wrong act is worse than three questions.
"""

import re

from handlers.context import Context
from handlers.understanding import (
    acts,
    announcing,
    deeds,
    guessing,
    likeness,
    manners,
    opinions,
    quantities,
    questions,
    reads,
    sounds,
    wondering,
    words_first,
)
from handlers.understanding.answers import choice_number as choice_number
from handlers.understanding.answers import is_cancel as is_cancel
from handlers.understanding.answers import is_given_up as is_given_up
from handlers.understanding.answers import is_no as is_no
from handlers.understanding.answers import is_yes as is_yes
from handlers.understanding.filling import fill as fill
from handlers.understanding.kinds_of_groups import is_founded
from handlers.understanding.kinds_of_meetings import is_code, is_told
from handlers.understanding.line import Line
from handlers.understanding.questions import Mood
from handlers.understanding.shelf import shelf
from handlers.understanding.spelling import spelled_out
from handlers.understanding.understood import Heard as Heard
from handlers.understanding.understood import Thanked as Thanked
from handlers.understanding.understood import Understood as Understood
from handlers.understanding.understood import Unknown as Unknown
from handlers.understanding.understood import Wondered as Wondered
from handlers.understanding.vocabulary import (
    CHECK_IN,
    CLAIM,
    DEEDS,
    EXPLAIN,
    HELP,
    Vocabulary,
    names_numbers,
    vocabulary,
)
from handlers.understanding.wondering import Topic

_NUMBER_ALONE = re.compile(r"#\s?\d{1,9}|j\s?\d{1,9}")
_LETTERS = re.compile(r"[a-z]{2}")


def hear(text: str, ctx: Context) -> Understood:
    """Understand one line of somebody who is in no dialog."""
    words = vocabulary(ctx.families)
    command = ctx.families.find(text.strip())
    if command is not None:
        return Heard(words.meant(command, ctx))
    line = Line.of(text)
    if not line.strip("?"):
        asked = ctx.families.find("?") if line else None
        return Heard(asked) if asked else Unknown()
    if manners.thanks(line):
        return Thanked()
    if _LETTERS.search(line):
        line = spelled_out(line, words, shelf(ctx))
    if _NUMBER_ALONE.fullmatch(line) and (explain := words.get(EXPLAIN)) is not None:
        return Heard(explain, *fill(explain, line, ctx))
    if is_code(line) and ctx.who is not None and (check_in := words.get(CHECK_IN)) is not None:
        return Heard(check_in, *fill(check_in, line, ctx))
    return _headed(line, words, ctx) or _sentence(line, words, ctx)


def _headed(line: Line, words: Vocabulary, ctx: Context) -> Understood | None:
    """A line that begins with a command's word and a space."""
    head, _, _ = line.partition(" ")
    command = words.get(head)
    if command is None or (head in DEEDS and not is_founded(line)):
        return None
    rest, meant = line.part(len(head), len(line)), words.meant(command, ctx)
    if is_told(head, rest):
        return None
    if meant is not command and deeds.of_others(rest, ctx):
        return Heard(command)
    return words_first.headed(meant, rest, words, ctx)


def _sentence(line: Line, words: Vocabulary, ctx: Context) -> Understood:
    """Everything that does not simply begin with a command and its arguments."""
    if not manners.core(manners.wrapped(line)):
        return _greeted(line, words)
    consent = opinions.consent(line, words, ctx)
    if consent is not None:
        return consent
    named = reads.exact(line, words, ctx)
    if named is not None:
        return named
    away = wondering.elsewhere(line)
    if away and not wondering.about_points(line) and not deeds.is_told(line, words) and not quantities.read(line):
        return Unknown(elsewhere=away)
    if words.other_things.search(line) or guessing.is_later(line, words):
        return Unknown(guessing.likely(line, words, ctx))
    alike = _answer(wondering.asked_alike(line, words, ctx), line, words, ctx)
    return alike or _acted(line, words, ctx) or _asked(line, words, ctx) or _told(line, words, ctx)


def _greeted(line: Line, words: Vocabulary) -> Understood:
    """Nothing but manners: a greeting is answered with what there is to do."""
    command = words.get(HELP) if manners.greets(line) else None
    return Heard(command) if command is not None else Unknown()


_ACTS = (
    acts.told,
    words_first.bound,
    words_first.recorded,
    words_first.numbered_first,
    words_first.glued,
    words_first.entire,
    opinions.voiced,
    announcing.told,
)


def _acted(line: Line, words: Vocabulary, ctx: Context) -> Understood | None:
    """An act on numbers, a binding, or any other command with its arguments in the sentence."""
    heard = next((heard for way in _ACTS if (heard := way(line, words, ctx)) is not None), None)
    if isinstance(heard, Unknown):
        return Unknown(tuple(dict.fromkeys(_whole(line, words, ctx) for line in heard.likely)))
    return heard


def _whole(text: str, words: Vocabulary, ctx: Context) -> str:
    """One of several acts as a line that is heard as such when it is sent; otherwise the command's word alone."""
    head, _, rest = text.partition(" ")
    command = words.get(head)
    heard = command is not None and words_first.headed(command, Line.of(f" {rest}"), words, ctx) is not None
    return text if heard and rest else head


def _asked(line: Line, words: Vocabulary, ctx: Context) -> Understood | None:
    """Questions are answered, and so are negations and plans that concern us."""
    mood = questions.mood(line)
    if mood is Mood.QUESTION:
        answer = _answer(wondering.topic(line, words, ctx), line, words, ctx) or reads.cued(line, words, ctx)
        return answer or Unknown(guessing.likely(line, words, ctx))
    if mood is Mood.PLAIN and quantities.read(line):
        return None
    named = reads.cued(line, words, ctx)
    if named is not None or mood not in {Mood.NEGATION, Mood.PLAN}:
        return named
    if mood is Mood.NEGATION and deeds.owned_up(line, words, ctx):
        return None
    answer = _answer(wondering.told(line, words, ctx), line, words, ctx)
    if answer is not None or not wondering.concerns_us(line, words, ctx):
        return answer or Unknown(guessing.likely(line, words, ctx))
    return Wondered(None, line.words)


def _answer(found: Topic | None, line: Line, words: Vocabulary, ctx: Context) -> Understood | None:
    command = words.get(found.word) if found else None
    if found is None or command is None:
        return None
    if found.query or command.changes:
        return Wondered(command, found.query)
    return reads.named(command, line, ctx)


def _told(line: Line, words: Vocabulary, ctx: Context) -> Understood:
    """A claim for somebody else or for oneself, or nothing that was understood."""
    head = words.prefix(line)
    if head is not None and names_numbers(head[0]) and acts.numbered(line.part(len(head[1]), len(line))):
        return Unknown(guessing.likely(line, words, ctx))
    deed = deeds.told_for(line, words, ctx)
    if deed is None:
        favour = questions.mood(line) in {Mood.REQUEST, Mood.NEGATION, Mood.ASIDE}
        deed = deeds.told(line, words, ctx, unsure=favour)
    found = wondering.told(line, words, ctx) if deed is None or _is_empty(deed) else None
    if deed is not None and (found is None or found.word != HELP or found.query == CLAIM):
        return deed
    return _answer(found, line, words, ctx) or Unknown(guessing.likely(line, words, ctx))


def _is_empty(deed: Heard) -> bool:
    """Whether a claim is spoken of and nothing of one is said: 我写申报总说我格式不对."""
    return not any(deed.values.get(name) for name in ("item", "quantity", "day", "person")) and not any(
        found.candidates for found in deed.doubts.values()
    )


def warm_up() -> None:
    """Load what is heavy before the first message: the pinyin dictionary, the tables of 简繁, what people ask."""
    likeness.likeness()
    sounds.sounds("志愿服务")
    Line.of("申報")
