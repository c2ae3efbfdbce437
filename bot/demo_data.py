"""The sample organisation of the demonstration, lived through with the program's own operations."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.office import rulebook_file, sample
from bot.office.sample_history import Decision, Deed, Record, Step, history, timeline
from bot.sandbox.roster import new_openid
from models import bindings, claiming, deciders, deciding, followers, ledger, organizations, roster, rulebooks
from models.base import rounded
from models.claims import Claim
from models.followers import Touch
from models.members import Member
from models.months import Month
from models.notices import Notice, NoticeStatus
from models.organizations import OrganizationKind
from models.sessions import Sessions

RULEBOOK = Path(__file__).parent / "office" / "rulebooks" / "seven_contents.toml"
# These two have not bound their WeChat yet, for the page to try it with; nor have those without a telephone.
UNBOUND = ("韩雪梅", "魏长征")


def fill(sessions: Sessions, now: datetime) -> None:
    """Import roster and rulebook, bind nearly everyone, and play three months of claims and decisions."""
    begin = Month.of(now).plus(-2)
    with sessions.write() as session:
        roster.apply(session, sample.ORGANIZATIONS, sample.MEMBERS, now=begin.begins)
        root = next(o for o in organizations.roots(session) if o.kind is OrganizationKind.PARTY_COMMITTEE)
        rulebook = replace(rulebook_file.read(RULEBOOK), effective_from=begin)
        rulebooks.add_version(session, root, rulebook, now=begin.begins)
        _bind(session, begin.begins)
        _live(session, now)
        _read(session, now)


def _read(session: Session, now: datetime) -> None:
    """What was told has been read; what waits is on the to-do lists, and a new claim is told at once."""
    told = update(Notice).where(Notice.status == NoticeStatus.QUEUED, Notice.due <= now)
    session.execute(told.values(status=NoticeStatus.SEEN, seen_at=Notice.due, settled_at=Notice.due))


def _bind(session: Session, now: datetime) -> None:
    for member in bindings.unbound(session):
        if member.phone_last4 and member.name not in UNBOUND:
            openid = new_openid()
            bindings.complete(session, member, openid, now)
            followers.touch(session, openid, Touch.CLICK, now)


def _live(session: Session, now: datetime) -> None:
    by_staff_no = {m.staff_no: m for m in _everyone(session)}
    made: dict[int, Claim] = {}
    for moment, step, one in timeline(history(now)):
        member = by_staff_no[one.staff_no]
        if isinstance(one, Record):
            _record(session, member, one)
        elif step is Step.SUBMIT:
            made[id(one)] = _submit(session, member, one)
        else:
            _decide(session, made[id(one)], one, moment)


def _everyone(session: Session) -> Iterable[Member]:
    return session.scalars(select(Member))


def _submit(session: Session, member: Member, deed: Deed) -> Claim:
    rulebook = rulebooks.in_force(session, member.branch_id, Month.of(deed.day))
    item = rulebook.get_item(deed.item_code)
    return claiming.submit(
        session, member, item, deed.quantity, day=deed.day, note=deed.note, by=member, now=deed.submitted_at
    )


def _decide(session: Session, claim: Claim, deed: Deed, moment: datetime) -> None:
    asked = deciders.deciders(session, claim, moment).asked
    if not asked:
        return
    by = session.get_one(Member, asked[0].id)
    if deed.decision is Decision.APPROVED:
        deciding.approve(session, claim.id, by=by, now=moment)
    elif deed.decision is Decision.REJECTED:
        deciding.reject(session, claim.id, deed.reason, by=by, now=moment)
    else:
        deciding.send_back(session, claim.id, deed.reason, by=by, now=moment)


def _record(session: Session, member: Member, record: Record) -> None:
    """What a meeting's attendance, or the branch itself, credits or deducts."""
    rulebook = rulebooks.in_force(session, member.branch_id, Month.of(record.day))
    item = rulebook.get_item(record.item_code)
    ledger.lock_for(session, member.id, member.branch_id)
    left = ledger.room(session, member.id, rulebook, item, Month.of(record.day))
    ledger.write(
        session,
        member,
        ledger.within(rounded(item.points * record.quantity), left),
        branch_id=member.branch_id,
        about=record.day,
        source=record.source,
        cause=f"sample:{member.id}:{record.item_code}:{record.recorded_at.isoformat()}",
        by=None,
        now=record.recorded_at,
        rulebook_id=rulebook.id,
        item_code=item.code,
        reason=record.note,
    )
