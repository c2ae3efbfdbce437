"""What a new version of a rulebook would have made of a month (contract, ``rulebook import --dry-run``).

Each entry is weighed anew: a claim by the quantity that was claimed, anything else by the quantity its points stand
for, both within the new caps of the month. Whoever is zeroed stays so; what has no item (an opening balance, a
correction) counts as it is. Caps of a year are left out, since only one month is looked at.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import caps, organizations, rolls, rulebooks, standings
from models.claims import Claim
from models.columns import rounded
from models.ledger import Entry
from models.months import Month, Period
from models.organizations import Organization
from models.rulebooks import Item, Rulebook, Source


@dataclass(frozen=True, slots=True)
class Distribution:
    """The scores of a branch's scored members, without names (S2: branches are not compared by points)."""

    scored: int
    average: Decimal
    below_mark: int
    stars: tuple[int, ...]  # how many have no star, one star …

    @classmethod
    def of(cls, scores: Sequence[Decimal], rulebook: Rulebook) -> "Distribution":
        """The distribution of at least one score."""
        counted = Counter(rulebook.stars_at(score) for score in scores)
        stars = tuple(counted[number] for number in range(len(rulebook.stars) + 1))
        below = sum(score < rulebook.pass_mark for score in scores)
        return cls(len(scores), standings.average(scores), below, stars)


@dataclass(frozen=True, slots=True)
class Trial:
    """One branch's month by its own version (None where there was none) and by the new one.

    ``lost`` are codes of items that the new version does not have.
    """

    branch: str
    before: Distribution | None
    after: Distribution
    lost: tuple[str, ...]


def run(session: Session, organization: Organization, new: Rulebook, month: Month) -> list[Trial]:
    """The trials of the branches that a new version of an organization's rulebook would hold for."""
    found = []
    for branch in organizations.branches(session):
        if _holds_for(session, organization, branch):
            trial = _of_branch(session, branch, new, month)
            if trial is not None:
                found.append(trial)
    return found


def _holds_for(session: Session, organization: Organization, branch: Organization) -> bool:
    """Whether no rulebook of a level nearer to the branch stands before this organization's (rules 6)."""
    rungs = [rung.id for rung in organizations.ladder(session, branch.id)]
    if organization.id not in rungs:
        return False
    nearer = rungs[: rungs.index(organization.id)]
    query = select(rulebooks.RulebookVersion.id).where(
        rulebooks.RulebookVersion.organization_id.in_(nearer), rulebooks.RulebookVersion.withdrawn_at.is_(None)
    )
    return session.scalars(query.limit(1)).first() is None


def _of_branch(session: Session, branch: Organization, new: Rulebook, month: Month) -> Trial | None:
    """The trial of a branch; None where nobody is scored."""
    ids = [member.id for member in rolls.roll(session, branch.id, month) if member.not_scored is None]
    if not ids:
        return None
    period = Period.month(month)
    zeroed = {member_id for _, member_id in standings.zeroed(session, branch.id, period)}
    old = rulebooks.find_in_force(session, branch.id, month)
    before = {id: points for (_, id), points in standings.sums(session, branch.id, period).items()}
    scale = _Scale(session, new)
    for entry in _standing(session, branch.id, month):
        scale.weigh(entry)
    shown = Distribution.of(_scores(old, ids, before, zeroed), old) if old is not None else None
    after = Distribution.of(_scores(new, ids, scale.sums, zeroed), new)
    return Trial(branch.name, shown, after, tuple(scale.lost))


def _scores(rulebook: Rulebook, ids: list[int], sums: Mapping[int, Decimal], zeroed: set[int]) -> list[Decimal]:
    return [Decimal(0) if id in zeroed else rulebook.score(sums.get(id, Decimal(0))) for id in ids]


def _standing(session: Session, branch_id: int, month: Month) -> list[Entry]:
    """The entries about a month that were not taken back, oldest first."""
    query = select(Entry).where(Entry.branch_id == branch_id, Entry.about_month == month).order_by(Entry.id)
    entries = session.scalars(query).all()
    gone = {entry.reverses_id for entry in entries if entry.reverses_id is not None}
    return [entry for entry in entries if entry.id not in gone and entry.source is not Source.REVERSAL]


class _Scale:
    """Weighs entries by a new version, one after the other, so that its caps fill up as they would have."""

    def __init__(self, session: Session, new: Rulebook) -> None:
        self._session = session
        self._new = new
        self._used: dict[tuple[int, str, str], Decimal] = defaultdict(Decimal)
        self.sums: dict[int, Decimal] = defaultdict(Decimal)
        self.lost: dict[str, None] = {}

    def weigh(self, entry: Entry) -> None:
        """Add an entry to its member's sum."""
        points = entry.points
        if entry.item_code is not None and entry.rulebook_id is not None:
            item = self._new.find_item(entry.item_code)
            if item is None:
                self.lost[entry.item_code] = None
                return
            points = self._capped(entry.member_id, item, rounded(item.points * self._quantity(entry)))
        self.sums[entry.member_id] += points

    def _quantity(self, entry: Entry) -> Decimal:
        """What was claimed, or what the points stand for; the latter too where the approver set another figure."""
        assert entry.rulebook_id is not None
        assert entry.item_code is not None
        if entry.source is Source.CLAIM:
            claim = self._session.get(Claim, int(entry.cause.split(":")[1]))
            if claim is not None and not claim.reason:
                return claim.quantity
        old = rulebooks.get(self._session, entry.rulebook_id).get_item(entry.item_code)
        return entry.points / old.points if old.points else Decimal(1)

    def _capped(self, member_id: int, item: Item, points: Decimal) -> Decimal:
        most = {("item", item.code): item.cap_month}
        if item.is_plus:
            most["category", item.category] = self._new.get_category(item.category).cap_month
        left = [cap - abs(self._used[member_id, *key]) for key, cap in most.items() if cap is not None]
        points = caps.within(points, max(min(left), Decimal(0)) if left else None)
        for key in most:
            self._used[member_id, *key] += points
        return points
