"""Applies a roster that was read: all of it, in the caller's transaction (rules 7, 31, 32; contract, roster).

Importing again updates by staff number and by name. Who is missing is reported, never removed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ledger, roster_offices, roster_people, roster_tree
from models.members import Member
from models.organizations import Nature, Organization, OrganizationKind
from models.roster_people import Changes
from models.roster_rows import MemberRow, OrganizationRow, Path
from models.roster_tree import Import

NAMED = 10  # so many names stand in a line of the report


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did, for the operator who ran it."""

    founded: list[str]
    people: Changes
    appointed: int
    ended: int
    missing: list[str]
    missing_organizations: list[str]

    def lines(self) -> Iterator[str]:
        """One Chinese line per kind of change; what did not happen is left out."""
        if self.people.created:
            yield f"新党员 {len(self.people.created)} 人"
        listed = (
            ("新组织", self.founded, "个", ""),
            ("资料有变", self.people.updated, "人", ""),
            ("转到别的支部", self.people.moved, "人", "；当月不计分，已得的分留在原支部"),
            ("不计分", self.people.not_scored, "人", ""),
            ("恢复计分", self.people.scored_again, "人", ""),
            ("表里没有的党员", self.missing, "人", "；没有删除"),
            ("表里没有的组织", self.missing_organizations, "个", "；没有删除"),
        )
        for title, names, measure, note in listed:
            if names:
                more = " 等" if len(names) > NAMED else ""
                yield f"{title} {len(names)} {measure}：{'、'.join(names[:NAMED])}{more}{note}"
        if self.appointed or self.ended:
            yield f"职务：新任 {self.appointed} 项，卸任 {self.ended} 项"


def known_organizations(session: Session) -> dict[Path, OrganizationKind]:
    """The organizations that a workbook with a part of the roster may refer to."""
    tree = roster_tree.read(session)
    return {tree.path_of(organization): organization.kind for organization in tree}


def staff_numbers(session: Session) -> frozenset[str]:
    """The staff numbers of everybody ever imported."""
    return frozenset(session.scalars(select(Member.staff_no)))


def apply(
    session: Session, organizations: Sequence[OrganizationRow], people: Sequence[MemberRow], *, now: datetime
) -> Report:
    """Apply a roster and report what changed; raises KindChanged or UnknownLeader.

    ``organizations`` hold each level before the one below. Of a branch's first import everybody counts as having
    always been there; who comes later joined today (rules 7). Offices begin today, or have always been held.
    """
    members = {member.staff_no.casefold(): member for member in session.scalars(select(Member).order_by(Member.id))}
    tree = roster_tree.merge(session, organizations, people, members)
    # Moving a member changes whose caps count together (rules 4); a first lock opens the book.
    ledger.lock(session, *(o.id for o in tree if o.kind is OrganizationKind.BRANCH))
    first = roster_tree.first_imports(session, tree)
    roster = Import(organizations, people, tree, members, first, now)
    changes = roster_people.apply(session, roster)
    appointed, ended = roster_offices.apply(session, roster)
    founded = [tree.label(organization) for organization in tree.founded]
    return Report(founded, changes, appointed, ended, _missing(roster), _missing_organizations(roster))


def _missing(roster: Import) -> list[str]:
    """Present members of the roster's own branches who do not stand in it."""
    here = {organization.id for organization in roster.tree.rows}
    named = {row.staff_no.casefold() for row in roster.people}
    return [
        roster_people.label(member)
        for key, member in roster.members.items()
        if key not in named and member.left_on is None and member.branch_id in here
    ]


def _missing_organizations(roster: Import) -> list[str]:
    """Organizations directly under those of the roster, or at the top beside its own, which do not stand in it."""
    here = {organization.id for organization in roster.tree.rows}
    parents: set[int | None] = {*here, *(o.parent_id for o in roster.tree.rows if o.parent_id is None)}
    gone = [o for o in roster.tree if o.id not in here and o.parent_id in parents and not _founded_in_chat(o)]
    return [roster.tree.label(organization) for organization in gone]


def _founded_in_chat(organization: Organization) -> bool:
    """Temporary groups come and go by command; no roster need name them."""
    return organization.kind is OrganizationKind.GROUP and organization.nature is Nature.TEMPORARY
