"""Quiet hours: nobody is pushed at night what nobody waits for (rules 24)."""

from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from models import settings
from models.months import SHANGHAI, at

# What somebody waits for comes at any hour: the result of what they just did, or a person before the door.
AWAITED = frozenset(
    {
        "claim_approved",
        "claim_rejected",
        "claim_returned",
        "claim_undone",
        "request_waiting",
        "bound",
        "binding_refused",
        "rebound",
        "meeting_request",
        "not_expected_decided",
    }
)

# A fact of what must not wait: by the morning the meeting would be missed.
URGENT = "urgent"


def until(session: Session, organization_id: int | None, now: datetime) -> datetime | None:
    """When the quiet hours that reign at a moment end; None outside them. Set per organization, empty for none."""
    hours = settings.get(session, settings.QUIET_HOURS, organization_id)
    if not hours:
        return None
    begins, ends = (time.fromisoformat(hour) for hour in hours)
    local = now.astimezone(SHANGHAI)
    clock = local.time()
    if begins <= ends:
        quiet, day = begins <= clock < ends, local.date()
    else:
        quiet = clock >= begins or clock < ends
        day = local.date() + timedelta(days=clock >= begins)
    return at(day, ends.hour, ends.minute) if quiet else None
