"""代理: somebody stands in until a day (rules 9)."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from models import acting, appointments
from models.acting import CannotActFor
from models.appointments import Office
from models.notices import Notice
from tests.cast import NOW, Cast

TODAY, SUNDAY = date(2026, 11, 20), date(2026, 11, 22)


def test_an_acting_leader_holds_the_office_from_today_until_the_day(session: Session, cast: Cast):
    made = acting.appoint(session, cast.wang_fang, until=SUNDAY, by=cast.li_si, now=NOW)
    assert (made.member_id, made.organization_id) == (cast.wang_fang.id, cast.first_group.id)
    assert (made.office, made.acting) == (Office.GROUP_LEADER, True)
    assert (made.starts_on, made.ends_on) == (TODAY, SUNDAY)
    leaders = [
        [
            m.name
            for m in appointments.holders(session, cast.first_group.id, Office.GROUP_LEADER, NOW + timedelta(days=n))
        ]
        for n in range(4)
    ]
    assert leaders == [["王芳", "李四"]] * 3 + [["李四"]]


def test_the_acting_one_is_told_by_whom_and_until_when(session: Session, cast: Cast):
    acting.appoint(session, cast.he_min, until=SUNDAY, by=cast.wang_jianjun, now=NOW)
    told = session.query(Notice).one()
    assert (told.kind, told.member_id) == ("acting", cast.he_min.id)
    assert told.facts == {"by": "王建军", "until": "2026-11-22"}


def test_today_may_be_the_last_day(session: Session, cast: Cast):
    assert acting.appoint(session, cast.wang_fang, until=TODAY, by=cast.li_si, now=NOW).ends_on == TODAY


def test_yesterday_may_not(session: Session, cast: Cast):
    with pytest.raises(CannotActFor, match="不能早于今天"):
        acting.appoint(session, cast.wang_fang, until=date(2026, 11, 19), by=cast.li_si, now=NOW)


def test_nobody_stands_in_for_oneself(session: Session, cast: Cast):
    with pytest.raises(CannotActFor, match="不能请自己代理"):
        acting.appoint(session, cast.li_si, until=SUNDAY, by=cast.li_si, now=NOW)


@pytest.mark.parametrize("name", ["zhang_san", "he_min", "sun_lei"])
def test_only_leaders_and_secretaries_lend_their_office(session: Session, cast: Cast, name: str):
    with pytest.raises(CannotActFor, match="只有组长和书记能请人代理"):
        acting.appoint(session, cast.wang_fang, until=SUNDAY, by=getattr(cast, name), now=NOW)


def test_who_stands_in_does_not_lend_the_office_on(session: Session, cast: Cast):
    acting.appoint(session, cast.wang_fang, until=SUNDAY, by=cast.li_si, now=NOW)
    with pytest.raises(CannotActFor, match="只有组长和书记能请人代理"):
        acting.appoint(session, cast.liu_qiang, until=SUNDAY, by=cast.wang_fang, now=NOW)
