"""Quiet hours (rules 24): from 22:00 to 7:30, over midnight, unless an organization says otherwise."""

from datetime import date, datetime

import pytest

from models import quiet, settings
from models.months import SHANGHAI, at

DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("hour", "minute", "until"),
    [
        (21, 59, None),
        (22, 0, at(date(2026, 11, 21), 7, 30)),
        (23, 59, at(date(2026, 11, 21), 7, 30)),
        (0, 0, at(DAY, 7, 30)),
        (7, 29, at(DAY, 7, 30)),
        (7, 30, None),
        (12, 0, None),
    ],
)
def test_the_night_ends_at_half_past_seven(session, hour, minute, until):
    assert quiet.until(session, None, datetime(2026, 11, 20, hour, minute, tzinfo=SHANGHAI)) == until


def test_an_organization_may_rest_at_noon_instead(session, cast):
    hours = ["12:00", "14:00"]
    settings.put(session, settings.QUIET_HOURS, hours, organization_id=cast.first_branch.id, by_id=None, now=at(DAY))
    assert quiet.until(session, cast.first_branch.id, at(DAY, 13)) == at(DAY, 14)
    assert quiet.until(session, cast.first_branch.id, at(DAY, 23)) is None


def test_an_organization_may_have_no_quiet_hours(session, cast):
    settings.put(session, settings.QUIET_HOURS, [], organization_id=cast.first_branch.id, by_id=None, now=at(DAY))
    assert quiet.until(session, cast.first_branch.id, at(DAY, 3)) is None
