"""The one table of what the clock does."""

import asyncio
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from jobs import schedule
from jobs.letters import Channel, Letter, Outcome, Sent
from jobs.schedule import TABLE, World
from models import followers, notices, pictures, receipts
from models.months import at
from models.notices import NoticeStatus, Posted
from models.pictures import PictureStatus
from models.sessions import Sessions
from tests.cast import NOW, Cast
from tests.models.desk import Desk

MIDNIGHT, FIVE, NEXT_FIVE = at(date(2026, 11, 21)), at(date(2026, 11, 20), 17), at(date(2026, 11, 21), 17)
NEXT_NINE = at(date(2026, 11, 21), 9)


class Platform:
    """Accepts everything."""

    def prepare(self, session: Session, notice: Posted, openid: str, now: datetime) -> Letter | None:
        return Letter(openid, (Channel.TEMPLATE,), notice.kind, notice.key)

    async def send(self, channel: Channel, letter: Letter) -> Sent:
        return Sent(Outcome.SENT, letter.key)


async def keep(media_id: str) -> str | None:
    return f"{media_id}.jpg"


@pytest.fixture
def world(within: Sessions) -> World:
    return World(within, Platform(), keep, "w1", lambda work: asyncio.run(work()))


def run(world: World, name: str, now: datetime) -> int:
    job = next(job for job in TABLE if job.name == name)
    return job.run(world, now)


def test_every_job_has_a_name_of_its_own_a_word_and_a_short_interval():
    names = [job.name for job in TABLE]
    assert len(set(names)) == len(names)
    assert all(job.says for job in TABLE)
    assert all(timedelta(0) < job.every <= timedelta(hours=1) for job in TABLE)
    assert next(job for job in TABLE if job.name == "notices").every <= timedelta(seconds=5)


def test_delivery_comes_after_what_causes_notices():
    names = [job.name for job in TABLE]
    assert names.index("notices") > max(names.index(n) for n in ("claims.remind", "claims.move_up", "month_end"))


def test_each_job_does_its_own(desk: Desk, world: World):
    followers.unfollow(desk.session, Cast.openid(desk.cast.zhao_min), NOW - timedelta(days=40))
    receipts.take(desk.session, "old", openid="o-1", now=NOW - timedelta(days=40))
    pictures.receive(desk.session, desk.cast.wang_fang.id, "media", claim_id=None, now=NOW)
    desk.claim(now=NOW)
    desk.send_back(desk.claim("服务-02", now=NOW), now=NOW)
    late = at(date(2026, 12, 10))
    done = {job.name: job.run(world, late) for job in TABLE if job.name != "month_end"}
    # The monthly round and what follows from it have tests of their own.
    assert (
        done.items()
        >= {
            "claims.remind": 1,
            "claims.move_up": 1,
            "claims.lapse": 1,
            "pictures": 1,
            "notices": done["notices"],
            "followers": 1,
            "receipts": 1,
            "requests.ask": 0,
            "temporary_groups": 0,
        }.items()
    )
    assert done["notices"] > 0
    assert run(world, "month_end", at(date(2026, 12, 31), 17)) > 0


def test_one_round_does_everything_and_delivers_what_it_caused(desk: Desk, world: World):
    pictures.receive(desk.session, desk.cast.wang_fang.id, "media", claim_id=None, now=NOW)
    schedule.run_all(world, at(date(2026, 11, 30), 17))
    assert {notice.status for notice in desk.notices("month_end")} == {NoticeStatus.SENT}
    assert desk.session.query(pictures.Picture).one().status is PictureStatus.STORED


@pytest.mark.parametrize(
    ("after", "moment"),
    [
        (NOW, FIVE),
        (FIVE - timedelta(microseconds=1), FIVE),
        (FIVE, MIDNIGHT),
        (MIDNIGHT, NEXT_NINE),
        (NEXT_NINE, NEXT_FIVE),
        (at(date(2026, 12, 31), 23), at(date(2027, 1, 1))),
    ],
)
def test_a_moved_clock_stops_at_midnight_at_nine_and_at_five(within: Sessions, after: datetime, moment: datetime):
    assert schedule.next_moment(within, after) == moment


def test_a_moved_clock_stops_where_a_notice_falls_due(desk: Desk, within: Sessions):
    noon = at(date(2026, 11, 20), 12)
    notices.post(desk.session, desk.cast.zhang_san.id, "relay", key="k", now=NOW, due=noon)
    assert schedule.next_moment(within, NOW) == noon
    assert schedule.next_moment(within, noon) == FIVE


def test_one_that_should_have_gone_already_hides_no_later_one(desk: Desk, within: Sessions):
    """A worker that is away, or a channel that rests, leaves overdue notices in the queue."""
    noon = at(date(2026, 11, 20), 12)
    for key, due in (("overdue", NOW - timedelta(hours=1)), ("later", noon)):
        notices.post(desk.session, desk.cast.zhang_san.id, "relay", key=key, now=due)
    assert schedule.next_moment(within, NOW) == noon
