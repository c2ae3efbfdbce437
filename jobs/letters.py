"""What delivery and the platform's side say to each other: a letter, a channel, what came of a call (rules 28)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from sqlalchemy.orm import Session

from models.notices import Posted


class Channel(StrEnum):
    """The ways to a person, besides the inbox."""

    TEMPLATE = "template"  # 模板消息: de-duplicated by client_msg_id for 10 minutes
    SUBSCRIBE = "subscribe"  # 订阅通知: one grant, one message
    CUSTOM = "custom"  # 客服消息: inside the window only, may carry buttons


class Outcome(StrEnum):
    """What came of one call; all but the first and the last are certain refusals."""

    SENT = "sent"  # accepted
    NOT_THIS_WAY = "not_this_way"  # this message: the next channel
    NOT_THIS_PERSON = "not_this_person"  # nothing of ours to this person: the next channel, and no template for a day
    NOT_NOW = "not_now"  # too often to this person: the next channel, else again in a while
    WINDOW_CLOSED = "window_closed"  # the window is used up or over: the next channel, and none until they write
    NO_GRANT = "no_grant"  # no grant is left: the next channel, and none until they give one
    EXHAUSTED = "exhausted"  # the day's quota: the next channel, and this one rests until midnight
    NOT_ALLOWED = "not_allowed"  # not for this account: the next channel, and this one rests
    WRONG_TEMPLATE = "wrong_template"  # not with this template: the next channel, and the operator is shown it
    SLOWER = "slower"  # the minute's quota: again in a minute, and so long the channel rests
    LATER = "later"  # busy, or the configuration is wrong: again after a while
    UNKNOWN = "unknown"  # perhaps sent


@dataclass(frozen=True, slots=True)
class Sent:
    """The answer of a channel: the outcome, the platform's id of the message or its error code, and how long to
    wait before another try."""

    outcome: Outcome
    message_id: str | None = None
    wait: timedelta | None = None
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice made ready: to whom, by which channels in order, and ``payload`` for the platform's client.

    ``grant`` is the template whose grant a subscription notice uses up; ``answer`` says that one is needed.
    """

    openid: str
    channels: tuple[Channel, ...]
    payload: object
    key: str
    grant: str = ""
    answer: bool = False


class Post(Protocol):
    """What ``bot`` hands in: wording and the platform."""

    def prepare(self, session: Session, notice: Posted, openid: str, now: datetime) -> Letter | None:
        """Word a notice; None when there is nothing to say any more."""

    async def send(self, channel: Channel, letter: Letter) -> Sent:
        """Call the platform once."""
