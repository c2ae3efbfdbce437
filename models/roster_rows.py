"""What a roster says, row by row: organizations by their path, members by their staff number (contract, roster)."""

from dataclasses import dataclass, field
from datetime import date

from models.appointments import Office
from models.members import MemberCategory, NotScoredReason, PartyStanding
from models.organizations import Nature, OrganizationKind

Path = tuple[str, ...]  # the names of an organization from the top down to its own, which tells equal names apart


@dataclass(frozen=True, slots=True)
class OrganizationRow:
    """One organization; ``leaders_in_charge`` are staff numbers (分管领导)."""

    path: Path
    kind: OrganizationKind
    nature: Nature = Nature.STANDING
    leaders_in_charge: tuple[str, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None
    row: int = field(default=0, compare=False)

    @property
    def name(self) -> str:
        return self.path[-1]

    @property
    def parent(self) -> Path:
        """The path of the next level; empty at the top."""
        return self.path[:-1]


@dataclass(frozen=True, slots=True)
class Held:
    """An office and the organization in which it is held."""

    office: Office
    organization: Path


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One member; of the phone number only the last 4 digits were kept (rules 32).

    ``not_scored`` is None for who is scored (rules 7); members of retired organizations need no reason here.
    """

    staff_no: str
    name: str
    home: Path
    phone_last4: str | None = None
    offices: tuple[Held, ...] = ()
    category: MemberCategory = MemberCategory.FULL
    party_standing: PartyStanding = PartyStanding.NORMAL
    leading_cadre: bool = False
    not_scored: NotScoredReason | None = None
    row: int = field(default=0, compare=False)
