"""The one table of what the clock does: name, how often it looks, function.

A job asks the tables what is due, so looking too often does no harm and a missed look heals at the next.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from jobs import (
    cadences,
    claims,
    evaluations,
    follow_ups,
    followers,
    meetings,
    minutes,
    month_end,
    notices,
    opinions,
    pictures,
    quarters,
    requests,
    rounds,
    spot_checks,
    temporary_groups,
)
from jobs.allowances import Limits
from jobs.flights import Aside, at_once
from jobs.letters import Post
from jobs.pictures import Keep
from models import meeting_news
from models import notices as outbox
from models.months import SHANGHAI, at, shanghai_day
from models.rounds import HOUR as MORNING
from models.sessions import Sessions


@dataclass(frozen=True, slots=True)
class World:
    """What a job works with: the database, the platform behind two callables, the worker's own
    name, ``online``, which runs what calls the platform, and how often it may be called.

    ``aside`` and ``clock`` let deliveries go on for a while, as long as ``going`` says so (jobs/notices.py).
    """

    sessions: Sessions
    post: Post
    keep: Keep
    worker: str
    online: Callable[[Callable[[], Coroutine[Any, Any, int]]], int]
    limits: Limits = field(default_factory=dict)
    aside: Aside = at_once
    clock: Callable[[], datetime] | None = None
    going: Callable[[], bool] = lambda: True


@dataclass(frozen=True, slots=True)
class Job:
    """``run`` does what is due at a moment and returns how much it did; ``every`` is how often it looks."""

    name: str
    every: timedelta
    run: Callable[[World, datetime], int]
    says: str


def _deliver(world: World, now: datetime) -> int:
    return world.online(
        lambda: notices.deliver(
            world.sessions,
            world.post,
            worker=world.worker,
            now=now,
            limits=world.limits,
            clock=world.clock,
            aside=world.aside,
            going=world.going,
        )
    )


def _fetch(world: World, now: datetime) -> int:
    return world.online(lambda: pictures.fetch(world.sessions, world.keep, now=now))


SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)

TABLE = (
    Job("claims.remind", MINUTE, lambda w, now: claims.remind(w.sessions, now=now), "提醒审核人"),
    Job("claims.move_up", MINUTE, lambda w, now: claims.move_up(w.sessions, now=now), "超时的交上一级"),
    Job("claims.lapse", MINUTE, lambda w, now: claims.lapse(w.sessions, now=now), "到期未补充的结束"),
    Job("requests.ask", MINUTE, lambda w, now: requests.ask(w.sessions, now=now), "申请交给能核对的人"),
    Job("temporary_groups", MINUTE, lambda w, now: temporary_groups.end(w.sessions, now=now), "临时小组到期结束"),
    Job("closing_reports", MINUTE, lambda w, now: temporary_groups.ask_reports(w.sessions, now=now), "请组长写总结"),
    Job("rounds.begin", MINUTE, lambda w, now: rounds.begin(w.sessions, now=now), "开始新的月度"),
    Job("rounds.review", MINUTE, lambda w, now: rounds.review(w.sessions, now=now), "登记截止，开始评审"),
    Job("spot_checks", MINUTE, lambda w, now: spot_checks.draw(w.sessions, now=now), "评审开始，抽取抽查的申报"),
    Job("spot_checks.remind", MINUTE, lambda w, now: spot_checks.remind(w.sessions, now=now), "提醒还没查完的抽查人员"),
    Job("rounds.remind", MINUTE, lambda w, now: rounds.remind(w.sessions, now=now), "提醒提交公示"),
    Job("opinions.lapse", MINUTE, lambda w, now: opinions.lapse(w.sessions, now=now), "到期未请复核的意见办结"),
    Job("opinions.remind", MINUTE, lambda w, now: opinions.remind(w.sessions, now=now), "提醒答复意见"),
    Job("opinions.overdue", MINUTE, lambda w, now: opinions.tell_above(w.sessions, now=now), "超期未答复的告知上级"),
    Job("rounds.finish", MINUTE, lambda w, now: rounds.finish(w.sessions, now=now), "公示期满，审定"),
    Job("follow_ups.correct", MINUTE, lambda w, now: follow_ups.correct(w.sessions, now=now), "更正后取消跟进"),
    Job("follow_ups.wake", MINUTE, lambda w, now: follow_ups.wake(w.sessions, now=now), "异议答复后继续跟进"),
    Job("follow_ups.remind", MINUTE, lambda w, now: follow_ups.remind(w.sessions, now=now), "提醒办理跟进"),
    Job("follow_ups.warn", MINUTE, lambda w, now: follow_ups.warn(w.sessions, now=now), "提醒未合格的党员"),
    Job("quarters", MINUTE, lambda w, now: quarters.propose(w.sessions, now=now), "季度评选提请支委会"),
    Job("cadences.judge", MINUTE, lambda w, now: cadences.judge(w.sessions, now=now), "到期没有召开的会记录下来"),
    Job("cadences.begin", MINUTE, lambda w, now: cadences.begin(w.sessions, now=now), "按周期列出该开的会"),
    Job("cadences.press", MINUTE, lambda w, now: cadences.press(w.sessions, now=now), "提醒安排会议"),
    Job("meetings.follow", 10 * MINUTE, lambda w, now: meetings.follow(w.sessions, now=now), "通知以后来的人补通知"),
    Job("meetings.remind", MINUTE, lambda w, now: meetings.remind(w.sessions, now=now), "会前提醒"),
    Job("meetings.open", MINUTE, lambda w, now: meetings.open_check_in(w.sessions, now=now), "开始签到"),
    Job("meetings.close", MINUTE, lambda w, now: meetings.close(w.sessions, now=now), "散会，按签到记分"),
    Job("minutes.expect", MINUTE, lambda w, now: minutes.expect(w.sessions, now=now), "散会后等会议记录"),
    Job("minutes.remind", MINUTE, lambda w, now: minutes.remind(w.sessions, now=now), "提醒写会议记录"),
    Job("minutes.overdue", MINUTE, lambda w, now: minutes.tell_above(w.sessions, now=now), "超期未写的告知上级"),
    Job("evaluations", MINUTE, lambda w, now: evaluations.tell(w.sessions, now=now), "年终总评提醒"),
    Job("month_end", MINUTE, lambda w, now: month_end.tell(w.sessions, now=now), "月末提醒"),
    Job("pictures", 5 * SECOND, _fetch, "取回佐证照片"),
    Job("notices", 2 * SECOND, _deliver, "发送通知"),
    Job("followers", HOUR, lambda w, now: followers.forget(w.sessions, now=now), "清除取消关注满30天的微信"),
    Job("receipts", HOUR, lambda w, now: followers.forget_receipts(w.sessions, now=now), "清除过期回执"),
)
# The times of day at which something can fall due that is no notice's own moment: a working day's 24:00, the morning
# on which a month becomes final and who is late is reminded, month end.
TIMES = (time(0), time(MORNING), time(month_end.HOUR))


def next_moment(sessions: Sessions, after: datetime) -> datetime:
    """The next moment at which anything may fall due; a moved clock steps from one to the next."""
    today = shanghai_day(after.astimezone(SHANGHAI))
    moments = [at(day, t.hour, t.minute) for day in (today, today + timedelta(days=1)) for t in TIMES]
    with sessions.read() as session:
        own = (outbox.next_due(session, after), meeting_news.next_moment(session, after))
    later = [moment for moment in [*moments, *own] if moment is not None and moment > after]
    return min(later)


def run_all(world: World, now: datetime) -> None:
    """Every job once, in the order of the table: what is caused first is delivered after."""
    for job in TABLE:
        job.run(world, now)
