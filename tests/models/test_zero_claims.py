"""零申报: nothing (more) to claim; never required (rules 8)."""

from sqlalchemy.orm import Session

from models import zero_claims
from models.months import Month
from tests.cast import NOW, Cast

OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)


def test_it_is_said_once_a_month(session: Session, cast: Cast):
    said = [zero_claims.say(session, cast.zhang_san.id, month, NOW) for month in (NOVEMBER, NOVEMBER, OCTOBER)]
    assert said == [True, False, True]


def test_who_said_it(session: Session, cast: Cast):
    ids = [cast.zhang_san.id, cast.wang_fang.id]
    zero_claims.say(session, cast.zhang_san.id, NOVEMBER, NOW)
    zero_claims.say(session, cast.li_si.id, NOVEMBER, NOW)
    assert zero_claims.said(session, ids, NOVEMBER) == {cast.zhang_san.id}
    assert zero_claims.said(session, ids, OCTOBER) == set()
