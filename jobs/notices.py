"""Delivery: from the outbox to the platform (rules 28).

The database is never held while the platform is called: a notice is leased, marked ``sending`` with its
channel and attempt, and that is committed before the call. What happened is written afterwards. A sending
whose process died is unknown: it goes to the inbox, marked 可能已收到, unless its channel de-duplicates.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Protocol

from sqlalchemy.orm import Session

from jobs import calls
from models import bindings, followers, notices, quiet
from models.members import Member
from models.notices import Notice
from models.sessions import Sessions

DEDUPLICATES_FOR = timedelta(minutes=10)
REPEATED_WITHIN = timedelta(minutes=4)  # with the time that all tries take together, less than the ten
BATCH = 100


class Channel(StrEnum):
    """The ways to a person, besides the inbox."""

    TEMPLATE = "template"  # 模板消息: de-duplicated by client_msg_id for 10 minutes
    SUBSCRIBE = "subscribe"  # 订阅通知: one grant, one message
    CUSTOM = "custom"  # 客服消息: inside the window only, may carry buttons


class Outcome(StrEnum):
    """What came of one call."""

    SENT = "sent"  # accepted
    NOT_THIS_WAY = "not_this_way"  # certainly refused: try the next channel
    WINDOW_CLOSED = "window_closed"  # certainly refused, and so will be others until the person writes
    LATER = "later"  # certainly refused for now: try again
    UNKNOWN = "unknown"  # perhaps sent


@dataclass(frozen=True, slots=True)
class Sent:
    """The answer of a channel: the outcome, the platform's id, and how long to wait before another try."""

    outcome: Outcome
    message_id: str | None = None
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice made ready: to whom, by which channels in order, and ``payload`` for the platform's client."""

    openid: str
    channels: tuple[Channel, ...]
    payload: object
    key: str


class Post(Protocol):
    """What ``bot`` hands in: wording and the platform."""

    def prepare(self, session: Session, notice: Notice, openid: str, now: datetime) -> Letter | None:
        """Word a notice; None when there is nothing to say any more."""

    async def send(self, channel: Channel, letter: Letter) -> Sent:
        """Call the platform once."""


def recover(sessions: Sessions, *, now: datetime) -> int:
    """Settle sendings whose process died, and repeats that come too late; returns how many sendings."""
    with sessions.write() as session:
        found = notices.stranded(session, now)
        for notice in found:
            # The platform forgets ten minutes after the first call, and this may not have been the first.
            within = REPEATED_WITHIN if notice.maybe_received else DEDUPLICATES_FOR
            if notice.channel == Channel.TEMPLATE and now - notice.next_try < within:
                notices.retry(session, notice.id, attempts=notice.attempts, now=now, maybe_received=True)
            else:
                notices.to_inbox(session, notice.id, maybe_received=True)
        notices.give_up(session, before=now - REPEATED_WITHIN)
        return len(found)


def lease(sessions: Sessions, *, worker: str, now: datetime, most: int = BATCH) -> list[int]:
    """Take due notices for this worker."""
    with sessions.write() as session:
        return notices.take(session, lease=worker, now=now, most=most)


def prepare(sessions: Sessions, post: Post, id: int, *, worker: str, now: datetime) -> Letter | None:
    """Word a leased notice; without a recipient it goes to the inbox, and what is settled lapses."""
    with sessions.write() as session:
        notice = session.get_one(Notice, id)
        morning = _quiet_until(session, notice, now)
        if morning is not None:
            notices.hand_back(session, id, lease=worker, next_try=morning)
            return None
        openid = _openid_of(session, notice)
        if openid is None:
            notices.to_inbox(session, id)
            return None
        letter = post.prepare(session, notice, openid, now)
        if letter is None:
            notices.lapse(session, id, now)
        elif notice.maybe_received:
            # Only where the platform sees that it is a repeat.
            return replace(letter, channels=tuple(c for c in letter.channels if c is Channel.TEMPLATE))
        return letter


def _openid_of(session: Session, notice: Notice) -> str | None:
    """Where a notice goes; None for who is not bound, has been erased or does not follow (any more)."""
    if notice.member_id is not None:
        return bindings.openid_of(session, notice.member_id)
    follower = followers.find(session, notice.openid) if notice.openid else None
    return None if follower is not None and follower.unfollowed_at is not None else notice.openid


def _quiet_until(session: Session, notice: Notice, now: datetime) -> datetime | None:
    """When a notice may go that came up in quiet hours; None when it may go now."""
    # A repeat does not wait for the morning, nor does what would come too late.
    if notice.kind in quiet.AWAITED or notice.maybe_received or notice.facts.get(quiet.URGENT):
        return None
    member = session.get(Member, notice.member_id) if notice.member_id else None
    return quiet.until(session, member.branch_id if member else None, now)


def open_channel(
    sessions: Sessions, id: int, letter: Letter, tried: int, *, worker: str, now: datetime
) -> Channel | None:
    """The next channel to try, noted as ``sending`` and committed; None when there is none left."""
    with sessions.write() as session:
        for channel in letter.channels[tried:]:
            if channel is Channel.CUSTOM and not followers.use_window(session, letter.openid, now):
                continue
            return channel if notices.begin(session, id, lease=worker, channel=channel.value, now=now) else None
        notices.to_inbox(session, id)
        return None


def close(
    sessions: Sessions, id: int, letter: Letter, channel: Channel, sent: Sent, *, worker: str, now: datetime
) -> bool:
    """Write down what came of a call; True when the next channel is to be tried."""
    with sessions.write() as session:
        if sent.outcome is Outcome.SENT:
            notices.sent(session, id, message_id=sent.message_id, now=now)
            return False
        if sent.outcome is Outcome.WINDOW_CLOSED:
            followers.close_window(session, letter.openid)
        notice = notices.held(session, id, lease=worker)
        if notice is None:
            return False
        if sent.outcome in (Outcome.NOT_THIS_WAY, Outcome.WINDOW_CLOSED):
            notices.next_channel(notice)
            return True
        unknown = sent.outcome is Outcome.UNKNOWN
        if unknown and channel is not Channel.TEMPLATE:
            notices.to_inbox(session, id, maybe_received=True)
        else:
            notices.retry(session, id, attempts=notice.attempts, now=now, wait=sent.wait, maybe_received=unknown)
        return False


async def deliver_one(sessions: Sessions, post: Post, id: int, *, worker: str, now: datetime) -> bool:
    """Word a leased notice and try its channels in their order; True when it was sent."""
    letter = prepare(sessions, post, id, worker=worker, now=now)
    tried = 0
    while letter is not None:
        channel = open_channel(sessions, id, letter, tried, worker=worker, now=now)
        if channel is None:
            return False
        sent = await post.send(channel, letter)
        if not close(sessions, id, letter, channel, sent, worker=worker, now=now):
            return sent.outcome is Outcome.SENT
        tried = letter.channels.index(channel) + 1
    return False


async def deliver(sessions: Sessions, post: Post, *, worker: str, now: datetime, most: int = BATCH) -> int:
    """Deliver what is due, many at once; returns how many were sent.

    One that cannot be worded or sent for a mistake of ours holds up no other: the rest is delivered, then
    its exception is raised; it is taken again when its lease has run out.
    """
    recover(sessions, now=now)
    due = lease(sessions, worker=worker, now=now, most=most)
    return await calls.make([partial(deliver_one, sessions, post, id, worker=worker, now=now) for id in due])
