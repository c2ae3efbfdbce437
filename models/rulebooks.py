"""The rulebook (积分细则): what gives how many points, in versions that never change (rules 6).

A version is one immutable document. The table keeps it as JSON beside its digest; the frozen
dataclasses below are what everyone reads, decoded once per digest.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import organizations
from models.base import Base, MonthOf, RowId, once_per_session
from models.errors import Refused
from models.months import Month
from models.organizations import Organization
from models.prepared import Prepared


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

    def get_category(self, code: str) -> Category:
        return next(category for category in self.categories if category.code == code)

    def plus_codes(self, category: str) -> list[str]:
        """Codes of the category's items that give points; its cap bounds these together."""
        return [item.code for item in self.items if item.category == category and item.is_plus]

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


class RulebookVersion(Base):
    """One imported version of an organization's rulebook; a row never changes."""

    __tablename__ = "rulebook_versions"
    read_once = True
    __table_args__ = (UniqueConstraint("organization_id", "version"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    version: Mapped[int]
    effective_from: Mapped[Month] = mapped_column(MonthOf)
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    imported_at: Mapped[datetime]


class NotYetBegun(Refused):
    """A changed rulebook takes effect with a month that has not begun."""


class Unchanged(Refused):
    """The file says what is in force already."""


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


# Versions are immutable, so one decoded per digest and row serves every session of the process.
_decoded: dict[tuple[str, int], Rulebook] = {}
_READ = "rulebooks read"


def _read(session: Session, id: int, digest: str) -> Rulebook:
    known = _decoded.get((digest, id))
    if known is None:
        row = session.get_one(RulebookVersion, id)
        known = _decoded[digest, id] = from_json(row.content, id=id, version=row.version)
    session.info.setdefault(_READ, {})[id] = known
    return known


def get(session: Session, version_id: int) -> Rulebook:
    """The rulebook of a stored version."""
    known: dict[int, Rulebook] = session.info.setdefault(_READ, {})
    if version_id in known:
        return known[version_id]
    digest = session.scalars(select(RulebookVersion.digest).where(RulebookVersion.id == version_id)).one()
    return _read(session, version_id, digest)


_IN_FORCE = Prepared(
    select(RulebookVersion.id, RulebookVersion.digest)
    .join(organizations.LADDER_IDS, RulebookVersion.organization_id == organizations.LADDER_IDS.c.id)
    .where(RulebookVersion.effective_from <= bindparam("month", type_=MonthOf))
    .order_by(organizations.LADDER_IDS.c.height, RulebookVersion.effective_from.desc(), RulebookVersion.version.desc())
    .limit(1)
)


@once_per_session
def find_in_force(session: Session, organization_id: int, month: Month) -> Rulebook | None:
    """The version a month of an organization is computed with: its own, else of the nearest level above (rules 6)."""
    row = _IN_FORCE.first(session, organization_id=organization_id, month=month)
    return None if row is None else _read(session, *row)


class NoRulebook(Refused):
    """No rulebook is in force for a branch and month."""


def in_force(session: Session, organization_id: int, month: Month) -> Rulebook:
    """As ``find_in_force``; raises NoRulebook when nobody has imported one yet."""
    found = find_in_force(session, organization_id, month)
    if found is None:
        raise NoRulebook(f"{month.number}月还没有积分细则，请联系机关党委导入")
    return found


def add_version(session: Session, organization: Organization, rulebook: Rulebook, *, now: datetime) -> Rulebook:
    """Make a rulebook an organization's newest version (rules 6).

    Raises Unchanged when it says what the newest one says, NotYetBegun when a changed one would
    take effect in a month that has begun; an organization's first may begin with any month.
    """
    versions = select(RulebookVersion).where(RulebookVersion.organization_id == organization.id)
    newest = session.scalars(versions.order_by(RulebookVersion.version.desc()).limit(1)).first()
    content = as_json(rulebook)
    digest = digest_of(content)
    if newest is not None and newest.digest == digest:
        raise Unchanged(f"“{rulebook.name}”与现行第{newest.version}版完全相同，没有导入")
    if newest is not None and rulebook.effective_from <= Month.of(now):
        following = Month.of(now).plus(1)
        raise NotYetBegun(
            f"新版细则要从还没开始的月份起用，{rulebook.effective_from} 已经开始", f'effective_from = "{following}"'
        )
    row = RulebookVersion(
        organization_id=organization.id,
        version=1 if newest is None else newest.version + 1,
        effective_from=rulebook.effective_from,
        digest=digest,
        content=content,
        imported_at=now,
    )
    session.add(row)
    session.flush()
    return from_json(content, id=row.id, version=row.version)
