"""Compares upheld opinions with the entries they gave: one for each, and no other (rules 3, 14)."""

import re
from collections.abc import Iterator
from decimal import Decimal

from sqlalchemy import Row, String, select, type_coerce
from sqlalchemy.orm import Session

from models.claims import Claim
from models.correcting import cause_of
from models.ledger import Entry
from models.opinions import TWO_LEVELS, Opinion, OpinionStatus
from models.remedies import NOTHING
from models.rulebooks import Source

BATCH = 1000
# As columns, since an entry that was tampered with may hold what no object can.
_ENTRY = select(Entry.id, Entry.member_id, Entry.branch_id, type_coerce(Entry.about_month, String), Entry.points)

Given = Row[int, int, int, str, Decimal]


def differences(session: Session) -> Iterator[str]:
    """Upheld opinions whose entry is missing or another one, and appeals' entries that no upheld opinion gave."""
    yield from _upheld(session)
    yield from _orphans(session)


def _upheld(session: Session) -> Iterator[str]:
    upheld = (Opinion.status == OpinionStatus.UPHELD, Opinion.kind.in_(TWO_LEVELS))
    query = select(Opinion).where(*upheld, Opinion.remedy.not_in(("", NOTHING))).order_by(Opinion.id)
    for opinion in session.scalars(query.execution_options(yield_per=BATCH)):
        reverses = re.fullmatch(r"J(\d{1,18})", opinion.remedy)
        gave = Entry.reverses_id == int(reverses[1]) if reverses else Entry.cause == cause_of(opinion)
        entry = session.execute(_ENTRY.where(gave)).first()
        if entry is None:
            yield f"Y{opinion.id}：已答复成立（{opinion.remedy}），台账里没有它的明细"
        elif tuple(entry[1:4]) != (opinion.about_member_id, opinion.organization_id, str(opinion.month)):
            yield f"Y{opinion.id}：与台账 J{entry.id} 的人、支部或月份不符"
        else:
            yield from _claimed(session, opinion, entry)


def _claimed(session: Session, opinion: Opinion, entry: Given) -> Iterator[str]:
    """What credits a claim is of its item and day, and no more than it asked for."""
    found = re.fullmatch(r"#(\d{1,18})", opinion.remedy)
    if found is None:
        return
    same = (Entry.item_code == Claim.item_code) & (Entry.day == Claim.day)
    both = select(Claim.points, same).select_from(Entry).join(Claim, Claim.id == int(found[1]))
    row = session.execute(both.where(Entry.id == entry.id)).first()
    if row is None or not row[1]:
        yield f"Y{opinion.id}：与台账 J{entry.id} 的事项或日期不符"
    elif abs(entry.points) > abs(row.points) or entry.points * row.points < 0:
        yield f"Y{opinion.id}：#{found[1]} 申报 {row.points} 分，却补记了 {entry.points} 分"


def _orphans(session: Session) -> Iterator[str]:
    query = select(Entry.id, Entry.cause).where(type_coerce(Entry.source, String) == Source.APPEAL.value)
    for row in session.execute(query.order_by(Entry.id).execution_options(yield_per=BATCH)):
        found = re.fullmatch(r"opinion:(\d{1,18})", row.cause)
        opinion = session.get(Opinion, int(found[1])) if found else None
        if opinion is None:
            yield f"J{row.id}：来源是申诉，却找不到那条意见"
        elif opinion.status is not OpinionStatus.UPHELD or opinion.remedy.startswith("J"):
            yield f"J{row.id}：Y{opinion.id} 没有答复成立、补记，却有这条明细"
