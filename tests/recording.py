"""What is said in a test, noted for the manuals (tests/manual.py)."""

from datetime import datetime

from handlers import words
from handlers.claims import TITLES
from handlers.command import Reply
from models.members import Member
from tests.cast import NOW, PEOPLE
from tests.databases import Database
from tests.dialogue import Say
from tests.phones import Phones

BOT = "先锋"
STRANGER = "新来的人"
INDENT = "　　"
OFFICES = {person.staff_no: TITLES[person.office] for person in PEOPLE.values() if person.office}


class Transcript:
    """A dialogue as a manual prints it."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def said(self, who: Member | str, text: str, answer: str) -> None:
        """Somebody typed a text or sent a picture, and the bot answered."""
        if self.lines:
            self.lines.append("")
        self._add(f"{_name(who)}：", text)
        self._add(f"{BOT}：", answer)

    def arrived(self, who: Member | str, text: str) -> None:
        """A push arrived."""
        self._add(f"〔{_name(who)}收到〕", text)

    def _add(self, who: str, text: str) -> None:
        lines = text.split("\n")
        self.lines += [who + text] if len(lines) == 1 else [who, *((INDENT + line).rstrip() for line in lines)]

    def render(self, title: str) -> str:
        """The dialogue as it stands between its marks."""
        return "\n".join([*([f"**{title}**", ""] if title else []), "```text", *self.lines, "```"])


def _name(who: Member | str) -> str:
    return STRANGER if isinstance(who, str) else f"{OFFICES.get(who.staff_no, '')}{who.name}"


class RecordedSay(Say):
    """As ``Say``, with a transcript."""

    def __init__(self, database: Database, transcript: Transcript) -> None:
        super().__init__(database.sessions)
        self.transcript = transcript

    def reply(self, who: Member | str, text: str, at: datetime = NOW) -> Reply:
        """The whole answer, with its taps and its list."""
        reply = super().reply(who, text, at)
        self.transcript.said(who, text, words.plain(reply.text))
        return reply

    def aside(self, who: Member | str, text: str, at: datetime = NOW) -> str:
        """As calling it, but not for the manual: what only sets the scene."""
        return words.plain(super().reply(who, text, at).text)

    def picture(self, who: Member | str, media_id: str, at: datetime = NOW) -> str:
        """Send a picture instead of a text."""
        answer = super().picture(who, media_id, at)
        self.transcript.said(who, "〔发来一张照片〕", answer)
        return answer


class Arrivals:
    """``arrived(leader)`` are the texts pushed to somebody since one last asked."""

    def __init__(self, phones: Phones, transcript: Transcript) -> None:
        self.phones = phones
        self.transcript = transcript

    def __call__(self, who: Member | str, at: datetime = NOW) -> list[str]:
        texts = self.aside(who, at)
        for text in texts:
            self.transcript.arrived(who, text)
        return texts

    def aside(self, who: Member | str, at: datetime = NOW) -> list[str]:
        """As calling it, but not for the manual."""
        return self.phones.arrived(who, at)
