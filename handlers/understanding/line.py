"""A typed line: what was written, and the same characters folded for reading.

Reading needs 简体, half width, lower case and dictation slips mended; a note (说明) must keep the
member's own words. Both live in one value, character for character, so that cutting one cuts the other.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Self

from zhconv import convert

Span = tuple[int, int]

# What dictation and hurried typing make of the field's words; both sides are of one length.
SLIPS = {
    "自愿服务": "志愿服务", "自愿者": "志愿者", "是愿者": "志愿者", "支援服务": "志愿服务", "支援者": "志愿者",
    "自愿": "志愿", "志源": "志愿", "至愿": "志愿", "志原": "志愿", "治愿": "志愿", "义公": "义工", "议工": "义工",
    "深报": "申报", "身报": "申报", "深抱": "申报", "申抱": "申报", "生报": "申报", "神报": "申报", "伸报": "申报",
    "通果": "通过", "推回": "退回", "腿回": "退回", "车回": "撤回",
    "彻回": "撤回", "撤会": "撤回", "撤消": "撤销", "博回": "驳回", "播回": "驳回", "拨回": "驳回",
    "积份": "积分", "机分": "积分", "鸡分": "积分", "记分": "积分", "排明": "排名",
    "小是": "小时", "小事": "小时", "小十": "小时", "钟投": "钟头", "份钟": "分钟", "分中": "分钟",
    "未问": "慰问", "慰文": "慰问", "委问": "慰问", "任勿": "任务",
    "昨填": "昨天", "左天": "昨天", "琴日": "昨日", "寻日": "昨日", "今填": "今天", "金天": "今天", "钱天": "前天",
    "公式": "公示", "平审": "评审", "申述": "申诉", "神诉": "申诉", "身诉": "申诉", "伸诉": "申诉", "牌名": "排名",
    "截至": "截止", "结止": "截止", "何格": "合格", "合各": "合格", "及各": "及格", "口分": "扣分", "叩分": "扣分",
    "异意": "异议", "易议": "异议", "合实": "核实", "抽茶": "抽查", "反应": "反映", "提叫": "提交",
    "全布": "全部", "邦定": "绑定", "帮定": "绑定", "榜定": "绑定",
}  # fmt: skip
# Only in their place: 小事 after a number is 小时, otherwise a trifle.
_AFTER_NUMBER = {"小是", "小事", "小十", "分中", "份钟"}
# Words of their own elsewhere: 自愿献血, 给我记分.
_ONLY = {
    "自愿": re.compile("自愿(?!献|捐|报|参|放|交|缴|申|提|无)"),
    "记分": re.compile("^记分$"),
    "反应": re.compile("反应(?=一?下|情况|问题|个|[:：\\s])"),
}
# Units alike in sound, right after a number and with nothing behind: 一片心得 stays.
_UNITS = dict(zip("片偏护沪互向像巷厂常此刺调", "篇篇户户户项项项场场次次条", strict=True))
_UNIT = re.compile(rf"(?<=[\d一二两三四五六七八九十])[{''.join(_UNITS)}](?=$|[\s,，.。!！昨前今上])")
_SLIP = re.compile("|".join(sorted(map(re.escape, SLIPS), key=len, reverse=True)))
# Pictures, stickers ([强]), joiners: they say nothing a command needs.
# 申 报 志愿 2 小时: single characters set apart by spaces.
_APART = re.compile(r"(?<!\S)([一-鿿]) (?=[一-鿿](?!\S))")
_STICKER = re.compile(r"\[[一-鿿A-Za-z]{1,6}\]")
_DROPPED = {"So", "Sk", "Cf", "Cc", "Cs", "Co", "Cn", "Mn", "Me"}
_SAME = dict(zip("壹贰叁肆柒捌玖拾", "一二三四七八九十", strict=True)) | {
    "—": "-",
    "–": "-",
    "−": "-",
    "―": "-",
    "～": "~",
    "\n": " ",
}


# Numerals of cheques that are surnames too: they count where something is counted.
_CHEQUES = {"伍": "五", "陆": "六"}
_CHEQUE = re.compile(r"[伍陆](?=\s?(?:个|小时|次|户|场|篇|条|项|分|号|点|十|百))|(?<=[十百])[伍陆]")


def _simple(char: str) -> str:
    """One character half width, in 简体 and lower case; always one."""
    char = _one(unicodedata.normalize("NFKC", _SAME.get(char, char)), char)
    return _one(char.lower() if char < "\u3400" else str(convert(char, "zh-hans")), char)


def _one(changed: str, char: str) -> str:
    return changed if len(changed) == 1 else char


class _Reading(dict[int, str]):
    """Characters as they are read, worked out once each."""

    def __missing__(self, code: int) -> str:
        read = self[code] = _simple(chr(code))
        return read


class _Shown(dict[int, str]):
    """Characters as they are kept; pictures and joiners become a space."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        kept = self[code] = " " if unicodedata.category(char) in _DROPPED and char != "\n" else char
        return kept


