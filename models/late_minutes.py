"""Minutes that are not filed in time: the organizer is reminded, then the level above is told, each once (rules 27)."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import notices, pressing
from models.guarded import rows_changed
from models.minutes import Minutes
from models.prepared import Prepared


def _late(told_at: Any, due: Any) -> Prepared:
    late = (Minutes.filed_at.is_(None), told_at.is_(None), due <= bindparam("now"))
    return Prepared(select(Minutes.meeting_id).where(*late).order_by(Minutes.meeting_id))


_TO_REMIND = _late(Minutes.reminded_at, Minutes.remind_at)
_TO_TELL_ABOVE = _late(Minutes.told_above_at, Minutes.above_at)


def to_remind(session: Session, now: datetime) -> list[int]:
    """The meetings whose organizer is to be reminded of the minutes."""
    return _TO_REMIND.column(session, now=now)


def to_tell_above(session: Session, now: datetime) -> list[int]:
    """The meetings about whose minutes the level above is to be told."""
    return _TO_TELL_ABOVE.column(session, now=now)


def remind(session: Session, meeting_id: int, *, now: datetime) -> bool:
    """Remind the organizer, once; False when it was done before, or the minutes are there."""
    if not _mark(session, meeting_id, Minutes.reminded_at, now):
        return False
    late = session.get_one(Minutes, meeting_id)
    _post(session, late, "minutes_late", late.meeting.organizer_id, now)
    return True


def tell_above(session: Session, meeting_id: int, *, now: datetime) -> bool:
    """Tell the level above, once; False when it was done before, or the minutes are there."""
    if not _mark(session, meeting_id, Minutes.told_above_at, now):
        return False
    late = session.get_one(Minutes, meeting_id)
    for member_id in pressing.level_over(session, late.meeting.organization, late.meeting.organizer_id, now):
        _post(session, late, "minutes_late_above", member_id, now)
    return True


def _mark(session: Session, meeting_id: int, column: InstrumentedAttribute[datetime | None], now: datetime) -> bool:
    mine = (Minutes.meeting_id == meeting_id, Minutes.filed_at.is_(None), column.is_(None))
    marked = rows_changed(session, update(Minutes).where(*mine).values({column: now}))
    return bool(marked)


def _post(session: Session, late: Minutes, kind: str, member_id: int, now: datetime) -> None:
    key, facts = f"{kind}:{late.meeting_id}:{member_id}", {"meeting": late.meeting_id}
    notices.post(session, member_id, kind, key=key, now=now, subject=late.subject, facts=facts)
