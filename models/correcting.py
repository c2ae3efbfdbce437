"""Carrying out the remedy of an upheld opinion: a reversing entry or a new one, within the caps (rules 2, 4, 15)."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import caps, ledger, records, rulebooks
from models.claims import LONGEST, Claim
from models.ledger import Entry
from models.members import Member
from models.months import Month, shanghai_day
from models.opinions import Opinion
from models.remedies import BadRemedy, Remedy, may_credit, month_of, net, rulebook_of
from models.rulebooks import Item, Source


def cause_of(opinion: Opinion) -> str:
    """The cause of the entry that an upheld opinion gives."""
    return f"opinion:{opinion.id}"


def entry_of(session: Session, opinion: Opinion) -> Entry | None:
    """The entry that an upheld opinion gave; None when it changed nothing."""
    if opinion.remedy.startswith("J"):
        return session.scalars(select(Entry).where(Entry.reverses_id == int(opinion.remedy[1:]))).first()
    return ledger.by_cause(session, cause_of(opinion))


def apply(
    session: Session, opinion: Opinion, remedy: Remedy, *, by: Member, now: datetime, reason: str
) -> Entry | None:
    """Write what a remedy changes; the caller holds the locks. None when there is nothing to write."""
    booking = _Booking(session, opinion, by, now, reason)
    if remedy.entry is not None:
        return ledger.reverse(session, remedy.entry, by=by, now=now, reason=booking.words)
    if remedy.claim is not None:
        return booking.claim(remedy.claim)
    if remedy.restores is not None:
        return booking.restored(remedy.restores)
    if remedy.item is None:
        return None
    return booking.item(remedy.item) if remedy.member is None else booking.recorded(remedy.member, remedy.item)


class _Booking:
    """Whose decision is written down, when and why."""

    def __init__(self, session: Session, opinion: Opinion, by: Member, now: datetime, reason: str) -> None:
        self.session, self.opinion, self.by, self.now, self.reason = session, opinion, by, now, reason
        self.words = f"Y{opinion.id} 成立：{reason}"[:LONGEST]

    def claim(self, claim: Claim) -> Entry:
        """What a claim asked for and has not got."""
        self.session.refresh(claim)
        if not may_credit(self.session, claim):
            number = self.opinion.id
            raise BadRemedy(f"#{claim.id} 已经按申报计分，没有要补记的", f"处理 Y{number} 不成立 已按申报计分")
        wanted = claim.points - net(self.session, claim)
        return self._credit(claim.member, wanted, claim.day, claim.rulebook_id, claim.item_code)

    def item(self, item: Item) -> Entry:
        """An item once, where no claim was made of it."""
        member = self.session.get_one(Member, self.opinion.about_member_id)
        rulebook = rulebook_of(self.session, self.opinion)
        return self._credit(member, item.points, month_of(self.opinion), rulebook.id, item.code)

    def restored(self, entry: Entry) -> Entry:
        """What a reversal took back."""
        member, about = self.session.get_one(Member, entry.member_id), entry.day or entry.about_month
        return self._credit(member, -entry.points, about, entry.rulebook_id, entry.item_code)

    def recorded(self, member: Member, item: Item) -> Entry | None:
        """What a report that proved true is recorded as; the reason names no report."""
        made = records.record(
            self.session,
            member,
            item,
            Decimal(1),
            day=shanghai_day(self.opinion.filed_at),
            reason=self.reason[:LONGEST],
            source=Source.REPORT,
            by=self.by,
            now=self.now,
            answering=True,
        )
        return ledger.by_cause(self.session, made.cause)

    def _credit(
        self, member: Member, points: Decimal, about: date | Month, rulebook_id: int | None, code: str | None
    ) -> Entry:
        if rulebook_id is not None and code is not None:
            rulebook = rulebooks.get(self.session, rulebook_id)
            month = about if isinstance(about, Month) else Month.of(about)
            left = caps.room(self.session, member.id, rulebook, rulebook.get_item(code), month)
            points = caps.within(points, left)
        return ledger.write(
            self.session,
            member,
            points,
            branch_id=self.opinion.organization_id,
            about=about,
            source=Source.APPEAL,
            cause=cause_of(self.opinion),
            by=self.by,
            now=self.now,
            rulebook_id=rulebook_id,
            item_code=code,
            reason=self.words,
        )
