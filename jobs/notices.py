"""Delivery: from the outbox to the platform (rules 28).

The database is never held while the platform is called: a notice is marked ``sending`` with its channel and attempt,
and that is committed before the call (jobs/opening.py). What happened is written afterwards (jobs/flights.py). A
sending whose process died is unknown: it goes to the inbox, marked 可能已收到, unless its channel de-duplicates.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from jobs.allowances import Allowance, Limits
from jobs.attempts import Desk
from jobs.flights import Aside, Flight, at_once
from jobs.letters import Channel, Post
from models import deliveries, fates
from models.sessions import Sessions

MOST = 1_000_000  # notices of one run


def recover(sessions: Sessions, *, now: datetime) -> int:
    """Settle sendings whose process died, leases that were not used, repeats that come too late, and events that
    came too early.

    Returns how many sendings.
    """
    with sessions.write() as session:
        deliveries.free_unused(session, now)
        found = deliveries.stranded(session, now)
        for notice in found:
            if notice.channel == Channel.TEMPLATE and deliveries.may_repeat(notice, now):
                deliveries.retry(session, notice.id, attempts=notice.attempts, now=now, maybe_received=True)
            else:
                deliveries.to_inbox(session, notice.id, maybe_received=True)
        deliveries.give_up(session, now)
        fates.join(session, now)
        return len(found)


async def deliver(
    sessions: Sessions,
    post: Post,
    *,
    worker: str,
    now: datetime,
    most: int = MOST,
    limits: Limits | None = None,
    clock: Callable[[], datetime] | None = None,
    aside: Aside = at_once,
    going: Callable[[], bool] = lambda: True,
) -> int:
    """Deliver what is due, many at once, until there is no more; returns how many were sent.

    ``clock`` goes on while they are sent, where ``now`` does not; what is sent ``aside`` ends after a while, so that
    one hears of it, and any run ends when it is not to be ``going`` on.

    One notice that cannot be worded or sent for a mistake of ours holds up no other: the rest is delivered, then its
    exception is raised; it is taken again when its lease has run out.
    """
    moment = clock or (lambda: now)
    await aside(partial(recover, sessions, now=now))
    desk = Desk(sessions, post, worker, moment, Allowance(limits or {}))
    flight = Flight(desk, most=most, aside=aside, going=going)
    try:
        return await flight.run()
    finally:
        await aside(partial(_settle, desk))


def _settle(desk: Desk) -> None:
    """Give back what was not used, and close what the platform spoke of too early."""
    if desk.allowance.used:
        with desk.sessions.write() as session:
            desk.allowance.give_back(session, desk.now)
            fates.join(session, desk.now)
