"""Lines that begin with a command's word, and acts other than on numbers that a sentence holds whole."""

import re

from handlers.command import Command
from handlers.context import Context
from handlers.understanding import acts, deeds, manners, quantities, questions
from handlers.understanding.filling import fill, left_over
from handlers.understanding.kinds_of_meetings import is_told
from handlers.understanding.kinds_of_words import PersonKind, QueryKind
from handlers.understanding.line import Line
from handlers.understanding.questions import Mood
from handlers.understanding.times import span_said
from handlers.understanding.understood import Heard
from handlers.understanding.vocabulary import BIND, CLAIM, HELP, RECORD, RECORDS, Vocabulary, names_numbers, takes_text

_ONCE = re.compile(r"一[下哈]")
_SELF = re.compile(r"(?:我们?|本人)(?:想|要|来|先|再|也|还)*(?:提(?:一?[个条点])?)?")
_NUMBER_FIRST = re.compile(
    r"(?P<number>#?\s?[jty]?\s?\d{1,9}\s?(?:号|那?条|这条)?)[\s,，:：]*(?:我们?)?(?:要|想|对此|这就|也)*"
)
_SEPARATED = re.compile(r"[\s:：,，。]")
# 反映个情况 says that something will be said, and nothing of it.
_NOTHING_YET = re.compile(r"(?:一?[个些点条下])?(?:情况|问题|事情?|意见|建议|看法|想法)?(?:吧|哈|啊)?")
# 建议被采纳1条 is a deed; 申诉怎么写 asks about the command itself.
_ADOPTED = re.compile(
    r"[\s,，]*(?:(?:已经?|都|又)?(?:被|获|得到|经).{0,6}|已经?)?(?:采纳|采用|录用)(?:了|\d|[一二两三]|$|\s)"
)
_ABOUT_ITSELF = re.compile(
    r"[\s,，]*(?:要|该|应该|了|过|去|的)*(?:怎么|咋|如何|啷个|哪能|点样)(?:样|才能)?[提写弄办用说报整搞申诉反映个]*"
    r"|[\s,，]*(?:是|有)(?:个)?(?:什么|啥子?)(?:意思|用|东西)?|[\s,，]*有(?:没有|没得|啥)?用|[\s,，]*(?:可以|能|能不能|可不可以|会不会).{0,2}(?:匿名|撤回|改|公开|泄露).{0,6}"
    r"|[\s,，]*(?:处理|批|看|采纳|解决|答复|回复)?(?:好|完)?[了过](?:没有?|没得|吗|么)|[\s,，]*(?:在|去|到)?(?:哪里?|谁)[提写说报]*"
)
_DONE = re.compile(r"了|完|已|被|过")
# 我核实过了没问题, 把10月的提交公示吧: nothing of its own.
_SAID_ALSO = re.compile(r"把|将|没有?问题|无误|属实|正确|对的|核对|积?分数?|结果|过|好|完|请")
_PARTICLES = " ?？吗么呢啊哦嘛呀哈"
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
        return None if _asks_more(command, rest, ctx) else Heard(command, *fill(command, rest, ctx))
    if takes_text(command) and (_ADOPTED.match(rest) or _asks_about_it(rest)):
        return None
    if not takes_text(command) and _is_doubted(command, rest):
        # A title may hold a 未 that denies nothing.
        named = command.word in {CLAIM, RECORD}
        if not named or _is_doubted(command, deeds.without_titles(rest, ctx)):
            return None
    return Heard(command, *fill(command, rest, ctx))


def _asks_about_it(rest: Line) -> bool:
    """Whether what follows a command that takes anything asks about the command: 申诉 怎么写."""
    return bool(_ABOUT_ITSELF.fullmatch(rest.rstrip(_PARTICLES)))


def _is_doubted(command: Command, rest: Line) -> bool:
    """Whether what follows a command's word asks, supposes, or denies a deed of one's own."""
    asks = questions.is_question(rest) or questions.is_condition(rest)
    return asks or (command.word == CLAIM and questions.is_negated(rest))


def _asks_more(command: Command, rest: Line, ctx: Context) -> bool:
    """Whether what follows a read is a sentence and not its argument."""
    if any(isinstance(p.kind, QueryKind) for p in command.parameters):
        return bool(quantities.read(rest))
    return len(rest.strip()) > 8 and bool(left_over(command, rest, ctx).strip())


