"""Filing an opinion: what it is follows from what it is about, not from the word that was used (rules 14, 15, 33)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    answerers,
    breaches,
    consultations,
    ledger,
    matters,
    notices,
    opinions,
    organizations,
    pictures,
    settings,
)
from models.consequences import FollowUp
from models.deciders import offices_of
from models.errors import Refused
from models.matters import Matter as Matter
from models.members import Member
from models.months import Month, at, end_of, shanghai_day
from models.opinions import (
    LONGEST,
    UNANSWERED,
    Opinion,
    OpinionKind,
    OpinionStatus,
)
from models.organizations import OrganizationKind
from models.workdays import working_days_after

HOUR = 9  # at which a report reaches those who answer it, the day after: they are not to know its hour


class AlreadyFiled(Refused):
    """The same matter is under way, or was answered for good."""


class NobodyAnswers(Refused):
    """Nobody is free of the matter, up to the top."""


def file(session: Session, matter: Matter, text: str, *, by: Member, now: datetime) -> Opinion:
    """File an appeal about something of one's own, or an objection to another's result, and ask who answers it.

    Raises NotNow, AlreadyFiled, NobodyAnswers or NotTakenHere.
    """
    own = matters.is_own(matter, by)
    breaches.check(text, own_case=own)
    branch_id = matters.branch_of(matter, by)
    month = matter.month or matters.month_meant(session, branch_id, now)
    ledger.lock(session, branch_id)  # a month must not become final between looking and filing
    if own:
        matters.check_appeal(session, matter, branch_id, month, now)
    else:
        matters.check_disclosed(session, matter, branch_id, month, now)
    about = matter.member or by
    _check_once(session, matter, about, month, by)
    return _add(
        session,
        kind=OpinionKind.APPEAL if own else OpinionKind.OBJECTION,
        organization_id=branch_id,
        member_id=by.id,
        about_member_id=about.id,
        claim_id=matter.claim.id if matter.claim else None,
        entry_id=matter.entry.id if matter.entry else None,
        follow_up_id=matter.follow_up.id if matter.follow_up else None,
        month=month,
        text=text,
        now=now,
    )


def appeal_follow_up(session: Session, follow_up: FollowUp, text: str, *, by: Member, now: datetime) -> Opinion:
    """File the appeal of a member against a follow-up, which rests meanwhile (rules 20)."""
    return file(session, Matter(follow_up=follow_up, member=by, month=follow_up.month), text, by=by, now=now)


def suggest(session: Session, text: str, *, by: Member | None, openid: str, now: datetime) -> Opinion:
    """File a suggestion; who is no member suggests to the top organization.

    About a draft that can be commented it goes to who drafted it, where somebody there may answer (rules 6).
    """
    breaches.check(text)
    sender = _sender(session, by, openid)
    draft = consultations.commented_by(session, sender["organization_id"], text, now)
    if draft is None:
        return _add(session, kind=OpinionKind.SUGGESTION, **sender, text=text, now=now)
    above = offices_of(session, sender["organization_id"], now).above_ids
    start = 1 + above.index(draft.organization_id) if draft.organization_id in above else 0
    return _add(
        session, kind=OpinionKind.SUGGESTION, **sender, text=text, now=now, starts=(start, 0), rulebook_id=draft.id
    )


def keep_heard(
    session: Session, text: str, by: Member | None, *, meeting_id: int, organization_id: int, now: datetime
) -> Opinion:
    """Keep a suggestion heard at a meeting, of whoever is named or of nobody; whom it is asked of is told elsewhere."""
    breaches.check(text)
    return _add(
        session,
        kind=OpinionKind.SUGGESTION,
        organization_id=organization_id,
        member_id=by.id if by is not None else None,
        meeting_id=meeting_id,
        text=text,
        now=now,
        asks=False,
    )


def report(
    session: Session, text: str, *, by: Member | None, openid: str, now: datetime, about: Member | None = None
) -> Opinion:
    """File a report; one about an officer of the branch goes to the level above (rules 32)."""
    breaches.check(text)
    sender = _sender(session, by, openid)
    offices = offices_of(session, sender["organization_id"], now)
    named = answerers.named_officers(offices, f"{text}{about.name if about else ''}")
    return _add(
        session,
        kind=OpinionKind.REPORT,
        **sender,
        about_member_id=about.id if about else None,
        text=text,
        now=now,
        starts=(1 if named else 0,),
        asked_at=end_of(shanghai_day(now)),
    )


def _sender(session: Session, by: Member | None, openid: str) -> dict[str, Any]:
    if by is not None:
        return {"organization_id": by.branch_id, "member_id": by.id}
    tops = [o.id for o in organizations.roots(session) if o.kind is not OrganizationKind.LEADING_GROUP]
    if not tops:
        raise NobodyAnswers("这里还没有登记党组织，暂时收不了意见", "帮助")
    return {"organization_id": tops[0], "openid": openid}


def _check_once(session: Session, matter: Matter, about: Member, month: Month, by: Member) -> None:
    same: list[Any] = [Opinion.member_id == by.id, Opinion.about_member_id == about.id, Opinion.month == month]
    same += [Opinion.status != OpinionStatus.WITHDRAWN]
    same += [Opinion.claim_id == (matter.claim.id if matter.claim else None)]
    same += [Opinion.entry_id == (matter.entry.id if matter.entry else None)]
    same += [Opinion.follow_up_id == (matter.follow_up.id if matter.follow_up else None)]
    for earlier in session.scalars(select(Opinion).where(*same).order_by(Opinion.id)):
        if earlier.status in UNANSWERED:
            raise AlreadyFiled(f"这件事您已提过（Y{earlier.id}），还在办理，不用再提", f"我有意见 Y{earlier.id}")
        decided = matter.claim.decided_at if matter.claim else None
        named = matter.claim is not None or matter.entry is not None
        if named and (decided is None or decided <= earlier.filed_at):
            raise AlreadyFiled(f"这件事已经答复（Y{earlier.id}），以答复为准", f"我有意见 Y{earlier.id}")


def due(session: Session, opinion: Opinion, level: int, now: datetime) -> datetime:
    """When a level's answer is due: the branch in 3 working days, above it in 5 (rules 14)."""
    days = settings.ANSWER_DAYS if level == 0 else settings.ABOVE_DAYS
    return working_days_after(now, settings.get(session, days, opinion.organization_id))


