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
_COMMON = {
    "zuotian": "昨天", "jintian": "今天", "qiantian": "前天", "daqiantian": "大前天", "zuowan": "昨晚", "jinzao": "今早", "shangwu": "上午", "xiawu": "下午",
    "shangzhou": "上周", "shangge": "上个", "xingqi": "星期", "zhou": "周", "yue": "月", "hao": "号", "ri": "日",
    "xiaoshi": "小时", "xs": "小时", "zhongtou": "钟头", "fenzhong": "分钟", "fz": "分钟", "ge": "个", "hu": "户", "ci": "次", "pian": "篇", "chang": "场", "xiang": "项", "tiao": "条",
    "yi": "一", "liang": "两", "er": "二", "san": "三", "si": "四", "wu": "五", "liu": "六", "ban": "半",
    "quanbu": "全部", "le": "了", "qu": "去", "de": "的", "wo": "我",
}  # fmt: skip
_LETTERS = re.compile(r"[a-z]{2,}(?:'[a-z]+)*")
_LONGEST, _MOST = 24, 8


def spelled_out(line: Line, words: Vocabulary, index: Index) -> Line:
    """The line with its pinyin as characters; the same line when there is none."""
    if not _LETTERS.search(line):
        return line
    known = {**index.by_pinyin, **words.by_pinyin, **_COMMON}
    read, said, end = "", "", 0
    for found in _LETTERS.finditer(line):
        meant = _segmented(found.group().replace("'", ""), known)
        if meant is not None:
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