def _numbered(command: Command, rest: Line, words: Vocabulary, ctx: Context) -> Heard | None:
    """通过 12 13, 退回 13 补照片: the number comes first, what follows is the asker's own."""
    cue = acts.at_head(command, rest)
    if cue is None and acts.is_of_somebody(command, rest, ctx):  # 不通过 张三 没有照片: which one?
        return None if _is_doubted(command, rest) else Heard(command, *fill(command, rest, ctx))
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
    found = words.prefix(text) or _of_oneself(text, words)
    if found is None or found[0].word == CLAIM or names_numbers(found[0]) or not found[0].parameters:
        return None
    command, word = found
    if words.meant(command, ctx) is not command or is_told(word, plain):
        return None
    start = len(plain) - len(text) + len(word)
    rest = plain.part(start, len(plain))
    once = _ONCE.match(rest)
    rest = rest.part(once.end(), len(rest)) if once else rest
    if takes_text(command):
        if _ADOPTED.match(rest) or _asks_about_it(rest) or not (_SEPARATED.match(rest) or _is_told(rest)):
            return None
        if _NOTHING_YET.fullmatch(rest.strip()):
            return Heard(command)
    elif questions.mood(rest) not in {Mood.PLAIN, Mood.PLAN}:
        return None
    values, doubts = fill(command, rest, ctx)
    if not command.changes:
        fits = not doubts and values and len(manners.core(rest)) <= 8 and not _asks_more(command, rest, ctx)
        fits = fits and (command.word != HELP or manners.core(rest) in words.words)
        return Heard(command, values) if fits else None
    return Heard(command, values, doubts) if values else None


def numbered_first(line: Line, words: Vocabulary, ctx: Context) -> Heard | None:
    """12我要申诉，扫雪是两小时: the number of what it is about comes before the word."""
    plain = manners.wrapped(line)
    begun = _NUMBER_FIRST.match(plain)
    found = words.prefix(plain[begun.end() :]) if begun else None
    if begun is None or found is None or not takes_text(found[0]) or names_numbers(found[0]):
        return None
    end = begun.end() + len(found[1])
    if _asks_about_it(plain.part(end, len(plain))):
        return None
    rest = plain.without((begun.end("number"), end))
    return Heard(found[0], *fill(found[0], rest, ctx))


def recorded(line: Line, words: Vocabulary, ctx: Context) -> Heard | None:
    """给刘强扣分，开会玩手机: a record of the branch with its person before the word."""
    cue = next((cue for cue in words.found(line) if cue.command.word in RECORDS), None)
    if cue is None or not cue.command.open_to(ctx.roles):
        return None
    head = line.part(0, cue.span[1])
    if questions.is_question(line) or questions.is_condition(line) or questions.is_negated(head):
        return None
    values, doubts = fill(cue.command, manners.wrapped(line.without(cue.span)), ctx)
    whom = {p.name for p in cue.command.parameters if isinstance(p.kind, PersonKind)}
    return Heard(cue.command, values, doubts) if whom & {*values, *doubts} else None


def _of_oneself(text: str, words: Vocabulary) -> tuple[Command, str] | None:
    """我建议…, 我想反映…: the word after oneself, where the asker's own words belong to it."""
    begun = _SELF.match(text)
    found = words.prefix(text[begun.end() :]) if begun else None
    if begun is None or found is None or not takes_text(found[0]):
        return None
    return found[0], text[: begun.end() + len(found[1])]


def _is_told(rest: Line) -> bool:
    """Whether words glued to a command's own are told: neither a question nor the figures of a deed."""
    deed = bool(quantities.read(rest) and _DONE.search(rest)) and not acts.numbered(rest)
    return not deed and not questions.is_question(rest)


def entire(line: Line, words: Vocabulary, ctx: Context) -> Heard | None:
    """Any other act with everything it needs in the sentence: 让刘强代我审到12月5日."""
    if questions.mood(line) not in {Mood.PLAIN, Mood.PLAN} or questions.is_condition(line):
        return None
    for cue in words.found(line):
        command = cue.command
        if command.word in {CLAIM, RECORD, BIND} or names_numbers(command) or takes_text(command):
            continue
        if is_told(command.word, line):
            continue
        if command.changes and command.parameters and command.open_to(ctx.roles):
            values, doubts = fill(command, line.without(cue.span), ctx)
            needs = any(p.required for p in command.parameters)
            if (needs or _says_no_more(line.without(cue.span), ctx)) and all(
                p.name in values for p in command.parameters if p.required
            ):
                return Heard(command, values, doubts)
    return None


def _says_no_more(line: Line, ctx: Context) -> bool:
    """Whether a sentence says a command's word, perhaps a month, and nothing else."""
    plain = manners.wrapped(line)
    said = span_said(plain, ctx.month)
    rest = plain.without(said[1]) if said else plain
    return manners.is_neutral(_SAID_ALSO.sub("", rest))
