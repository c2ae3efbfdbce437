"""Which item of the rulebook a text means: by title, keyword, near-homophone, pinyin, code.

Longer words beat what they contain (微党课 beats 党课). Words that belong to several items, or that say
little alone (任务, 文章), leave a choice; what sounds or looks alike counts less than what is written.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from handlers.understanding.line import Line, Span
from handlers.understanding.sounds import LATIN, initials, pinyin, sounds, spelt
from models.rulebooks import Item

# Words of many things: alone they point at an item without meaning it.
WEAK = frozenset(
    "任务 文章 信息 项目 创新 建议 意见 交流 发言 记录 社区 处理 工作 会议 组织 志愿者协会 先进 证书 上门 转发 临时任务 党课 捐 调研 应急 奖励".split()
)
_SPLIT = re.compile(r"[、，,。；;（）()/\s]+")
_LEAD = re.compile(r"^(?:按时参加|按时保质完成|无正当理由|因个人原因|撰写|开展|参加|受|讲|下基层|牵头或参与|落实|完成)")
_CODE = re.compile(r"[\u4e00-\u9fff]{2}-\d{2}")
SURE, ALIKE, NEAR = 1.0, 0.8, 0.6


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found in a text: whose it is, where, and how well it fits (1 is written so)."""

    phrase: str
    items: tuple[int, ...]
    span: Span
    fit: float

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
        return {sounds(phrase): phrase for phrase in self.phrases if len(phrase) >= 2}

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
        found += _sounding(index, line)
    if not found:
        found = _near(index, line)
    return _longest(found)


def _longest(found: list[Hit]) -> list[Hit]:
    """Hits without those that lie within or across a weightier one."""
    kept: list[Hit] = []
    for hit in sorted(found, key=lambda hit: (-len(hit.phrase), -hit.fit, hit.span)):
        start, end = hit.span
        if not any(start < other.span[1] and other.span[0] < end for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.span)


def _coded(index: Index, line: Line) -> list[Hit]:
    places = ((found, index.codes.get(found.group())) for found in _CODE.finditer(line))
    return [Hit(found.group(), (place,), found.span(), SURE) for found, place in places if place is not None]


def _written(index: Index, line: Line) -> list[Hit]:
    found = []
    for start, char in enumerate(line):
        for phrase in index.by_head.get(char, ()):
            if line.startswith(phrase, start):
                found.append(Hit(phrase, index.phrases[phrase], (start, start + len(phrase)), SURE))
    return found


def _latin(index: Index, line: Line) -> list[Hit]:
    found = []
    for word in LATIN.finditer(line):
        said = spelt(word.group())
        phrase = index.by_pinyin.get(said) or (index.by_initials.get(said) if len(said) >= 4 else None)
        if phrase is not None and len(said) >= 4:
            found.append(Hit(phrase, index.phrases[phrase], word.span(), SURE))
    return found


def _sounding(index: Index, line: Line) -> list[Hit]:
    heard = sounds(line)
    found = []
    for start in range(len(heard)):
        for length in index.lengths:
            phrase = index.by_sound.get(heard[start : start + length]) if start + length <= len(heard) else None
            if phrase is not None and not line.startswith(phrase, start):
                found.append(Hit(phrase, index.phrases[phrase], (start, start + length), ALIKE))
    return found


def _near(index: Index, line: Line) -> list[Hit]:
    """A phrase of four or more characters of which one is wrong or missing."""
    from rapidfuzz import fuzz, process

    long = [phrase for phrase in index.phrases if len(phrase) >= 4]
    best = process.extractOne(str(line), long, scorer=fuzz.partial_ratio, score_cutoff=75)
    if best is None:
        return []
    place = fuzz.partial_ratio_alignment(best[0], str(line))
    if place is None:
        return []
    return [Hit(best[0], index.phrases[best[0]], (place.dest_start, place.dest_end), NEAR)]


def matching(text: str, items: Sequence[Item]) -> list[Item]:
    """Every item a text has to do with, in the order given: for looking up the rulebook (细则)."""
    index = index_of(items)
    found: set[int] = set()
    for hit in hits(index, Line.of(text)):
        found |= {*hit.items, *index.containing.get(hit.phrase, ())}
    query = Line.of(text).strip()
    return [item for n, item in enumerate(index.items) if n in found or (query and query in item.title)]
