"""/metrics for Prometheus: how long answers take, and how queue, delivery, jobs and people's taps stand (contract).

Answering times are counted by the processes that serve, together: each ``web`` or ``serve`` gives the folder where its
processes count (bot/serve.py). Everything else is read from the database at each look, and is the same everywhere.
"""

import hmac
import logging
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from ipaddress import ip_address

from flask import Blueprint, Request, Response, abort, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.observing import COUNTED_IN, Outcome
from bot.program import Program, limits_of
from handlers import approvals, to_do
from jobs.schedule import TABLE
from models import delivery_counts, heartbeats, measures, quotas
from models.months import shanghai_day

log = logging.getLogger(__name__)
FORWARDED = ("X-Forwarded-For", "X-Real-Ip", "Forwarded")  # a proxy speaks for somebody who is not here
ALIVE = timedelta(minutes=2)
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0)  # WeChat waits 5 s, we promise 4

DECIDING = [command.word for command in (*to_do.COMMANDS, *approvals.COMMANDS)]

_OWN = CollectorRegistry()
SECONDS = Histogram(
    "xianfeng_message_seconds", "How long a message took to answer.", ["command"], buckets=BUCKETS, registry=_OWN
)
MESSAGES = Counter("xianfeng_messages", "Messages by what they came to.", ["outcome"], registry=_OWN)


# Finding the figure of a label costs as much as counting.
_seconds_of, _messages_of = cache(SECONDS.labels), cache(MESSAGES.labels)


def observe(command: str, outcome: str, seconds: float) -> None:
    """Count one message."""
    _seconds_of(command).observe(seconds)
    _messages_of(outcome).inc()


def turned_away() -> None:
    """Count a request that got not even a word (bot/turns.py)."""
    _messages_of(Outcome.TURNED_AWAY).inc()


def blueprint(program: Program) -> Blueprint:
    """The route of /metrics: from this machine, or with the token of ``[server] metrics_token``."""
    pages = Blueprint("metrics", __name__)

    @pages.get("/metrics")
    def show() -> Response:
        if not _may(request, program.config.server.metrics_token):
            abort(403)
        shared = CollectorRegistry(auto_describe=False)
        shared.register(_FromTables(program))
        return Response(generate_latest(_counted()) + generate_latest(shared), content_type=CONTENT_TYPE_LATEST)

    return pages


def _may(request: Request, token: str) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    return _is_local(request.remote_addr) and not any(name in request.headers for name in FORWARDED)


def _is_local(address: str | None) -> bool:
    try:
        return ip_address(address or "").is_loopback
    except ValueError:
        return False


def _counted() -> CollectorRegistry:
    """What all processes that serve here have counted, or this one alone."""
    if COUNTED_IN not in os.environ:
        return _OWN
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]  # prometheus-client gives this one no types
    return together


class _FromTables(Collector):
    """What the database knows at this moment."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def collect(self) -> Iterator[Metric]:
        """The figures; without the database, only that it is away."""
        found: list[Metric] = []
        try:
            now = self._program.clock()
            with self._program.sessions.read() as session:
                for figures in (_queue, _deliveries, _jobs, _taps, _pushes, self._quotas):
                    found += figures(session, now)
        except SQLAlchemyError:
            log.exception("no figures from the database")
            found = []
        yield _gauge("database_up", "Whether the database answered.", int(bool(found)))
        yield from found

    def _quotas(self, session: Session, now: datetime) -> Iterator[Metric]:
        limits = limits_of(self._program.config.wechat)
        used = _family("channel_used_today", "Calls of today.", ["channel"])
        limit = _family("channel_daily_limit", "Calls allowed a day; 0 for any number.", ["channel"])
        rests = _family("channel_rests", "1 while the platform has stopped the channel.", ["channel"])
        for channel, most in limits.items():
            limit.add_metric([channel.value], most.per_day)
        for quota in quotas.found(session):
            used.add_metric([quota.channel], quota.used if quota.day == shanghai_day(now) else 0)
            rests.add_metric([quota.channel], int(quota.rests_until is not None and now < quota.rests_until))
        yield from (used, limit, rests)


def _queue(session: Session, now: datetime) -> Iterator[Metric]:
    queue = measures.queue(session, now)
    states = _family("notices", "Notices that are not done with, by state.", ["status"])
    for status, number in queue.by_status.items():
        states.add_metric([status], number)
    yield states
    yield _gauge("notices_due", "Notices whose moment has come.", queue.due)
    age = (now - queue.oldest).total_seconds() if queue.oldest else 0
    yield _gauge("notices_oldest_due_seconds", "How long the oldest of them has been due.", max(age, 0))


def _deliveries(session: Session, now: datetime) -> Iterator[Metric]:
    calls = CounterMetricFamily(
        "xianfeng_deliveries", "Calls for notices by channel and class of outcome.", labels=["channel", "class"]
    )
    for what, times in delivery_counts.totals(session).items():
        calls.add_metric([what.channel, what.fault], times)
    yield calls


def _jobs(session: Session, now: datetime) -> Iterator[Metric]:
    """A worker says every 20 s when its jobs last looked: up to so much is no lag."""
    looks = heartbeats.last_looks(session)
    lag = _family("job_lag_seconds", "How long a job's next look is overdue.", ["job"])
    for job in TABLE:
        if job.name in looks:
            lag.add_metric([job.name], max((now - looks[job.name] - job.every).total_seconds(), 0))
    yield lag
    yield _gauge("workers", "Workers that gave a sign of life.", heartbeats.alive_since(session, now - ALIVE))


def _taps(session: Session, now: datetime) -> Iterator[Metric]:
    taps, claims = measures.messages_of(session, DECIDING, now), measures.decided(session, now)
    yield _gauge("deciding_messages_day", "Messages of a day by which claims are listed and decided.", taps)
    yield _gauge("claims_decided_day", "Claims decided in a day.", claims)
    if claims:
        yield _gauge("taps_per_decided_claim", "The one by the other.", taps / claims)


def _pushes(session: Session, now: datetime) -> Iterator[Metric]:
    pushes, people = measures.pushes(session, now), measures.bound(session)
    yield _gauge("pushes_week", "Pushes of seven days that the platform took.", pushes)
    yield _gauge("people_bound", "People whose WeChat is bound.", people)
    if people:
        yield _gauge("pushes_per_person_week", "The one by the other.", pushes / people)


def _family(name: str, says: str, labels: list[str]) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"xianfeng_{name}", says, labels=labels)


def _gauge(name: str, says: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"xianfeng_{name}", says, value=value)
