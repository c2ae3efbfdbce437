"""Recipients: what the wording and the sending of a group of notices need to know of its readers, read at once.

What ``senders.of_member`` and ``appointments.seats_of`` would ask for reader by reader is told to them, so that
wording a notice asks nothing more for its reader's sake.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import followers, senders
from models.bindings import Binding
from models.followers import Follower
from models.lists import listed
from models.members import Member
from models.months import shanghai_day
from models.notices import Posted
from models.organizations import Organization
from models.prepared import Prepared


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a notice goes; ``openid`` is None for who is not bound, has been erased or does not follow (any more).

    ``refused_at`` is when the platform last said that its reader takes none; ``window`` is how many
    customer-service messages they may be sent now.
    """

    openid: str | None = None
    branch_id: int | None = None
    refused_at: datetime | None = None
    window: int = 0


_WINDOW = (Follower.refused_at, Follower.window_until, Follower.window_left)
_READ = Prepared(
    select(*senders.MEMBER, Organization.name, senders.seats(), Follower.openid, *_WINDOW)
    .join(Organization, Organization.id == Member.branch_id)
    .outerjoin(Binding, Binding.member_id == Member.id)
    .outerjoin(Follower, (Follower.openid == Binding.openid) & Follower.unfollowed_at.is_(None))
    .where(listed(Member.id, "ids"))
)


def of(session: Session, notices: Iterable[Posted], now: datetime) -> Mapping[int, Recipient]:
    """The recipient of each notice, by the notice's number."""
    found = list(notices)
    members = _members(session, {notice.member_id for notice in found if notice.member_id is not None}, now)
    return {
        notice.id: _nobodys(session, notice.openid, now) if notice.member_id is None else members[notice.member_id]
        for notice in found
    }


def _members(session: Session, ids: set[int], now: datetime) -> dict[int, Recipient]:
    if not ids:
        return {}
    count, found = len(senders.MEMBER), {}
    for row in _READ.rows(session, ids=sorted(ids), today=shanghai_day(now)):
        branch, seats, openid, refused_at, until, left = row[count:]
        who = senders.expect(session, row[:count], seats, branch, now)
        found[who.id] = Recipient(openid, who.branch_id, refused_at, _window(until, left, now))
    return found


def _nobodys(session: Session, openid: str | None, now: datetime) -> Recipient:
    """A WeChat that is (no longer, or not yet) bound to a member."""
    follower = followers.find(session, openid) if openid else None
    if follower is None:
        return Recipient(openid)
    if follower.unfollowed_at is not None:
        return Recipient()
    window = _window(follower.window_until, follower.window_left, now)
    return Recipient(openid, None, follower.refused_at, window)


def _window(until: datetime | None, left: int | None, now: datetime) -> int:
    return left or 0 if until is not None and now < until else 0
