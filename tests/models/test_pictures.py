"""Pictures: attached within ten minutes, fetched at once, sealed when somebody doubts (rules 13, 32, 33)."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from models import pictures
from models.pictures import Look, Picture, PictureStatus
from tests.cast import NOW
from tests.models.desk import Desk

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def send(desk: Desk, *, now: datetime = NOW, media: str = "media", claim_id: int | None = None) -> Picture:
    return pictures.receive(desk.session, desk.cast.zhang_san.id, media, claim_id=claim_id, now=now)


def fresh(desk: Desk, picture: Picture) -> Picture:
    desk.session.refresh(picture)
    return picture


def test_a_picture_is_wanted_as_soon_as_it_was_sent(desk: Desk):
    picture = send(desk)
    assert (picture.status, picture.claim_id, picture.attempts) == (PictureStatus.WANTED, None, 0)
    assert pictures.wanted(desk.session, NOW) == [picture]


def test_loose_pictures_go_to_the_next_claim_for_ten_minutes(desk: Desk):
    old, young = send(desk, now=NOW - 10 * MINUTE), send(desk, now=NOW - 10 * MINUTE + SECOND)
    other = pictures.receive(desk.session, desk.cast.wang_fang.id, "hers", claim_id=None, now=NOW)
    assert pictures.loose(desk.session, desk.cast.zhang_san.id, NOW) == [young]
    claim = desk.claim("服务-02")
    assert pictures.attach_loose(desk.session, claim.member_id, claim.id, NOW) == 1
    assert [fresh(desk, p).claim_id for p in (old, young, other)] == [None, claim.id, None]
    assert (pictures.count_of(desk.session, claim.id), pictures.of_claim(desk.session, claim.id)) == (1, [young])


def test_a_picture_goes_to_one_claim_only(desk: Desk):
    send(desk)
    claims = [desk.claim("服务-01") for _ in range(2)]
    assert [pictures.count_of(desk.session, claim.id) for claim in claims] == [1, 0]


def test_several_pictures_of_a_claim_come_oldest_first(desk: Desk):
    claim = desk.claim()
    found = [send(desk, media=str(n), claim_id=claim.id) for n in range(3)]
    assert pictures.of_claim(desk.session, claim.id) == found


def test_the_first_picture_of_a_member_is_known_as_such(desk: Desk):
    assert pictures.is_first(desk.session, desk.cast.zhang_san.id, NOW)
    send(desk, now=NOW - timedelta(days=30))
    assert not pictures.is_first(desk.session, desk.cast.zhang_san.id, NOW)
    assert pictures.is_first(desk.session, desk.cast.wang_fang.id, NOW)


def test_a_stored_picture_is_no_longer_wanted(desk: Desk):
    picture = send(desk)
    pictures.stored(desk.session, picture.id, "2026/11/1.jpg")
    assert fresh(desk, picture).status is PictureStatus.STORED
    assert picture.stored_as == "2026/11/1.jpg"
    assert pictures.wanted(desk.session, NOW) == []


def test_what_was_sealed_meanwhile_stays_sealed(desk: Desk):
    picture = send(desk)
    pictures.seal(desk.session, picture, desk.cast.li_si.id)
    desk.session.flush()
    pictures.stored(desk.session, picture.id, "2026/11/1.jpg")
    pictures.failed(desk.session, picture, NOW)
    assert fresh(desk, picture).status is PictureStatus.SEALED
    assert picture.sealed_by_id == desk.cast.li_si.id


def test_a_picture_that_could_not_be_had_is_tried_again_later_and_later(desk: Desk):
    picture = send(desk)
    waits = []
    for _ in range(12):
        now = picture.next_try
        pictures.failed(desk.session, picture, now)
        waits.append((fresh(desk, picture).next_try - now).total_seconds())
        assert pictures.wanted(desk.session, picture.next_try - SECOND) == []
    assert waits[:4] == [10, 20, 40, 80]
    assert waits == sorted(waits)
    assert waits[-1] == 3600
    assert picture.attempts == 12


@pytest.mark.parametrize(("age", "status"), [(timedelta(days=3) - SECOND, "wanted"), (timedelta(days=3), "lost")])
def test_a_picture_is_lost_when_wechat_no_longer_keeps_it(desk: Desk, age: timedelta, status: str):
    picture = send(desk)
    pictures.failed(desk.session, picture, NOW + age)
    assert fresh(desk, picture).status == status


def test_not_more_are_fetched_at_once_than_asked_for(desk: Desk):
    found = [send(desk, media=str(n)) for n in range(3)]
    assert pictures.wanted(desk.session, NOW, most=2) == found[:2]


def test_each_look_is_logged(desk: Desk):
    picture = send(desk)
    for moment in (NOW, NOW + MINUTE):
        pictures.look(desk.session, picture, desk.cast.li_si.id, moment)
    logged = desk.session.scalars(select(Look).order_by(Look.id)).all()
    assert [(look.picture_id, look.member_id, look.at) for look in logged] == [
        (picture.id, desk.cast.li_si.id, NOW),
        (picture.id, desk.cast.li_si.id, NOW + MINUTE),
    ]
