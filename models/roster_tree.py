"""Finds a roster's organizations again, or founds them (contract, "The roster workbook").

An organization is found by its name under the level above it. A branch or a higher level that stands under another
one than before is found by its name too, provided that people of the roster are at home there: a name alone is not
enough, since two committees may each have a 第一支部.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.errors import Refused
from models.members import Member, Move
from models.organizations import Organization, OrganizationKind
from models.roster_rows import MemberRow, OrganizationRow, Path

# Ledgers and claims hang on branches, people on both: what is one stays one.
_FIXED = frozenset({OrganizationKind.BRANCH, OrganizationKind.GROUP})


class KindChanged(Refused):
    """A branch or a group cannot become another kind of organization, nor another kind one of them."""


class Tree:
    """The organizations by their paths, those of the roster among them."""

    def __init__(self, organizations: Iterable[Organization]) -> None:
        self._by_id = {organization.id: organization for organization in organizations}
        self._under = {(o.parent_id, o.name): o for o in reversed(self._by_id.values())}
        self._by_path = {self.path_of(o): o for o in reversed(self._by_id.values())}
        self.rows: list[Organization] = []  # those of the roster, in its order
        self.founded: list[Organization] = []

    def __getitem__(self, path: Path) -> Organization:
        return self._by_path[path]

    def __iter__(self) -> Iterator[Organization]:
        return iter(self._by_id.values())

    def path_of(self, organization: Organization) -> Path:
        """The names from the top down."""
        return tuple(rung.name for rung in reversed(self.way_up(organization.id)))

    def label(self, organization: Organization) -> str:
        """How an organization is named to the operator: a group with its branch, since groups are named alike."""
        names = self.path_of(organization)
        return "/".join(names[-2:] if organization.kind is OrganizationKind.GROUP else names[-1:])

    def way_up(self, id: int | None) -> list[Organization]:
        """An organization and everything above it, nearest first."""
        rungs = []
        while id is not None:
            rungs.append(self._by_id[id])
            id = rungs[-1].parent_id
        return rungs

    def find(self, parent: Organization | None, name: str) -> Organization | None:
        return self._under.get((parent.id if parent else None, name))

    def take(self, row: OrganizationRow, organization: Organization) -> None:
        """Remember which organization a row of the roster is."""
        self._by_id[organization.id] = self._by_path[row.path] = organization
        self._under[organization.parent_id, organization.name] = organization
        self.rows.append(organization)


def read(session: Session) -> Tree:
    """The organizations there are."""
    return Tree(session.scalars(select(Organization).order_by(Organization.id)))


def merge(
    session: Session, rows: Sequence[OrganizationRow], people: Sequence[MemberRow], known: Mapping[str, Member]
) -> Tree:
    """Update the organizations of a roster and found those that are missing; raises KindChanged.

    ``rows`` hold each level before the one below; ``known`` are the members there are, by folded staff number.
    """
    tree = read(session)
    paths = {row.path for row in rows}
    for row in rows:
        parent = tree[row.parent] if row.parent else None
        found = tree.find(parent, row.name) or _elsewhere(tree, row, paths, people, known)
        organization = found or Organization(name=row.name)
        if found is not None:
            _check_kind(found, row)
        else:
            session.add(organization)
            tree.founded.append(organization)
        organization.parent_id = parent.id if parent else None
        organization.kind, organization.nature = row.kind, row.nature
        organization.starts_on, organization.ends_on = row.starts_on, row.ends_on
        session.flush()
        tree.take(row, organization)
    return tree


def _check_kind(found: Organization, row: OrganizationRow) -> None:
    if found.kind is not row.kind and _FIXED & {found.kind, row.kind}:
        raise KindChanged(f"“{'/'.join(row.path)}”的类型不能改：党支部和党小组换成别的类型，请另起名称")


def _elsewhere(
    tree: Tree, row: OrganizationRow, paths: set[Path], people: Sequence[MemberRow], known: Mapping[str, Member]
) -> Organization | None:
    """The organization of this name under another level, when people of the row are at home in it."""
    if row.kind is OrganizationKind.GROUP:
        return None
    named = [o for o in tree if o.name == row.name and o.kind is row.kind and tree.path_of(o) not in paths]
    mine = [known[p.staff_no.casefold()] for p in people if _below(p.home, row.path) and p.staff_no.casefold() in known]
    homes = {rung.id for member in mine for rung in tree.way_up(member.group_id or member.branch_id)}
    fitting = [organization for organization in named if organization.id in homes]
    return fitting[0] if len(fitting) == 1 else None


def _below(path: Path, above: Path) -> bool:
    return path[: len(above)] == above


def first_imports(session: Session, tree: Tree) -> set[int]:
    """Ids of the organizations whose first import this is: their people count as having always been there (rules 7).

    Ask before members are written: a branch is new as long as nobody is or was at home in it.
    """
    peopled = {*session.scalars(select(Member.branch_id).distinct()), *session.scalars(select(Move.from_branch_id))}
    founded = {organization.id for organization in tree.founded}
    first: set[int] = set()
    for organization in tree.rows:
        if organization.kind is OrganizationKind.BRANCH:
            new = organization.id not in peopled
        elif organization.kind is OrganizationKind.GROUP:
            new = organization.parent_id not in peopled
        else:
            new = organization.id in founded
        if new:
            first.add(organization.id)
    return first


@dataclass(frozen=True, slots=True)
class Import:
    """What the parts of an import share.

    ``members`` by folded staff number grows by the new ones; ``first`` are ids of organizations whose first import
    this is.
    """

    organizations: Sequence[OrganizationRow]
    people: Sequence[MemberRow]
    tree: Tree
    members: dict[str, Member]
    first: set[int]
    now: datetime

    def member(self, staff_no: str) -> Member:
        """The member of a staff number; raises KeyError."""
        return self.members[staff_no.casefold()]
