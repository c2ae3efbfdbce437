"""Which item of the rulebook a text means: by title, keyword, near-homophone, pinyin, code.

Longer words beat what they contain (微党课 beats 党课). Words that belong to several items, or that say
little alone (任务, 文章), leave a choice; what sounds or looks alike counts less than what is written.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from rapidfuzz import fuzz, process

from handlers.understanding.kept import Kept
from handlers.understanding.line import Line, Span
from handlers.understanding.sayings import SAYINGS, WEAK
from handlers.understanding.sounds import initials, pinyin, sounds, spelt
from models.rulebooks import Item

_SPLIT = re.compile(r"[、，,。；;（）()/\s]+")
_LEAD = re.compile(r"^(?:按时参加|按时保质完成|无正当理由|因个人原因|撰写|开展|参加|受|讲|下基层|牵头或参与|落实|完成)")
_CODE = re.compile(r"[\u4e00-\u9fff]{2}-\d{2}")
SURE, SAID_SO, ALIKE, HINTED, NEAR = 1.0, 0.9, 0.8, 0.65, 0.6
# 献了一次血, 扫了雪: what stands inside a word of doing something.
_INSIDE = (
    r"(?:了|过|完|个|着|点儿?|好)?(?:[一二两俩三四五六七八九十\d半]+个?半?(?:小时|钟头|钟|分钟|次|场|回|趟|个))?的?"
)


class Hit(NamedTuple):
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
                found.setdefault(phrase, []).append(place)
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
    def said_apart(self) -> re.Pattern[str]:
        """The same with something inside: 扫了两小时马路."""
        apart = (f"{re.escape(said[0])}{_INSIDE}{re.escape(said[1:])}" for said in self.sayings if len(said) in {3, 4})
        return re.compile("|".join(apart) or "(?!)")

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


_indexes = Kept[tuple[int, ...], Index](64)


def index_of(items: Sequence[Item]) -> Index:
    """The index of a list of items; the items of a version are the same objects for the process's life."""
    # The index keeps its items alive, so that no other object can take their ids.
    return _indexes.get(tuple(map(id, items)), lambda: Index(tuple(items)))


def hits(index: Index, line: Line) -> list[Hit]:
    """Where a text names items: as written; if that finds nothing of weight, by pinyin, sound, or one slip."""
    found = [*_coded(index, line), *_written(index, line), *_latin(index, line)]
    if not any(hit.phrase not in WEAK for hit in found):
        found += _parted(index, line) or _sounding(index, line)
    if not any(hit.phrase not in WEAK and len(hit.items) == 1 for hit in found):
        found += _said(index, line)
    if not found:
        found = _said_apart(index, line) or _near(index, line)
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
    return [
        Hit(phrase, index.phrases[phrase], (start, start + len(phrase)))
        for start, char in enumerate(line)
        for phrase in index.by_head.get(char, ())
        if line.startswith(phrase, start)
    ]


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


def _said_apart(index: Index, line: Line) -> list[Hit]:
    found = []
    for hit in index.said_apart.finditer(line):
        text = hit.group()
        phrase = next(index.sayings[said] for n in (2, 3) if (said := text[0] + text[-n:]) in index.sayings)
        found.append(Hit(phrase, index.by_item[phrase], hit.span(), HINTED))
    return found


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
    long = [phrase for phrase in index.by_item if len(phrase) >= 4]
    best = process.extractOne(str(line), long, scorer=fuzz.partial_ratio, score_cutoff=75)
    if best is None:
        return []
    # Where exactly does not matter: a slip stays in the note.
    return [Hit(best[0], index.by_item[best[0]], (0, 0), NEAR)]


def matching(text: str, items: Sequence[Item]) -> list[Item]:
    """Every item a text has to do with, in the order given: for looking up the rulebook (细则)."""
    index = index_of(items)
    found: set[int] = set()
    for hit in hits(index, Line.of(text)):
        found |= {*hit.items, *index.containing.get(hit.phrase, ())}
    query = Line.of(text).strip()
    return [item for n, item in enumerate(index.items) if n in found or (query and query in item.title)]
