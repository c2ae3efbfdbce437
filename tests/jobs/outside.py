"""An outbox, and a platform that answers as it is told to."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from jobs import notices as job
from jobs.allowances import Limits
from jobs.letters import Channel, Letter, Outcome, Sent
from models import followers, grants, notices
from models.followers import Touch
from models.members import Member
from models.notices import Notice, NoticeStatus, Posted
from models.sessions import Sessions
from tests.cast import NOW, Cast

S = NoticeStatus
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
TEMPLATE, SUBSCRIBE, CUSTOM = Channel.TEMPLATE, Channel.SUBSCRIBE, Channel.CUSTOM
SENT, LATER, UNKNOWN = Sent(Outcome.SENT, "m1"), Sent(Outcome.LATER), Sent(Outcome.UNKNOWN)
REFUSED, CLOSED = Sent(Outcome.NOT_THIS_WAY), Sent(Outcome.WINDOW_CLOSED)


class Died(Exception):
    """The process was killed in the middle of a call."""


class OutsideWorld:
    """A platform that answers each call as it was told to; without an answer left, it accepts."""

    def __init__(self, *answers: Sent | Exception, channels: tuple[Channel, ...] = (TEMPLATE,)) -> None:
        self.answers = list(answers)
        self.channels = channels
        self.calls: list[tuple[Channel, str]] = []
        self.silent: set[str] = set()  # kinds that have nothing to say any more
        self.broken: set[str] = set()  # kinds that cannot be worded
        self.during: Callable[[], object] = lambda: None  # what happens while it is called

    def prepare(self, session: Session, notice: Posted, openid: str, now: datetime) -> Letter | None:
        if notice.kind in self.broken:
            raise KeyError(notice.kind)
        return None if notice.kind in self.silent else Letter(openid, self.channels, notice.kind, notice.key, "T1")

    async def send(self, channel: Channel, letter: Letter) -> Sent:
        self.calls.append((channel, letter.key))
        self.during()
        await asyncio.sleep(0)
        answer = self.answers.pop(0) if self.answers else SENT
        if isinstance(answer, Exception):
            raise answer
        return answer


class Outbox:
    """Posts notices and has them delivered."""

    def __init__(self, session: Session, sessions: Sessions, cast: Cast) -> None:
        self.session, self.sessions, self.cast = session, sessions, cast

    def post(self, key: str = "k", *, to: Member | None = None, kind: str = "claim_approved", **more: object) -> Notice:
        member = to or self.cast.zhang_san
        values = {"key": key, "now": NOW, "subject": "claim:12"} | more
        assert notices.post(self.session, member.id, kind, **values)  # type: ignore[arg-type]
        return self.one(key)

    def one(self, key: str = "k") -> Notice:
        return self.session.query(Notice).filter_by(key=key).one()

    def deliver(
        self, world: OutsideWorld, now: datetime = NOW, worker: str = "w1", limits: Limits | None = None
    ) -> int:
        return asyncio.run(job.deliver(self.sessions, world, worker=worker, now=now, limits=limits))

    def open_window(self, openid: str = "o-1006", now: datetime = NOW) -> None:
        followers.touch(self.session, openid, Touch.MESSAGE, now)
        self.session.flush()

    def grant(self, openid: str = "o-1006") -> None:
        grants.give(self.session, openid, "T1")
