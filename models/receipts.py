"""Receipts: which messages were answered, with the answer, so that none acts twice (contract: HTTP).

The key is unique: a second delivery blocks on it until the first has committed, then finds the answer.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, String, bindparam, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.prepared import Prepared, Question
from models.rows import insert_once

KEPT = timedelta(days=7)


class Receipt(Base):
    """One answered message; ``openid`` only so that it can be erased with its user (rules 32)."""

    __tablename__ = "receipts"
    __table_args__ = ({"sqlite_with_rowid": False},)  # the key is all that finds one: a page less for each message

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    openid: Mapped[str | None] = mapped_column(String(64), index=True)
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    command: Mapped[str | None] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(index=True)


def find(session: Session, key: str) -> dict[str, Any] | None:
    """The stored answer of a message, None when it has not been answered."""
    return session.scalars(select(Receipt.answer).where(Receipt.key == key)).first()


def take(session: Session, key: str, *then: Question, openid: str, now: datetime) -> bool:
    """Claim a message for this transaction; False when another has answered it. What is asked ``then`` goes along."""
    return insert_once(session, Receipt, *then, key=key, openid=openid, at=now)


_STORE = Prepared(
    update(Receipt).where(Receipt.key == bindparam("of")).values(answer=bindparam("answer"), command=bindparam("word"))
)


def store(session: Session, key: str, answer: dict[str, Any], *, command: str | None = None) -> None:
    """Keep what was answered, for the repeats of the message, and by which command, for /metrics."""
    _STORE.tell(session, of=key, answer=answer, word=command)


_FORGET = Prepared(delete(Receipt).where(Receipt.at < bindparam("before")))


def forget_old(session: Session, now: datetime) -> int:
    """Delete receipts older than the platform would ever repeat; how many went."""
    return _FORGET.run(session, before=now - KEPT)