_reading, _shown = _Reading(), _Shown()


def clean(text: str) -> str:
    """What was typed, without pictures, single spaces; the end of a line, read as a space, is kept as such."""
    typed = _STICKER.sub(" ", text).translate(_shown).split("\n")
    lines = [" ".join(line.split()) for line in typed]
    return _APART.sub(r"\1", "\n".join(filter(None, lines)))


def _mended(found: re.Match[str]) -> str:
    word = found.group()
    if word in _AFTER_NUMBER and not re.search(
        r"[\d一二两三四五六七八九十半俩仨个]\s?$", found.string[: found.start()]
    ):
        return word
    if word in _ONLY and not _ONLY[word].match(found.string, found.start()):
        return word
    return SLIPS[word]


def folded(text: str) -> str:
    """A cleaned text as it is read: half width, 简体, lower case, slips mended; as long as the text."""
    plain = _CHEQUE.sub(lambda found: _CHEQUES[found.group()], text.translate(_reading))
    plain = _SLIP.sub(_mended, plain)
    return _UNIT.sub(lambda found: _UNITS[found.group()], plain)


class Line(str):
    """A folded text that remembers in ``said`` what was typed; both are of one length."""

    __slots__ = ("said",)
    said: str

    @classmethod
    def of(cls, text: str) -> "Line":
        """The line of a raw text; a line stays as it is."""
        return text if isinstance(text, Line) else _line(text)

    @classmethod
    def pair(cls, read: str, said: str) -> Self:
        if len(read) != len(said):
            raise ValueError("a line and its reading are of one length")
        line = cls(read)
        line.said = said
        return line

    def part(self, start: int, end: int) -> "Line":
        return Line.pair(self[start:end], self.said[start:end])

    def without(self, *spans: Span) -> "Line":
        """The line with these stretches blanked; positions stay."""
        if not spans:
            return self
        read, said = str(self), self.said
        for start, end in spans:
            blank = " " * (end - start)
            read, said = read[:start] + blank + read[end:], said[:start] + blank + said[end:]
        return Line.pair(read, said)

    @property
    def words(self) -> str:
        """The member's own words that are left, one space between them, no stray punctuation."""
        return tidy(self.said)

    @property
    def lines(self) -> str:
        """The member's own words as they were written, line by line."""
        found = (" ".join(line.split()) for line in self.said.split("\n"))
        return "\n".join(line for line in found if line)


@lru_cache(maxsize=256)
def _line(text: str) -> Line:
    """The line of a raw text, which several readers want one after another."""
    said = clean(text)
    return Line.pair(folded(said), said)


_EDGE = " ,，.。;；:：、!！~～-—/|()（）【】[]\"“”'#*+"
_GAPS = re.compile(r"[\s,，;；、/|]*\s[\s,，;；、/|]*")


def tidy(text: str) -> str:
    """A remainder as a note: gaps closed, punctuation at the edges gone."""
    return _GAPS.sub(" ", text.replace("【】", " ").replace("()", " ")).strip(_EDGE)
