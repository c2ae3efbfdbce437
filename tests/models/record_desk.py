"""What the tests of records and zeroings share."""

from models import records, taking_back
from models.months import Month
from tests.cast import NOW
from tests.models.branch_desk import BranchDesk

OCTOBER, SEPTEMBER = Month(2026, 10), Month(2026, 9)
EVERYBODY = "zhou_guoping wang_jianjun he_min sun_lei li_si wang_fang ma_chao qian_jin wu_gang".split()


def take_back(desk: BranchDesk, made: records.Record, by=None, now=NOW) -> records.Record:
    return taking_back.take_back(desk.session, desk.entry(made).id, by=by or desk.cast.wang_jianjun, now=now)
