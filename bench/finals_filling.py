"""Branches for ``bench.finals``: a committee of them whose October is at the end of its disclosure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bench.messages import NOW
from bot.office import rulebook_file
from bot.office.rulebooks import SEVEN_CONTENTS
from models import rulebooks, settings
from models.appointments import Appointment, Office
from models.bindings import Binding
from models.followers import Follower
from models.ledger import GENESIS, Book, Entry, hash_of
from models.members import Member, PartyStanding
from models.months import Month
from models.organizations import Nature, Organization, OrganizationKind
from models.rounds import Round, RoundState
from models.rulebooks import Rulebook, Source

MEMBERS, GROUPS, ENTRIES = 50, 3, 4  # of a branch, of a branch, of a member
UNDER = 25  # one member in so many ends the month under the mark
MONTH = Month(2026, 10)
_PLUS, _MINUS = Decimal(2), Decimal(-20)


def fill(session: Session, branches: int) -> list[int]:
    """A committee of so many branches whose October is at the end of its disclosure; returns the branches."""
    book = replace(rulebook_file.read(SEVEN_CONTENTS), effective_from=MONTH)
    root = Organization(name="机关党委", kind=OrganizationKind.PARTY_COMMITTEE, nature=Nature.STANDING)
    session.add(root)
    session.flush()
    version = rulebooks.add_version(session, root, book, now=NOW)
    settings.put(session, settings.CONSEQUENCES_FROM, str(MONTH), organization_id=root.id, by_id=None, now=NOW)
    found = [
        Organization(name=f"第{n}支部", kind=OrganizationKind.BRANCH, nature=Nature.STANDING, parent_id=root.id)
        for n in range(branches)
    ]
    session.add_all(found)
    session.flush()
    ids = [branch.id for branch in found]
    for id in ids:
        _branch(session, id, version)
    return ids


def _branch(session: Session, branch_id: int, book: Rulebook) -> None:
    """One branch: groups, people who follow, a secretary, a round in disclosure, entries."""
    for n in range(GROUPS):
        group = {"name": f"{branch_id}-{n}", "kind": OrganizationKind.GROUP, "nature": Nature.STANDING}
        session.connection().execute(insert(Organization), {**group, "parent_id": branch_id})
    groups = session.scalars(select(Organization.id).where(Organization.parent_id == branch_id)).all()
    people = [
        {
            "staff_no": f"{branch_id}-{n}",
            "name": f"党员{n}",
            "branch_id": branch_id,
            "group_id": groups[n % GROUPS],
            "party_standing": PartyStanding.NORMAL,
        }
        for n in range(MEMBERS)
    ]
    session.connection().execute(insert(Member), people)
    ids = session.scalars(select(Member.id).where(Member.branch_id == branch_id).order_by(Member.id)).all()
    follows = [{"openid": f"o-{id}", "followed_at": NOW, "window_left": 0} for id in ids]
    session.connection().execute(insert(Follower), follows)
    bound = [{"openid": f"o-{id}", "member_id": id, "bound_at": NOW} for id in ids]
    session.connection().execute(insert(Binding), bound)
    session.add(
        Appointment(member_id=ids[0], organization_id=branch_id, office=Office.SECRETARY, starts_on=date(2026, 1, 1))
    )
    times = dict.fromkeys(("claims_until", "review_until", "submitted_at", "disclosure_until", "final_from"), NOW)
    session.add(Round(branch_id=branch_id, month=MONTH, state=RoundState.DISCLOSURE, **times))
    entries = list(_entries(branch_id, list(ids), book))
    head = Book(branch_id=branch_id, sequence=len(entries), head=entries[-1].hash)
    session.add(head)
    session.flush()
    columns = [column.key for column in Entry.__table__.columns if column.key != "id"]
    session.connection().execute(insert(Entry), [{c: getattr(entry, c) for c in columns} for entry in entries])
    session.expunge_all()


def _entries(branch_id: int, members: list[int], book: Rulebook) -> Iterator[Entry]:
    """Points of everyone in turn; a few lose so many that they end under the mark."""
    previous, items = GENESIS, [item for item in book.items if item.is_plus]
    for number in range(len(members) * ENTRIES):
        member, turn = number % len(members), number // len(members)
        entry = Entry(
            branch_id=branch_id,
            sequence=number + 1,
            member_id=members[member],
            booked_month=MONTH,
            about_month=MONTH,
            day=date(2026, 10, 1 + turn),
            item_code=items[turn].code,
            rulebook_id=book.id,
            points=_MINUS if member % UNDER == 1 and turn == 0 else _PLUS,
            source=Source.BRANCH,
            cause=f"bench:{branch_id}:{number}",
            reason="",
            at=NOW,
            previous=previous,
        )
        entry.hash = previous = hash_of(entry)
        yield entry
