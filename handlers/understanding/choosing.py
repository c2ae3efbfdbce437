"""Which item the words found in a text mean, and how surely (chat: "When two items fit, it asks").

Evidence of one item alone decides. Shared words (值守), words that say little (任务), two deeds in one
line and what was only inferred from the unit leave a choice.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from handlers.understanding import quantities
from handlers.understanding.items import SAID_SO, SURE, Hit, Index, hits
from handlers.understanding.line import Line, Span
from handlers.understanding.sayings import WEAK, WITH_UNIT
from models.rulebooks import Item, Source

MOST, MOST_BY_UNIT, _LONG_ENOUGH = 5, 8, 3
WORD = re.compile(r"[^\s,，.。;；:：、/|()（）【】#-]+")
# 听了党课 is attendance, 讲了党课 is not.
_ATTENDED = re.compile(r"参加|出席|到会|听了|在的|去了|上了")
_TAUGHT = re.compile(r"讲|主讲|领学|授课|宣讲|主持|筹备|记录|准备")
_UNDONE = re.compile(r"(?:没有?|未|没能|未能)\s?(?:能|有)?(?:按时|按期)?(?:完成|学完|做完|学|交|做)|(?:完成|学完)不了")


class ItemRead(NamedTuple):
    """The items a text may mean, likeliest first; ``sure`` when it is one and said, not inferred."""

    items: tuple[Item, ...]
    spans: tuple[Span, ...] = ()
    sure: bool = True
    by_unit: bool = False  # no word named it


def choose(index: Index, line: Line, ignore: Sequence[Span] = (), *, told: bool = False) -> ItemRead:
    """The items of a text. ``told``: the command's word stands there, so that a claim is meant for certain."""
    bare = line.without(*ignore)
    found = hits(index, bare)
    units = {amount.unit for amount in quantities.read(bare)}
    if not found:
        return _by_unit(index, units)
    read = _chosen(index, found, units, line, told)
    return ItemRead(read.items, _naming(index, bare, found, read.items[0].code) if read.items else (), read.sure)


def naming(index: Index, line: Line, code: str, ignore: Sequence[Span] = ()) -> tuple[Span, ...]:
    """Where a text names an item that is known already."""
    bare = line.without(*ignore)
    return _naming(index, bare, hits(index, bare), code)


def _naming(index: Index, line: Line, found: list[Hit], code: str) -> tuple[Span, ...]:
    """The word that names an item and says no more than its title does; what follows it is the member's own."""
    place = index.codes[code]
    first = next((hit for hit in found if place in hit.items), None)
    if first is None:
        return ()
    word = next((w.span() for w in WORD.finditer(line) if w.start() <= first.span[0] < w.end()), first.span)
    said = [hit for hit in found if word[0] <= hit.span[0] < word[1] and place in hit.items]
    title = index.items[place].title
    return tuple(hit.span for hit in said if hit.phrase in title or hit.fit < SAID_SO or hit.phrase == code)


def _chosen(index: Index, found: list[Hit], units: set[str], line: Line, told: bool) -> ItemRead:
    named = {hit.items[0] for hit in found if _in_full(index, hit)}
    if len(named) == 1:
        return ItemRead((index.items[named.pop()],))
    if _UNDONE.search(line):
        owned_up = _owned_up(index, found)
        if owned_up:
            return ItemRead(owned_up, sure=False)
    places, sure = _settled(index, found, units, line, told)
    items = tuple(index.items[place] for place in places[:MOST])
    if len(items) != 1:
        return ItemRead(items, sure=False)
    return ItemRead(items, sure=sure and not (items[0].claimable and items[0].points < 0))


def _in_full(index: Index, hit: Hit) -> bool:
    """Whether a hit is an item's whole title or its code."""
    return hit.phrase in index.codes or any(hit.phrase == index.items[place].title for place in hit.items)


def _by_unit(index: Index, units: set[str]) -> ItemRead:
    """Nothing names an item; the hours, households or pieces may."""
    fitting = tuple(item for item in index.items if item.claimable and item.points > 0 and item.unit in units)
    return ItemRead(fitting if len(fitting) <= MOST_BY_UNIT else (), sure=False, by_unit=True)


def _owned_up(index: Index, found: list[Hit]) -> tuple[Item, ...]:
    """A deduction declared by oneself (rules 13): 学习任务没完成."""
    words = [hit.phrase for hit in found]
    negative = [item for item in index.items if item.points < 0 and item.claimable]
    return tuple(i for i in negative if any(word in text for word in words for text in (i.title, *i.keywords)))


