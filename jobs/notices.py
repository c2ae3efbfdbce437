"""Delivery: from the outbox to the platform (rules 28).

The database is never held while the platform is called: a notice is leased, marked ``sending`` with its
channel and attempt, and that is committed before the call. What happened is written afterwards. A sending
whose process died is unknown: it goes to the inbox, marked 可能已收到, unless its channel de-duplicates.
"""


import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from sqlalchemy.orm import Session

from models import bindings, followers, notices
from models.notices import Notice, NoticeStatus
from models.sessions import Sessions

DEDUPLICATES_FOR = timedelta(minutes=10)
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
    """Settle sendings whose process died; returns how many."""
    with sessions.write() as session:
        found = notices.stranded(session, now)
        for notice in found:
            began = now - notice.next_try
            if notice.channel == Channel.TEMPLATE and began < DEDUPLICATES_FOR:
                notice.status, notice.next_try = NoticeStatus.QUEUED, now
            else:
                notices.to_inbox(session, notice.id, maybe_received=True)
        return len(found)


def lease(sessions: Sessions, *, worker: str, now: datetime, most: int = BATCH) -> list[int]:
    """Take due notices for this worker."""
    with sessions.write() as session:
        return notices.take(session, lease=worker, now=now, most=most)


def prepare(sessions: Sessions, post: Post, ids: list[int], *, now: datetime) -> list[tuple[int, Letter]]:
    """Word the leased ones; what has no recipient goes to the inbox, what is settled lapses."""
    ready: list[tuple[int, Letter]] = []
    with sessions.write() as session:
        for id in ids:
            notice = session.get_one(Notice, id)
            openid = notice.openid or (bindings.openid_of(session, notice.member_id) if notice.member_id else None)
            if openid is None:
                notices.to_inbox(session, id)
                continue
            letter = post.prepare(session, notice, openid, now)
            if letter is None:
                notices.lapse(session, id, now)
            else:
                ready.append((id, letter))
    return ready


def open_channel(sessions: Sessions, id: int, letter: Letter, tried: int, *, worker: str, now: datetime) -> Channel | None:
    """The next channel to try, noted as ``sending`` and committed; None when there is none left."""
    with sessions.write() as session:
        for channel in letter.channels[tried:]:
            if channel is Channel.CUSTOM and not followers.use_window(session, letter.openid, now):
                continue
            return channel if notices.begin(session, id, lease=worker, channel=channel.value, now=now) else None
        notices.to_inbox(session, id)
        return None


def close(sessions: Sessions, id: int, letter: Letter, channel: Channel, sent: Sent, *, worker: str, now: datetime) -> bool:
    """Write down what came of a call; True when the next channel is to be tried."""
    with sessions.write() as session:
        notice = session.get_one(Notice, id)
        if sent.outcome is Outcome.SENT:
            notices.sent(session, id, message_id=sent.message_id, now=now)
        elif sent.outcome is Outcome.LATER:
            notices.retry(session, id, attempts=notice.attempts, now=now, wait=sent.wait)
        elif sent.outcome is Outcome.UNKNOWN and channel is Channel.TEMPLATE:
            notices.retry(session, id, attempts=notice.attempts, now=now, maybe_received=True)
        elif sent.outcome is Outcome.UNKNOWN:
            notices.to_inbox(session, id, maybe_received=True)
        else:
            if sent.outcome is Outcome.WINDOW_CLOSED:
                followers.close_window(session, letter.openid)
            # Back to leased, so that the next channel may begin.
            notice.status = NoticeStatus.TAKEN
            return True
    return False


async def deliver_one(sessions: Sessions, post: Post, id: int, letter: Letter, *, worker: str, now: datetime) -> bool:
    """Try the channels of one letter in their order; True when it was sent."""
    tried = 0
    while True:
        channel = open_channel(sessions, id, letter, tried, worker=worker, now=now)
        if channel is None:
            return False
        sent = await post.send(channel, letter)
        if not close(sessions, id, letter, channel, sent, worker=worker, now=now):
            return sent.outcome is Outcome.SENT
        tried = letter.channels.index(channel) + 1


async def deliver(sessions: Sessions, post: Post, *, worker: str, now: datetime, most: int = BATCH) -> int:
    """Deliver what is due, many at once; returns how many were sent."""
    recover(sessions, now=now)
    ready = prepare(sessions, post, lease(sessions, worker=worker, now=now, most=most), now=now)
    if not ready:
        return 0
    sent = await asyncio.gather(*(deliver_one(sessions, post, id, letter, worker=worker, now=now) for id, letter in ready))
    return sum(sent)
