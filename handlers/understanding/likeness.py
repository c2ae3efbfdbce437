"""How like a question is to what people ask about each command: naive Bayes.

It counts stretches of one to three characters, and the notions (notions.txt) a question speaks of, alone and two by
two. What people ask stands in ``phrasings.txt``; it is counted once, when first needed. What nobody has asked with
yet says nothing.
"""

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path

from handlers.understanding.gist import gist
from handlers.understanding.kept import Kept

_HERE = Path(__file__).parent
# What nothing here answers: the weather, the canteen.
NOTHING = "无"
# How much a single character and a notion count beside longer stretches; how much one that a topic has not.
_SINGLE, _NOTION, _ABSENT, _PRIOR = 0.6, 0.5, 0.1, 0.3
_LONGEST_NOTION = 4


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a question fits each topic: only differences mean anything.

    ``known`` is how much of it has been asked before (0 to 1), ``own`` of which topics word for word.
    """

    scores: tuple[float, ...]
    known: float
    own: frozenset[str]


def phrasings(text: str) -> dict[str, list[str]]:
    """The phrasings of each topic."""
    found: dict[str, list[str]] = {}
    topic = ""
    for line in text.splitlines():
        if line.startswith("["):
            topic = line[1:-1]
        elif not line.startswith("#"):
            found.setdefault(topic, []).extend(line.split())
    return {topic: said for topic, said in found.items() if topic}


@cache
def _notions() -> dict[str, frozenset[str]]:
    """The notions a word belongs to."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for line in (_HERE / "notions.txt").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            notion, *words = line.split()
            for word in words:
                found[word].add(notion)
    return {word: frozenset(notions) for word, notions in found.items()}


def _spoken_of(text: str) -> list[str]:
    """The notions a text speaks of, alone and two by two."""
    known = _notions()
    parts = (text[n : n + length] for length in range(1, _LONGEST_NOTION + 1) for n in range(len(text) - length + 1))
    notions = sorted({notion for part in parts for notion in known.get(part, ())})
    return [*(f"#{notion}" for notion in notions), *(f"#{one}#{other}" for one, other in combinations(notions, 2))]


def _stretches(text: str) -> dict[str, float]:
    whole = f"^{text}$"
    found = {whole[n : n + length]: 1.0 for length in (2, 3) for n in range(len(whole) - length + 1)}
    return found | dict.fromkeys(text, _SINGLE)


class Likeness:
    """What is counted of the phrasings."""

    def __init__(self, said: dict[str, list[str]]) -> None:
        self.topics = tuple(said)
        self._fits = Kept[str, Fit](256)
        counts = [Counter[str]() for _ in said]
        self.own: dict[str, frozenset[str]] = {}
        for counted, (topic, phrases) in zip(counts, said.items(), strict=True):
            for reduced in map(gist, phrases):
                counted.update(_stretches(reduced).keys())
                counted.update(_spoken_of(reduced))
                self.own[reduced] = self.own.get(reduced, frozenset()) | {topic}
        every = set().union(*counts)
        asked = sum(map(len, said.values()))
        self._first = [_PRIOR * math.log(len(one) / asked) for one in said.values()]
        self._absent = [math.log(_ABSENT / (sum(counted.values()) + _ABSENT * len(every))) for counted in counts]
        self._gains: dict[str, list[tuple[int, float]]] = {stretch: [] for stretch in every}
        for place, counted in enumerate(counts):
            for stretch, count in counted.items():
                self._gains[stretch].append((place, math.log1p(count / _ABSENT)))

    def fit(self, text: str) -> Fit:
        """How well a text fits the topics, in their order; ``text`` is reduced already."""
        return self._fits.get(text, lambda: self._fit(text))

    def _fit(self, text: str) -> Fit:
        every = _stretches(text)
        known = {stretch: weight for stretch, weight in every.items() if stretch in self._gains}
        share = sum(known.values()) / sum(every.values())
        known |= dict.fromkeys((notion for notion in _spoken_of(text) if notion in self._gains), _NOTION)
        weight = sum(known.values())
        scores = [first + weight * absent for first, absent in zip(self._first, self._absent, strict=True)]
        for stretch, by in known.items():
            for place, gain in self._gains[stretch]:
                scores[place] += by * gain
        return Fit(tuple(scores), share, self.own.get(text, frozenset()))


@cache
def likeness() -> Likeness:
    """The likeness to our own phrasings."""
    return Likeness(phrasings((_HERE / "phrasings.txt").read_text("utf-8")))
