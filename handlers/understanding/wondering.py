"""What answers a question, a negation or a plan: always something that only reads."""

import re

from handlers.context import Context
from handlers.understanding import items, targets
from handlers.understanding.line import Line
from handlers.understanding.sayings import WEAK
from handlers.understanding.shelf import shelf
from handlers.understanding.vocabulary import BIND, CLAIM, HELP, Vocabulary

# Matters of others than this service: whom to ask is said in one sentence (chat, "Known but not served").
_ELSEWHERE = (
    ("转组织关系", re.compile("组织关系")),
    ("入党", re.compile("入党|发展对象|转正")),
    ("党费", re.compile("党费")),
)
_STATUS = re.compile(
    r"(?:通过|批|审核?|过|报上|提交|登记|记上|成功)(?:好|完|上|成功)?了?(?:没有?|没得|吗|么|不|冇|未)|[还怎]么?(?:还)?没(?:有)?(?:批|审|通过|过)|审到哪|什么时候批|多久能?批|批下来|审完|有没有(?:批|通过|审)"
)
_DEADLINE = re.compile(
    r"还能(?:再|补)?(?:申|补)?报(?!几|多少|多久)|截止|最晚|来得及|到(?:什么时候|几号|哪天|几时)|补报|什么时候(?:之?前|报)|几号(?:之?前|以前|报)|过期|还能补|结束(?:申报|报)|(?:申报|报).{0,4}结束"
)
_WHO_DECIDES = re.compile(r"(?:谁|哪个|哪位).{0,5}(?:审|批)|找(?:谁|哪个|哪位)|问谁")
_PHONE = re.compile(r"换(?:了|个|新)*(?:手机|微信|号)|绑定码|怎么绑|绑不|解绑")
_GAIN = re.compile(
    r"扣|(?:能|可以|最多|可)(?:申)?报(?:几|多少)|[加扣]分项|(?:最多|上限|封顶).{0,6}(?:加|得|多少)|加多少|(?:加|得|拿|涨|挣|攒|赚)\s?(?:几|多少|点|些|到|的)*分|分(?:值|怎么)|积分(?:怎么|规则)|计分|星级"
)
_LOSS = re.compile(r"(?:为什么|为啥|凭|咋|怎么|谁|哪).{0,6}扣|扣了?我|我.{0,5}扣|被扣|减了?分|少了?.{0,3}分")
_SCORE = re.compile(r"(?:多少|几|好多|啥|\d+)\s?分(?!钟)|到.{0,3}星|几星|积分|分数")
_HOW_TO_CLAIM = re.compile(r"(?<![汇情党])报(?!告|名|销)|登记|记分|照片|佐证")
_DOING = re.compile(r"去|参加|[做办弄干搞]了?|开会|到会")
_STANDS_FOR_ITSELF = frozenset({CLAIM, HELP})


def elsewhere(line: Line) -> str:
    """The word of a matter that is not served here; empty when there is none."""
    return next((word for word, pattern in _ELSEWHERE if pattern.search(line)), "")


def topic(line: Line, words: Vocabulary, ctx: Context) -> tuple[str, str] | None:
    """The reading command that answers a question, and what is looked up with it; None for small talk."""
    acting = [cue for cue in words.found(line) if cue.command.changes and cue.command.word not in _STANDS_FOR_ITSELF]
    acting = [cue for cue in acting if cue.word in words.words or len(cue.word) > 2] + [
        cue for cue in words.found(line) if cue.word in words.words and cue.command.word in _STANDS_FOR_ITSELF
    ]
    numbers = targets.read(line)
    status = _STATUS.search(line)
    named = [cue for cue in acting if cue.command.word not in _STANDS_FOR_ITSELF and not status]
    mine = [cue for cue in named if cue.command.open_to(ctx.roles)]
    if numbers is not None and numbers.values[0][-1].isdigit() and not mine:
        number = ("解释", numbers.values[0])
        return number if status or acting else _about_items(line, ctx) or number
    if _WHO_DECIDES.search(line):
        return "联系", ""
    if status:
        return "我的申报", ""
    if _DEADLINE.search(line) and not named:
        return "截止", ""
    if named:
        return HELP, named[0].command.word
    if _PHONE.search(line):
        return HELP, BIND
    return _about_items(line, ctx) or _about_points(line, words)


def _about_items(line: Line, ctx: Context) -> tuple[str, str] | None:
    index = shelf(ctx)
    found = [hit for hit in items.hits(index, line) if hit.fit > items.NEAR and hit.phrase not in WEAK]
    found = found or [hit for hit in items.hits(index, line) if hit.fit == items.SURE]
    return ("细则", found[0].phrase) if found else None


def _about_points(line: Line, words: Vocabulary) -> tuple[str, str] | None:
    if _LOSS.search(line):
        return "积分", ""
    if _GAIN.search(line):
        return "细则", ""
    if _SCORE.search(line):
        return "积分", ""
    if _HOW_TO_CLAIM.search(line):
        return HELP, CLAIM
    named = [cue for cue in words.found(line) if cue.word in words.words and not cue.word.startswith("我")]
    if named and not named[0].command.changes:
        return named[0].command.word, ""
    return (HELP, named[0].command.word) if named else None


def concerns_us(line: Line, words: Vocabulary, ctx: Context) -> bool:
    """Whether a negation or a plan speaks of anything here, rather than of the weather."""
    if words.found(line) or _HOW_TO_CLAIM.search(line) or _DOING.search(line):
        return True
    return _about_items(line, ctx) is not None or (targets.read(line) is not None and len(line) < 20)
