"""The one order of notices by kind (rules 28)."""

from sqlalchemy.orm import Session

from handlers.announcements import KINDS
from models import deliveries, notices
from models.notices import Notice
from models.urgency import ANSWERED, TIMELY, Urgency, of_kind
from tests.cast import NOW, Cast


def test_every_kind_in_the_order_is_one_that_there_is():
    assert set(KINDS) >= ANSWERED | TIMELY


def test_what_needs_an_answer_goes_before_what_informs_however_old(session: Session, cast: Cast):
    kinds = ("month_end", "claim_approved", "claim_waiting", "result", "opinion_waiting")
    for kind in kinds:
        notices.post(session, cast.zhang_san.id, kind, key=kind, now=NOW)
    assert [of_kind(kind) for kind in kinds[:3]] == [Urgency.INFORMS, Urgency.TIMELY, Urgency.ANSWER]
    taken = deliveries.take(session, lease="w", now=NOW, most=4)
    assert [session.get_one(Notice, id).kind for id in taken] == [
        "claim_waiting",
        "opinion_waiting",
        "claim_approved",
        "month_end",
    ]
    assert deliveries.take(session, lease="w", now=NOW, most=4)[1:] == []
