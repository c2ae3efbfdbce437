"""Pictures of a meeting, sent with its minutes: one mechanism with those of claims (rules 13, 27, 33).

Whoever runs the meeting and who sent one sees it; fetched, stripped, kept, logged and sealed as every picture is.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import meetings, pictures
from models.base import Base
from models.meetings import Meeting
from models.members import Member
from models.pictures import Picture


class MinutesPicture(Base):
    """A picture that belongs to the minutes of a meeting."""

    __tablename__ = "minutes_pictures"

    picture_id: Mapped[int] = mapped_column(ForeignKey("pictures.id"), primary_key=True, autoincrement=False)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)


def attach(session: Session, meeting_id: int, found: Sequence[Picture]) -> None:
    """Give pictures that belong to nothing yet to the minutes of a meeting."""
    for picture in found:
        picture.recorded = True
        session.add(MinutesPicture(picture_id=picture.id, meeting_id=meeting_id))
    session.flush()


def attach_loose(session: Session, meeting_id: int, by: Member, now: datetime) -> None:
    """Give the minutes what their writer sent in the last 10 minutes."""
    attach(session, meeting_id, pictures.loose(session, by.id, now))


def receive(session: Session, number: int, media_id: str, *, by: Member, now: datetime) -> Picture:
    """Note a picture of a meeting that the asker runs; raises NotFound."""
    meeting = meetings.get_run(session, number, by=by, now=now)
    picture = pictures.receive(session, by.id, media_id, claim_id=None, now=now)
    attach(session, meeting.id, [picture])
    return picture


def of_meeting(session: Session, meeting_id: int) -> Sequence[Picture]:
    """The pictures of a meeting, oldest first."""
    query = select(Picture).join(MinutesPicture, MinutesPicture.picture_id == Picture.id)
    return session.scalars(query.where(MinutesPicture.meeting_id == meeting_id).order_by(Picture.id)).all()


def meeting_of(session: Session, picture: Picture) -> Meeting | None:
    """The meeting whose minutes a picture belongs to."""
    belongs = session.get(MinutesPicture, picture.id)
    return None if belongs is None else session.get_one(Meeting, belongs.meeting_id)
