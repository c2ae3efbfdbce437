"""Replays the ledger: every chain, hash, cap, decision and snapshot in order (rules 2, 4, 15; contract, ``verify``).

What is found is worded for the operator, one Chinese line per difference. Everything is streamed, so that a ledger
of a million entries needs no more memory than one of a thousand. The session must see one moment of the database
from beginning to end, or what is written meanwhile looks like a difference.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    verification_chains,
    verification_claims,
    verification_figures,
    verification_meetings,
    verification_opinions,
    verification_records,
    verification_results,
)
from models.ledger import Book
from models.organizations import Organization
from models.verification_chains import Head


class BranchHead(NamedTuple):
    """The head of a branch's chain, to be printed and kept."""

    branch: str
    head: Head


def differences(session: Session, printed: Sequence[Head] = ()) -> Iterator[str]:
    """Everything in which the ledger differs from what it must be; ``printed`` are heads kept outside it.

    The heads that disclosures were printed with count as kept, too.
    """
    yield from verification_chains.differences(session, [*printed, *verification_results.disclosed_heads(session)])
    yield from verification_figures.differences(session)
    yield from verification_claims.differences(session)
    yield from verification_records.differences(session)
    yield from verification_meetings.differences(session)
    yield from verification_opinions.differences(session)
    yield from verification_results.differences(session)


def heads(session: Session) -> list[BranchHead]:
    """The heads of all branches' chains, by ascending id."""
    query = select(Organization.name, Book.sequence, Book.head).join(Organization, Organization.id == Book.branch_id)
    rows = session.execute(query.order_by(Book.branch_id))
    return [BranchHead(name, Head(sequence, head)) for name, sequence, head in rows]


__all__ = ["BranchHead", "Head", "differences", "heads"]
