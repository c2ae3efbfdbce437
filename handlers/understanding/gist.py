"""What a question comes down to: the same thing asked in other words is made the same text.

Only for likening it to what people say (likeness.py): nothing read here becomes an argument.
"""

import re
from functools import lru_cache

from handlers.understanding.dialects import written

# What stands for a thing of the rulebook and for a person of the branch; folded text has no capitals.
THING, PERSON = "I", "P"
_NUMBER = r"(?:\d+(?:\.\d+)?|[一二两俩三四五六七八九十百]+)"
_DAYS = (
    r"(?:(?:上上?|下下?|这|本)个?(?:月|星期|周|礼拜)(?:份|底|初|末|[一二三四五六日天N])?|当月|N月份?(?:N[号日]?)?|N[号日](?!楼)"
    r"|今[天日早晚]|昨[天日晚]|[前明后]天|明[日早晚]|前[几两]天|(?:周|星期|礼拜)[一二三四五六日天N]|月[底初]|(?<!哪)N天前)"
    r"(?:上午|下午|早上|晚上|中午)?"
)
_MEETINGS = (
    "主题党日|组织生活会?|民主生活会|(?:党|支部)小?组会|小组会|支部大会|党员大会|支委会|支部会|民主评议会|(?<![讲微])党课|三会一课|例会"
    "|(?<!开)会议(?!记录|纪要|室|码)"
)
_MEETING = re.compile(_MEETINGS)
_ASIDE = (
    r"请问一?下?|想?问一?下|我?想知道|我?想了解一?下?|我?想问问?|(?:帮我|给我)?(?:看|查|问)(?:看|查|问|一)?下|请教一?下?|麻烦(?:您|你)?"
    r"|到底|究竟|老是|[呀啊呢哦嘛哈吧]+$|那个(?!人)|谢谢|多谢|[嗯呃额唉]+|一下|您|你好|系统|[,，。.?？!！、~\s]"
)
# In this order; what is replaced may be read again by a later line.
_REDUCED = tuple(
    (short, re.compile(said))
    for short, said in (
        ("", _ASIDE),
        ("N", rf"#?{_NUMBER}"),
        ("D", _DAYS),
        ("开会", _MEETINGS),
        ("分", "积分|分数|得分|评分|打分|分值"),
        ("几", "多少|几(?:个|条|次|项|名|位)?|好多"),
        ("怎么办", "怎么(?:办|弄|搞|整|操作|做|处理|个?弄法)(?!理)"),
        ("为什么", "怎么回事|什么原因|什么情况|为何|是什么理由"),
        ("哪里", "在?(?:哪(?:里|儿|个地方|边|块|个位置)|何处)"),
        ("审", "审核|审批|批准|审查|批复|批"),
        ("报", "申报|上报|提交|(?<![提公建])交(?!办|流|党费|代|通|给)|填报"),
        ("撤", "撤回|撤销|撤掉|收回|删掉|删除|作废"),
        ("照片", "图片|相片|拍照|照相|佐证|图"),
        ("看到", "看得?到|看得?见|看见|看得着|瞧见|查到"),
        ("吗", "(?:没有|没|不|未|(?<!什)么|嘛)(?:呢|呀|啊|哦)?$|吗(?:呢|呀|啊|哦)$"),
    )
)


@lru_cache(maxsize=512)
def gist(text: str) -> str:
    """A folded text as it is likened."""
    text = written(text)
    for short, said in _REDUCED:
        text = said.sub(short, text)
    return text


def names_a_meeting(phrase: str) -> bool:
    """Whether a phrase of the rulebook is a kind of meeting, which is asked about otherwise than what is claimed."""
    return bool(_MEETING.search(phrase))
