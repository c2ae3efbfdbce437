"""The trial period (试运行): months whose figures have no consequences yet (rules 19).

It ends with the month that is set as ``month.consequences_from``; unset, with the third month of use, so
that nobody is sent to a talk because of a claim forgotten in the first weeks.
"""

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from models import settings
from models.columns import MonthOf
from models.months import Month
from models.prepared import Prepared
from models.rounds import Round

MONTHS_OF_TRIAL = 2


_FIRST = Prepared(select(func.min(Round.month, type_=MonthOf)).where(Round.branch_id == bindparam("branch_id")))


def consequences_from(session: Session, branch_id: int) -> Month | None:
    """The first month with consequences; None for a branch that has not begun."""
    said = settings.get(session, settings.CONSEQUENCES_FROM, branch_id)
    if said:
        return Month.parse(said)
    first = _FIRST.column(session, branch_id=branch_id)[0]
    return None if first is None else first.plus(MONTHS_OF_TRIAL)


def is_trial(session: Session, branch_id: int, month: Month) -> bool:
    """Whether what follows from a month is only shown, and nobody is sent anywhere."""
    begins = consequences_from(session, branch_id)
    return begins is None or month < begins
