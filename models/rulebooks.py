"""The rulebook (积分细则) in versions: which one a month of a branch is computed with, and a new one in (rules 6).

A version is one immutable document (``models/rulebook_documents.py``). It holds from its month on, unless it was
withdrawn before; until then it is a draft, which ``models/consultations.py`` puts to the members.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, bindparam, cast, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from models import organizations, settings
from models.base import Base
from models.columns import MonthOf, RowId
from models.errors import Refused
from models.months import Month, shanghai_day
from models.once import once_per_session
from models.organizations import Organization
from models.prepared import Prepared, Question
from models.rounds import STATE_WORDS, Round, RoundState, before
from models.rulebook_documents import Category as Category
from models.rulebook_documents import Evidence as Evidence
from models.rulebook_documents import Item as Item
from models.rulebook_documents import Publish as Publish
from models.rulebook_documents import Reward as Reward
from models.rulebook_documents import Rulebook as Rulebook
from models.rulebook_documents import Source as Source
from models.rulebook_documents import as_json as as_json
from models.rulebook_documents import digest_of as digest_of
from models.rulebook_documents import from_json as from_json
from models.workdays import working_days_after


class RulebookVersion(Base):
    """One imported version of an organization's rulebook; its content never changes.

    ``consultation_until`` is until when it can be commented, None where that was waived; ``withdrawn_at`` when it was
    withdrawn or replaced, before its month began: it never holds.
    """

    __tablename__ = "rulebook_versions"
    read_once = True
    __table_args__ = (
        UniqueConstraint("organization_id", "version"),
        # What holds in a month is read from this one alone, past the long content of the rows.
        Index(
            "ix_rulebook_versions_in_force", "organization_id", "effective_from", "version", "withdrawn_at", "digest"
        ),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    version: Mapped[int]
    effective_from: Mapped[Month] = mapped_column(MonthOf)
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    imported_at: Mapped[datetime]
    consultation_until: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class NotYetBegun(Refused):
    """A changed rulebook takes effect with a month that has not begun."""


class TooSoon(Refused):
    """A changed rulebook is open to comments for some working days before its month."""


class Unchanged(Refused):
    """The file says what is in force already."""


class MonthSettled(Refused):
    """A month that a branch reviews, discloses or has closed keeps the rulebook it was computed with."""


# Versions are immutable, so one decoded per digest and row serves every session of the process.
_decoded: dict[tuple[str, int], Rulebook] = {}
_READ = "rulebooks read"


def _read(session: Session, id: int, digest: str) -> Rulebook:
    known = _decoded.get((digest, id))
    if known is None:
        row = session.get_one(RulebookVersion, id)
        known = _decoded[digest, id] = from_json(row.content, id=id, version=row.version)
    session.info.setdefault(_READ, {})[id] = known
    return known


_DIGEST = Prepared(select(RulebookVersion.digest).where(RulebookVersion.id == bindparam("of")))


def get(session: Session, version_id: int) -> Rulebook:
    """The rulebook of a stored version."""
    known: dict[int, Rulebook] = session.info.setdefault(_READ, {})
    if version_id in known:
        return known[version_id]
    ((digest,),) = _DIGEST.rows(session, of=version_id)
    return _read(session, version_id, digest)


_LEVELS = 4  # that are asked at once: as many as there nearly always are


def _in_force() -> Any:
    """``id:digest`` of what holds for an organization or the nearest of some levels above, and which level is next.

    Every message that is about points asks for it: written out, that is a quarter of what a recursive question costs.
    """
    month = bindparam("month", type_=MonthOf)
    levels = [aliased(Organization) for _ in range(_LEVELS)]
    holds = (RulebookVersion.effective_from <= month, RulebookVersion.withdrawn_at.is_(None))
    own = select(cast(RulebookVersion.id, String) + ":" + RulebookVersion.digest).where(*holds)
    own = own.order_by(RulebookVersion.effective_from.desc(), RulebookVersion.version.desc()).limit(1)
    newest = (own.where(RulebookVersion.organization_id == level.id).scalar_subquery() for level in levels)
    found = select(func.coalesce(*newest), levels[-1].parent_id).select_from(levels[0])
    for lower, higher in pairwise(levels):
        found = found.outerjoin(higher, higher.id == lower.parent_id)
    return found.where(levels[0].id == bindparam("organization_id"))


_IN_FORCE = Prepared(_in_force())


def asks_in_force(organization_id: int, month: Month) -> Question:
    """What ``find_in_force`` asks, nearly always once."""
    return _IN_FORCE, {"organization_id": organization_id, "month": month}


@once_per_session
def find_in_force(session: Session, organization_id: int, month: Month) -> Rulebook | None:
    """The version a month of an organization is computed with: its own, else of the nearest level above (rules 6)."""
    found, next_id = None, organization_id
    while found is None and next_id is not None:
        found, next_id = _IN_FORCE.first(session, organization_id=next_id, month=month) or (None, None)
    if found is None:
        return None
    id, _, digest = found.partition(":")
    return _read(session, int(id), digest)


class NoRulebook(Refused):
    """No rulebook is in force for a branch and month."""


def in_force(session: Session, organization_id: int, month: Month) -> Rulebook:
    """As ``find_in_force``; raises NoRulebook when nobody has imported one yet."""
    found = find_in_force(session, organization_id, month)
    if found is None:
        raise NoRulebook(f"{month.number}月还没有积分细则，请联系机关党委导入")
    return found


def versions_of(session: Session, organization_id: int) -> Sequence[RulebookVersion]:
    """An organization's own versions, withdrawn ones too, oldest first."""
    query = select(RulebookVersion).where(RulebookVersion.organization_id == organization_id)
    return session.scalars(query.order_by(RulebookVersion.version)).all()


