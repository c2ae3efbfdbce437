"""A claim told in a sentence: 昨天去社区扫雪两个小时, 书记好麻烦申报一下昨天的志愿服务两小时谢谢.

With the command's word in it (申报, 报一下, 记一下) a claim is meant; without it a deed counts when it is told
with a day, a figure or as done. Anything less is asked about, and what others did is nobody's own claim.
"""

import re
from collections.abc import Sequence

from handlers.command import Command
from handlers.context import Context
from handlers.understanding import choosing, days, manners, people, quantities
from handlers.understanding.filling import fill, without_words
from handlers.understanding.kinds_of_deeds import ItemKind, found_items
from handlers.understanding.kinds_of_words import aged
from handlers.understanding.line import Line, Span
from handlers.understanding.numerals import NUMBER
from handlers.understanding.quantities import ONCE, How
from handlers.understanding.shelf import shelf, whole
from handlers.understanding.sounds import sounds
from handlers.understanding.understood import Heard
from handlers.understanding.vocabulary import CLAIM, RECORD, Vocabulary

# 报 as a verb of claiming, not 汇报, 报告, 报名.
_TOLD = re.compile(
    r"申报|报分|补报|上报|申请加分|(?<![上汇简日晚情海党举通预周月年电填播壁快学])报(?!告|道|销|名|到|纸|社|刊|表|警|复|应|送|批|国|考)"
    r"|登记|登一?[下哈]|记(?:一|个)?[下哈记上]|记到起|记分|加(?:一|个)?下?分|加上?(?:一|两|二|\d)+分|给(?:我|俺|咱|阿拉).{0,3}记|帮(?:我|俺|咱|阿拉).{0,3}记"
)
_TOLD_WORDS = re.compile(
    r"(?:我|俺|咱)?(?:想|要|来|再|先|如实)*(?:帮|给|替)?(?:我|俺|咱|阿拉|自己)*\s?(?:加分申报|申请加分|申报|补报|上报|报分|登记|加(?:一|个)?下?分"
    r"|(?<![上汇简日晚情海党举通预周月年电填播壁快学])报(?!告|道|销|名|到|纸|社|刊|表|警|复|应|送|批|国|考)|记(?=一?[下哈上]|个|到起|分|$|\s))"
    r"\s?(?:一?[下哈]|上(?![个周月星礼午次半班])|到起|个?分)?"
)
_POINTS = re.compile(
    rf"(?:给|帮|能|可以)?(?:我|俺|咱)?(?:记|加|得|算|计|扣)(?:上|个)?\s?{NUMBER}\s?分(?!钟)(?:吧|嘛|哈)?|(?<![\d小时点钟])\d+分(?!钟)"
)
_DONE = re.compile(r"参加|获|受到|出席|到会|了|过(?!节|年|去)|完成?|好(?=$|[\s,，。一])|成功|已|被")
_BARE = re.compile(r"(?<!\S)\d+(?:\.\d+)?(?!\S)")
_OTHERS = re.compile(r"^(?:他|她|它|伊|佢|渠|有人|某某|人家|别人|我爱人|我老婆|我老公|我儿|我女|我妈|我爸|我同事|同事)")
# 王书记安排的…, 李组长我昨天…: the one named is not who did it.
_SUBJECT_AFTER = re.compile(
    r"\s*(?:同志|组长|书记|老师)?\s*(?:[,，]?\s*(?:您|你)?好?[\s,，]*.{0,6}?(?:我|俺|咱|本人)|和|跟|与|同(?!志)|、|的|家|那|让|叫|派|安排|通知|带|组织|布置|交办|要求|指派|您|你)"
)
# With these no name begins, and nobody need be looked for.
_NOBODY = frozenset("我俺咱去在到参做扫捐献写讲完社志走慰看")
_NOTICE = re.compile(
    r"转告|周知|敬请|广告|点击|https?:|链接|通知[】:：]|【(?:转发|通知|公告|提醒|温馨提示)|各(?:位|支部|小组|单位)|请大家|请全体|务必|加群"
)


_GIVEN = re.compile(r"(?:给|为|对|替|帮)(?=[\u4e00-\u9fff]{1,5}?(?:加|扣|(?<!登)记|减|申报|报))")
_FOR = re.compile(r"(?:替|帮|给|代|为)(?!我|俺|咱|阿拉|自己|本人)")
_RECORDED = re.compile(r"\s?(?:同志)?\s?(?:申报|代报|补报|报|记一?下|登记一?下|加分)(?:一?下)?(?!告|名|销)")
_DECLINED = re.compile(r"(?:不|别|莫|先不|不要|不用)(?:想|要|用)?(?:申报|报|记|登记|加)")


def is_told(line: Line, words: Vocabulary) -> bool:
    """Whether a claim is spoken of as such."""
    heard = any(cue.command.word == CLAIM for cue in words.found(line))
    return heard or bool(_TOLD.search(line)) or sounds(line[:2]) == sounds(CLAIM)


