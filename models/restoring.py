"""Restoring what a claim gave and a reversal took back: by a new entry, since no reversal is ever reversed (rules 2).

claim:12:1 ──reversed, restored──▶ claim:12:1:restored:1 ──reversed, restored──▶ claim:12:1:restored:2 …
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from models import caps, ledger, rulebooks
from models.claims import Claim
from models.ledger import Entry
from models.members import Member
from models.rulebooks import Source

RESTORED = ":restored:"


def of_decision(claim: Claim) -> Select[Any]:
    """The entries that a claim's last decision gave and that restored it, taken back or not; no reversals."""
    key = claim.decision_key
    return (
        select(Entry)
        .where(Entry.member_id == claim.member_id, Entry.about_month == claim.month, Entry.source != Source.REVERSAL)
        .where((Entry.cause == key) | Entry.cause.startswith(f"{key}{RESTORED}"))
        .order_by(Entry.id)
    )


def standing(session: Session, claim: Claim) -> Entry | None:
    """The entry of a claim's last decision that stands; None when it was taken back or never was."""
    undone = aliased(Entry)
    query = of_decision(claim).outerjoin(undone, undone.reverses_id == Entry.id).where(undone.id.is_(None))
    return session.scalars(query).first()


def taken_back_by(session: Session, claim: Claim, moment: datetime, reason: str) -> Entry | None:
    """The entry of a claim's last decision that was reversed at a moment and for a reason, if one was."""
    reversal = aliased(Entry)
    query = of_decision(claim).join(reversal, reversal.reverses_id == Entry.id).where(reversal.at == moment)
    query = query.where(reversal.reason == reason)
    return session.scalars(query).first()


def restore(session: Session, claim: Claim, entry: Entry, *, by: Member, now: datetime, reason: str) -> Entry:
    """Credit again what was taken back, as far as the caps leave room now; the caller holds the branch's lock."""
    earlier: Sequence[Entry] = session.scalars(of_decision(claim)).all()
    rulebook = rulebooks.get(session, claim.rulebook_id)
    left = caps.room(session, claim.member_id, rulebook, rulebook.get_item(claim.item_code), claim.month)
    return ledger.write(
        session,
        claim.member,
        caps.within(entry.points, left),
        branch_id=entry.branch_id,
        about=claim.day,
        source=Source.CLAIM,
        cause=f"{claim.decision_key}{RESTORED}{len(earlier)}",
        by=by,
        now=now,
        rulebook_id=claim.rulebook_id,
        item_code=claim.item_code,
        reason=reason,
    )
