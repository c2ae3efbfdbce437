"""Delivery: from the outbox to the platform (rules 28).

The database is never held while the platform is called: a notice is leased, marked ``sending`` with its
channel and attempt, and that is committed before the call. What happened is written afterwards. A sending
whose process died is unknown: it goes to the inbox, marked 可能已收到, unless its channel de-duplicates.
"""

from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from jobs import calls
from jobs.allowances import Allowance, Limits
from jobs.attempts import Desk, close, open_channel
from jobs.letters import Channel, Letter, Outcome, Post
from models import bindings, deliveries, fates, followers, quiet
from models.members import Member
from models.notices import Notice
from models.sessions import Sessions
from models.urgency import Urgency

BATCH = 100


def recover(sessions: Sessions, *, now: datetime) -> int:
    """Settle sendings whose process died, repeats that come too late, and events that came too early.

    Returns how many sendings.
    """
    with sessions.write() as session:
        found = deliveries.stranded(session, now)
        for notice in found:
            if notice.channel == Channel.TEMPLATE and deliveries.may_repeat(notice, now):
                deliveries.retry(session, notice.id, attempts=notice.attempts, now=now, maybe_received=True)
            else:
                deliveries.to_inbox(session, notice.id, maybe_received=True)
        deliveries.give_up(session, now)
        fates.join(session, now)
        return len(found)


def lease(
    sessions: Sessions, *, worker: str, limits: Limits, now: datetime, most: int = BATCH
) -> tuple[list[int], Allowance]:
    """Take due notices for this worker, and reserve the calls for them."""
    with sessions.write() as session:
        ids = deliveries.take(session, lease=worker, now=now, most=most)
        return ids, Allowance.reserve(session, len(ids), limits=limits, now=now)


def prepare(session: Session, desk: Desk, id: int) -> Letter | None:
    """Word a leased notice; without a recipient it goes to the inbox, and what is settled lapses."""
    notice, now = session.get_one(Notice, id), desk.now
    morning = _quiet_until(session, notice, now)
    if morning is not None:
        deliveries.hand_back(session, id, lease=desk.worker, next_try=morning)
        return None
    openid, refused_at = _address_of(session, notice)
    if openid is None:
        deliveries.to_inbox(session, id)
        return None
    letter = desk.post.prepare(session, notice, openid, now)
    if letter is None:
        deliveries.lapse(session, id, now)
        return None
    resting = refused_at is not None and now < refused_at + followers.REFUSED_FOR
    channels = _usable(letter.channels, repeat=notice.maybe_received, templates=not resting)
    return replace(letter, channels=channels, answer=notice.urgency == Urgency.ANSWER)


def _usable(channels: tuple[Channel, ...], *, repeat: bool, templates: bool) -> tuple[Channel, ...]:
    """A repeat only where the platform sees that it is one; no template to who takes none."""
    if repeat:
        return tuple(c for c in channels if c is Channel.TEMPLATE)
    return channels if templates else tuple(c for c in channels if c is not Channel.TEMPLATE)


def _address_of(session: Session, notice: Notice) -> tuple[str | None, datetime | None]:
    """Where a notice goes, and when the platform last said that its reader takes none.

    None for who is not bound, has been erased or does not follow (any more).
    """
    if notice.member_id is not None:
        return bindings.address_of(session, notice.member_id) or (None, None)
    follower = followers.find(session, notice.openid) if notice.openid else None
    if follower is None:
        return notice.openid, None
    return notice.openid if follower.unfollowed_at is None else None, follower.refused_at


def _quiet_until(session: Session, notice: Notice, now: datetime) -> datetime | None:
    """When a notice may go that came up in quiet hours; None when it may go now."""
    # A repeat does not wait for the morning, nor does what would come too late.
    if notice.kind in quiet.AWAITED or notice.maybe_received or notice.facts.get(quiet.URGENT):
        return None
    member = session.get(Member, notice.member_id) if notice.member_id else None
    return quiet.until(session, member.branch_id if member else None, now)


async def deliver_one(desk: Desk, id: int) -> bool:
    """Word a leased notice and try its channels in their order; True when it was sent."""
    with desk.sessions.write() as session:
        letter = prepare(session, desk, id)
        opened = None if letter is None else open_channel(session, desk, id, letter)
    later = None
    while letter is not None and opened is not None:
        sent = await desk.post.send(opened.channel, letter)
        later = sent.wait or later
        with desk.sessions.write() as session:
            goes_on = close(session, desk, id, letter, opened, sent)
        if not goes_on:
            return sent.outcome is Outcome.SENT
        # In another transaction: whoever locks both a reader and a notice locks the reader first.
        with desk.sessions.write() as session:
            opened = open_channel(session, desk, id, letter, after=opened.channel, later=later)
    return False


async def deliver(
    sessions: Sessions, post: Post, *, worker: str, now: datetime, most: int = BATCH, limits: Limits | None = None
) -> int:
    """Deliver what is due, many at once; returns how many were sent.

    One that cannot be worded or sent for a mistake of ours holds up no other: the rest is delivered, then
    its exception is raised; it is taken again when its lease has run out.
    """
    recover(sessions, now=now)
    due, allowance = lease(sessions, worker=worker, limits=limits or {}, now=now, most=most)
    if not due:
        return 0
    desk = Desk(sessions, post, worker, now, allowance)
    try:
        return await calls.make([partial(deliver_one, desk, id) for id in due])
    finally:
        with sessions.write() as session:
            allowance.give_back(session, now)
            fates.join(session, now)
