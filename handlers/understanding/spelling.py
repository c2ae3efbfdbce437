"""Lines typed in pinyin: shenbao zoufang 2hu zuotian is read as 申报 走访 2户 昨天.

A word of letters is replaced only when all of it is known words; abbreviations (zyfw) stand for items
and are left to the items.
"""

import re
from collections.abc import Mapping

from handlers.understanding.items import Index
from handlers.understanding.line import Line
from handlers.understanding.vocabulary import Vocabulary

# Days, units and numerals; the words of commands and items come from their own lists.
_SPELT = """
昨天 zuotian 今天 jintian 前天 qiantian 大前天 daqiantian 昨晚 zuowan 今早 jinzao 上午 shangwu 下午 xiawu
上周 shangzhou 上个 shangge 上个月 shanggeyue 星期 xingqi 周 zhou 月 yue 号 hao 日 ri
小时 xiaoshi 小时 xs 钟头 zhongtou 分钟 fenzhong 分钟 fz 个 ge 户 hu 次 ci 篇 pian 场 chang 项 xiang 条 tiao
一 yi 两 liang 二 er 三 san 四 si 五 wu 六 liu 半 ban 全部 quanbu 了 le 去 qu 的 de 我 wo
"""
_COMMON = dict(zip(_SPELT.split()[1::2], _SPELT.split()[::2], strict=True))
_LETTERS = re.compile(r"[a-z]{2,}(?:'[a-z]+)*")
_LONGEST, _MOST = 24, 8
# A binding code (models/bindings.py): ten of its letters and digits, so that JK3CY9R4QU does not end in 去.
_CODE = re.compile(r"(?<![0-9a-z])(?=[a-z]*[2-9])[a-df-hj-np-z2-9]{10}(?![0-9a-z])")


def spelled_out(line: Line, words: Vocabulary, index: Index) -> Line:
    """The line with its pinyin as characters; the same line when there is none."""
    if not _LETTERS.search(line):
        return line
    known = {**index.by_pinyin, **words.by_pinyin, **_COMMON}
    codes = [code.span() for code in _CODE.finditer(line)]
    read, said, end = "", "", 0
    for found in _LETTERS.finditer(line):
        meant = _segmented(found.group().replace("'", ""), known)
        if meant is not None and not any(first <= found.start() < last for first, last in codes):
            before = line.part(end, found.start())
            read, said, end = read + before + meant, said + before.said + meant, found.end()
    rest = line.part(end, len(line))
    return Line.pair(read + rest, said + rest.said) if end else line


def _segmented(text: str, known: Mapping[str, str], most: int = _MOST) -> str | None:
    """A run of letters as known words, the longest first; None when something is left over."""
    if not text:
        return ""
    if most == 0:
        return None
    for length in range(min(len(text), _LONGEST), 1, -1):
        word = known.get(text[:length])
        rest = _segmented(text[length:], known, most - 1) if word is not None else None
        if word is not None and rest is not None:
            return word + rest
    return None
