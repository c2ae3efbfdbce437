"""What a worker may still call, out of what it has reserved (models/quotas.py).

It reserves for some hundreds of notices at once, since every reservation waits for that of another worker; what is
left over is given back when more is reserved, when the minute is over, and in the end.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from jobs.letters import Channel
from models import quotas
from models.quotas import NO_LIMIT, Limit, Room

Limits = Mapping[Channel, Limit]
AT_ONCE = 300  # notices


class Allowance:
    """Calls by channel: ``reserve`` before notices are opened, ``give_back`` in the end."""

    def __init__(self, limits: Limits) -> None:
        self._limits = {channel.value: limits.get(channel, NO_LIMIT) for channel in Channel}
        self._rooms: dict[Channel, Room] = {}
        self._reserved: dict[Channel, int] = {}
        self._used = dict.fromkeys(Channel, 0)
        self._closed: set[Channel] = set()
        self._notices = 0  # for how many more it was reserved
        self._reserved_at: datetime | None = None

    def enough(self, notices: int, now: datetime) -> bool:
        """Whether calls are reserved in this minute for so many notices."""
        reserved = self._reserved_at is not None and quotas.same_minute(self._reserved_at, now)
        return reserved and notices <= self._notices

    def reserve(self, session: Session, now: datetime) -> None:
        """Reserve calls on every channel for the notices to come. Commit it at once: every worker waits for it."""
        self.give_back(session, now)
        rooms = quotas.reserve_all(session, AT_ONCE, limits=self._limits, now=now)
        self._rooms = {channel: rooms[channel.value] for channel in Channel}
        self._reserved = {channel: room.calls for channel, room in self._rooms.items()}
        self._used = dict.fromkeys(Channel, 0)
        self._closed -= {channel for channel, room in self._rooms.items() if room.calls}
        self._notices, self._reserved_at = AT_ONCE, now

    def looked_at(self, notices: int) -> None:
        """So many of the notices it was reserved for were opened, or were not to be."""
        self._notices -= notices

    def may(self, channel: Channel, *, answer: bool) -> bool:
        """Whether another call may be made: of what is short, the last is kept for what needs an answer."""
        room = self._rooms[channel]
        return self._used[channel] < (room.calls if answer else room.informing)

    def free(self, channel: Channel) -> bool:
        """Whether every notice that it is reserved for may go by a channel."""
        return self._rooms[channel].informing - self._used[channel] >= self._notices

    def again_at(self, channel: Channel, *, answer: bool) -> datetime | None:
        """When it is worth trying again; None when the day is over for this channel."""
        room = self._rooms[channel]
        return room.until if answer or room.informing == room.calls else None

    def use(self, channel: Channel) -> None:
        """A call is about to be made."""
        self._used[channel] += 1

    def close(self, channel: Channel, until: datetime | None) -> None:
        """The platform wants no more of this channel: not now, or (None) not today."""
        self._rooms[channel] = Room(0, 0, until)
        self.stop(channel)

    def stop(self, channel: Channel) -> None:
        """Not even what is about to be called goes by this channel any more."""
        self._closed.add(channel)

    def closed(self, channel: Channel) -> bool:
        """Whether a channel was stopped."""
        return channel in self._closed

    @property
    def used(self) -> bool:
        """Whether anything was reserved."""
        return self._reserved_at is not None

    def give_back(self, session: Session, now: datetime) -> None:
        """What was reserved and not used."""
        unused = {channel.value: count - self._used[channel] for channel, count in self._reserved.items()}
        if self._reserved_at is not None and any(unused.values()):
            quotas.give_back(session, {c: n for c, n in unused.items() if n}, at=self._reserved_at, now=now)
        self._reserved = {}
