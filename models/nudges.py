"""催办: reminding who has something open, at most once a day each."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from models import groups, notices, rolls, rounds
from models.members import Member
from models.months import shanghai_day


def send(session: Session, people: Sequence[Member], *, by: Member, now: datetime) -> list[Member]:
    """Remind members with a returned claim, or with nothing said about the month that closes next.

    Members who are not scored are left in peace; returns who was told.
    """
    told = []
    for member in people:
        months = rounds.open_months(session, member.branch_id, now)
        state = groups.state_of(session, [member], months[0])[0]
        silent = not state.claims and not state.said_nothing
        if rolls.not_scored(session, [member], months[0]) and not state.open:
            continue
        if member.id == by.id or not state.following or not (state.open or silent):
            continue
        facts = {"by": by.name, "open": state.open, "month": str(months[0])}
        key = f"nudge:{member.id}:{shanghai_day(now)}"
        if notices.post(session, member.id, "nudge", key=key, now=now, facts=facts):
            told.append(member)
    return told
