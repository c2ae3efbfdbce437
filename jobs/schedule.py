"""The one table of what the clock does: name, how often it looks, function.

A job asks the tables what is due, so looking too often does no harm and a missed look heals at the next.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from jobs import claims, followers, month_end, notices, pictures
from jobs.notices import Post
from jobs.pictures import Keep
from models import notices as outbox
from models.months import SHANGHAI, at, shanghai_day
from models.sessions import Sessions


@dataclass(frozen=True, slots=True)
class World:
    """What a job works with: the database, the platform behind two callables, the worker's own
    name, and ``online``, which runs what calls the platform."""

    sessions: Sessions
    post: Post
    keep: Keep
    worker: str
    online: Callable[[Callable[[], Coroutine[Any, Any, int]]], int]


@dataclass(frozen=True, slots=True)
class Job:
    """``run`` does what is due at a moment and returns how much it did; ``every`` is how often it looks."""

    name: str
    every: timedelta
    run: Callable[[World, datetime], int]
    says: str


def _deliver(world: World, now: datetime) -> int:
    return world.online(lambda: notices.deliver(world.sessions, world.post, worker=world.worker, now=now))


def _fetch(world: World, now: datetime) -> int:
    return world.online(lambda: pictures.fetch(world.sessions, world.keep, now=now))


SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)

TABLE = (
    Job("claims.remind", MINUTE, lambda w, now: claims.remind(w.sessions, now=now), "提醒审核人"),
    Job("claims.move_up", MINUTE, lambda w, now: claims.move_up(w.sessions, now=now), "超时的交上一级"),
    Job("claims.lapse", MINUTE, lambda w, now: claims.lapse(w.sessions, now=now), "到期未补充的结束"),
    Job("month_end", MINUTE, lambda w, now: month_end.tell(w.sessions, now=now), "月末提醒"),
    Job("pictures", 5 * SECOND, _fetch, "取回佐证照片"),
    Job("notices", 2 * SECOND, _deliver, "发送通知"),
    Job("followers", HOUR, lambda w, now: followers.forget(w.sessions, now=now), "清除取消关注满30天的微信"),
    Job("receipts", HOUR, lambda w, now: followers.forget_receipts(w.sessions, now=now), "清除过期回执"),
)
# The times of day at which something can fall due that is no notice's own moment: a working day's 24:00, month end.
TIMES = (time(0), time(month_end.HOUR))


def next_moment(sessions: Sessions, after: datetime) -> datetime:
    """The next moment at which anything may fall due; a moved clock steps from one to the next."""
    today = shanghai_day(after.astimezone(SHANGHAI))
    moments = [at(day, t.hour, t.minute) for day in (today, today + timedelta(days=1)) for t in TIMES]
    with sessions.read() as session:
        queued = outbox.next_due(session)
    later = [moment for moment in [*moments, *([queued] if queued else [])] if moment > after]
    return min(later)


def run_all(world: World, now: datetime) -> None:
    """Every job once, in the order of the table: what is caused first is delivered after."""
    for job in TABLE:
        job.run(world, now)
