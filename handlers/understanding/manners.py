"""Greetings, thanks, fillers and particles: what people wrap around what they mean."""

import re
from functools import lru_cache

from handlers.understanding.line import Line

_WHO = r"(?:[\u4e00-\u9fff]{0,2}?(?:书记|组长|老师|领导|主任|同志|专干|管理员|小编|客服|各位)们?)"
_GREETING = re.compile(
    rf"^\s*(?:{_WHO}\s?[,，]?\s?)?(?:您们?好|你们?好|早上好|上午好|中午好|下午好|晚上好|早安|哈喽|hello|hi|在吗|在不在|喂|好(?=[\s,，!！。~]|$))(?:呀|啊|哈)?[\s,，!！。~:：]*"
    rf"|^\s*{_WHO}(?:您)?(?:好|辛苦了?|打扰了?)?[\s,，!！。~:：]+"
)
_POLITE = re.compile(
    rf"(?:非常|真的?|太|多)?(?:谢谢|多谢|感谢|谢啦|谢了)(?:您|你|啦|了|哈|{_WHO})*|(?:您|你|大家|{_WHO}|[小老][\u4e00-\u9fff])?辛苦(?:了|啦|您|你|哈)*"
    rf"|不好意思|打扰(?:了|一下|您|你)*|麻烦(?:您|你|了|一下|{_WHO})*|劳驾|拜托(?:了)?|劳烦(?:您|你)?|帮(?:个|下)?忙|(?<![申邀聘提])请(?!假|示|教|问|客)"
    r"|(?:汇报|报告)(?:一?下)?(?=\s?[,，:：。]|您|组长|书记|领导)|请?(?:审核|审批|批准|(?<=请)核实|领导审阅|查收|过目|予以)(?=[\s,，。.!！~]|$)"
)
_FILLERS = re.compile(
    r"(?<![一-鿿])(?:嗯+|呃+|额|哎|唉|喔|噢|啊)+(?=[\u4e00-\u9fff\s,，])|那个(?!人|月|地方)|然后(?:呢)?|就是说?(?=[^\s])|这个(?!月|星期|礼拜|周)|其实|反正|的话"
)
_PARTICLES = "嘛哈撒哦呢吧啊呀啦哟喽噻咯嗦哩嘞耶诶的了"
_MARKS = re.compile(r"[\s,，.。!！~、:：;；()（）\[\]【】\"“”'‘’…*#-]+")
_MEANT = (("这个月", "本月"), ("这月", "本月"), ("当月", "本月"), ("这一月", "本月"))
_LONGEST_THANKS = 20
# Words that add nothing to a command named beside them.
NEUTRAL = re.compile(
    r"(?:帮|给|替|让|请|叫)?(?:我|俺|咱|阿拉|本人|自己)(?:们)?的?|想要?|需要|要|看看?|看一?[下哈]|查查|查一?[下哈]|查询|查看|瞅瞅|瞧瞧|了解|显示|发|打开"
    r"|(?:还)?没(?:有)?(?:申报|报|看|绑定|办|审|批|处理|回复?)的?(?:人|同志|党员)?|大家|他们|同志们|组员|那些|这些|人"
    r"|各个?支部|所有支部|一[下哈]|现在|目前|今天|本月|这个?月|我的|到底|都|也|就|还|吧|呢|啊|呀|哈|嘛|哦|啦|的|了|是|有|在"
)


# Nothing but thanks: 好的谢谢, 大家辛苦了, 不客气.
_THANKS = r"谢谢|多谢|感谢|[谢辛]了|谢啦|谢|辛苦|麻烦|唔该|客气|打扰|拜托|劳驾|有劳|费心"
_SIGN = re.compile(_THANKS)
_THANKED = re.compile(
    rf"(?:{_THANKS}|{_WHO}|好的?|嗯|行|ok|可以|没事|是|对|那|您|你们?|大家|各位|同志们?|[小老][\u4e00-\u9fff](?=辛苦)|不用?(?=谢|客气)"
    r"|太|非常|真|十分|很|了|啦|哈|啊|呀|哦|噢|的|晒|哂|一下|[\s,，。.!！~、…])+"
)


def thanks(line: Line) -> bool:
    """Whether a line is thanks and nothing else; 收到谢谢 says more."""
    return len(line) <= _LONGEST_THANKS and bool(_SIGN.search(line)) and bool(_THANKED.fullmatch(line))


def greets(line: Line) -> bool:
    """Whether a line begins with a greeting."""
    return bool(_GREETING.match(line))


def ungreeted(line: Line) -> Line:
    """The line without the greeting it begins with."""
    found = _GREETING.match(line)
    return line.part(found.end(), len(line)) if found else line


def wrapped(line: Line) -> Line:
    """The line with greetings, thanks and fillers blanked."""
    return _wrapped(str(line), line.said)


@lru_cache(maxsize=512)
def _wrapped(read: str, said: str) -> Line:
    line = Line.pair(read, said)
    spans = [found.span() for found in _GREETING.finditer(line)]
    line = line.without(*spans)
    spans = [found.span() for pattern in (_POLITE, _FILLERS) for found in pattern.finditer(line)]
    return line.without(*spans)


@lru_cache(maxsize=1024)
def core(text: str) -> str:
    """What is left of an unwrapped text when punctuation and the particles at its end are gone."""
    plain = _MARKS.sub("", text)
    for said, meant in _MEANT:
        plain = plain.replace(said, meant)
    return plain.rstrip("嘛哈撒哦呢吧啊呀啦哟喽噻咯") or plain


def is_neutral(text: str) -> bool:
    """Whether a remainder says nothing of its own."""
    return not _MARKS.sub("", NEUTRAL.sub("", text))
