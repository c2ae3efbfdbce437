"""Compares claims with the entries they gave: one entry for each approval that stands, and no other (rules 3, 8)."""

import re
from collections.abc import Iterator

from sqlalchemy import Row, String, and_, cast, literal, select, type_coerce
from sqlalchemy.orm import Session, aliased

from models.claims import STATUS_WORDS, Claim, ClaimStatus
from models.ledger import Entry
from models.rulebooks import Source

BATCH = 1000
# What a decision gave, or what restored it after a spot check's finding was taken back.
_CAUSE = re.compile(r"claim:(\d{1,18}):(\d{1,9})(?::restored:\d{1,9})?")

Known = dict[int, Row[int, ClaimStatus, int]]  # id, status, decisions


def differences(session: Session) -> Iterator[str]:
    """Approved claims whose entry is missing or another one, and entries that no standing approval gave."""
    yield from _approved(session)
    yield from _orphans(session)


def _approved(session: Session) -> Iterator[str]:
    key = literal("claim:") + cast(Claim.id, String) + ":" + cast(Claim.decisions, String)
    query = (
        select(Claim.id, Claim.credited, Claim.points, Entry.id, Entry.points)
        .add_columns(and_(Entry.member_id == Claim.member_id, Entry.branch_id == Claim.branch_id))
        .add_columns(and_(Entry.item_code == Claim.item_code, Entry.day == Claim.day))
        .outerjoin(Entry, Entry.cause == key)
        .where(Claim.status == ClaimStatus.APPROVED)
        .order_by(Claim.id)
    )
    for row in session.execute(query.execution_options(yield_per=BATCH)):
        id, credited, claimed, entry_id, points, same_member, same_deed = row
        if entry_id is None:
            yield f"#{id}：已通过，台账里没有它的明细"
        elif points != credited:
            yield f"#{id}：记着得 {credited} 分，台账 J{entry_id} 是 {points} 分"
        elif abs(points) > abs(claimed) or points * claimed < 0:
            yield f"#{id}：申报 {claimed} 分，却得了 {points} 分"
        elif not (same_member and same_deed):
            yield f"#{id}：与台账 J{entry_id} 的人、支部、事项或日期不符"


def _orphans(session: Session) -> Iterator[str]:
    """Entries of claims that were not taken back although the claim is not approved by that decision."""
    undone = aliased(Entry)
    query = (
        select(Entry.id, Entry.cause)
        .outerjoin(undone, undone.reverses_id == Entry.id)
        .where(type_coerce(Entry.source, String) == Source.CLAIM.value, undone.id.is_(None))
        .order_by(Entry.id)
    )
    for batch in session.execute(query.execution_options(yield_per=BATCH)).partitions():
        causes = [(row.id, _CAUSE.fullmatch(row.cause)) for row in batch]
        claims = _claims(session, [int(found[1]) for _, found in causes if found])
        for entry_id, found in causes:
            yield from _orphan(entry_id, found, claims)


def _claims(session: Session, ids: list[int]) -> Known:
    query = select(Claim.id, Claim.status, Claim.decisions).where(Claim.id.in_(ids))
    return {row.id: row for row in session.execute(query)}


def _orphan(entry_id: int, found: re.Match[str] | None, claims: Known) -> Iterator[str]:
    claim = claims.get(int(found[1])) if found else None
    if found is None or claim is None:
        yield f"J{entry_id}：来源是申报，却找不到那条申报"
    elif claim.status is not ClaimStatus.APPROVED:
        yield f"J{entry_id}：#{claim.id} 现为“{STATUS_WORDS[claim.status]}”，这条明细却没有冲销"
    elif claim.decisions != int(found[2]):
        yield f"J{entry_id}：#{claim.id} 另有一次审核，这条明细却没有冲销"
