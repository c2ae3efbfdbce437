"""What one batch of deliveries may still call, out of what was reserved for it (models/quotas.py)."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from jobs.letters import Channel
from models import quotas
from models.quotas import NO_LIMIT, Limit, Room

Limits = Mapping[Channel, Limit]


class Allowance:
    """Calls by channel; ``reserve`` before the batch, ``give_back`` after it."""

    def __init__(self, rooms: Mapping[Channel, Room], reserved_at: datetime) -> None:
        self._rooms = dict(rooms)
        self._used = dict.fromkeys(rooms, 0)
        self._reserved = {channel: room.calls for channel, room in rooms.items()}
        self._reserved_at = reserved_at

    @classmethod
    def reserve(cls, session: Session, wanted: int, *, limits: Limits, now: datetime) -> "Allowance":
        """Reserve calls on every channel for so many notices."""
        if not wanted:
            return cls({}, now)
        rooms = {
            channel: quotas.reserve(session, channel.value, wanted, limit=limits.get(channel, NO_LIMIT), now=now)
            for channel in Channel
        }
        return cls(rooms, now)

    def may(self, channel: Channel, *, answer: bool) -> bool:
        """Whether another call may be made: of what is short, the last is kept for what needs an answer."""
        room = self._rooms[channel]
        return self._used[channel] < (room.calls if answer else room.informing)

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

    def give_back(self, session: Session, now: datetime) -> None:
        """What was reserved and not used."""
        for channel, reserved in self._reserved.items():
            unused = reserved - self._used[channel]
            if unused:
                quotas.give_back(session, channel.value, unused, at=self._reserved_at, now=now)
