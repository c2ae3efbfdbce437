"""Dialogues: what somebody types, and what the bot answers, as both read it."""

from datetime import datetime
from itertools import count

from bot.talk import Message, Talk
from handlers import words
from handlers.command import Reply
from models.members import Member
from models.sessions import Sessions
from tests.cast import NOW, Cast

SECRET = b"the secret of the tests, no longer than needed"


class Say:
    """``say(leader, "通过 12")`` is the text of the answer, taps as ``[label]``."""

    def __init__(self, sessions: Sessions) -> None:
        self.talk = Talk(sessions, secret=SECRET)
        self._keys = count(1)

    def __call__(self, who: Member | str, text: str, at: datetime = NOW) -> str:
        return words.plain(self.reply(who, text, at).text)

    def reply(self, who: Member | str, text: str, at: datetime = NOW) -> Reply:
        """The whole answer, with its taps and its list."""
        return self.talk.hear(Message(self._openid(who), self._key(), text), at)

    def picture(self, who: Member | str, media_id: str, at: datetime = NOW) -> str:
        """Send a picture instead of a text."""
        return words.plain(self.talk.hear(Message(self._openid(who), self._key(), media_id=media_id), at).text)

    def _key(self) -> str:
        return f"message:{next(self._keys)}"

    def _openid(self, who: Member | str) -> str:
        return who if isinstance(who, str) else Cast.openid(who)
