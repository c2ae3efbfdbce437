"""What the conversation remembers after a reply: an open question, a list shown, the rest of a long answer."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from models import dialogs
from models.dialogs import Dialog

MORE_WORD = "更多"


class Memory(NamedTuple):
    """What the conversation is to remember after a reply."""

    question: dict[str, Any] | None = None
    closes: bool = False
    listed: dict[str, Any] | None = None
    rest: str | None = None
    command: str = ""  # the one that ran

    @property
    def turned(self) -> bool:
        """Whether 更多 was answered: the pages kept are used up."""
        return self.command == MORE_WORD

    def changes(self, dialog: Dialog | None) -> bool:
        """Whether anything must be written down."""
        forgets = self.closes or self.turned
        return bool(self.question or self.listed or self.rest) or (forgets and dialog is not None)


def remember(session: Session, openid: str, memory: Memory, now: datetime) -> None:
    """Write it down, where there is anything."""
    if not (memory.question or memory.listed or memory.rest or memory.closes or memory.turned):
        return
    dialog = dialogs.of(session, openid)
    if memory.question is not None:
        dialog.question, dialog.question_at = memory.question, now
    elif memory.closes:
        dialog.question = dialog.question_at = None
    if memory.listed is not None:
        dialog.listed, dialog.listed_at = memory.listed, now
    if memory.rest is not None or memory.turned:
        dialog.rest = memory.rest
