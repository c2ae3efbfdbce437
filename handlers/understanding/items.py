"""Which item of the rulebook a text means: by title, keyword, near-homophone, pinyin, code.

Longer words beat what they contain (微党课 beats 党课). Words that belong to several items, or that say
little alone (任务, 文章), leave a choice; what sounds or looks alike counts less than what is written.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from handlers.understanding.line import Line, Span
from handlers.understanding.sounds import initials, pinyin, sounds, spelt
from models.rulebooks import Item

# Words of many things: alone they point at an item without meaning it.
WEAK = frozenset(
    "任务 文章 信息 项目 创新 建议 意见 交流 记录 社区 处理 工作 会议 组织 先进 证书 上门 转发 临时任务 党课 捐 调研 应急 奖励".split()
)
# Of these the item's own unit beside them is enough: 项目一项, 奖励一次.
WITH_UNIT = frozenset("项目 创新 奖励 记录 上门".split())
# What people say for a keyword of the field: the keyword's item is meant, where the rulebook has it.
SAYINGS = {
    "奖状": "表彰", "评为": "表彰", "优秀党员": "表彰", "先进个人": "表彰", "立功": "表彰", "登报": "发表", "见报": "发表", "刊登": "发表", "录用": "采用", "采纳": "采纳",
    "公众号": "转发", "落水": "见义勇为", "救了": "见义勇为", "捐钱": "捐款", "捐物": "捐款", "捐衣": "捐款", "献血": "献血", "输血": "献血",
    "义诊": "志愿", "理发": "志愿", "剪头发": "志愿", "大扫除": "打扫卫生", "扫地": "打扫卫生", "扫街": "清扫", "扫楼": "清扫", "除雪": "扫雪", "铲冰": "扫雪", "清雪": "扫雪", "扫落叶": "清扫",
    "打扫": "清扫", "清理": "清扫", "河道": "巡河", "捡烟头": "捡垃圾", "垃圾分类": "志愿", "维持秩序": "志愿", "秩序": "志愿", "栽树": "植树", "种树": "植树", "指挥交通": "交通劝导", "劝导": "文明劝导",
    "护送学生": "护学", "助学": "志愿", "助老": "志愿", "义卖": "公益", "发传单": "志愿", "巡逻": "值守", "值班": "值守", "站岗": "值守", "守夜": "值守", "卡口": "值守",
    "慰问品": "慰问", "探访": "走访", "探望": "看望", "家访": "走访", "入户走访": "走访", "孤寡": "看望", "敬老院": "看望", "养老院": "看望", "福利院": "看望", "低保户": "走访", "贫困户": "走访",
    "困难家庭": "走访", "送米": "慰问", "送菜": "上门", "送药": "上门", "陪护": "帮扶",
    "法制课": "普法", "法治课": "普法", "普法课": "普法", "反诈课": "宣讲", "反诈": "宣讲", "宣传": "宣讲", "解答": "咨询", "讲解": "宣讲", "科普": "宣讲", "培训课": "讲座",
    "带头发言": "发言", "讲话": "发言", "领着学": "领学", "领着大家学": "领学", "带着学": "领学", "带领学": "领学", "组织学习": "领学",
    "新人": "带新人", "新同志": "带新人", "徒弟": "带徒", "带教": "传帮带", "帮教": "传帮带", "抗洪": "抢险", "抗旱": "抢险", "救火": "抢险", "灭火": "抢险", "防疫": "专班", "抽调": "专班", "攻坚": "专班",
    "搞卫生": "打扫卫生", "做卫生": "打扫卫生", "社区服务": "志愿", "社区劳动": "义务劳动", "社区报到": "志愿", "双报到": "志愿", "做好事": "志愿", "劳动": "义务劳动",
    "金点子": "建议", "学习强国": "自学", "网课": "在线学习", "必学": "必读", "学习打卡": "自学", "读书笔记": "心得", "日记": "心得", "观影": "观后感",
    "主持人": "主持", "记笔记": "记录", "会标": "会务", "摆桌椅": "布置会场", "谈心谈话": "谈心", "两两谈心": "谈心",
}  # fmt: skip
_SPLIT = re.compile(r"[、，,。；;（）()/\s]+")
_LEAD = re.compile(r"^(?:按时参加|按时保质完成|无正当理由|因个人原因|撰写|开展|参加|受|讲|下基层|牵头或参与|落实|完成)")
_CODE = re.compile(r"[\u4e00-\u9fff]{2}-\d{2}")
SURE, SAID_SO, ALIKE, NEAR = 1.0, 0.9, 0.8, 0.6
# 献了一次血, 扫了雪: what stands inside a word of doing something.
_INSIDE = r"(?:了|过|完|个|着|点儿?|好)?(?:[一二两三四五六七八九\d][次个场回趟])?"


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found in a text: whose it is, where, and how well it fits (1 is written so)."""

    phrase: str
    items: tuple[int, ...]
    span: Span
    fit: float = SURE

    @property
    def weight(self) -> float:
        length = len(self.phrase) * self.fit
        return length * 0.5 if self.phrase in WEAK else length


