"""What a conversation remembers between two messages: an open question, the last list, further pages.

One row per openid. It survives a restart; a question lapses after 30 minutes, a list after 10
(chat: "Dialogs", "numbers count only for the last list shown").
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, String, Text
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base

QUESTION_LIVES = timedelta(minutes=30)
LIST_LIVES = timedelta(minutes=10)


class Dialog(Base):
    """``question``: the command, what it knows, what it asks for and its numbered choices.
    ``listed``: whole commands by number of the list last shown, and the numbers ``全部`` stands for.
    ``rest``: what ``更多`` shows next."""

    __tablename__ = "dialogs"

    openid: Mapped[str] = mapped_column(String(64), primary_key=True)
    question: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    question_at: Mapped[datetime | None]
    listed: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    listed_at: Mapped[datetime | None]
    rest: Mapped[str | None] = mapped_column(Text)

    def open_question(self, now: datetime) -> dict[str, Any] | None:
        """The question that waits for an answer, unless it has lapsed."""
        return self.question if self.question_at and now - self.question_at < QUESTION_LIVES else None

    def lapsed_question(self, now: datetime) -> dict[str, Any] | None:
        """A question that lapsed and was not told so yet."""
        return self.question if self.question_at and now - self.question_at >= QUESTION_LIVES else None

    def open_list(self, now: datetime) -> dict[str, Any] | None:
        """The list last shown, while its numbers count."""
        return self.listed if self.listed_at and now - self.listed_at < LIST_LIVES else None


def of(session: Session, openid: str) -> Dialog:
    """The row of an openid, made when there is none."""
    dialog = session.get(Dialog, openid)
    if dialog is None:
        dialog = Dialog(openid=openid)
        session.add(dialog)
    return dialog
