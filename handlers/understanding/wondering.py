"""What answers a question, a negation or a plan: always something that only reads."""

import re
from dataclasses import dataclass
from functools import lru_cache

from handlers.context import Context
from handlers.understanding import about, items, targets
from handlers.understanding.dialects import written
from handlers.understanding.line import Line
from handlers.understanding.sayings import WEAK
from handlers.understanding.shelf import shelf
from handlers.understanding.vocabulary import BIND, CLAIM, HELP, RECORDS, Cue, Vocabulary

# Matters of others than this service: whom to ask is said in one sentence (chat, "Known but not served").
_ELSEWHERE = (
    ("转组织关系", re.compile("组织关系")),
    ("入党", re.compile("入党|发展对象|转正")),
    ("党费", re.compile("党费")),
)
_NAMED_BY_LETTER = frozenset({"Y", "T"})
_STANDS_FOR_ITSELF = frozenset({CLAIM, HELP})


@dataclass(frozen=True, slots=True)
class Topic:
    """What answers a question: a reading command, what is looked up with it, and whether the words say so plainly."""

    word: str
    query: str = ""
    plain: bool = True


_AT_LAST = (
    (about.SCORE, Topic("积分", plain=False)),
    (about.HOW_TO_CLAIM, Topic(HELP, CLAIM, plain=False)),
    (about.HOW, Topic(HELP, plain=False)),
)


@lru_cache(maxsize=512)
def elsewhere(line: Line) -> str:
    """The word of a matter that is not served here; empty when there is none."""
    return next((word for word, pattern in _ELSEWHERE if pattern.search(line)), "")


def about_points(line: Line) -> bool:
    """Whether points are asked about, even of what is dealt with elsewhere: 党费晚交扣分吗."""
    return bool(about.GAIN.search(written(str(line))))


def topic(line: Line, words: Vocabulary, ctx: Context) -> Topic | None:
    """The reading command that answers a question, and what is looked up with it; None for small talk."""
    said = written(str(line))
    acting = _acting(line, words)
    ways = (_numbered, _of_people, _of_the_round, _of_claims, _of_acts, _of_points)
    refused: Topic | None = None
    for topic in (topic for way in ways for topic in way(line, said, acting, words, ctx)):
        command = words.get(topic.word)
        if command is not None and (ctx.who is None or command.open_to(ctx.roles)):
            return topic
        refused = refused or (topic if command is not None else None)
    return refused


def _acting(line: Line, words: Vocabulary) -> list[Cue]:
    """The commands that act and are spoken of; claiming and the help come last, they are everywhere."""
    found = words.found(line)
    acting = [cue for cue in found if cue.command.changes and cue.command.word not in _STANDS_FOR_ITSELF]
    return [cue for cue in acting if cue.word in words.words or len(cue.word) > 2] + [
        cue for cue in found if cue.word in words.words and cue.command.word in _STANDS_FOR_ITSELF
    ]


def _numbered(line: Line, said: str, acting: list[Cue], words: Vocabulary, ctx: Context) -> list[Topic]:
    """A question about one number: the number explained, or the command that acts on it."""
    numbers = targets.read(line)
    if numbers is None or not numbers.values[0][-1].isdigit():
        return []
    letter = numbers.values[0].rstrip("0123456789")
    if letter in _NAMED_BY_LETTER:
        mine = sorted(words.of_letter(letter), key=lambda command: command.changes)
        return [Topic(HELP, c.word) if c.changes else Topic(c.word, numbers.values[0]) for c in mine]
    number = Topic("解释", numbers.values[0])
    if about.STATUS.search(said):
        return [number]
    start, end = numbers.span
    marked = (
        letter or "#" in line[start:end] or line[start:end].endswith(("号", "条", "笔")) or not line[:start].strip()
    )
    if not marked:
        return []  # 有没有60: a figure
    if any(cue.command.word not in _STANDS_FOR_ITSELF and cue.command.open_to(ctx.roles) for cue in acting):
        return []
    if acting:
        return [number]
    return [_about_items(line, ctx) or number]


def _of_people(line: Line, said: str, acting: list[Cue], words: Vocabulary, ctx: Context) -> list[Topic]:
    found = []
    if about.PRIVATE.search(said):
        found.append(Topic("关于"))
    if about.WHO_READ.search(said):
        found.append(Topic("谁没看"))
    if about.BRANCHES.search(said):
        found.append(Topic("概况"))
    if about.WAITING.search(said):
        found.append(Topic("待办"))
    if about.WHO_HAS_NOT.search(said):
        found += [Topic("成员"), Topic("评审"), *([Topic("积分")] if about.MINE.search(said) else [])]
    waits = words.get("待办")
    if waits is not None and waits.open_to(ctx.roles) and about.STATUS.search(said):
        found += [Topic("待办", member.name) for member in ctx.people() if member.name in line]
    if about.WHO_DECIDES.search(said):
        found.append(Topic("联系"))
    return found