@dataclass(frozen=True)
class Index:
    """The phrases of a list of items, prepared once."""

    items: tuple[Item, ...]

    @cached_property
    def phrases(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, list[int]] = {}
        for place, item in enumerate(self.items):
            for phrase in _phrases(item):
                if place not in found.setdefault(phrase, []):
                    found[phrase].append(place)
        return {phrase: tuple(places) for phrase, places in found.items()}

    @cached_property
    def by_head(self) -> dict[str, list[str]]:
        """Phrases by their first character, the longest first."""
        found: dict[str, list[str]] = {}
        for phrase in sorted(self.phrases, key=len, reverse=True):
            found.setdefault(phrase[0], []).append(phrase)
        return found

    @cached_property
    def by_sound(self) -> dict[tuple[str, ...], str]:
        return {sounds(phrase): phrase for phrase in self.by_item if len(phrase) >= 2}

    @cached_property
    def parted(self) -> re.Pattern[str]:
        """Short phrases with something inside them."""
        short = [phrase for phrase in self.by_item if len(phrase) in {2, 3}]
        return re.compile("|".join(f"{re.escape(p[0])}{_INSIDE}{re.escape(p[1:])}" for p in short) or "(?!)")

    @cached_property
    def by_item(self) -> dict[str, tuple[int, ...]]:
        """Phrases of items that give points: a slip of the tongue is not taken for a deduction."""
        plus = {phrase: tuple(p for p in places if self.items[p].points > 0) for phrase, places in self.phrases.items()}
        return {phrase: places for phrase, places in plus.items() if places}

    @cached_property
    def sayings(self) -> dict[str, str]:
        """What people say for a keyword that these items have."""
        return {said: phrase for said, phrase in SAYINGS.items() if phrase in self.by_item and said not in self.phrases}

    @cached_property
    def said(self) -> re.Pattern[str]:
        return re.compile("|".join(sorted(map(re.escape, self.sayings), key=len, reverse=True)) or "(?!)")

    @cached_property
    def lengths(self) -> tuple[int, ...]:
        return tuple(sorted({len(phrase) for phrase in self.by_sound}))

    @cached_property
    def containing(self) -> dict[str, tuple[int, ...]]:
        """For a word that says little, the items one of whose phrases has it."""
        return {
            word: tuple(
                place for place, item in enumerate(self.items) if any(word in phrase for phrase in _phrases(item))
            )
            for word in WEAK
        }

    @cached_property
    def by_pinyin(self) -> dict[str, str]:
        return {pinyin(phrase): phrase for phrase in self.phrases}

    @cached_property
    def by_initials(self) -> dict[str, str]:
        return {initials(phrase): phrase for phrase in self.phrases if len(phrase) >= 4}

    @cached_property
    def by_code(self) -> dict[str, Item]:
        return {item.code: item for item in self.items}

    @cached_property
    def codes(self) -> dict[str, int]:
        return {item.code: place for place, item in enumerate(self.items)}


def _phrases(item: Item) -> list[str]:
    """What a member may call an item: its title, the title's parts with and without their verb, its keywords."""
    parts = [part for part in _SPLIT.split(item.title) if part]
    bare = [_LEAD.sub("", part) for part in parts]
    shown = [item.title, *parts, *bare, *item.keywords]
    return [phrase for phrase in dict.fromkeys(shown) if len(phrase) >= 2 or phrase in item.keywords]


_indexes: dict[tuple[int, ...], Index] = {}
_KEPT = 64


def index_of(items: Sequence[Item]) -> Index:
    """The index of a list of items; the items of a version are the same objects for the process's life."""
    key = tuple(map(id, items))
    found = _indexes.get(key)
    if found is None:
        if len(_indexes) >= _KEPT:
            _indexes.clear()
        # The index keeps its items alive, so that no other object can take their ids.
        found = _indexes[key] = Index(tuple(items))
    return found


