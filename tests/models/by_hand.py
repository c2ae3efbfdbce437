"""Somebody with a database shell, who takes the triggers away and changes rows by SQL typed by hand."""

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models import ledger, verification
from models.ledger import Entry, hash_of
from models.verification import Head


class ByHand:
    """``by_hand("UPDATE entries SET …")`` with whatever protected them taken away."""

    def __init__(self, session: Session) -> None:
        self.session = session
        names = {
            "sqlite": ["entries_no_update", "entries_no_delete", "entries_no_replace"],
            "postgresql": ["entries_no_change", "entries_no_truncate"],
        }[session.get_bind().dialect.name]
        end = "" if session.get_bind().dialect.name == "sqlite" else " ON entries"
        session.flush()
        for name in names:
            session.execute(text(f"DROP TRIGGER {name}{end}"))

    def __call__(self, statement: str, **values: object) -> None:
        self.session.flush()
        self.session.execute(text(statement), values)
        self.session.expire_all()


def found(session: Session, *heads: str) -> list[str]:
    """What ``verify`` says, with heads kept outside."""
    session.flush()
    session.expire_all()
    return list(verification.differences(session, [Head.parse(head) for head in heads]))


def rehash(session: Session, by_hand: ByHand, branch_id: int) -> None:
    """Write the whole chain anew over what the entries say now, book included."""
    previous = ledger.GENESIS
    for entry in session.scalars(select(Entry).where(Entry.branch_id == branch_id).order_by(Entry.sequence)).all():
        entry.previous = previous
        previous = hash_of(entry)
        values = {"id": entry.id, "previous": entry.previous, "hash": previous}
        session.expire(entry)
        by_hand("UPDATE entries SET previous = :previous, hash = :hash WHERE id = :id", **values)
    by_hand("UPDATE books SET head = :head WHERE branch_id = :id", head=previous, id=branch_id)
