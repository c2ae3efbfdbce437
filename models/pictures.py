"""Pictures (佐证): sent in the chat, fetched at once by a job, seen only by who may (rules 13, 33)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Integer, String, bindparam, case, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.columns import Moment, RowId, one_of
from models.objects import Objects
from models.once import once_per_session
from models.prepared import Prepared
from models.rows import by_ids

SENT_SHORTLY = timedelta(minutes=10)
KEPT_BY_WECHAT = timedelta(days=3)
LEASE = timedelta(seconds=60)  # how long a worker has for what it fetches
BATCH = 20


class PictureStatus(StrEnum):
    """Where a picture is."""

    WANTED = "wanted"  # with WeChat, which keeps it 3 days
    STORED = "stored"  # with us
    LOST = "lost"  # could not be fetched in time
    SEALED = "sealed"  # 疑似涉密: nobody but the committee sees it


class Picture(Base):
    """One picture of a member; without a claim it waits 10 minutes for one."""

    __tablename__ = "pictures"
    read_once = True
    __table_args__ = (Index("ix_pictures_due", "status", "next_try"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claims.id"), index=True)
    recorded: Mapped[bool] = mapped_column(default=False)  # shows what the branch recorded (models/records.py)
    media_id: Mapped[str] = mapped_column(String(200))
    status: Mapped[PictureStatus] = mapped_column(one_of(PictureStatus), default=PictureStatus.WANTED)
    received_at: Mapped[datetime]
    next_try: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    stored_as: Mapped[str | None] = mapped_column(String(200))
    sealed_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))


class Look(Base):
    """Who looked at whose picture, and when (rules 32)."""

    __tablename__ = "looks"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    picture_id: Mapped[int] = mapped_column(ForeignKey("pictures.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]


def receive(session: Session, member_id: int, media_id: str, *, claim_id: int | None, now: datetime) -> Picture:
    """Note a picture that came in the chat, for the job to fetch."""
    picture = Picture(member_id=member_id, claim_id=claim_id, media_id=media_id, received_at=now, next_try=now)
    session.add(picture)
    session.flush()
    return picture


def loose(session: Session, member_id: int, now: datetime) -> Sequence[Picture]:
    """A member's pictures of the last 10 minutes that belong to no claim and no record yet."""
    query = select(Picture).where(
        Picture.member_id == member_id,
        Picture.claim_id.is_(None),
        Picture.recorded.is_(False),
        Picture.received_at > now - SENT_SHORTLY,
    )
    return session.scalars(query.order_by(Picture.id)).all()


_ATTACH = (
    update(Picture)
    .where(Picture.member_id == bindparam("of_member"), Picture.claim_id.is_(None), Picture.recorded.is_(False))
    .where(Picture.received_at > bindparam("since", type_=Moment))
    .values(claim_id=bindparam("to_claim"))
)
_LOOSE = Picture.claim_id.is_(None) & Picture.recorded.is_(False)
_LOOSE &= Picture.received_at > bindparam("since", type_=Moment)
# What a message that may make a claim reads along (models/claiming.py); ``since`` is SENT_SHORTLY ago.
TALLY = select(func.count(case((_LOOSE, 1))).label("loose"), func.count().label("ever")).where(
    Picture.member_id == bindparam("sender_id")
)
_TALLY = Prepared(TALLY)


def attach_loose(session: Session, member_id: int, claim_id: int, now: datetime) -> int:
    """Give a member's loose pictures to a claim; how many."""
    count = tally(session, member_id, now)[0]
    if count:
        values = {"of_member": member_id, "to_claim": claim_id, "since": now - SENT_SHORTLY}
        session.execute(_ATTACH, values)
    return count


@once_per_session
def tally(session: Session, member_id: int, now: datetime) -> tuple[int, int]:
    """How many pictures of a member wait for a claim, and how many there ever were."""
    loose, ever = _TALLY.rows(session, sender_id=member_id, since=now - SENT_SHORTLY)[0]
    return loose, ever


def is_first(session: Session, member_id: int, now: datetime) -> bool:
    """Whether a member has never sent a picture: the first one carries a warning (rules 33)."""
    return tally(session, member_id, now)[1] == 0


def count_of(session: Session, claim_id: int) -> int:
    """How many pictures a claim has."""
    return session.scalars(select(func.count()).where(Picture.claim_id == claim_id)).one()


_OF_CLAIM = Objects(select(Picture).where(Picture.claim_id == bindparam("claim_id")).order_by(Picture.id))


def of_claim(session: Session, claim_id: int) -> Sequence[Picture]:
    """The pictures of a claim, oldest first."""
    return _OF_CLAIM.all(session, claim_id=claim_id)


_WANTED = Prepared(
    select(Picture.id)
    .where(Picture.status == PictureStatus.WANTED, Picture.next_try <= bindparam("now"))
    .order_by(Picture.id)
    .limit(bindparam("most", type_=Integer))
)


def wanted(session: Session, now: datetime, most: int = BATCH) -> Sequence[Picture]:
    """Pictures to fetch now."""
    return by_ids(session, Picture, _WANTED.column(session, now=now, most=most))


def take(session: Session, now: datetime) -> Sequence[Picture]:
    """Pictures to fetch now, for one worker: others leave them alone for a minute."""
    due = (Picture.status == PictureStatus.WANTED, Picture.next_try <= now)
    query = select(Picture).where(*due).order_by(Picture.id).limit(BATCH).with_for_update(skip_locked=True)
    found = session.scalars(query).all()
    for picture in found:
        picture.next_try = now + LEASE
    return found


def stored(session: Session, id: int, name: str) -> None:
    """The picture is with us under a name."""
    waiting = (Picture.id == id) & (Picture.status == PictureStatus.WANTED)
    session.execute(update(Picture).where(waiting).values(status=PictureStatus.STORED, stored_as=name))


def failed(session: Session, picture: Picture, now: datetime) -> None:
    """Could not be fetched: again later, until WeChat no longer keeps it."""
    attempts = picture.attempts + 1
    over = now - picture.received_at >= KEPT_BY_WECHAT
    session.execute(
        update(Picture)
        .where(Picture.id == picture.id, Picture.status == PictureStatus.WANTED)
        .values(
            attempts=attempts,
            next_try=now + timedelta(seconds=min(5 * 2**attempts, 3600)),
            status=PictureStatus.LOST if over else PictureStatus.WANTED,
        )
    )


def look(session: Session, picture: Picture, member_id: int, now: datetime) -> None:
    """Log that a member looks at a picture."""
    session.add(Look(picture_id=picture.id, member_id=member_id, at=now))


def seal(session: Session, picture: Picture, member_id: int) -> None:
    """Mark a picture 疑似涉密: from now on only the committee sees it (rules 33)."""
    picture.status, picture.sealed_by_id = PictureStatus.SEALED, member_id
