"""Quotas of the platform's interfaces: counted per day and minute, kept below, and stopped when it says so (rules 28).

    open ─45011▶ rests a minute ─▶ open
      ├─45009▶ rests until midnight in China ─▶ open
      └─not allowed for this account▶ rests a minute, then one more is tried

A worker reserves calls for some hundreds of notices and gives back what it did not use: one that dies leaves them
counted, so that the count is at most too high. The last tenth of a day is for notices that need an answer.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import String, bindparam, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.guarded import change
from models.months import end_of, shanghai_day
from models.prepared import Prepared
from models.rows import insert_once

MINUTE = timedelta(minutes=1)
KEPT_FOR_ANSWERS = 10  # one in so many


@dataclass(frozen=True, slots=True)
class Limit:
    """How often an interface may be called; 0 for as often as one likes."""

    per_day: int = 0
    per_minute: int = 0

    def informing(self) -> int:
        """How often a day for what only informs."""
        return self.per_day - -(-self.per_day // KEPT_FOR_ANSWERS)


NO_LIMIT = Limit()


@dataclass(frozen=True, slots=True)
class Room:
    """The calls that a worker may make, and of them those for what only informs.

    ``until`` is when there will be more, where that is worth waiting for.
    """

    calls: int
    informing: int
    until: datetime | None = None


class Quota(Base):
    """What was used of an interface today and in this minute, and whether it rests.

    ``waits`` says that the rest is worth waiting for; ``code`` is the last refusal's.
    """

    __tablename__ = "quotas"

    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    day: Mapped[date]
    used: Mapped[int]
    minute: Mapped[datetime]
    used_in_minute: Mapped[int]
    rests_until: Mapped[datetime | None]
    waits: Mapped[bool] = mapped_column(default=False)
    code: Mapped[int | None]
    refused_at: Mapped[datetime | None]


def reserve(session: Session, channel: str, wanted: int, *, limit: Limit, now: datetime) -> Room:
    """Reserve calls on one channel, as many of them as there is room for."""
    return reserve_all(session, wanted, limits={channel: limit}, now=now)[channel]


def reserve_all(session: Session, wanted: int, *, limits: Mapping[str, Limit], now: datetime) -> dict[str, Room]:
    """Reserve calls on each of these channels, as many of them as there is room for."""
    found = _locked(session, limits, now)
    rooms = {channel: _reserve(found[channel], wanted, limit, now) for channel, limit in limits.items()}
    _write(session, found)
    return rooms


def _reserve(quota: "_Count", wanted: int, limit: Limit, now: datetime) -> Room:
    if quota.rests_until is not None and now < quota.rests_until:
        return Room(0, 0, quota.rests_until if quota.waits else None)
    in_minute = wanted if not limit.per_minute else min(wanted, max(limit.per_minute - quota.used_in_minute, 0))
    calls = in_minute if not limit.per_day else min(in_minute, max(limit.per_day - quota.used, 0))
    informing = calls if not limit.per_day else min(calls, max(limit.informing() - quota.used, 0))
    quota.used += calls
    quota.used_in_minute += calls
    return Room(calls, informing, quota.minute + MINUTE if in_minute < wanted else None)


def give_back(session: Session, unused: Mapping[str, int], *, at: datetime, now: datetime) -> None:
    """Calls reserved at a moment were not made, so many on each channel."""
    found = _locked(session, unused, now)
    for channel, quota in found.items():
        if quota.day == shanghai_day(at):
            quota.used = max(quota.used - unused[channel], 0)
        if same_minute(quota.minute, at):
            quota.used_in_minute = max(quota.used_in_minute - unused[channel], 0)
    _write(session, found)


def rest(
    session: Session, channel: str, until: datetime, *, code: int | None, now: datetime, waits: bool = False
) -> None:
    """The platform refused for the account's sake: the interface rests until a moment, perhaps this very one."""
    found = _locked(session, [channel], now)
    quota = found[channel]
    if quota.rests_until is None or quota.rests_until < until:
        quota.rests_until, quota.waits = until, waits
    quota.code, quota.refused_at = code, now
    _write(session, found)


def midnight(now: datetime) -> datetime:
    """When the platform's day ends."""
    return end_of(shanghai_day(now))


def found(session: Session) -> list[Quota]:
    """Every interface that was used, for whoever looks after it."""
    return list(session.scalars(select(Quota).order_by(Quota.channel)))


def same_minute(one: datetime, other: datetime) -> bool:
    """Whether two moments are of one minute: what was reserved counts for the minute in which it was."""
    return _minute_of(one) == _minute_of(other)


@dataclass(slots=True)
class _Count:
    """A row of the table in this transaction's hands; every worker that delivers counts in it again and again."""

    channel: str
    day: date
    used: int
    minute: datetime
    used_in_minute: int
    rests_until: datetime | None
    waits: bool
    code: int | None
    refused_at: datetime | None


_COLUMNS: Any = Quota.__table__.c
_NAMES = tuple(field.name for field in fields(_Count))
_ROWS = Prepared(select(*(_COLUMNS[name] for name in _NAMES)).order_by(_COLUMNS.channel).with_for_update())
_WRITE = Prepared(
    update(Quota)
    .where(Quota.channel == bindparam("channel_"))
    .values({name: bindparam(f"{name}_", type_=_COLUMNS[name].type) for name in _NAMES[1:]})
)


def _write(session: Session, found: Mapping[str, _Count]) -> None:
    for row in found.values():
        change(session, Quota, _WRITE, only=row.channel, **{f"{name}_": getattr(row, name) for name in _NAMES})


def _locked(session: Session, channels: Collection[str], now: datetime) -> dict[str, _Count]:
    """The interfaces' rows, with the counters of today and this minute; locked in one order for all."""
    today, minute = shanghai_day(now), _minute_of(now)
    found = _rows(session, channels)
    if missing := sorted(set(channels) - found.keys()):
        for channel in missing:
            insert_once(session, Quota, channel=channel, day=today, used=0, minute=minute, used_in_minute=0)
        found = _rows(session, channels)
    for quota in found.values():
        if quota.day < today:
            quota.day, quota.used = today, 0
        if quota.minute < minute:
            quota.minute, quota.used_in_minute = minute, 0
    return found


def _rows(session: Session, channels: Collection[str]) -> dict[str, _Count]:
    """These of the rows; the few others there are would be locked with them sooner or later."""
    found = (_Count(*row) for row in _ROWS.rows(session))
    return {quota.channel: quota for quota in found if quota.channel in channels}


def _minute_of(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)
