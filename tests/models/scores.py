"""Scores as they come in tests of what follows from them: one entry brings a member's month to a score."""

from datetime import datetime
from decimal import Decimal
from itertools import count

from sqlalchemy.orm import Session

from models import ledger, settings, standings
from models.ledger import Entry
from models.members import Member
from models.months import Month, Period
from models.rulebooks import Source
from tests.cast import NOW

_CAUSES = count(1)
BASE = Decimal(70)


def score(session: Session, member: Member, month: Month, to: str | int, *, now: datetime = NOW) -> Entry:
    """Bring a member's month to a score, under the rulebook of the cast (base 70, mark 60)."""
    ledger.lock_for(session, member.id, member.branch_id)
    have = standings.sums(session, member.branch_id, Period.month(month)).get((month, member.id), Decimal(0))
    return _write(session, member, month, Decimal(to) - BASE - have, Source.OPENING, now)


def zero(session: Session, member: Member, month: Month, *, now: datetime = NOW) -> Entry:
    """Zero a member's month."""
    ledger.lock_for(session, member.id, member.branch_id)
    return _write(session, member, month, Decimal(0), Source.ZEROING, now)


def _write(session: Session, member: Member, month: Month, points: Decimal, source: Source, now: datetime) -> Entry:
    return ledger.write(
        session,
        member,
        points,
        branch_id=member.branch_id,
        about=month,
        source=source,
        cause=f"test:{next(_CAUSES)}",
        by=None,
        now=now,
    )


def in_earnest(session: Session, since: str = "2026-01") -> None:
    """End the trial period everywhere with a month."""
    settings.put(session, settings.CONSEQUENCES_FROM, since, organization_id=None, by_id=None, now=NOW)
