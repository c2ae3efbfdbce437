"""传达: a decision sent down, and who has said 收到 (S0: leaders pass decisions down)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models import notices
from models.base import Base
from models.columns import RowId
from models.errors import Refused
from models.members import Member
from models.notices import Notice

LONGEST = 1000  # characters


class TooLong(Refused):
    """More than one text holds; a decision is not cut short."""


class Relay(Base):
    """One text sent to the members of a group or a branch."""

    __tablename__ = "relays"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    sent_by_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    text: Mapped[str] = mapped_column(String(LONGEST))
    at: Mapped[datetime]

    sent_by: Mapped[Member] = relationship()

    @property
    def subject(self) -> str:
        return f"relay:{self.id}"


def send(
    session: Session, text: str, *, organization_id: int, to: Iterable[Member], by: Member, now: datetime
) -> tuple[Relay, int]:
    """Send a text to members; returns it and to how many it goes. Raises TooLong."""
    if len(text) > LONGEST:
        raise TooLong(f"一次最多传达{LONGEST}字，您写了{len(text)}字。请分两次发", "传达 周五下午开党小组会")
    relay = Relay(organization_id=organization_id, sent_by_id=by.id, text=text, at=now)
    session.add(relay)
    session.flush()
    told = 0
    for member in to:
        if member.id == by.id:
            continue
        key = f"{relay.subject}:{member.id}"
        facts = {"text": text, "by": by.name}
        told += notices.post(session, member.id, "relay", key=key, now=now, subject=relay.subject, facts=facts)
    return relay, told


def last_by(session: Session, member_id: int) -> Relay | None:
    """The newest text a member sent down."""
    query = select(Relay).where(Relay.sent_by_id == member_id).order_by(Relay.id.desc())
    return session.scalars(query.limit(1)).first()


def readers(session: Session, relay: Relay) -> tuple[Sequence[Member], Sequence[Member]]:
    """Who has said 收到, and who has not, in roster order."""
    query = select(Member, Notice.acknowledged_at).join(Notice, Notice.member_id == Member.id)
    rows = session.execute(query.where(Notice.subject == relay.subject).order_by(Member.id)).all()
    return [m for m, at in rows if at], [m for m, at in rows if not at]
