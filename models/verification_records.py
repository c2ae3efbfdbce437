"""Compares records and spot checks with the entries they gave: one each, and no other (rules 3, 5, 16)."""

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, String, and_, case, cast, exists, literal, select, type_coerce
from sqlalchemy.orm import Session, aliased

from models import inspecting, rulebooks
from models.ledger import Entry
from models.records import Record
from models.restoring import RESTORED
from models.rulebooks import Source
from models.spot_checks import Finding, SpotCheck

BATCH = 1000
RECORDED = (Source.BRANCH, Source.REPORT, Source.ZEROING)


def differences(session: Session) -> Iterator[str]:
    """Records whose entry is missing or another one, findings that were not carried out, entries nobody recorded."""
    yield from _records(session)
    yield from _checks(session)
    yield from _orphans(session)


def _records(session: Session) -> Iterator[str]:
    query = (
        select(Record.id, Record.credited, Record.points, Entry.id, Entry.points)
        .add_columns(and_(Entry.member_id == Record.member_id, Entry.branch_id == Record.branch_id))
        .add_columns(Entry.item_code.is_not_distinct_from(Record.item_code))
        .add_columns(type_coerce(Entry.about_month, String) == type_coerce(Record.month, String))
        .add_columns(type_coerce(Entry.source, String) == type_coerce(Record.source, String))
        .outerjoin(Entry, Entry.cause == literal("record:") + cast(Record.id, String))
        .order_by(Record.id)
    )
    for row in session.execute(query.execution_options(yield_per=BATCH)):
        id, credited, points, entry_id, booked, *same = row
        if entry_id is None:
            yield f"支部登记{id}：台账里没有它的明细"
        elif booked != credited:
            yield f"支部登记{id}：记着 {credited} 分，台账 J{entry_id} 是 {booked} 分"
        elif abs(credited) > abs(points) or credited * points < 0:
            yield f"支部登记{id}：按细则 {points} 分，却记了 {credited} 分"
        elif not all(same):
            yield f"支部登记{id}：与台账 J{entry_id} 的人、支部、事项、月份或来源不符"


def _checks(session: Session) -> Iterator[str]:
    """A finding of 不实 reversed what the claim gave, and deducted where the rulebook has an item for it."""
    found = select(SpotCheck).where(SpotCheck.finding == Finding.UNTRUE).order_by(SpotCheck.id)
    credited, undone, deducted = aliased(Entry), aliased(Entry), aliased(Entry)
    first = literal("check:") + cast(SpotCheck.id, String)
    again = first + ":" + cast(SpotCheck.findings, String)  # found anew after an undo
    key = case((SpotCheck.findings > 1, again), else_=first)
    query = (
        found.with_only_columns(SpotCheck, deducted.id, deducted.points, deducted.member_id)
        .outerjoin(deducted, deducted.cause == key)
        .execution_options(yield_per=BATCH)
    )
    for check, entry_id, points, member_id in session.execute(query):
        claim = check.claim
        item = inspecting.item_for(rulebooks.get(session, claim.rulebook_id))
        if (item is None) != (entry_id is None):
            yield f"#{claim.id}：抽查不实，" + (
                "台账里没有相应的扣分" if item else f"细则没有这一项，却扣了分（J{entry_id}）"
            )
        elif item is not None and (member_id != claim.member_id or not item.points <= points <= 0):
            yield f"#{claim.id}：抽查不实，台账 J{entry_id} 的人或分数与细则不符"
        gave = (credited.cause == claim.decision_key) | (
            credited.cause.startswith(f"{claim.decision_key}{RESTORED}") & credited.reverses_id.is_(None)
        )
        left = select(credited.id).outerjoin(undone, undone.reverses_id == credited.id).where(gave, undone.id.is_(None))
        for standing in session.scalars(left):
            yield f"#{claim.id}：抽查不实，得分的明细 J{standing} 却没有冲销"


def _orphans(session: Session) -> Iterator[str]:
    """Entries that say they were recorded, or found in a spot check, and were not."""
    untrue = select(SpotCheck.id).where(SpotCheck.finding == Finding.UNTRUE)
    yield from _unowned(session, RECORDED, r"record:(\d{1,18})", select(Record.id), Record.id, "支部登记")
    # What an undone finding deducted is reversed, and no longer asked about.
    standing = ~exists().where(_UNDONE.reverses_id == Entry.id)
    yield from _unowned(session, (Source.SPOT_CHECK,), _DEDUCTED, untrue, SpotCheck.id, "抽查", standing)


_UNDONE = aliased(Entry)
_DEDUCTED = r"check:(\d{1,18})(?::\d{1,9})?"


def _unowned(
    session: Session, sources: tuple[Source, ...], kind: str, owners: Select[int], id: Any, word: str, *which: Any
) -> Iterator[str]:
    names = [source.value for source in sources]
    query = select(Entry.id, Entry.cause).where(type_coerce(Entry.source, String).in_(names), *which)
    for batch in session.execute(query.order_by(Entry.id).execution_options(yield_per=BATCH)).partitions():
        causes = [(row.id, re.fullmatch(kind, row.cause)) for row in batch]
        numbers = [int(found[1]) for _, found in causes if found]
        owned = set(session.scalars(owners.where(id.in_(numbers))))
        for entry_id, found in causes:
            if found is None or int(found[1]) not in owned:
                yield f"J{entry_id}：来源是{word}，却找不到那次{word}"
