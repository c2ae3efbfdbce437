"""Breaches of discipline or law: not taken here, and nothing of what was written is kept (rules 33).

The check comes before anything is stored, so it reads words alone. It errs on the side of not keeping: whoever
means something else is told how to say it.
"""

import re
from typing import ClassVar

from models.errors import Refused

# Words that accuse of a crime or a corrupt act, wherever they stand.
_GRAVE = re.compile(
    r"贪污|贪腐|贪官|腐败|受贿|行贿|索贿|贿赂|贿选|侵吞|私吞|私分|挪用|公款|公车私用|小金库|回扣(?!分)|好处费|吃拿卡要|吃请"
    r"|(?:收|受|索要|索|塞)(?:了|过|取)?.{0,6}(?:红包|礼金|礼品|礼物|购物卡|钱财|现金|好处|烟酒)"
    r"|(?:收|拿)(?:了|过).{0,6}(?:的钱|块钱|万元|万块)|送(?:了|过)?.{0,4}(?:红包|礼金|购物卡|钱财)"
    r"|以权谋私|权钱交易|利益输送|滥用职权|玩忽职守|徇私|舞弊|套取|骗取|诈骗|敲诈|勒索|洗钱|犯罪|犯法"
    r"|嫖|赌博|聚赌|吸毒|贩毒|酒驾|醉驾|酒后驾|性骚扰|猥亵|家暴|包养|打击报复|威胁恐吓|泄密|失密|窃密|邪教"
)
# Words of discipline and law themselves, which an appeal may use of its own case: 我没有违纪.
_NAMED = re.compile(
    r"违纪|违法|违反(?:中央)?(?:八项规定|国法|法律|法规|党纪|政治纪律|组织纪律|廉洁纪律|群众纪律|生活纪律)"
    r"|八项规定|四风|职务犯罪|党纪国法|生活作风|作风问题"
)
_DENIED = re.compile(r"(?:没有?|从?未|不是|不存在|并非|不曾).{0,8}")


class NotTakenHere(Refused):
    """A report of a breach of discipline or law; the official channels are named, and nothing is stored."""

    closes: ClassVar[bool] = True


def check(text: str, *, own_case: bool = False) -> None:
    """Raise NotTakenHere for what accuses somebody of a breach; ``own_case``: an appeal about oneself."""
    if speaks_of(text, own_case=own_case):
        raise NotTakenHere(
            "这里不受理违纪违法方面的检举控告，您写的内容没有保存\n"
            "请向机关纪委反映，或拨打 12388，或登录 www.12388.gov.cn（中央纪委国家监委举报网站）\n"
            "涉嫌犯罪的请报警 110，或向检察机关 12309 反映"
        )


def speaks_of(text: str, *, own_case: bool = False) -> bool:
    """Whether a text accuses of a breach of discipline or law."""
    plain = "".join(text.split())
    if own_case:
        return bool(_GRAVE.search(_DENIED.sub("", plain)))
    return bool(_GRAVE.search(plain) or _NAMED.search(plain))
