"""One attempt on one channel: noted before the call, and what came of it written down after (rules 28).

What was accepted is written by the group (jobs/flights.py); here is what a refusal leads to, and what it teaches
beyond its notice: of the reader's window or grant, of the reader, of the channel.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from jobs.allowances import Allowance
from jobs.letters import Channel, Letter, Outcome, Post, Sent
from models import deliveries, followers, grants, quotas
from models.notices import Notice
from models.sessions import Sessions

RESTS = timedelta(minutes=1)  # a channel that the platform does not allow, before one more is tried
GOES_ON = frozenset(
    {
        Outcome.NOT_THIS_WAY,
        Outcome.NOT_THIS_PERSON,
        Outcome.NOT_NOW,
        Outcome.WINDOW_CLOSED,
        Outcome.NO_GRANT,
        Outcome.EXHAUSTED,
        Outcome.NOT_ALLOWED,
        Outcome.WRONG_TEMPLATE,
    }
)
# What makes a channel rest.
STOPS = frozenset({Outcome.EXHAUSTED, Outcome.NOT_ALLOWED, Outcome.SLOWER})


@dataclass(frozen=True, slots=True)
class Desk:
    """Where notices are worked off: the database, the platform, the worker's name, the clock, what may be called."""

    sessions: Sessions
    post: Post
    worker: str
    clock: Callable[[], datetime]
    allowance: Allowance

    @property
    def now(self) -> datetime:
        return self.clock()


@dataclass(frozen=True, slots=True)
class Opened:
    """A letter whose channel is noted as ``sending``, and the moment that was noted with it; ``window`` is that of
    which a customer-service message was counted, and ``later`` how long the platform asked to wait when it refused it
    on an earlier channel."""

    id: int
    letter: Letter
    channel: Channel
    at: datetime
    window: datetime | None = None
    later: timedelta | None = None
    since: float = field(default_factory=time.monotonic)


def open_channel(
    session: Session, desk: Desk, id: int, letter: Letter, *, first: int = 0, later: timedelta | None = None
) -> Opened | None:
    """The next channel to try, the ``first`` of them or a later one, noted as ``sending``; commit it before the call.

    None when there is none left; ``later`` is when to begin anew then, because one was refused for a while only.
    """
    now = desk.now
    for channel in letter.channels[first:]:
        if not desk.allowance.may(channel, answer=letter.answer):
            again = desk.allowance.again_at(channel, answer=letter.answer)
            if again is None:
                continue
            deliveries.hand_back(session, id, lease=desk.worker, next_try=again)
            return None
        entered, window = _entered(session, channel, letter, now)
        if not entered:
            continue
        if not deliveries.begin(session, id, lease=desk.worker, channel=channel.value, now=now):
            return None
        desk.allowance.use(channel)
        return Opened(id, letter, channel, now, window, later)
    _none_left(session, id, later, now)
    return None


def _entered(session: Session, channel: Channel, letter: Letter, now: datetime) -> tuple[bool, datetime | None]:
    """Use up what a channel asks of the reader: a message of the open window, or a grant. False without."""
    if channel is Channel.CUSTOM:
        window = followers.use_window(session, letter.openid, now)
        return window is not None, window
    return channel is not Channel.SUBSCRIBE or grants.use(session, letter.openid, letter.grant), None


def _none_left(session: Session, id: int, later: timedelta | None, now: datetime) -> None:
    if later is None:
        deliveries.to_inbox(session, id)
    else:
        attempts = session.get_one(Notice, id).attempts
        deliveries.retry(session, id, attempts=attempts, now=now, wait=later)


def close(session: Session, desk: Desk, opened: Opened, sent: Sent) -> bool:
    """Write down what came of a call; True when the next channel is to be tried."""
    id, now = opened.id, desk.now
    if sent.outcome is Outcome.SENT:
        deliveries.sent(session, id, message_id=sent.message_id, now=now)
        return False
    _learn(session, desk, opened, sent)
    notice = deliveries.held(session, id, lease=desk.worker, since=opened.at)
    if notice is None:
        return False
    if sent.outcome in GOES_ON:
        deliveries.next_channel(notice, failed=sent.outcome is Outcome.NOT_NOW)
        return True
    unknown = sent.outcome is Outcome.UNKNOWN
    if unknown and opened.channel is not Channel.TEMPLATE:
        deliveries.to_inbox(session, id, maybe_received=True)
    else:
        attempts = notice.attempts
        deliveries.retry(session, id, attempts=attempts, now=now, wait=sent.wait, maybe_received=unknown)
    return False


def _learn(session: Session, desk: Desk, opened: Opened, sent: Sent) -> None:
    """What a refusal says of the reader's window or grant, of the reader, and of the channel."""
    if sent.outcome is Outcome.UNKNOWN:
        return
    letter = opened.letter
    if sent.outcome is Outcome.WINDOW_CLOSED:
        followers.close_window(session, letter.openid)
    elif opened.window is not None:
        followers.unuse_window(session, letter.openid, opened.window)
    if opened.channel is Channel.SUBSCRIBE:
        learn = grants.end if sent.outcome is Outcome.NO_GRANT else grants.give
        learn(session, letter.openid, letter.grant)
    if sent.outcome is Outcome.NOT_THIS_PERSON:
        followers.refuse(session, letter.openid, desk.now)
    _rest(session, desk, opened.channel, sent)


def _rest(session: Session, desk: Desk, channel: Channel, sent: Sent) -> None:
    """A refusal for the account's sake holds for the other notices too."""
    now = desk.now
    until = {
        Outcome.EXHAUSTED: quotas.midnight(now),
        Outcome.NOT_ALLOWED: now + RESTS,
        Outcome.WRONG_TEMPLATE: now,
        Outcome.SLOWER: now + quotas.MINUTE,
    }.get(sent.outcome)
    if until is None:
        return
    waits = sent.outcome is Outcome.SLOWER
    quotas.rest(session, channel.value, until, code=sent.code, now=now, waits=waits)
    if until > now:
        desk.allowance.close(channel, until if waits else None)
