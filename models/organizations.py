"""Organizations: 机关党委 → 党总支 → 党支部 → 党小组, each answerable for the one below (S0 一级抓一级)."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CTE, ForeignKey, Index, String, UniqueConstraint, bindparam, literal, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.columns import RowId, one_of
from models.lists import listed
from models.objects import Objects
from models.once import once_per_session, remember
from models.prepared import Prepared


class OrganizationKind(StrEnum):
    """The rungs of the ladder; the leading group leads but is no rung."""

    PARTY_COMMITTEE = "party_committee"  # 机关党委, 党委
    LEADING_GROUP = "leading_group"  # 党组
    GENERAL_BRANCH = "general_branch"  # 党总支
    BRANCH = "branch"  # 党支部
    GROUP = "group"  # 党小组


class Nature(StrEnum):
    """性质 of an organization."""

    STANDING = "standing"  # 常设
    TEMPORARY = "temporary"  # 临时
    RETIRED = "retired"  # 离退休


class Organization(Base):
    """One rung: its members, its rulebook and its settings hang on it."""

    __tablename__ = "organizations"
    read_once = True
    __table_args__ = (UniqueConstraint("parent_id", "name"), Index("ix_organizations_kind", "kind", "nature"))

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[OrganizationKind] = mapped_column(one_of(OrganizationKind))
    nature: Mapped[Nature] = mapped_column(one_of(Nature), default=Nature.STANDING)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    # When it was last seen which meetings it owes (models/arising.py).
    duties_seen_at: Mapped[datetime | None] = mapped_column(index=True)


def _ladder_ids() -> CTE:
    start = select(Organization.id, Organization.parent_id, literal(0).label("height"))
    above = start.where(Organization.id == bindparam("organization_id")).cte("above", recursive=True)
    higher = select(Organization.id, Organization.parent_id, above.c.height + 1)
    return above.union_all(higher.where(Organization.id == above.c.parent_id))


# (id, height) of the organization ``:organization_id`` at height 0 and of everything above it. Built once:
# putting a recursive expression together costs more than running it.
LADDER_IDS = _ladder_ids()
_LADDER = Objects(
    select(Organization).join(LADDER_IDS, Organization.id == LADDER_IDS.c.id).order_by(LADDER_IDS.c.height)
)


def ladder(session: Session, organization_id: int) -> list[Organization]:
    """The organization and everything above it, nearest first."""
    return _LADDER.all(session, organization_id=organization_id)


_RUNGS = Prepared(select(LADDER_IDS.c.id).order_by(LADDER_IDS.c.height))


@once_per_session
def rungs(session: Session, organization_id: int) -> list[int]:
    """The numbers of an organization and of everything above it, nearest first."""
    return [id for (id,) in _RUNGS.rows(session, organization_id=organization_id)]


def _rungs_of_some() -> Any:
    start = select(Organization.id.label("whose"), Organization.id, Organization.parent_id, literal(0).label("height"))
    above = start.where(listed(Organization.id, "ids")).cte("above", recursive=True)
    higher = select(above.c.whose, Organization.id, Organization.parent_id, above.c.height + 1)
    above = above.union_all(higher.where(Organization.id == above.c.parent_id))
    return select(above.c.whose, above.c.id).order_by(above.c.whose, above.c.height)


_RUNGS_OF_SOME = _rungs_of_some()


def read_rungs(session: Session, ids: Sequence[int]) -> None:
    """Read the ``rungs`` of several at once, for whoever asks for each of them next."""
    found: dict[int, list[int]] = {}
    for whose, id in session.execute(_RUNGS_OF_SOME, {"ids": ids}):
        found.setdefault(whose, []).append(id)
    for whose, mine in found.items():
        remember(session, rungs, (whose,), mine)


def those_below(session: Session, ids: Collection[int], above: Collection[int]) -> list[int]:
    """Those of these organizations that are below one of the others, or are one of them, by ascending id."""
    read_rungs(session, list(ids))
    higher = frozenset(above)
    return sorted(id for id in ids if not higher.isdisjoint(rungs(session, id)))


def above(session: Session, organization_id: int) -> Organization | None:
    """The next level, answerable for this one."""
    rungs = ladder(session, organization_id)
    return rungs[1] if len(rungs) > 1 else None


def branch_of(session: Session, organization: Organization) -> Organization | None:
    """The branch an organization is or belongs to; None above branches."""
    return next((rung for rung in ladder(session, organization.id) if rung.kind is OrganizationKind.BRANCH), None)


_GROUPS = (
    select(Organization)
    .where(Organization.parent_id == bindparam("branch_id"), Organization.kind == OrganizationKind.GROUP)
    .where(Organization.nature != Nature.TEMPORARY)
    .order_by(Organization.id)
)


def groups_of(session: Session, branch_id: int) -> Sequence[Organization]:
    """The groups of a branch, in the order of the roster; a temporary one is nobody's home and none of them."""
    return session.scalars(_GROUPS, {"branch_id": branch_id}).all()


