"""Which notices go first when there is not room for all: the one order by kind (rules 28).

What needs an answer goes before what informs; between them what is worth little when it comes late.
"""

from enum import IntEnum

from models.quiet import AWAITED


class Urgency(IntEnum):
    """The place of a notice in the queue; the lower goes first."""

    ANSWER = 0  # something rests until its reader answers
    TIMELY = 1  # somebody waits for it, or it is soon out of date
    INFORMS = 2  # everything else


ANSWERED = frozenset(
    {
        "claim_waiting",
        "claims_waiting",
        "claim_overdue",
        "claim_moved_up",
        "claim_returned",
        "request_waiting",
        "opinion_waiting",
        "suggestions_heard",
        "opinion_due",
        "opinion_overdue",
        "review_open",
        "review_late",
        "spot_checks_given",
        "spot_checks_due",
        "follow_up_opened",
        "follow_up_asked",
        "follow_up_to_name",
        "follow_up_due",
        "follow_up_over",
        "quarter_proposed",
        "month_end_leader",
        "acting",
        "closing_report_wanted",
    }
)
TIMELY = AWAITED | {
    "meeting_announced",
    "meeting_moved",
    "meeting_cancelled",
    "meeting_uninvited",
    "meeting_reminder",
}


def of_kind(kind: str) -> Urgency:
    """The place of a kind of notice."""
    if kind in ANSWERED:
        return Urgency.ANSWER
    return Urgency.TIMELY if kind in TIMELY else Urgency.INFORMS
