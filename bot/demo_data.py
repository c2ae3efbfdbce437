"""The sample organisation of the demonstration, lived through with the program's own operations."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.office import rulebook_file, sample
from bot.office.sample_history import Decision, Deed, Record, Step, history, timeline
from bot.sandbox.roster import new_openid
from jobs import rounds as round_jobs
from jobs import spot_checks as spot_check_jobs
from models import (
    bindings,
    caps,
    claiming,
    claims,
    deciders,
    deciding,
    followers,
    lateness,
    ledger,
    organizations,
    records,
    reviewing,
    roster,
    rounds,
    rulebooks,
)
from models.appointments import BRANCH_OFFICES
from models.claims import Claim
from models.columns import rounded
from models.followers import Touch
from models.members import Member
from models.months import Month, at, shanghai_day
from models.notices import Notice, NoticeStatus
from models.organizations import OrganizationKind
from models.rounds import Round, RoundState
from models.rulebooks import Item, Source
from models.sessions import Sessions
from models.workdays import is_workday

RULEBOOK = Path(__file__).parent / "office" / "rulebooks" / "seven_contents.toml"
# These two have not bound their WeChat yet, for the page to try it with; nor have those without a telephone.
UNBOUND = ("韩雪梅", "魏长征")


def fill(sessions: Sessions, now: datetime) -> None:
    """Found it, and live three months: deeds, decisions and rounds."""
    begin = Month.of(now).plus(-2)
    with sessions.write() as session:
        found(session, begin)
    _live(sessions, begin, now)
    with sessions.write() as session:
        _read(session, now)


def found(session: Session, begin: Month) -> None:
    """Import roster and rulebook, and bind nearly everyone."""
    roster.apply(session, sample.ORGANIZATIONS, sample.MEMBERS, now=begin.begins)
    root = next(o for o in organizations.roots(session) if o.kind is OrganizationKind.PARTY_COMMITTEE)
    rulebook = replace(rulebook_file.read(RULEBOOK), effective_from=begin)
    rulebooks.add_version(session, root, rulebook, now=begin.begins)
    _bind(session, begin.begins)


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


def _live(sessions: Sessions, begin: Month, now: datetime) -> None:
    """Day by day: what was claimed and decided, and every working morning what the clock and the secretaries do."""
    waiting = deque(timeline(history(now)))
    made: dict[int, int] = {}
    for morning in [*_mornings(begin, now), now]:
        with sessions.write() as session:
            by_staff_no = {member.staff_no: member for member in _everyone(session)}
            while waiting and waiting[0][0] <= morning:
                _step(session, by_staff_no, made, *waiting.popleft())
        if morning < now:
            _keep_rounds(sessions, morning)


def _mornings(begin: Month, now: datetime) -> list[datetime]:
    days = (begin.first_day + timedelta(days=n) for n in range((shanghai_day(now) - begin.first_day).days + 1))
    mornings = (at(day, rounds.HOUR) for day in days if is_workday(day))
    return [morning for morning in mornings if morning < now]


def _keep_rounds(sessions: Sessions, now: datetime) -> None:
    """What is due of the monthly rounds; each secretary submits as soon as everything is decided."""
    round_jobs.begin(sessions, now=now)
    round_jobs.review(sessions, now=now)
    spot_check_jobs.draw(sessions, now=now)
    with sessions.write() as session:
        for round_ in session.scalars(select(Round).where(Round.state == RoundState.REVIEW).order_by(Round.id)).all():
            secretary = next(iter(lateness.submitters(session, round_.branch_id, now)), None)
            if secretary and not reviewing.undecided(session, round_.branch_id, round_.month):
                by = session.get_one(Member, secretary.id)
                reviewing.submit(session, round_.branch_id, round_.month, by=by, now=now)
    round_jobs.finish(sessions, now=now)


def _step(
    session: Session,
    by_staff_no: Mapping[str, Member],
    made: dict[int, int],
    moment: datetime,
    step: Step,
    one: Deed | Record,
) -> None:
    member = by_staff_no[one.staff_no]
    if isinstance(one, Record):
        _record(session, member, one)
    elif step is Step.SUBMIT:
        made[id(one)] = _submit(session, member, one)
    else:
        _decide(session, claims.get(session, made[id(one)]), one, moment)


def _everyone(session: Session) -> Iterable[Member]:
    return session.scalars(select(Member))


def _submit(session: Session, member: Member, deed: Deed) -> int:
    rulebook = rulebooks.in_force(session, member.branch_id, Month.of(deed.day))
    item = rulebook.get_item(deed.item_code)
    claim, _ = claiming.submit(
        session, member, item, deed.quantity, day=deed.day, note=deed.note, by=member, now=deed.submitted_at
    )
    return claim.id


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
    if record.source is Source.BRANCH:
        _record_of_branch(session, member, item, record)
        return
    ledger.lock_for(session, member.id, member.branch_id)
    left = caps.room(session, member.id, rulebook, item, Month.of(record.day))
    ledger.write(
        session,
        member,
        caps.within(rounded(item.points * record.quantity), left),
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


def _record_of_branch(session: Session, member: Member, item: Item, record: Record) -> None:
    """By the first of the branch's committee whom it does not concern."""
    seats = deciders.offices_of(session, member.branch_id, record.recorded_at).seats
    free = (s.id for s in seats if s.organization_id == member.branch_id and s.office in BRANCH_OFFICES)
    by = session.get_one(Member, next(id for id in free if id != member.id))
    records.record(
        session,
        member,
        item,
        record.quantity,
        day=record.day,
        reason=record.note,
        source=record.source,
        by=by,
        now=record.recorded_at,
    )