_NAMES = Prepared(_GROUPS.with_only_columns(Organization.id, Organization.name))


def groups_named(session: Session, branch_id: int) -> list[tuple[int, str]]:
    """As ``groups_of``, their numbers and names alone."""
    return [(id, name) for id, name in _NAMES.rows(session, branch_id=branch_id)]


def branches(session: Session) -> Sequence[Organization]:
    """Every branch, by ascending id (the order in which several are locked, rules 4)."""
    query = select(Organization).where(Organization.kind == OrganizationKind.BRANCH).order_by(Organization.id)
    return session.scalars(query).all()


def _below_ids() -> CTE:
    found = select(Organization.id).where(listed(Organization.id, "ids")).cte("below", recursive=True)
    return found.union(select(Organization.id).where(Organization.parent_id == found.c.id))


BELOW_IDS = _below_ids()  # the organizations ``:ids`` and everything below them


_BRANCHES_BELOW = Objects(
    select(Organization)
    .join(BELOW_IDS, Organization.id == BELOW_IDS.c.id)
    .where(Organization.kind == OrganizationKind.BRANCH)
    .order_by(Organization.id)
)


def branches_below(session: Session, *organization_ids: int) -> Sequence[Organization]:
    """The branches that are one of these organizations or somewhere below one, by ascending id."""
    return _BRANCHES_BELOW.all(session, ids=organization_ids)


def _named_below() -> Prepared:
    own = listed(Organization.id, "ids")
    group = (Organization.kind == OrganizationKind.GROUP) & (Organization.nature != Nature.TEMPORARY)
    rows = select(Organization.id, Organization.name, Organization.kind, Organization.parent_id)
    rows = rows.join(BELOW_IDS, Organization.id == BELOW_IDS.c.id)
    return Prepared(rows.where(or_(own, Organization.kind == OrganizationKind.BRANCH, group)))


_NAMED_BELOW = _named_below()


def named_below(session: Session, organization_ids: Sequence[int]) -> list[tuple[int, str]]:
    """The numbers and names of these organizations, then of the branches below them, then of these branches' groups,
    each in the order of the roster; a temporary group is none of them."""

    def place(row: tuple[Any, ...]) -> tuple[int, int, int]:
        id, _, kind, parent_id = row
        if id in organization_ids:
            return 0, organization_ids.index(id), id
        return (1, id, id) if kind is OrganizationKind.BRANCH else (2, parent_id or 0, id)

    rows = _NAMED_BELOW.rows(session, ids=organization_ids)
    return [(id, name) for id, name, *_ in sorted(rows, key=place)]


def find_by_name(session: Session, name: str) -> Sequence[Organization]:
    """Organizations of a name, or of ``branch/group`` where a name is not unique."""
    parent, _, own = name.rpartition("/")
    query = select(Organization).where(Organization.name == own).order_by(Organization.id)
    if parent:
        above_it = select(Organization.id).where(Organization.name == parent)
        query = query.where(Organization.parent_id.in_(above_it))
    return session.scalars(query).all()


def roots(session: Session) -> Sequence[Organization]:
    """The organizations with nobody above them, in the order of the roster."""
    query = select(Organization).where(Organization.parent_id.is_(None)).order_by(Organization.id)
    return session.scalars(query).all()
