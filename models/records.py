"""Records: what the branch itself, or a report that proved true, credits or deducts (支部调查了解; S2, rules 5, 14).

    recorded ──撤回, or an appeal that is upheld──▶ reversed (the reversing entry says so)

A record is one decision and gives one entry; it is known by that entry's number, J88. Zeroings are records too
(``models/zeroings.py``); taking one back is in ``models/taking_back.py``.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models import caps, ledger, notices, recorders
from models.base import Base
from models.claims import LONGEST
from models.columns import MonthOf, Points, RowId, one_of, rounded
from models.ledger import Entry
from models.members import Member
from models.months import Month
from models.pictures import Picture
from models.recorders import PictureNeeded, ReasonMissing
from models.rows import add
from models.rulebooks import Evidence, Item, Rulebook, Source

RECORDED = (Source.BRANCH, Source.REPORT)


class Record(Base):
    """One record about a member. ``points`` are by the rulebook, ``credited`` what the caps left of them.

    A zeroing has no item, no quantity and no points, but the document it rests on.
    """

    __tablename__ = "records"
    __table_args__ = (Index("ix_records_member", "member_id", "month"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    source: Mapped[Source] = mapped_column(one_of(Source))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    branch_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    rulebook_id: Mapped[int | None] = mapped_column(ForeignKey("rulebook_versions.id"))
    item_code: Mapped[str | None] = mapped_column(String(20))
    quantity: Mapped[Decimal | None] = mapped_column(Points)
    points: Mapped[Decimal] = mapped_column(Points)
    credited: Mapped[Decimal] = mapped_column(Points)
    day: Mapped[date]
    month: Mapped[Month] = mapped_column(MonthOf)
    reason: Mapped[str] = mapped_column(String(LONGEST))
    document: Mapped[str] = mapped_column(String(100), default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]

    member: Mapped[Member] = relationship(foreign_keys=[member_id])
    by: Mapped[Member] = relationship(foreign_keys=[by_id])

    @property
    def cause(self) -> str:
        """The cause of its entry, and what its notices are about."""
        return f"record:{self.id}"


class RecordPicture(Base):
    """A picture that shows what was recorded; one picture may belong to the records of several members."""

    __tablename__ = "record_pictures"

    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"), primary_key=True)
    picture_id: Mapped[int] = mapped_column(ForeignKey("pictures.id"), primary_key=True, index=True)


def lock(session: Session, people: Iterable[Member]) -> None:
    """Lock the books of everyone's branches at once, so that two lists of names never wait for each other."""
    ledger.lock(session, *{member.branch_id for member in people})


def recordable_items(rulebook: Rulebook) -> list[Item]:
    """The items a branch may record, in the rulebook's order."""
    return [item for item in rulebook.items if not set(RECORDED).isdisjoint(item.sources)]


def source_for(item: Item) -> Source:
    """How the branch's own record of an item is booked: as its own finding, where the rulebook allows it."""
    return Source.BRANCH if Source.BRANCH in item.sources else Source.REPORT


def record(
    session: Session,
    member: Member,
    item: Item,
    quantity: Decimal,
    *,
    day: date,
    reason: str,
    source: Source,
    by: Member,
    now: datetime,
    pictures: Sequence[int] = (),
    answering: bool = False,
) -> Record:
    """Credit or deduct for one member within the caps, and tell the member with the reason (rules 4, 14).

    ``pictures`` are ids of pictures that show it; ``answering`` says that it answers a report, which may be after the
    month's review. Raises what ``recorders`` raises, ReasonMissing or PictureNeeded.
    """
    ledger.lock_for(session, member.id, member.branch_id)
    if not answering:
        recorders.check_month(session, member.branch_id, day, now)
    rulebook, item = recorders.check(session, member, item, quantity, day=day, source=source, by=by, now=now)
    if not reason:
        raise ReasonMissing("请写一句说明，本人会看到", f"加分 {member.name} {item.title} 县级先进")
    if item.evidence is Evidence.REQUIRED and not pictures:
        raise PictureNeeded(f"{item.title}需要照片佐证。请先发一张照片，10分钟内再记")
    points = rounded(item.points * quantity)
    left = caps.room(session, member.id, rulebook, item, Month.of(day))
    made = Record(
        source=source,
        member_id=member.id,
        branch_id=member.branch_id,
        rulebook_id=rulebook.id,
        item_code=item.code,
        quantity=quantity,
        points=points,
        credited=caps.within(points, left),
        day=day,
        month=Month.of(day),
        reason=reason[:LONGEST],
        document="",
        by_id=by.id,
        at=now,
    )
    enter(session, made, member, by, about=day, now=now)
    _attach(session, made, pictures)
    tell(session, made, "points_recorded", now)
    return made


def enter(session: Session, made: Record, member: Member, by: Member, *, about: date | Month, now: datetime) -> Entry:
    """Keep a new record and write its entry; the caller holds the branch's lock."""
    add(session, made, member=member, by=by)
    return ledger.write(
        session,
        member,
        made.credited,
        branch_id=made.branch_id,
        about=about,
        source=made.source,
        cause=made.cause,
        by=by,
        now=now,
        rulebook_id=made.rulebook_id,
        item_code=made.item_code,
        reason=made.reason,
    )


def tell(session: Session, made: Record, kind: str, now: datetime) -> None:
    """Tell the member what was recorded, or taken back."""
    key, facts = f"{made.cause}:{kind}", {"record": made.id}
    notices.post(session, made.member_id, kind, key=key, now=now, subject=made.cause, facts=facts)


def _attach(session: Session, made: Record, pictures: Sequence[int]) -> None:
    for id in pictures:
        session.add(RecordPicture(record_id=made.id, picture_id=id))
        session.get_one(Picture, id).recorded = True
    session.flush()


def find_by_cause(session: Session, cause: str) -> Record | None:
    """The record that caused an entry; None for entries of another origin."""
    kind, _, number = cause.partition(":")
    return session.get(Record, int(number)) if kind == "record" and number.isdigit() else None


def entry_of(session: Session, made: Record) -> Entry:
    """The entry a record gave."""
    return session.scalars(select(Entry).where(Entry.cause == made.cause)).one()


def same_day(session: Session, member: Member, item: Item, day: date) -> Record | None:
    """A record of the same item and day that has not been taken back."""
    query = select(Record).where(
        Record.member_id == member.id,
        Record.month == Month.of(day),
        Record.day == day,
        Record.item_code == item.code,
    )
    for found in session.scalars(query.order_by(Record.id)):
        if not ledger.is_reversed(session, entry_of(session, found)):
            return found
    return None


def pictures_of(session: Session, made: Record) -> Sequence[Picture]:
    """The pictures of a record, oldest first."""
    query = select(Picture).join(RecordPicture, RecordPicture.picture_id == Picture.id)
    return session.scalars(query.where(RecordPicture.record_id == made.id).order_by(Picture.id)).all()


def showing(session: Session, picture: Picture) -> Sequence[Record]:
    """The records that a picture shows something of."""
    query = select(Record).join(RecordPicture, RecordPicture.record_id == Record.id)
    return session.scalars(query.where(RecordPicture.picture_id == picture.id).order_by(Record.id)).all()
