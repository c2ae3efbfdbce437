"""``python -m bench.replay 200000``: how long ``xianfeng verify`` takes for a ledger of so many entries, on SQLite."""

import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import cycle, islice
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bench.messages import NOW
from bot import demo_data
from bot.database import make_engine, upgrade
from models import ledger, verification
from models.ledger import Book, Entry, hash_of
from models.members import Member
from models.months import Month
from models.rulebooks import Source
from models.sessions import Sessions

BATCH = 5000


def main(count: int) -> int:
    """Print seconds of process time; 1 when the replay finds a difference."""
    with tempfile.TemporaryDirectory() as folder:
        sessions = Sessions(make_engine(f"sqlite:///{folder}/bench.db"))
        upgrade(sessions.engine)
        demo_data.fill(sessions, NOW)
        with sessions.write() as session:
            fill(session, count)
        began = time.process_time()
        with sessions.read() as session:
            found = list(verification.differences(session))
        took = time.process_time() - began
    print(f"{count} entries: {took:.1f} s, {took / count * 1e6:.0f} µs each, {len(found)} differences")
    return 1 if found else 0


def fill(session: Session, count: int) -> None:
    """Opening balances of everyone in turn, chained as the ledger does it, many in one statement."""
    members = session.scalars(select(Member).order_by(Member.id)).all()
    ledger.lock(session, *{member.branch_id for member in members})
    books = {book.branch_id: book for book in session.scalars(select(Book))}
    entries = _entries(books, list(islice(cycle(members), count)))
    columns = [column.key for column in Entry.__table__.columns if column.key != "id"]
    while rows := [{name: getattr(entry, name) for name in columns} for entry in islice(entries, BATCH)]:
        session.connection().execute(insert(Entry), rows)


def _entries(books: dict[int, Book], members: list[Member]) -> Iterator[Entry]:
    for number, member in enumerate(members):
        book = books[member.branch_id]
        book.sequence += 1
        values: dict[str, Any] = {"booked_month": Month.of(NOW), "about_month": Month.of(NOW), "reason": "期初积分"}
        entry = Entry(
            branch_id=book.branch_id,
            sequence=book.sequence,
            member_id=member.id,
            points=Decimal(1),
            source=Source.OPENING,
            cause=f"bench:{number}",
            at=NOW + timedelta(seconds=number % 3600),
            previous=book.head,
            **values,
        )
        entry.hash = book.head = hash_of(entry)
        yield entry


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
