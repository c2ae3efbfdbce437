"""Pictures are fetched at once, and again until WeChat no longer keeps them (rules 13)."""

import asyncio
from datetime import datetime, timedelta

import pytest

from jobs import pictures as job
from models import pictures
from models.pictures import Picture, PictureStatus
from models.sessions import Sessions
from tests.cast import NOW
from tests.models.desk import Desk

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class Shelf:
    """Keeps pictures, except those it cannot have now."""

    def __init__(self, *gone: str) -> None:
        self.gone = set(gone)
        self.asked: list[str] = []

    async def keep(self, media_id: str) -> str | None:
        self.asked.append(media_id)
        await asyncio.sleep(0)
        return None if media_id in self.gone else f"2026/11/{media_id}.jpg"


def send(desk: Desk, media_id: str) -> Picture:
    return pictures.receive(desk.session, desk.cast.zhang_san.id, media_id, claim_id=None, now=NOW)


def fetch(within: Sessions, shelf: Shelf, now: datetime = NOW) -> int:
    return asyncio.run(job.fetch(within, shelf.keep, now=now))


def test_what_was_sent_is_fetched_at_once_and_only_once(desk: Desk, within: Sessions):
    picture, shelf = send(desk, "a"), Shelf()
    assert [fetch(within, shelf) for _ in range(2)] == [1, 0]
    assert (picture.status, picture.stored_as) == (PictureStatus.STORED, "2026/11/a.jpg")
    assert shelf.asked == ["a"]


def test_one_that_cannot_be_had_keeps_no_other_back(desk: Desk, within: Sessions):
    bad, good = send(desk, "bad"), send(desk, "good")
    assert fetch(within, Shelf("bad")) == 1
    assert (bad.status, bad.attempts, good.status) == (PictureStatus.WANTED, 1, PictureStatus.STORED)


def test_one_that_breaks_the_shelf_keeps_no_other_back(desk: Desk, within: Sessions):
    class Fragile(Shelf):
        async def keep(self, media_id: str) -> str | None:
            if media_id == "odd":
                raise RuntimeError("not foreseen")
            return await super().keep(media_id)

    odd, good = send(desk, "odd"), send(desk, "good")
    with pytest.raises(BaseExceptionGroup):
        fetch(within, Fragile())
    assert (odd.status, good.status) == (PictureStatus.WANTED, PictureStatus.STORED)
    assert fetch(within, Shelf(), NOW + MINUTE) == 1


def test_one_that_could_not_be_had_is_tried_again_later(desk: Desk, within: Sessions):
    picture = send(desk, "bad")
    fetch(within, Shelf("bad"))
    shelf = Shelf()
    assert fetch(within, shelf, picture.next_try - timedelta(seconds=1)) == 0
    assert fetch(within, shelf, picture.next_try) == 1
    assert shelf.asked == ["bad"]


def test_what_wechat_no_longer_keeps_is_lost(desk: Desk, within: Sessions):
    picture, shelf = send(desk, "bad"), Shelf("bad")
    assert fetch(within, shelf, NOW + 3 * DAY) == 0
    assert picture.status is PictureStatus.LOST
    assert fetch(within, shelf, NOW + 9 * DAY) == 0
    assert shelf.asked == ["bad"]


def test_two_workers_fetch_a_picture_once(desk: Desk, within: Sessions):
    send(desk, "a")
    first, second = Shelf(), Shelf()

    async def both() -> list[int]:
        return list(await asyncio.gather(*(job.fetch(within, shelf.keep, now=NOW) for shelf in (first, second))))

    assert sum(asyncio.run(both())) == 1
    assert first.asked + second.asked == ["a"]


def test_a_worker_that_died_leaves_its_picture_to_another_after_a_minute(desk: Desk, within: Sessions):
    send(desk, "a")
    with within.write() as session:
        assert len(pictures.take(session, NOW)) == 1
    shelf = Shelf()
    assert [fetch(within, shelf, NOW + MINUTE - timedelta(seconds=1)), fetch(within, shelf, NOW + MINUTE)] == [0, 1]


def test_looking_when_nothing_was_sent_writes_nothing(within: Sessions):
    class Reading(Sessions):
        def read(self):
            return within.read()

        def write(self):
            raise AssertionError("nothing to write")

    assert fetch(Reading(within.engine), Shelf()) == 0


def test_what_was_sealed_is_not_fetched(desk: Desk, within: Sessions):
    picture, shelf = send(desk, "a"), Shelf()
    pictures.seal(desk.session, picture, desk.cast.li_si.id)
    assert fetch(within, shelf) == 0
    assert shelf.asked == []
