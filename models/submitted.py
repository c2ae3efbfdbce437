"""A claim as the message that makes it knows it, so that nothing need be read back to tell and word it."""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from models.members import Person
from models.months import Month
from models.rulebooks import Item, Rulebook


class Submitted(NamedTuple):
    """A claim that was just made; what it is afterwards, ``models/claims.py`` says."""

    id: int
    member: Person
    by: Person
    branch_id: int
    rulebook: Rulebook
    item: Item
    quantity: Decimal
    points: Decimal
    day: date
    waiting_since: datetime
    rung: int
    temporary_group_id: int | None

    @property
    def month(self) -> Month:
        return Month.of(self.day)

    @property
    def recorded_for(self) -> bool:
        """代报: somebody else wrote it for the member."""
        return self.by.id != self.member.id

    # What models.waiting and models.deciders ask of a thing; nobody has decided it before.
    @property
    def subject(self) -> str:
        return f"claim:{self.id}"

    @property
    def decision_key(self) -> str:
        return f"claim:{self.id}:0"

    @property
    def deciding_branch_id(self) -> int:
        return self.branch_id

    @property
    def concerned_ids(self) -> frozenset[int]:
        return frozenset({self.member.id, self.by.id})

    @property
    def first_rung(self) -> int:
        return self.rung

    @property
    def also_above(self) -> bool:
        return False
