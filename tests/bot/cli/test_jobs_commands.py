"""``jobs``: listed with their next time, run now or as of another time."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.cli.columns import width
from bot.cli.jobs import next_time, span
from bot.clock import system
from jobs import month_end
from jobs.schedule import TABLE
from models import notices
from models.months import SHANGHAI, Month, end_of, shanghai_day
from models.notices import Notice
from tests.cast import NOW

JOBS = {job.name: job for job in TABLE}


@pytest.mark.usefixtures("cast")
def test_every_job_is_listed_with_its_next_time(office):
    lines = office.ok("jobs", "list").splitlines()
    assert [line.split()[0] for line in lines] == list(JOBS)
    now = system()
    due = next(due for month in (0, 1) if (due := month_end.due_at(Month.of(now).plus(month))) > now)
    line = next(line for line in lines if line.startswith("month_end"))
    assert line.split() == [
        "month_end",
        f"{due.astimezone(SHANGHAI):%Y-%m-%d}",
        "17:00:00",
        "每1分钟看一次",
        "月末提醒",
    ]
    starts = {width(line[: line.rindex(job.says)]) for line, job in zip(lines, TABLE, strict=True)}
    assert len(starts) == 1  # what each does stands below the others, however wide what precedes it


def test_the_next_time_is_when_something_falls_due_where_that_is_known(sessions, cast):
    assert next_time(sessions, JOBS["month_end"], NOW) == month_end.due_at(Month(2026, 11))
    after = month_end.due_at(Month(2026, 11))
    assert next_time(sessions, JOBS["month_end"], after) == month_end.due_at(Month(2026, 12))
    assert next_time(sessions, JOBS["claims.remind"], NOW) == end_of(shanghai_day(NOW))
    assert next_time(sessions, JOBS["rounds.finish"], NOW) == end_of(shanghai_day(NOW))
    assert next_time(sessions, JOBS["rounds.finish"], NOW - timedelta(hours=2)) == NOW - timedelta(hours=1)
    assert next_time(sessions, JOBS["receipts"], NOW) == NOW + timedelta(hours=1)
    look = NOW + JOBS["notices"].every
    assert next_time(sessions, JOBS["notices"], NOW) == look
    with sessions.write() as session:
        due = NOW + timedelta(hours=3)
        notices.post(session, cast.zhang_san.id, "month_end", key="k", now=NOW, due=due, facts={"month": "2026-11"})
    assert next_time(sessions, JOBS["notices"], NOW) == due
    assert next_time(sessions, JOBS["notices"], due) == due + JOBS["notices"].every


@pytest.mark.parametrize(
    ("every", "word"),
    [
        (timedelta(seconds=5), "5秒"),
        (timedelta(minutes=1), "1分钟"),
        (timedelta(seconds=90), "90秒"),
        (timedelta(hours=2), "2小时"),
    ],
)
@pytest.mark.sqlite_only
def test_an_interval_is_said_in_words(every, word):
    assert span(every) == word


@pytest.mark.usefixtures("cast")
def test_a_job_is_run_as_of_a_past_time(office):
    last = month_end.due_at(Month.of(system()).plus(-1))
    said = office.ok("jobs", "run", "receipts", "--at", last.isoformat())
    assert said == "清除过期回执：做了 0 件\n"


@pytest.mark.usefixtures("cast")
def test_a_future_time_is_for_the_stand_in_only(office):
    due = month_end.due_at(Month.of(system()).plus(1)).astimezone(SHANGHAI)
    typed = f"{due:%Y-%m-%dT%H:%M}"  # without an offset: Shanghai's time
    said = office.refused("jobs", "run", "month_end", "--at", typed)
    assert said == "将来的时间只能用在演示里，这里连的是真的微信\n"
    office.environ["XIANFENG_WECHAT__API_BASE"] = "http://127.0.0.1:9"
    office.ok("jobs", "run", "month_end", "--at", typed)
    with office.sessions.read() as session:
        told = {notice.member_id for notice in session.scalars(select(Notice).where(Notice.kind == "month_end"))}
    assert len(told) == 17  # everybody who is bound


@pytest.mark.usefixtures("cast")
def test_a_job_is_run_now(office):
    assert office.ok("jobs", "run", "followers").endswith("：做了 0 件\n")


def test_an_unknown_job_is_refused_with_the_names(office):
    said = office.refused("jobs", "run", "month")
    assert said == f"没有“month”这件事，可以写：{'、'.join(JOBS)}\n"


def test_a_time_that_is_none_is_wrong_usage(office):
    result = office("jobs", "run", "month_end", "--at", "tomorrow")
    assert result.exit_code == 2
    assert "不是时间，例如 2026-11-30T17:00" in result.stderr