def add_version(
    session: Session, organization: Organization, rulebook: Rulebook, *, now: datetime, consulted: bool = False
) -> Rulebook:
    """Make a rulebook an organization's newest version (rules 6).

    An organization's first may begin with any month that none of its branches has closed, and is open to comments only
    if ``consulted``; a changed one begins with a month that lies behind the working days of its consultation. Drafts
    that it replaces are withdrawn. Raises Unchanged, NotYetBegun, TooSoon or MonthSettled.
    """
    known = versions_of(session, organization.id)
    standing = [version for version in known if version.withdrawn_at is None]
    content = as_json(rulebook)
    digest = digest_of(content)
    if standing and standing[-1].digest == digest:
        raise Unchanged(f"“{rulebook.name}”与第{standing[-1].version}版完全相同，没有导入")
    is_first = all(_is_replaced(version, rulebook.effective_from, now) for version in standing)
    until = _consultation(session, organization.id, now) if consulted or not is_first else None
    if until is not None:
        _check_in_time(session, organization.id, rulebook.effective_from, until, now)
    _check_settled(session, organization, rulebook.effective_from)
    _replace(session, [version.id for version in standing], rulebook.effective_from, now)
    row = RulebookVersion(
        organization_id=organization.id,
        version=known[-1].version + 1 if known else 1,
        effective_from=rulebook.effective_from,
        digest=digest,
        content=content,
        imported_at=now,
        consultation_until=until,
    )
    session.add(row)
    session.flush()
    return from_json(content, id=row.id, version=row.version)


def _consultation(session: Session, organization_id: int, now: datetime) -> datetime:
    """Until when a draft that is imported now can be commented."""
    return working_days_after(now, settings.get(session, settings.CONSULT_DAYS, organization_id))


def _check_in_time(session: Session, organization_id: int, month: Month, until: datetime, now: datetime) -> None:
    earliest = Month.of(before(until)).plus(1)
    example = f'effective_from = "{earliest}"'
    if month <= Month.of(now):
        raise NotYetBegun(f"新版细则要从还没开始的月份起用，{month} 已经开始", example)
    if month < earliest:
        days = settings.get(session, settings.CONSULT_DAYS, organization_id)
        last = shanghai_day(before(until))
        raise TooSoon(
            f"新版细则要先征求意见{days}个工作日（到{last.month}月{last.day}日），最早从 {earliest} 起用", example
        )


def _is_replaced(version: RulebookVersion, month: Month, now: datetime) -> bool:
    """Whether a version that has not begun gives way to another of its organization's."""
    under_consultation = version.consultation_until is not None and now < version.consultation_until
    return version.effective_from > Month.of(now) and (under_consultation or version.effective_from >= month)


def _replace(session: Session, ids: Sequence[int], month: Month, now: datetime) -> None:
    """As ``_is_replaced`` says, in one guarded UPDATE."""
    gives_way = or_(RulebookVersion.consultation_until > now, RulebookVersion.effective_from >= month)
    not_begun = (RulebookVersion.withdrawn_at.is_(None), RulebookVersion.effective_from > Month.of(now))
    session.execute(
        update(RulebookVersion).where(RulebookVersion.id.in_(ids), *not_begun, gives_way).values(withdrawn_at=now)
    )


def covered(session: Session, organization: Organization, month: Month) -> list[Organization]:
    """The branches whose month an organization's rulebook holds for: those with none nearer to them (rules 6)."""
    nearer = _nearer(session, organization)
    below = organizations.branches_below(session, organization.id)
    return [branch for branch in below if branch.id not in nearer or month < nearer[branch.id]]


def _nearer(session: Session, organization: Organization) -> dict[int, Month]:
    """By branch, the month from which a rulebook of a level below this organization holds."""
    rungs = {rung.id for rung in organizations.ladder(session, organization.id)}
    first = select(RulebookVersion.organization_id, func.min(RulebookVersion.effective_from))
    first = first.where(RulebookVersion.withdrawn_at.is_(None)).group_by(RulebookVersion.organization_id)
    found: dict[int, Month] = {}
    for id, month in session.execute(first):
        if id not in rungs:
            for branch in organizations.branches_below(session, id):
                found[branch.id] = min(month, found.get(branch.id, month))
    return found


def _check_settled(session: Session, organization: Organization, month: Month) -> None:
    """Raise MonthSettled when a month that has left 登记 in some branch would be computed anew."""
    nearer = _nearer(session, organization)
    names = {branch.id: branch.name for branch in organizations.branches_below(session, organization.id)}
    left = select(Round.month, Round.branch_id, Round.state).where(Round.state != RoundState.OPEN, Round.month >= month)
    rows = session.execute(left.order_by(Round.month.desc(), Round.branch_id))
    for last, id, state in rows:
        if id in names and (id not in nearer or last < nearer[id]):
            earliest = last.plus(1)
            raise MonthSettled(
                f"{names[id]} {last} 已经{STATE_WORDS[state]}，不能换细则重算，最早从 {earliest} 起用",
                f'effective_from = "{earliest}"',
            )
