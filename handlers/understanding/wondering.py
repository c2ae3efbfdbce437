"""What answers a question, a negation or a plan: always something that only reads."""

import re
from dataclasses import dataclass
from functools import lru_cache

from handlers.context import Context
from handlers.understanding import quantities, targets, wishes
from handlers.understanding.dialects import written
from handlers.understanding.likeness import NOTHING, likeness
from handlers.understanding.line import Line
from handlers.understanding.vocabulary import CLAIM, EXPLAIN, HELP, Vocabulary
from handlers.understanding.wishes import OTHERS, TO_DO, Ranking, Wish

RULES, MY_CLAIMS = "细则", "我的申报"
# Matters of others than this service: whom to ask is said in one sentence (chat, "Known but not served").
_ELSEWHERE = (
    ("转组织关系", re.compile("组织关系")),
    ("入党", re.compile("入党|发展对象|转正")),
    ("党费", re.compile("党费")),
)
_POINTS = re.compile(r"[加扣得算计]分|分(?:吗|不)$|[几多少]分|算不算")
_OF_CLAIMS = re.compile(r"(?<![汇情党])报(?!告|名|销)|登记|记分|照片|佐证|去|参加|[做办弄干搞]了?|开会|到会")
# Words of what is dealt with here, however little else of a question is known.
_OURS = re.compile(
    r"[分星报审撤签绑扣I]|申诉|请假|公示|排名|通知|开会|组长|书记|支部|照片|谈话|抽查|建议|意见|细则|归零"
)
# How far the best topic must be ahead, times how much of the line is known: of a question, and of anything else.
_ENOUGH, _SURE = 0.1, 8.0
_SHORTEST, _SHORT = 4, 16
# What is left of a question about a command itself: 待办怎么看, 通知是什么, 撤回 12 可以吗.
_ITSELF = re.compile(
    r"(?:怎么|在?哪里|能不能|可不可以|可以|能)?(?:用|写|看|弄|发|办|填|操作|查|找|设|做)?(?:是)?(?:什么|干什么)?(?:意思|用)?的?"
    r"(?:申报|申请)?(?:吗|可以吗|行吗|行不行|不|呢)?"
)
_ASIDE = re.compile(r"[\s\d#,，。?？!！]")
_NAMED_BY_LETTER = frozenset({"Y", "T"})
# What happens on a 3号 rather than to it.
_ON_DAYS = frozenset({"截止", "公示", "会议", "评审"})


@dataclass(frozen=True, slots=True)
class Topic:
    """What answers a question: a command, and what is looked up with it."""

    word: str
    query: str = ""


@lru_cache(maxsize=512)
def elsewhere(line: Line) -> str:
    """The word of a matter that is not served here; empty when there is none."""
    return next((word for word, pattern in _ELSEWHERE if pattern.search(line)), "")


def about_points(line: Line) -> bool:
    """Whether points are asked about, even of what is dealt with elsewhere: 党费晚交扣分吗."""
    return bool(_POINTS.search(written(str(line))))


def topic(line: Line, words: Vocabulary, ctx: Context) -> Topic | None:
    """The command that answers a question, and what is looked up with it; None for small talk."""
    wish = wishes.read(line, words, ctx)
    ranking = wishes.ranked(wish, words, ctx)
    best = _own(ranking) or _itself(line, words) or _best(ranking, _ENOUGH if not _OURS.search(wish.gist) else 0.0)
    return _numbered(line, best, wish, words, ctx) or _of(best, wish, words)


def told(line: Line, words: Vocabulary, ctx: Context) -> Topic | None:
    """What answers a line that is no question and tells no deed: 签到码扫不出来; more must be certain."""
    if targets.read(line) is not None or quantities.read(line):
        return None
    wish = wishes.read(line, words, ctx)
    ranking = wishes.ranked(wish, words, ctx)
    return _of(_own(ranking) or (_best(ranking, _SURE) if len(wish.gist) >= _SHORTEST else ""), wish, words)


