"""The stand-in's clock: an offset that every process reads, forward only."""

from datetime import timedelta

from sqlalchemy.orm import Session

from models import stand_in

HOUR = timedelta(hours=1)


def test_without_a_row_the_clock_is_the_processs(session: Session):
    assert stand_in.ahead(session) == timedelta(0)


def test_the_clock_goes_forward_only(session: Session):
    seen = []
    for offset in (HOUR, 3 * HOUR, 2 * HOUR, -HOUR):
        stand_in.put_ahead(session, offset)
        seen.append(stand_in.ahead(session))
    assert seen == [HOUR, 3 * HOUR, 3 * HOUR, 3 * HOUR]


def test_it_never_begins_behind(session: Session):
    stand_in.put_ahead(session, -HOUR)
    assert stand_in.ahead(session) == timedelta(0)
