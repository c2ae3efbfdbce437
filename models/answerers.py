"""Who answers an opinion: somebody who neither decided the matter nor is its subject (rules 14).

    branch:     0 secretary ▶ 1 deputy ▶ 2 纪检委员 ▶ 3 the others of the committee
    each above: 0 secretary ▶ 1 党务专干

The first rung with somebody free of the matter whom a push can reach is asked; a level whose every rung is concerned
is passed over.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models import appointments
from models.appointments import ABOVE_BRANCHES, BRANCH_OFFICES, Office
from models.claims import Claim
from models.columns import Moment
from models.consequences import FollowUp
from models.deciders import BranchOffices, offices_of
from models.ledger import Entry
from models.members import Member
from models.objects import Objects
from models.opinions import Opinion, OpinionStatus, OpinionStep, Verdict, steps_of
from models.seats import Seat

BRANCH_RUNGS = (
    frozenset({Office.SECRETARY}),
    frozenset({Office.DEPUTY_SECRETARY}),
    frozenset({Office.DISCIPLINE_COMMISSIONER}),
    frozenset({Office.ORGANIZATION_COMMISSIONER, Office.PUBLICITY_COMMISSIONER, Office.COMMITTEE_MEMBER}),
)
RUNGS_ABOVE = (frozenset({Office.SECRETARY}), frozenset({Office.PARTY_AFFAIRS_OFFICER}))
# A report that names the branch's officers by their offices; whoever they are, it is not for them to read.
_OFFICERS = re.compile(r"书记|支委|委员|专干|支部班子|班子成员|支部领导")


@dataclass(frozen=True, slots=True)
class Answerers:
    """``asked`` are told and have it on their to-do list; ``allowed`` may answer it."""

    asked: tuple[Seat, ...]
    allowed: frozenset[int]


def answerers(session: Session, opinion: Opinion, now: datetime) -> Answerers:
    """Whom an opinion is asked of at its level, and who may answer it."""
    levels = _levels(offices_of(session, opinion.organization_id, now))
    if opinion.level >= len(levels):  # an office above has been given up since
        return Answerers((), frozenset())
    rungs = _free(levels[opinion.level], concerned(session, opinion, now))
    asking = next((n for n, rung in enumerate(rungs) if any(seat.reachable for seat in rung)), None)
    asked = {} if asking is None else {seat.id: seat for seat in rungs[asking] if seat.reachable}
    may = rungs if asking is None else rungs[: asking + 1]
    return Answerers(tuple(asked.values()), frozenset(seat.id for rung in may for seat in rung))


def level_from(session: Session, opinion: Opinion, start: int, now: datetime) -> int | None:
    """The nearest level from ``start`` up with somebody whom the opinion does not concern; None when there is none."""
    levels = _levels(offices_of(session, opinion.organization_id, now))
    left_out = concerned(session, opinion, now)
    return next((n for n in range(start, len(levels)) if any(_free(levels[n], left_out))), None)


def next_level(session: Session, opinion: Opinion, now: datetime) -> list[Seat]:
    """Who is told one level up that an answer is late: each free of the matter, once."""
    levels = _levels(offices_of(session, opinion.organization_id, now))
    higher = level_from(session, opinion, opinion.level + 1, now)
    rungs = [] if higher is None else _free(levels[higher], concerned(session, opinion, now))
    return list({seat.id: seat for rung in rungs for seat in rung}.values())


def concerned(session: Session, opinion: Opinion, now: datetime) -> frozenset[int]:
    """Who may not answer: the sender, the subject, who decided the matter, who has answered it below."""
    found = {opinion.member_id, opinion.about_member_id}
    if opinion.claim_id is not None:
        claim = session.get_one(Claim, opinion.claim_id)
        found |= {claim.member_id, claim.submitted_by_id, claim.decided_by_id}
        causes = (claim.decision_key, f"{claim.decision_key}:reversed")
        found |= set(session.scalars(select(Entry.decided_by_id).where(Entry.cause.in_(causes))))
    if opinion.entry_id is not None:
        entry = session.get_one(Entry, opinion.entry_id)
        found |= {entry.member_id, entry.decided_by_id}
    if opinion.follow_up_id is not None:
        follow_up = session.get_one(FollowUp, opinion.follow_up_id)
        found |= {follow_up.named_id, follow_up.recorded_by_id}
    if opinion.is_report:
        found |= named_officers(offices_of(session, opinion.organization_id, now), opinion.text)
    answered = (Verdict.UPHELD, Verdict.REFUSED)
    found |= {step.by_id for step in steps_of(session, opinion) if step.verdict in answered}
    return frozenset(id for id in found if id is not None)


def named_officers(offices: BranchOffices, text: str) -> set[int]:
    """The officers of a branch whom a text names, each by name, or all of them by the word of an office."""
    own = [s for s in offices.seats if s.organization_id == offices.branch_id and s.office in BRANCH_OFFICES]
    return {seat.id for seat in own if seat.name in text or _OFFICERS.search(text)}


def seats_above(session: Session, opinion: Opinion, now: datetime) -> frozenset[int]:
    """Who holds an office that answers above the branch an opinion belongs to, or at its top organization."""
    offices = offices_of(session, opinion.organization_id, now)
    seats = [seat for level in _levels(offices) for rung in level for seat in rung]
    return frozenset(seat.id for seat in seats if seat.kind in ABOVE_BRANCHES)


_ASKED = select(Opinion).where(
    Opinion.status == OpinionStatus.OPEN, Opinion.asked_at <= bindparam("now", type_=Moment())
)
_OPEN_OF = Objects(_ASKED.where(Opinion.organization_id == bindparam("organization_id")))
_HIGHER = Objects(_ASKED.where(Opinion.level > 0))


def waiting_for(session: Session, member: Member, now: datetime) -> list[Opinion]:
    """The opinions that wait for the answer of this member, what is due first on top."""
    held = appointments.held_by(session, member.id, now)
    above = any(appointment.organization.kind in ABOVE_BRANCHES for appointment in held)
    open_ones = set(_HIGHER.all(session, now=now) if above else ())
    for id in {appointment.organization_id for appointment in held}:
        open_ones.update(_OPEN_OF.all(session, organization_id=id, now=now))
    found = sorted(open_ones, key=lambda opinion: (opinion.due_at, opinion.id))
    return [opinion for opinion in found if any(m.id == member.id for m in answerers(session, opinion, now).asked)]


def sees(session: Session, opinion: Opinion, member: Member, now: datetime) -> bool:
    """Whether an opinion exists for an asker: its sender, who may answer it, who has."""
    if member.id == opinion.member_id:
        return True
    if opinion.asked_at > now:
        return False
    answered = select(OpinionStep.id).where(OpinionStep.opinion_id == opinion.id, OpinionStep.by_id == member.id)
    if session.scalars(answered.limit(1)).first() is not None:
        return True
    return member.id in answerers(session, opinion, now).allowed


def _levels(offices: BranchOffices) -> list[list[list[Seat]]]:
    return [_rungs(offices, id) for id in (offices.branch_id, *offices.above_ids)]


def _rungs(offices: BranchOffices, organization_id: int) -> list[list[Seat]]:
    own = [seat for seat in offices.seats if seat.organization_id == organization_id]
    above = any(seat.kind in ABOVE_BRANCHES for seat in own)
    return [[seat for seat in own if seat.office in rung] for rung in (RUNGS_ABOVE if above else BRANCH_RUNGS)]


def _free(rungs: list[list[Seat]], left_out: frozenset[int]) -> list[list[Seat]]:
    return [[seat for seat in rung if seat.id not in left_out] for rung in rungs]
