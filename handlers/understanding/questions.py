"""Questions, negations, plans and conditions: such a line is answered and never changes anything.

It errs on this side: a deed told with a 没 in it is rather not recorded than recorded against its words.
"""

import re
from enum import Enum
from functools import lru_cache

from handlers.understanding.line import Line


class Mood(Enum):
    """What a line does."""

    PLAIN = "plain"  # tells or orders
    QUESTION = "question"  # wants to know
    NEGATION = "negation"  # says that not
    PLAN = "plan"  # says what may be or will be
    ASIDE = "aside"  # tells a deed, and denies or plans something beside it: 路不好走，昨天扫雪2小时
    REQUEST = "request"  # asks a favour in the form of a question: 能不能帮我报一下昨天的志愿2小时


# Words in which 不, 没, 别, 未, 莫 deny nothing that matters here.
_HARMLESS = re.compile(
    r"没问题|没错|没事|没关系|不好意思|不错|不少|不仅|不但|不断|不小心|不到|差不多|不久|不怕|不辞|不客气|不止|不管|不论|不畏|不顾|不休息|不停"
    r"|不方便|不便|不文明|不良|不动产|不得不|对不起|不可移动|不孕|不倒|不忘|不懈|不落|不漏|不掉队|无一遗漏"
    r"|别忘|别漏|(?:忘了?|记不得|记不清|不记得|想不起来?)了?(?:是)?(?:哪天|几号|哪一天)|(?:哪天|几号|哪一天)(?:来着|忘了|记不[清得]了?|不记得)"
    r"|特别|别人|别的|个别|区别|级别|分别|告别|别墅|类别|性别|辨别|识别|判别|鉴别|未来|未成年|莫名|沉没|没收(?!到|拾|获)"
    r"|还?没(?:有)?(?:申报|报|看|绑定|办|审|批|处理|回复?|来|到|交)的|不通过|不同意|不属于|不符合?|不对|不实|(?<!够)不够|不足|不清楚|[看说记听分]不清|不是本人|(?<=月)没有了|(?<!还)没人管|没有要报的?|没啥报的?"
    r"|没(?:有|来得及|顾上|顾得上)?(?:照片|拍照|图片|拍)|(?:照片|图片|相片|证书|证明)(?:还)?没(?:有|拍|带|存|发)?|没完没了|不要紧|不错过|不限"
)
_NEGATION = re.compile(r"没|未|别|莫|勿|甭|冇|唔(?!该)|不|无需|无须|免了|算了")
_QUESTION = re.compile(
    r"[?？]|吗|么(?:$|[\s,，。!！])|(?<!什)么$|怎么|怎样|咋|啷[个么]|哪能|如何|流程|步骤|教程|干嘛|么子|乜|咩|几多|边[个度]|几耐|点样|点解|几时|多少|好多(?=分|个|次|天|钱|小时)|几(?:分|点|号|颗|星|月|个?小时|户|次|篇|项|天|个?人|条|家|名|张|位|种|样|类|级|组|步|笔|件|个不)|第几|多久|多长|多大|多远|多高"
    r"|([\u4e00-\u9fff]{1,2})[不没唔冇]\1|能不能|可不可以|行不行|是不是|要不要|算不算|对不对|有没有|有没得|好不好|该不该|会不会|用不用|得不得|晓不晓得|知不知道|成不成|中不中"
    r"|能否|是否|可否|为什么|为啥|凭什么|凭啥|咋个|什么|啥|哪|谁|何时|何地|想问|请问|问一?下|问问|问个|想知道|想了解|请教|不知道?|不晓得"
    r"|(?:[了过]|上|成|进去|出来|下来|到账)(?:没有?|没得|冇|未)\s?[呢啊嘛哦呀]?\s?(?:$|[\s,，。!！])|没得\s?[哦嘛啊]?$|[^\s](?:行|可以|得行|要得|通过|同意|算|加分|能报|得分)不$|不\s?[呀啊哦嘛咯]?\s?$|(?<![时户次场篇项条了])呢$|多不多|(?:对|是|行|可以|没错|没问题|算)吧\s?$"
    r"|(?:算|报|得|给|属于|(?<!总)(?<!不)(?<!可)是).{1,8}还是|还是.{0,6}(?:算|报)|老几|[了过]没(?:有|得)?[啊呢嘛呀哦]|(?:扣|加|得|算|给|差|要|攒|有|到)好多|(?:还|都|一直|老).{0,4}没(?:有|人|给我|见)*(?:批|审|管|通过|加上?|动静|消息|反应)(?!的)|有几个(?=没|还|不)|[了过].{1,8}没(?:有|得)?\s?[呢啊嘛哦呀]?\s?$|(?:批|审|看|通过|报上)[了过]没有?(?=我|那|这)"
    r"|([\u4e00-\u9fff]).{0,3}[不没]\2\s?$|(?<=报[了过])几|(?:报|加|得|到|第|是|有|要|差|算)几$|(?:咗|了)未\s?$|几化|凭啥|还要等|还差几|属实不|成立不"
)
# 几 that counts something done asks nothing: 走访了几户, 前几天, 好几次.
_VAGUE_COUNT = re.compile(
    r"(?:[前这那好十]|(?<![报得拿])[了过])几(?:天|户|次|个|位|名|年|小时|场|家|周|张|种|样|类|笔|件)|几乎|没几|几天[以之]?前|(?<=[我咱])们?几个"
)
_MANY_KINDS_OF_WHAT = re.compile(r"(?<=没)(?:什么|啥)|什么的|哪怕|谁都|什么都")
_PLAN = re.compile(
    r"打算|计划(?=去|明|下|做|参|要|周|到)|准备(?=去|明|下|做|参加|要|周|到|报名)|想去|想要去|想参加|想做|要去|将要|即将|将会|明天|明日|明早|明晚|后天|下周|下星期|下礼拜|下个?月|改天|过几天|过两天|回头|等下|等会|到时候?"
    r"|应该会|可能会|可能要|争取(?=去|明|下|参)|有空(?=再|就|会|的话|去(?!了))"
)
_CONDITION = re.compile(
    r"如果|假如|要是|假设|倘若|万一|只要|除非|本来|原本|差点|差一点|原计划|等(?=.{1,12}再)|[完后了](?=.{0,8}再(?:申|补)?报)|再(?:申|补)?报(?![一个条笔几两\d])"
)
# Whatever the expressions find holds one of these: where none stands, they need not search.
_HARMLESS_SIGNS, _KIND_SIGNS = frozenset("不没别未莫无哪几"), frozenset("什啥哪谁")
_QUESTION_SIGNS = frozenset("?？吗么怎咋啷哪如流步教干乜咩几边点多没不唔冇否为凭啥什谁何问想请呢吧未还")
_CLAUSES = re.compile(r"[,，.。;；!！?？、\s]+")
_FIGURE = re.compile(r"[\d一二两俩三四五六七八九十半]\s?个?半?(?:小时|钟|分钟|h(?![a-z])|户|家|场|次|篇|项|条|人次)")
_DOING = re.compile(r"报|记|登|算|去|做|参加|扫|走访|写|讲|学|完成|要|撤|批|通过|提交|加分")
_FAVOUR = re.compile(
    r"(?:能不能|可不可以|能否|可否|可以|能|方便)?(?:麻烦|请|劳烦)?(?:您|你|组长|书记)?(?:帮|给|替)(?:我|俺|咱|下?忙).{0,40}?(?:报|记|登记|加上?)"
)
_TAGGED = re.compile(r"(?:报|记|登记|加)一?[下哈上].{0,3}(?:可以|行|好|中|要得)(?:吗|不|么)")
# 讲怎么防诈骗 at the end of a claim is what was taught, not what is asked.
_TAUGHT = re.compile(
    r"(?P<told>.*(?:\d|[一二两俩三四五六七八九十半])\s?个?半?(?:小时|钟头|户|家|场|次|篇|项|条|人次)[^?？]*?\s)"
    r"(?:讲|了解|询?问|学|宣传|解答|讨论|研究|教|辅导|指导|说|帮)[^\s?？]{2,}(?<![吗么不没呢])"
)
_WANTS_TO_KNOW = re.compile(r"分(?!钟)|让|怎么|咋|如何|多少|算|哪|什么|为|啥|几|谁|想问|请问|没|不(?!能|可|好意思)")
_FAVOUR_FORMS = re.compile(r"能不能|可不可以|能否|可否|吗|行不行|好不好|[?？]|可以不")


