"""``jobs``: what the clock does, listed, and done by hand (contract, ``jobs list`` and ``jobs run``)."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

import click

from bot.cli.base import Failure, State, pass_state
from bot.cli.columns import aligned
from bot.config_sections import is_loopback
from bot.database import check_ready
from jobs import month_end, schedule
from jobs.schedule import Job
from models import notices, rounds
from models.months import SHANGHAI, Month, at, end_of, shanghai_day
from models.sessions import Sessions


class Moment(click.ParamType[datetime]):
    """ISO 8601; without an offset it is Shanghai's time."""

    name = "ISO-8601"

    def convert(self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} 不是时间，例如 2026-11-30T17:00", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


@click.group()
def jobs() -> None:
    """定时要做的事。"""


@jobs.command("list")
@pass_state
def list_(state: State) -> None:
    """列出每件事的名字、下一次的时间、多久看一次。"""
    now = state.now()
    moments = [next_time(state.sessions, job, now).astimezone(SHANGHAI) for job in schedule.TABLE]
    rows = [
        (job.name, f"{moment:%Y-%m-%d %H:%M:%S}", f"每{span(job.every)}看一次", job.says)
        for job, moment in zip(schedule.TABLE, moments, strict=True)
    ]
    for line in aligned(rows):
        click.echo(line)


@jobs.command()
@click.argument("name")
@click.option("--at", type=Moment(), help="当作这个时间来做；将来的时间只能用在演示里。")
@pass_state
def run(state: State, name: str, at: datetime | None) -> None:
    """现在就做一次。"""
    job = next((job for job in schedule.TABLE if job.name == name), None)
    if job is None:
        raise Failure([f"没有“{name}”这件事，可以写：{'、'.join(job.name for job in schedule.TABLE)}"])
    now = state.now()
    if at is not None and at > now and not is_loopback(urlsplit(state.config.wechat.api_base).hostname or ""):
        raise Failure(["将来的时间只能用在演示里，这里连的是真的微信"])
    check_ready(state.program.engine)
    done = job.run(state.program.world(), at or now)
    click.echo(f"{job.says}：做了 {done} 件")


def next_time(sessions: Sessions, job: Job, now: datetime) -> datetime:
    """When a job has something to do next, as far as that can be known; else when it looks next."""
    look = now + job.every
    if job.name == "month_end":
        month = Month.of(now)
        return next(due for due in map(month_end.due_at, (month, month.plus(1))) if due > now)
    if job.name == "notices":
        with sessions.read() as session:
            return max(notices.next_due(session) or look, look)
    if job.name.startswith("claims."):
        return end_of(shanghai_day(now))  # working days end at 24:00
    if job.name.startswith("rounds."):
        today = shanghai_day(now)
        return next(moment for moment in (at(today, rounds.HOUR), end_of(today)) if moment > now)
    return look


def span(every: timedelta) -> str:
    """An interval in words."""
    seconds = round(every.total_seconds())
    for size, word in ((3600, "小时"), (60, "分钟")):
        if seconds % size == 0:
            return f"{seconds // size}{word}"
    return f"{seconds}秒"
