"""What the dialogues need set up beside the cast: times, rulebooks of a branch's own, codes, entries."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from models import bindings, ledger, rulebooks
from models.members import Member
from models.months import Month
from models.rulebooks import Source
from tests.cast import NOW, Cast
from tests.dialogue import SECRET

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
CAUSES = count(1)


def own_rulebook(cast: Cast, *, stars: tuple[Decimal, ...] | None = None, **items: Any) -> None:
    """Give the second branch a rulebook of its own: no caps of categories, and every item changed."""
    with cast.sessions.write() as session:
        book = rulebooks.in_force(session, cast.committee.id, Month.of(NOW))
        changed = replace(
            book,
            stars=book.stars if stars is None else stars,
            items=tuple(replace(item, **items) for item in book.items),
            categories=tuple(replace(category, cap_month=None) for category in book.categories),
        )
        rulebooks.add_version(session, cast.of(session).second_branch, changed, now=NOW)


def code_of(cast: Cast, member: Member, now: datetime = NOW) -> str:
    """A fresh binding code of a member."""
    with cast.sessions.write() as session:
        return bindings.issue_code(session, session.get_one(Member, member.id), key=SECRET, now=now)


def enter(cast: Cast, member: Member, points: str, about: date | Month, item: str | None) -> None:
    """Write an entry as the branch does; without an item it is an opening balance."""
    with cast.sessions.write() as session:
        found = session.get_one(Member, member.id)
        book = rulebooks.in_force(session, found.branch_id, Month.of(NOW))
        ledger.lock_for(session, found.id, found.branch_id)
        ledger.write(
            session,
            found,
            Decimal(points),
            branch_id=found.branch_id,
            about=about,
            source=Source.BRANCH if item else Source.OPENING,
            cause=f"test:{next(CAUSES)}",
            by=session.get_one(Member, cast.wang_jianjun.id) if item else None,
            now=NOW,
            rulebook_id=book.id if item else None,
            item_code=item,
        )