def _add(
    session: Session, *, text: str, now: datetime, starts: Sequence[int] = (0,), asks: bool = True, **values: Any
) -> Opinion:
    """Write it down and ask who answers it: from the first of these levels up at which somebody may."""
    opinion = Opinion(
        status=OpinionStatus.OPEN,
        level=0,
        first_level=0,
        text=text[:LONGEST],
        filed_at=now,
        due_at=now,
        remedy="",
        **{"asked_at": now, **values},
    )
    with session.no_autoflush:
        levels = (answerers.level_from(session, opinion, start, now) for start in starts)
        level = next((level for level in levels if level is not None), None)
    if level is None:
        raise NobodyAnswers("这件事涉及的人太多，这里没有合适的人答复。请直接向上级党组织反映", "联系")
    opinion.level = opinion.first_level = level
    opinion.due_at = due(session, opinion, level, now)
    session.add(opinion)
    session.flush()
    if opinion.member_id is not None and opinion.kind is not OpinionKind.SUGGESTION:
        opinions.attach(session, opinion, pictures.loose(session, opinion.member_id, now))
    if asks:
        ask(session, opinion, now=now)
    return opinion


def ask(session: Session, opinion: Opinion, *, now: datetime) -> None:
    """Tell those who answer it; of a report not before the next morning."""
    morning = at(shanghai_day(opinion.asked_at), HOUR)
    moment = max(morning, now) if opinion.asked_at > opinion.filed_at else now
    for seat in answerers.answerers(session, opinion, now).asked:
        key = f"{opinion.step_key}:ask:{seat.id}:{now.isoformat()}"
        facts = {"opinion": opinion.id}
        notices.post(
            session, seat.id, "opinion_waiting", key=key, now=now, due=moment, subject=opinion.subject, facts=facts
        )