def asked_alike(line: Line, words: Vocabulary, ctx: Context) -> Topic | None:
    """What answers a short line that is asked word for word like that, whatever else it may look like: 绑定码丢了."""
    if len(line) > _SHORT or targets.read(line) is not None or quantities.read(line):
        return None
    wish = wishes.read(line, words, ctx)
    return _of(_own(wishes.ranked(wish, words, ctx)), wish, words) if wish.gist in likeness().own else None


def _own(ranking: Ranking) -> str:
    """The best of the topics that are asked about word for word like that, unless it is for others."""
    best = ranking.topics[0].score - OTHERS
    mine = (alike.topic for alike in ranking.topics if alike.topic in ranking.own and alike.score > best)
    return next(mine, "")


def _itself(line: Line, words: Vocabulary) -> str:
    """The command that is asked about by its own word and nothing else."""
    for cue in words.found(line):
        start, end = cue.span
        if cue.word in words.words and _ITSELF.fullmatch(written(_ASIDE.sub("", line[:start] + line[end:]))):
            return cue.command.word
    return ""


def _best(ranking: Ranking, certain: float) -> str:
    """The topic that fits best, if that is certain enough."""
    best, *others = ranking.topics
    lead = best.score - others[0].score if others else 0.0
    return best.topic if lead * ranking.known >= certain else ""


def _of(word: str, wish: Wish, words: Vocabulary) -> Topic | None:
    """A topic as the command that answers it: an act and ``帮助 签到码`` by the help on it."""
    if not word or word == NOTHING:
        return None
    if word == RULES:
        return Topic(word, wish.item)
    if wish.person and word in {TO_DO, MY_CLAIMS}:
        return Topic(TO_DO, wish.person)
    command, _, what = word.partition(" ")
    acts = words.get(word)
    return Topic(HELP, word) if acts is not None and acts.changes else Topic(command, what)


def _numbered(line: Line, best: str, wish: Wish, words: Vocabulary, ctx: Context) -> Topic | None:
    """A question about one number: the number explained, unless an act on it or its item is asked about."""
    numbers = targets.read(line)
    if numbers is None or not numbers.values[0][-1].isdigit():
        return None
    letter = numbers.values[0].rstrip("0123456789")
    if letter in _NAMED_BY_LETTER:
        return _lettered(letter, numbers.values[0], words, ctx)
    if not _is_marked(line, numbers.span, letter) or (line[: numbers.span[1]].endswith("号") and best in _ON_DAYS):
        return None
    command = words.get(best)
    if command is not None and command.changes and command.open_to(ctx.roles) and best != CLAIM:
        return None
    return Topic(RULES, wish.item) if best == RULES and wish.item else Topic(EXPLAIN, numbers.values[0])


def _is_marked(line: Line, span: tuple[int, int], letter: str) -> bool:
    """Whether a figure is a number of ours: 12号, #12, J88, or the line begins with it; 有没有60 has none."""
    start, end = span
    said = line[start:end]
    return bool(
        letter or "#" in said or said.endswith(("号", "条", "笔")) or (said[0].isascii() and not line[:start].strip())
    )


def _lettered(letter: str, number: str, words: Vocabulary, ctx: Context) -> Topic | None:
    """A question about Y7 or T5: what shows it, or the help on what acts on it."""
    commands = sorted(words.of_letter(letter), key=lambda command: (command.changes, command.word == EXPLAIN))
    mine = [command for command in commands if command.open_to(ctx.roles)] or commands
    return next((Topic(HELP, one.word) if one.changes else Topic(one.word, number) for one in mine), None)


def concerns_us(line: Line, words: Vocabulary, ctx: Context) -> bool:
    """Whether a negation or a plan speaks of anything here, rather than of the weather."""
    if words.found(line) or _OF_CLAIMS.search(line):
        return True
    return bool(wishes.read(line, words, ctx).item) or (targets.read(line) is not None and len(line) < 20)