def _settled(index: Index, found: list[Hit], units: set[str], line: Line, told: bool) -> tuple[list[int], bool]:
    strong = _strong(index, found, units)
    if len(strong) > 1:
        strong = _by_claim(index, strong, line)
    if len(strong) > 1 and told and len(units) == 1:
        strong = _first(index, strong, found, units)
    if len(strong) > 1 and told and not units:
        strong = _first_word(strong, found, line)
    if len(strong) == 1:
        return strong, _certain(index, strong[0], found, units, told)
    if strong:
        return strong, False
    return _weakly(index, found, units, line, told)


def _strong(index: Index, found: list[Hit], units: set[str]) -> list[int]:
    """Items with a word of their own that says enough, the weightiest first."""
    weights: dict[int, float] = {}
    for hit in found:
        enough = hit.phrase not in WEAK or (hit.phrase in WITH_UNIT and index.items[hit.items[0]].unit in units)
        if len(hit.items) == 1 and enough:
            weights[hit.items[0]] = weights.get(hit.items[0], 0) + hit.weight
    return sorted(weights, key=lambda place: -weights[place])


def _by_claim(index: Index, places: list[int], line: Line) -> list[int]:
    """What is claimed comes before what attendance credits; a plus before a minus."""
    claimable = [place for place in places if index.items[place].claimable]
    # What cannot be claimed is refused alike, whichever of them was meant.
    return claimable or places[:1]


def _first(index: Index, places: list[int], found: list[Hit], units: set[str]) -> list[int]:
    """申报 志愿服务 2小时 看望老人: what is named first, in its own unit; the rest is the note."""
    first = next(hit.items[0] for hit in found if hit.items[0] in places and len(hit.items) == 1)
    return [first] if _fitting(index, places, units) == [first] else places


def _first_word(places: list[int], found: list[Hit], line: Line) -> list[int]:
    """加分 张三 交办任务 布置会场: a word that is all of one item and stands first; the rest is the note."""
    start = found[0].span[0]
    word = next((w.span() for w in WORD.finditer(line) if w.start() == start), None)
    if word is None or word[1] - word[0] < _LONG_ENOUGH:
        return places
    said = [hit for hit in found if hit.span[0] < word[1]]
    whole = {n for hit in said for n in range(*hit.span)} >= set(range(*word))
    common = [place for place in places if all(place in hit.items for hit in said)]
    return common if whole and len(common) == 1 else places


def _fitting(index: Index, places: list[int], units: set[str]) -> list[int]:
    exact = [place for place in places if index.items[place].unit in units]
    return exact or [p for p in places if quantities.SAME.get(index.items[p].unit, set()) & units]


def _certain(index: Index, place: int, found: list[Hit], units: set[str], told: bool) -> bool:
    """Written words are certain; two syllables that only sound alike need the unit or more beside them."""
    own = [hit for hit in found if place in hit.items and (hit.phrase not in WEAK or hit.phrase in WITH_UNIT)]
    if any(hit.fit == SURE for hit in own):
        return True
    if any(hit.fit < 0.7 for hit in own):
        return False
    if all(hit.fit == SAID_SO for hit in own):
        return index.items[place].unit in units
    longest = max(len(hit.phrase) for hit in own)
    return longest >= 3 or told or index.items[place].unit in units


def _weakly(index: Index, found: list[Hit], units: set[str], line: Line, told: bool) -> tuple[list[int], bool]:
    """Only shared words or words that say little: everything they may mean."""
    own = [hit for hit in found if len(hit.items) == 1]
    shared = [hit for hit in found if len(hit.items) > 1]
    if shared:
        first = shared[0].items
        common = [p for p in first if all(p in hit.items for hit in shared)] or [*first]
        places = [p for p in common if any(p in hit.items for hit in own)] or common
        return places, len(places) == 1
    places = list(dict.fromkeys(p for hit in own for p in (*hit.items, *index.containing.get(hit.phrase, ()))))
    places = _by_verb(index, places, line)
    fitting = _fitting(index, places, units)
    if told and len(fitting) == 1 and any(fitting[0] in hit.items for hit in own):
        return fitting, True
    attended = len(places) == 1 and Source.ATTENDANCE in index.items[places[0]].sources
    return places, attended or (told and len(places) == 1)


def _by_verb(index: Index, places: list[int], line: Line) -> list[int]:
    attendance = [p for p in places if Source.ATTENDANCE in index.items[p].sources]
    if attendance and _ATTENDED.search(line) and not _TAUGHT.search(line):
        return attendance
    if _TAUGHT.search(line):
        return [p for p in places if p not in attendance] or places
    return places