def _of_the_round(line: Line, said: str, acting: list[Cue], words: Vocabulary, ctx: Context) -> list[Topic]:
    """The month's result; how to submit or check it is a question about those commands."""
    named = [cue.command.word for cue in acting if cue.command.word not in _STANDS_FOR_ITSELF]
    return [Topic("公示")] if about.RESULT.search(said) and not named else []


def _of_claims(line: Line, said: str, acting: list[Cue], words: Vocabulary, ctx: Context) -> list[Topic]:
    """What was lost, what became of a claim, until when one may claim."""
    found = [Topic("积分")] if about.LOSS.search(said) else []
    if about.STATUS.search(said) and not _named(acting, ctx, about.STATUS.search(said)):
        found += [] if about.OWN.search(said) or ctx.who is None else [Topic("待办")]
        found.append(Topic("我的申报"))
    if about.DEADLINE.search(said) and not _named(acting, ctx):
        found.append(Topic("截止"))
    if about.RANK.search(said) and not about.GAIN.search(said):
        found += [Topic("小组排名")] if about.OF_GROUPS.search(said) else []
        found.append(Topic("排名"))
    return found


def _named(acting: list[Cue], ctx: Context, status: object = None) -> list[Cue]:
    """The commands asked about; 加分 and 扣分 are things of the rulebook to whoever may not record them."""
    return [
        cue
        for cue in acting
        if cue.command.word not in _STANDS_FOR_ITSELF
        and (cue.command.word not in RECORDS or cue.command.open_to(ctx.roles))
        and not status
    ]


def _of_acts(line: Line, said: str, acting: list[Cue], words: Vocabulary, ctx: Context) -> list[Topic]:
    """How something is done, or done again."""
    named = _named(acting, ctx)
    rule = _about_items(line, ctx) if about.GAIN.search(said) else None
    if rule is not None and not any(
        cue.command.open_to(ctx.roles) and cue.command.word not in RECORDS for cue in named
    ):
        return [rule]
    if named:
        return [Topic(HELP, named[0].command.word)]
    if about.PHONE.search(said):
        return [Topic(HELP, BIND)]
    if about.MISTAKE.search(said):
        return [Topic(HELP, "撤回")]
    if about.PICTURE.search(said):
        return [_about_items(line, ctx) or Topic(HELP, CLAIM)]
    return [Topic(HELP)] if about.HELPLESS.search(said) else []


def _of_points(line: Line, said: str, acting: list[Cue], words: Vocabulary, ctx: Context) -> list[Topic]:
    """One's points, the rules, and whatever else is named."""
    found = []
    item = _about_items(line, ctx)
    gain = bool(about.GAIN.search(said))
    if about.MINE.search(said):
        found.append(Topic("积分"))
    if item:
        found.append(item)
    if gain or about.RULES.search(said):
        found.append(Topic("细则", plain=gain))
    found += [topic for pattern, topic in _AT_LAST if pattern.search(said)]
    return found + _of_any_word(line, words, ctx)


def _of_any_word(line: Line, words: Vocabulary, ctx: Context) -> list[Topic]:
    """When nothing else is known, the command whose word or cue stands there."""
    cues = words.found(line)
    named = [cue for cue in cues if cue.word in words.words and not cue.word.startswith("我")]
    named += [cue for cue in cues if cue.command.changes and cue.command.open_to(ctx.roles)]
    if not named:
        return []
    first = named[0].command
    return [Topic(HELP, first.word, plain=False) if first.changes else Topic(first.word, plain=False)]


def _about_items(line: Line, ctx: Context) -> Topic | None:
    index = shelf(ctx)
    found = [hit for hit in items.hits(index, line) if hit.fit > items.NEAR and hit.phrase not in WEAK]
    found = found or [hit for hit in items.hits(index, line) if hit.fit == items.SURE]
    return Topic("细则", found[0].phrase) if found else None


def concerns_us(line: Line, words: Vocabulary, ctx: Context) -> bool:
    """Whether a negation or a plan speaks of anything here, rather than of the weather."""
    if words.found(line) or about.HOW_TO_CLAIM.search(line) or about.DOING.search(line):
        return True
    return _about_items(line, ctx) is not None or (targets.read(line) is not None and len(line) < 20)
