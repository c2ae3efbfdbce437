"""What a rulebook (积分细则) says: marks, stars, categories and items, as data and as the stored document.

The frozen dataclasses are what everyone reads. A document is kept as JSON beside its digest.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from models.months import Month


class Evidence(StrEnum):
    """Whether a claim of an item carries a picture (rules 13)."""

    NONE = "none"  # nothing to show
    OPTIONAL = "optional"  # may be sent
    REQUIRED = "required"  # cannot be submitted without


class Source(StrEnum):
    """Where an entry comes from (rules 2)."""

    CLAIM = "claim"  # 党员主动申报
    BRANCH = "branch"  # 支部调查了解
    REPORT = "report"  # 群众反映核实
    ATTENDANCE = "attendance"  # a meeting's check-in
    EXAM = "exam"  # a theory test
    LEARNING = "learning"  # the month's learning task
    APPEAL = "appeal"  # an upheld appeal or objection
    SPOT_CHECK = "spot_check"  # a finding of 抽查
    OPENING = "opening"  # the balance of a running year
    ZEROING = "zeroing"  # 归零
    REVERSAL = "reversal"  # takes an earlier entry back


class Publish(StrEnum):
    """What the disclosure shows of an entry (rules 14)."""

    FULL = "full"  # figure and reason
    POINTS = "points"  # the figure only


@dataclass(frozen=True, slots=True)
class Category:
    """类别: a group of items with its own monthly cap on credited points."""

    code: str
    title: str
    cap_month: Decimal | None = None
    stars: tuple[Decimal, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """事项: one thing that gives or costs points.

    ``points`` is per ``unit``; a cap bounds the absolute sum of the credited points of a month or a year.
    """

    code: str
    title: str
    category: str
    points: Decimal
    unit: str
    max_quantity: Decimal = Decimal(1)
    cap_month: Decimal | None = None
    cap_year: Decimal | None = None
    evidence: Evidence = Evidence.NONE
    sources: tuple[Source, ...] = (Source.CLAIM,)
    attendance: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    publish: Publish = Publish.FULL
    keywords: tuple[str, ...] = ()
    effect: str = ""
    description: str = ""

    @property
    def claimable(self) -> bool:
        """Whether a member may claim it himself."""
        return Source.CLAIM in self.sources

    @property
    def is_plus(self) -> bool:
        return self.points > 0


@dataclass(frozen=True, slots=True)
class Reward:
    """What a star gives (rules 18; S3 对应给予奖惩激励)."""

    stars: int
    gives: str


@dataclass(frozen=True)
class Rulebook:
    """One version's content: the figures of a month and the items, in the file's order."""

    name: str
    effective_from: Month
    base: Decimal
    pass_mark: Decimal
    floor: Decimal
    ceiling: Decimal | None
    stars: tuple[Decimal, ...]
    categories: tuple[Category, ...]
    items: tuple[Item, ...]
    rewards: tuple[Reward, ...] = ()
    id: int = field(default=0, compare=False)
    version: int = field(default=0, compare=False)

    @cached_property
    def _items(self) -> dict[str, Item]:
        return {item.code: item for item in self.items}

    def find_item(self, code: str) -> Item | None:
        return self._items.get(code)

    def get_item(self, code: str) -> Item:
        """The item of a code; raises KeyError, since codes come from our own tables."""
        return self._items[code]

    @cached_property
    def _categories(self) -> dict[str, Category]:
        return {category.code: category for category in self.categories}

    @cached_property
    def _plus_codes(self) -> dict[str, list[str]]:
        plus = [item for item in self.items if item.is_plus]
        return {code: [item.code for item in plus if item.category == code] for code in self._categories}

    def get_category(self, code: str) -> Category:
        return self._categories[code]

    def plus_codes(self, category: str) -> list[str]:
        """Codes of the category's items that give points; its cap bounds these together."""
        return self._plus_codes[category]

    def score(self, points: Decimal) -> Decimal:
        """A month's score from the sum of its entries (rules 4)."""
        score = max(self.base + points, self.floor)
        return score if self.ceiling is None else min(score, self.ceiling)

    def stars_at(self, score: Decimal) -> int:
        """How many stars a score has (rules 18)."""
        return sum(score >= mark for mark in self.stars)

    def next_star(self, score: Decimal) -> tuple[int, Decimal] | None:
        """The next star and the points missing to it; None at the last one."""
        have = self.stars_at(score)
        return None if have == len(self.stars) else (have + 1, self.stars[have] - score)


def _plain(value: object) -> object:
    return str(value)


def as_json(rulebook: Rulebook) -> dict[str, Any]:
    """The document as it is stored and hashed."""
    content: dict[str, Any] = json.loads(json.dumps(asdict(replace(rulebook, id=0, version=0)), default=_plain))
    content["effective_from"] = str(rulebook.effective_from)
    return content


def digest_of(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _decimals(values: Iterable[str]) -> tuple[Decimal, ...]:
    return tuple(Decimal(value) for value in values)


def _optional(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _item(raw: dict[str, Any]) -> Item:
    return Item(
        **raw
        | {
            "points": Decimal(raw["points"]),
            "max_quantity": Decimal(raw["max_quantity"]),
            "cap_month": _optional(raw["cap_month"]),
            "cap_year": _optional(raw["cap_year"]),
            "evidence": Evidence(raw["evidence"]),
            "sources": tuple(Source(source) for source in raw["sources"]),
            "publish": Publish(raw["publish"]),
            "attendance": tuple(raw["attendance"]),
            "roles": tuple(raw["roles"]),
            "keywords": tuple(raw["keywords"]),
        }
    )


def from_json(raw: dict[str, Any], *, id: int = 0, version: int = 0) -> Rulebook:
    """The dataclasses of a stored document."""
    return Rulebook(
        name=raw["name"],
        effective_from=Month.parse(raw["effective_from"]),
        base=Decimal(raw["base"]),
        pass_mark=Decimal(raw["pass_mark"]),
        floor=Decimal(raw["floor"]),
        ceiling=_optional(raw["ceiling"]),
        stars=_decimals(raw["stars"]),
        categories=tuple(
            Category(c["code"], c["title"], _optional(c["cap_month"]), _decimals(c["stars"])) for c in raw["categories"]
        ),
        items=tuple(_item(item) for item in raw["items"]),
        rewards=tuple(Reward(**reward) for reward in raw["rewards"]),
        id=id,
        version=version,
    )
