"""Withdrawing an opinion: by its sender, while nobody has answered it where it is (rules 14)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import answerers, notices, opinions
from models.errors import Refused
from models.filing import HOUR
from models.members import Member
from models.months import at, shanghai_day
from models.opinions import Opinion, OpinionStatus, Verdict
from models.seats import Seat


class NotOpen(Refused):
    """It was answered, or withdrawn before."""


def withdraw(session: Session, number: int, *, by: Member, now: datetime) -> tuple[Opinion, Sequence[Seat]]:
    """Withdraw an opinion of one's own; returns also who should have answered it, who are told.

    A refusal that was taken up stands. Raises NotFound or NotOpen.
    """
    opinion = opinions.own(session, number, by)
    if opinion.status is not OpinionStatus.OPEN:
        was = "已经撤回" if opinion.status is OpinionStatus.WITHDRAWN else "已经答复，以答复为准"
        raise NotOpen(f"Y{number} {was}", f"我有意见 Y{number}")
    asked = answerers.answerers(session, opinion, now).asked if opinion.asked_at <= now else ()
    opinions.change(session, opinion, OpinionStatus.OPEN, status=OpinionStatus.WITHDRAWN)
    opinions.add_step(session, opinion, Verdict.WITHDRAWN, by=by, now=now)
    notices.settle(session, opinion.subject, now)
    for seat in asked:
        _tell(session, opinion, seat, now)
    return opinion, asked


def _tell(session: Session, opinion: Opinion, seat: Seat, now: datetime) -> None:
    """Tell who should have answered; of a report not before the next morning, so that its hour tells nothing (32)."""
    morning = at(shanghai_day(now) + timedelta(days=1), HOUR)
    key, facts = f"{opinion.subject}:withdrawn:{seat.id}", {"opinion": opinion.id}
    due = morning if opinion.is_report else now
    notices.post(session, seat.id, "opinion_withdrawn", key=key, now=now, due=due, facts=facts)
