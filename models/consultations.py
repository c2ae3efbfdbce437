"""征求意见: a changed rulebook is a draft until its month begins; it is read, commented, perhaps withdrawn (rules 6).

    draft ──consultation_until──▶ settled ──its month begins──▶ in force ──a later one's month──▶ former
      └──────────────┬───────────────┘
                     └─withdraw, or a later import that replaces it──▶ withdrawn

Only the last passage is written down, by one guarded UPDATE; the others follow from the stored moments. An import
replaces what has not begun and is still open to comments, or would begin in the same month or later; so a version that
was consulted keeps its months until the new one's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from models import bindings, ledger, members, notices, organizations, rulebooks
from models.errors import Refused
from models.months import Month
from models.notices import Notice
from models.opinions import UNANSWERED, Opinion, OpinionStatus
from models.organizations import Organization
from models.rulebooks import Rulebook, RulebookVersion

_ABOUT_IT = re.compile("细则|草案|征求意见稿|评分标准|积分标准|加分标准|扣分标准")


class VersionState(StrEnum):
    """Where a version is on its way."""

    DRAFT = "draft"  # 征求意见: it can be commented
    SETTLED = "settled"  # 待起用: its month has not begun
    IN_FORCE = "in_force"  # 现行
    FORMER = "former"  # 已换新版
    WITHDRAWN = "withdrawn"  # 已撤回


class NothingToWithdraw(Refused):
    """Every version has begun, or was withdrawn."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an import did: the version, the ones it replaces, and how many people are told of it as a draft."""

    version: RulebookVersion
    replaced: Sequence[RulebookVersion]
    told: int


def propose(
    session: Session, organization: Organization, rulebook: Rulebook, *, now: datetime, consulted: bool = False
) -> Proposal:
    """Import a version, and tell everyone whom it will concern of a draft once; what it replaces is told no more.

    Refuses as ``rulebooks.add_version`` does.
    """
    if rulebook.effective_from <= Month.of(now):  # a month must not leave 登记 between looking and importing
        ledger.lock(session, *(branch.id for branch in organizations.branches_below(session, organization.id)))
    waiting = [version for version in rulebooks.versions_of(session, organization.id) if version.withdrawn_at is None]
    added = rulebooks.add_version(session, organization, rulebook, now=now, consulted=consulted)
    made = session.get_one(RulebookVersion, added.id)
    for version in waiting:
        session.refresh(version)
    replaced = [version for version in waiting if version.withdrawn_at is not None]
    for version in replaced:
        notices.settle(session, subject(version.id), now)
    told = _tell(session, organization, made, now) if made.consultation_until is not None else 0
    return Proposal(made, replaced, told)


def withdraw(session: Session, organization: Organization, *, now: datetime) -> RulebookVersion:
    """Take the newest version that has not begun back, and say so to whom it had reached. Raises NothingToWithdraw."""
    not_begun = (RulebookVersion.withdrawn_at.is_(None), RulebookVersion.effective_from > Month.of(now))
    mine = select(RulebookVersion).where(RulebookVersion.organization_id == organization.id, *not_begun)
    found = session.scalars(mine.order_by(RulebookVersion.version.desc()).limit(1)).first()
    if found is None:
        raise NothingToWithdraw(f"{organization.name}没有还没起用的细则，不用撤回", "xianfeng rulebook show")
    session.execute(update(RulebookVersion).where(RulebookVersion.id == found.id, *not_begun).values(withdrawn_at=now))
    session.refresh(found)
    told = _reached(session, found)
    notices.settle(session, subject(found.id), now)
    key, facts = f"{subject(found.id)}:withdrawn", {"version": found.id}
    notices.post_all(session, told, "rulebook_withdrawn", key=key, now=now, facts=facts)
    return found


def subject(version_id: int) -> str:
    """What the notices of a draft are about."""
    return f"rulebook:{version_id}"


def _tell(session: Session, organization: Organization, draft: RulebookVersion, now: datetime) -> int:
    """Tell everyone reachable of the branches a draft is for; returns how many."""
    about, facts, count = subject(draft.id), {"version": draft.id}, 0
    for branch in rulebooks.covered(session, organization, draft.effective_from):
        ids = [member.id for member in members.present(session, branch.id)]
        told = sorted(bindings.reachable(session, ids))
        notices.post_all(session, told, "rulebook_draft", key=about, now=now, subject=about, facts=facts)
        count += len(told)
    return count


def _reached(session: Session, draft: RulebookVersion) -> list[int]:
    """Whom the notice of a draft has reached."""
    reached = Notice.sent_at.is_not(None) | Notice.seen_at.is_not(None)
    found = session.scalars(select(Notice.member_id).where(Notice.subject == subject(draft.id), reached))
    return sorted(id for id in found if id is not None)


def state_of(session: Session, version: RulebookVersion, now: datetime) -> VersionState:
    """Where a version is at a moment."""
    month = Month.of(now)
    if version.withdrawn_at is not None:
        return VersionState.WITHDRAWN
    if version.effective_from > month:
        return VersionState.DRAFT if _is_open(version, now) else VersionState.SETTLED
    holding = rulebooks.find_in_force(session, version.organization_id, month)
    return VersionState.IN_FORCE if holding is not None and holding.id == version.id else VersionState.FORMER


def _is_open(version: RulebookVersion, now: datetime) -> bool:
    return version.consultation_until is not None and now < version.consultation_until


def coming(session: Session, branch_id: int, now: datetime) -> RulebookVersion | None:
    """The version that will hold for a branch and has not begun: one that can be commented, else the next."""
    rungs = [rung.id for rung in organizations.ladder(session, branch_id)]
    query = select(RulebookVersion).where(
        RulebookVersion.organization_id.in_(rungs),
        RulebookVersion.withdrawn_at.is_(None),
        RulebookVersion.effective_from > Month.of(now),
    )
    found = session.scalars(query.order_by(RulebookVersion.effective_from, RulebookVersion.id.desc())).all()
    will_hold = [version for version in found if _will_hold(session, version, branch_id)]
    return next((version for version in will_hold if _is_open(version, now)), next(iter(will_hold), None))


def _will_hold(session: Session, version: RulebookVersion, branch_id: int) -> bool:
    holding = rulebooks.find_in_force(session, branch_id, version.effective_from)
    return holding is not None and holding.id == version.id


def commented_by(session: Session, branch_id: int, text: str, now: datetime) -> RulebookVersion | None:
    """The draft that a suggestion from a branch is about: one that can be commented, when the text speaks of it."""
    if not _ABOUT_IT.search(text):
        return None
    draft = coming(session, branch_id, now)
    return draft if draft is not None and _is_open(draft, now) else None


def comments(session: Session, versions: Sequence[RulebookVersion]) -> dict[int, tuple[int, int]]:
    """By version, how many opinions there were about it as a draft, and how many of them wait for an answer."""
    waiting = func.count(case((Opinion.status.in_(UNANSWERED), 1)))
    ids = [version.id for version in versions]
    about = (Opinion.rulebook_id.in_(ids), Opinion.status != OpinionStatus.WITHDRAWN)
    query = select(Opinion.rulebook_id, func.count(), waiting).where(*about)
    rows = session.execute(query.group_by(Opinion.rulebook_id))
    return {id: (count, open_ones) for id, count, open_ones in rows if id is not None}