def hits(index: Index, line: Line) -> list[Hit]:
    """Where a text names items: as written; if that finds nothing of weight, by pinyin, sound, or one slip."""
    found = [*_coded(index, line), *_written(index, line), *_latin(index, line)]
    if not any(hit.phrase not in WEAK for hit in found):
        found += _parted(index, line) or _sounding(index, line)
    if not any(hit.phrase not in WEAK and len(hit.items) == 1 for hit in found):
        found += _said(index, line)
    if not found:
        found = _near(index, line)
    return _longest(found)


def _longest(found: list[Hit]) -> list[Hit]:
    """Hits without those that lie within or across a weightier one."""
    kept: list[Hit] = []
    for hit in sorted(found, key=lambda hit: (hit.span[0] - hit.span[1], -hit.fit, hit.span)):
        start, end = hit.span
        if not any(start < other.span[1] and other.span[0] < end for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.span)


def _coded(index: Index, line: Line) -> list[Hit]:
    places = ((found, index.codes.get(found.group())) for found in _CODE.finditer(line))
    return [Hit(found.group(), (place,), found.span()) for found, place in places if place is not None]


def _written(index: Index, line: Line) -> list[Hit]:
    found = []
    for start, char in enumerate(line):
        for phrase in index.by_head.get(char, ()):
            if line.startswith(phrase, start):
                found.append(Hit(phrase, index.phrases[phrase], (start, start + len(phrase))))
    return found


def _latin(index: Index, line: Line) -> list[Hit]:
    found = []
    for said, span in spelt(line):
        phrase = index.by_pinyin.get(said) or (index.by_initials.get(said) if len(said) >= 4 else None)
        if phrase is not None and len(said) >= 4:
            found.append(Hit(phrase, index.phrases[phrase], span))
    return found


def _parted(index: Index, line: Line) -> list[Hit]:
    found = []
    for hit in index.parted.finditer(line):
        text = hit.group()
        phrase = next((text[0] + text[n:] for n in range(1, len(text)) if text[0] + text[n:] in index.by_item), None)
        if phrase is not None and phrase != text:
            found.append(Hit(phrase, index.by_item[phrase], hit.span()))
    return found


def _said(index: Index, line: Line) -> list[Hit]:
    found = ((index.sayings[hit.group()], hit.span()) for hit in index.said.finditer(line))
    return [Hit(phrase, index.by_item[phrase], span, SAID_SO) for phrase, span in found]


def _sounding(index: Index, line: Line) -> list[Hit]:
    heard = sounds(line)
    found = []
    for start in range(len(heard)):
        for length in index.lengths:
            phrase = index.by_sound.get(heard[start : start + length]) if start + length <= len(heard) else None
            if phrase is not None and _is_slip(phrase, line[start : start + length]):
                found.append(Hit(phrase, index.by_item[phrase], (start, start + length), ALIKE))
    return found


def _is_slip(phrase: str, written: str) -> bool:
    """Two syllables need a character in common: 宣奖 is a slip for 宣讲, 一共 is none for 义工."""
    common = sum(one == other for one, other in zip(phrase, written, strict=True))
    return common < len(phrase) and (common > 0 or len(phrase) > 2)


def _near(index: Index, line: Line) -> list[Hit]:
    """A phrase of four or more characters of which one is wrong or missing."""
    from rapidfuzz import fuzz, process

    long = [phrase for phrase in index.by_item if len(phrase) >= 4]
    best = process.extractOne(str(line), long, scorer=fuzz.partial_ratio, score_cutoff=75)
    if best is None:
        return []
    place = fuzz.partial_ratio_alignment(best[0], str(line))
    if place is None:
        return []
    return [Hit(best[0], index.by_item[best[0]], (place.dest_start, place.dest_end), NEAR)]


def matching(text: str, items: Sequence[Item]) -> list[Item]:
    """Every item a text has to do with, in the order given: for looking up the rulebook (细则)."""
    index = index_of(items)
    found: set[int] = set()
    for hit in hits(index, Line.of(text)):
        found |= {*hit.items, *index.containing.get(hit.phrase, ())}
    query = Line.of(text).strip()
    return [item for n, item in enumerate(index.items) if n in found or (query and query in item.title)]
