"""Pictures of a meeting: with its minutes, seen by who runs it, sealed for the committee alone (rules 13, 27, 33)."""

from datetime import date, timedelta

import pytest

from models import minutes, minutes_pictures, pictures, sight
from models.errors import NotFound
from models.minutes import Outline
from tests.cast import NOW
from tests.models.desk import Desk
from tests.models.test_attendance_figures import held
from tests.models.test_sight import EVERYBODY


def seers(desk: Desk, picture: pictures.Picture) -> list[str]:
    people = [getattr(desk.cast, name) for name in EVERYBODY]
    return [one.name for one in people if sight.sees_picture(desk.session, one, picture, None, NOW)]


def test_one_is_seen_by_who_runs_the_meeting_and_sealed_by_the_committee_alone(desk: Desk):
    meeting = held(desk.session, ["党小组会"], desk.cast.li_si, date(2026, 11, 10), {})
    picture = minutes_pictures.receive(desk.session, meeting.id, "media", by=desk.cast.li_si, now=NOW)
    assert seers(desk, picture) == ["周国平", "王建军", "何敏", "孙磊", "李四"]
    assert pictures.loose(desk.session, desk.cast.li_si.id, NOW) == []
    assert minutes_pictures.meeting_of(desk.session, picture) == meeting
    pictures.seal(desk.session, picture, desk.cast.li_si.id)
    assert seers(desk, picture) == ["周国平"]


def test_who_does_not_run_the_meeting_sends_it_none(desk: Desk):
    meeting = held(desk.session, ["党小组会"], desk.cast.li_si, date(2026, 11, 10), {})
    with pytest.raises(NotFound):
        minutes_pictures.receive(desk.session, meeting.id, "media", by=desk.cast.zhang_san, now=NOW)


def test_what_was_sent_shortly_before_goes_along_and_what_was_written_last_is_known(desk: Desk):
    session, cast = desk.session, desk.cast
    first, second = (held(session, ["党小组会"], cast.li_si, date(2026, 11, day), {}) for day in (10, 11))
    sent = pictures.receive(session, cast.li_si.id, "media", claim_id=None, now=NOW)
    assert minutes.last_written(session, cast.li_si.id, NOW - timedelta(days=1)) is None
    minutes.file(session, first.id, Outline("学习"), by=cast.li_si, now=NOW + timedelta(minutes=1))
    minutes.file(session, second.id, Outline("学习"), by=cast.li_si, now=NOW + timedelta(minutes=2))
    minutes.file(session, first.id, Outline("补充"), by=cast.li_si, now=NOW + timedelta(minutes=3))
    assert minutes_pictures.of_meeting(session, first.id) == [sent]
    assert minutes_pictures.of_meeting(session, second.id) == []
    assert minutes.last_written(session, cast.li_si.id, NOW) == (NOW + timedelta(minutes=3), first.id)
    assert minutes.last_written(session, cast.li_si.id, NOW + timedelta(minutes=3)) is None
