"""The phones of the cast: what arrives by itself, delivered by the real job to an outside world of our own."""

import asyncio
from collections import defaultdict
from datetime import datetime

from sqlalchemy.orm import Session

from bot.talk import Talk
from handlers import announcements, words
from jobs import notices
from jobs.letters import Channel, Letter, Outcome, Sent
from models.members import Member
from models.notices import Posted
from tests.cast import NOW, Cast


class Phones:
    """``phones.arrived(leader)`` are the texts pushed to somebody since one last asked, taps as ``[label]``.

    It stands where the platform's client does (``jobs.notices.Post``). With ``refuses`` it takes nothing, so
    that what is due ends in the chat inbox.
    """

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.refuses = False
        self._texts: dict[str, list[str]] = defaultdict(list)

    def deliver(self, at: datetime = NOW) -> None:
        """Deliver what is due."""
        asyncio.run(notices.deliver(self.talk.sessions, self, worker="tests", now=at))

    def arrived(self, who: Member | str, at: datetime = NOW) -> list[str]:
        """Deliver what is due, and take what this person got."""
        self.deliver(at)
        return self._texts.pop(who if isinstance(who, str) else Cast.openid(who), [])

    def prepare(self, session: Session, notice: Posted, openid: str, now: datetime) -> Letter | None:
        """Word a notice as ``bot.delivery`` does."""
        found = announcements.compose(self.talk.context_of(session, notice.member_id, openid, now), notice)
        if found is None:
            return None
        return Letter(openid, (Channel.TEMPLATE,), words.plain(found.text), notice.key)

    async def send(self, channel: Channel, letter: Letter) -> Sent:
        """Let it arrive."""
        if self.refuses:
            return Sent(Outcome.NOT_THIS_WAY)
        self._texts[letter.openid].append(str(letter.payload))
        return Sent(Outcome.SENT)