def told(line: Line, words: Vocabulary, ctx: Context, *, unsure: bool = False) -> Heard | None:
    """The claim of a sentence; ``unsure``: it was asked as a favour, so it is shown before it is made."""
    command = words.get(CLAIM)
    meant = is_told(line, words)
    if command is None or (_NOTICE.search(line) and not meant) or of_others(line, ctx):
        return None
    plain = manners.wrapped(line)
    plain = plain.without(*(found.span() for found in _POINTS.finditer(plain)))
    day = days.read(plain, ctx.today)
    ignore = day.spans if day else ()
    plain = _without_told(plain)
    read = choosing.choose(shelf(ctx), plain, ignore, told=meant)
    if not read.items or read.by_unit:
        elsewhere = choosing.choose(whole(ctx), plain, ignore, told=meant)
        read = elsewhere if elsewhere.sure and elsewhere.items else read
    amounts = quantities.read(plain, ignore)
    said = any(amount.how in {How.SAID, How.ABOUT} for amount in amounts)
    if not meant and not (read.items and (said or not read.by_unit)):
        return None
    done = bool(_DONE.search(line))
    if not meant and not (read.items[0].claimable or done or amounts):
        return None
    spoken = meant or done or bool(amounts) or bool(ignore) or bool(_BARE.search(plain))
    # 扫雪 alone is no more than a word, but its hours are asked for anyway.
    spoken = spoken or (bool(read.items) and read.items[0].unit not in ONCE)
    return _deed(command, plain, read, ignore, ctx, sure=read.sure and spoken and not unsure)


def _deed(
    command: Command, line: Line, read: choosing.ItemRead, ignore: Sequence[Span], ctx: Context, *, sure: bool
) -> Heard:
    usual = ItemKind().usual(ctx) if read.by_unit else ()
    found = found_items(line, read._replace(sure=sure), ignore, usual)
    if sure:
        values, doubts = fill(command, found.rest, ctx, {"item": read.items[0].code})
        return Heard(command, without_words(command, values), doubts)
    values, doubts = fill(command, line, ctx)
    for name in ("item", "quantity"):
        values.pop(name, None)
        doubts.pop(name, None)
    return Heard(command, without_words(command, values), doubts | {"item": found} if read.items else doubts)


def _without_told(line: Line) -> Line:
    return line.without(*(found.span() for found in _TOLD_WORDS.finditer(line)))


def of_others(line: Line, ctx: Context) -> bool:
    """Whether the sentence begins with somebody else as the one who did it, or gives somebody else points."""
    if ctx.who is None:
        return False
    plain = manners.wrapped(line)
    day = days.read(plain, ctx.today)
    start = plain.without(*(day.spans if day else ())).strip(" ,，、:：")
    if _OTHERS.match(start):
        return True
    given = _GIVEN.search(plain)
    if given is not None and _named(plain.part(given.end(), len(plain)), ctx):
        return True
    named = 0 if start[:1] in _NOBODY else _named(Line.of(start), ctx)
    return named > 0 and not _SUBJECT_AFTER.match(start, named)


def _named(line: Line, ctx: Context) -> int:
    """How long the name of somebody else is with which a text begins; 0 for none, or for the asker's own."""
    for member in ctx.people():
        if line.startswith(member.name):
            return 0 if member.id == ctx.member.id else len(member.name)
    called = people.CALLED.match(line)
    return called.end() if called else 0


def told_for(line: Line, words: Vocabulary, ctx: Context) -> Heard | None:
    """A record for somebody else (代报): 替刘德福报一篇心得, 刘大爷昨天走访1户，帮他报一下."""
    command = words.get(RECORD)
    if command is None or ctx.who is None:
        return None
    word = next((cue.span for cue in words.found(line) if cue.word == RECORD), None)
    spans = _recording(line, ctx) if word is None else [word]
    if spans is None:
        return None
    return Heard(command, *fill(command, manners.wrapped(line.without(*spans)), ctx))


def _recording(line: Line, ctx: Context) -> list[Span] | None:
    """Where it says 替…报 of somebody else; None where it does not."""
    for found in _FOR.finditer(line):
        window = line.part(found.end(), min(len(line), found.end() + 6))
        pronoun = 1 if window[:1] in {"他", "她"} else 0
        length = pronoun or _who(window, ctx)
        verb = _RECORDED.match(line, found.end() + length) if length else None
        if verb is not None:
            return [(found.start(), found.end() + pronoun), verb.span()]
    return None


def _who(window: Line, ctx: Context) -> int:
    """How long the name is with which a text begins, if it is somebody else's."""
    who = people.read(window, ctx.people(), lambda fitting: aged(ctx, fitting))
    if who is None or window[: who.span[0]].strip() or ctx.member.id in {member.id for member in who.people}:
        return 0
    return who.span[1]


def owned_up(line: Line, words: Vocabulary, ctx: Context) -> bool:
    """如实申报：学习任务没完成: the negation is what is claimed, a deduction (rules 13)."""
    if not is_told(line, words) or _DECLINED.search(line):
        return False
    read = choosing.choose(shelf(ctx), _without_told(manners.wrapped(line)), told=True)
    return bool(read.items) and all(item.points < 0 for item in read.items)


def without_titles(line: Line, ctx: Context) -> Line:
    """The line without full titles of items, whose 未 and 无 deny nothing; our own lines have them."""
    places = [(line.find(item.title), len(item.title)) for item in shelf(ctx).items]
    return line.without(*((place, place + length) for place, length in places if place >= 0))