@lru_cache(maxsize=512)
def plain_of(line: str) -> str:
    """The line without words that only look like negations or questions."""
    text = line
    if not _HARMLESS_SIGNS.isdisjoint(text):
        text = _HARMLESS.sub(lambda found: "　" * len(found.group()), text)
    if "几" in text:
        text = _VAGUE_COUNT.sub("　", text)
    return text if _KIND_SIGNS.isdisjoint(text) else _MANY_KINDS_OF_WHAT.sub("　", text)


@lru_cache(maxsize=512)
def mood(line: Line) -> Mood:
    """What a line does; a question beats a negation, and that a plan."""
    text = plain_of(str(line))
    if _asks(text):
        return Mood.REQUEST if _is_favour(line) or _is_taught(line) else Mood.QUESTION
    if _NEGATION.search(text):
        return Mood.ASIDE if _aside(text, _NEGATION) else Mood.NEGATION
    if _PLAN.search(text) and _aside(text, _PLAN) and not _CONDITION.search(text):
        return Mood.ASIDE
    return Mood.PLAN if _PLAN.search(text) or _CONDITION.search(text) else Mood.PLAIN


def _aside(text: str, pattern: re.Pattern[str]) -> bool:
    """Whether only clauses without a figure are denied or planned, and none that speaks of doing or recording."""
    clauses = [clause for clause in _CLAUSES.split(text) if clause.strip()]
    denied = [clause for clause in clauses if pattern.search(clause)]
    told = [clause for clause in clauses if _FIGURE.search(clause) and clause not in denied]
    return bool(told) and not any(_DOING.search(clause) or _FIGURE.search(clause) for clause in denied)


def is_question(line: Line) -> bool:
    return _asks(plain_of(str(line)))


def _asks(text: str) -> bool:
    return not _QUESTION_SIGNS.isdisjoint(text) and _QUESTION.search(text) is not None


def is_negated(line: Line) -> bool:
    return bool(_NEGATION.search(plain_of(str(line))))


def is_condition(line: Line) -> bool:
    """如果, 要是, 本来: it is not so, or not yet."""
    return bool(_CONDITION.search(line))


def _is_taught(line: Line) -> bool:
    """Whether only the note of a claim holds a question; it is shown before it is made."""
    found = _TAUGHT.fullmatch(line)
    return found is not None and not _asks(plain_of(found["told"]))


def _is_favour(line: Line) -> bool:
    """A favour asked politely, with nothing in it that wants an answer."""
    return bool(_FAVOUR.search(line) or _TAGGED.search(line)) and not _WANTS_TO_KNOW.search(_FAVOUR_FORMS.sub("", line))
