"""概况: for the committee, what is late in each branch; never a figure of points (S2: branches are not compared)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import duties, organizations
from models.appointments import ABOVE_BRANCHES, Appointment, Office
from models.claims import Claim, ClaimStatus
from models.duties import Duty, MissedMeeting
from models.follow_ups import FollowUp, FollowUpStatus
from models.months import Month
from models.opinions import Opinion, OpinionStatus
from models.organizations import Organization
from models.rounds import Round, RoundState

SHOWN_FOR = timedelta(days=92)  # so long a meeting that was missed is shown
OVERSEEING = frozenset({Office.SECRETARY, Office.PARTY_AFFAIRS_OFFICER})


@dataclass(slots=True)
class Late:
    """What is late in one branch: months not submitted, months submitted late, and how many things wait too long.

    Of its meetings and those of its groups: what was missed of late, and what nobody has planned shortly before the
    end of its period (rules 23).
    """

    branch: Organization
    unsubmitted: list[Month] = field(default_factory=list)
    submitted_late: list[Month] = field(default_factory=list)
    claims: int = 0
    opinions: int = 0
    follow_ups: int = 0
    missed: list[MissedMeeting] = field(default_factory=list)
    unplanned: list[Duty] = field(default_factory=list)

    @property
    def anything(self) -> bool:
        months, meetings = self.unsubmitted or self.submitted_late, self.missed or self.unplanned
        return bool(months or meetings or self.claims or self.opinions or self.follow_ups)


def overseen(offices: Iterable[Appointment]) -> list[int]:
    """The organizations above branches that somebody's offices oversee."""
    return [a.organization_id for a in offices if a.office in OVERSEEING and a.organization.kind in ABOVE_BRANCHES]


def of(session: Session, organization_ids: Iterable[int], now: datetime) -> list[Late]:
    """What is late in each branch below these organizations, in the order of the roster."""
    found = {branch.id: Late(branch) for branch in organizations.branches_below(session, *organization_ids)}
    for round_ in session.scalars(select(Round).where(Round.state != RoundState.FINAL).order_by(Round.month)):
        late = found.get(round_.branch_id)
        if late is not None and round_.review_until is not None and now >= round_.review_until:
            if round_.state is RoundState.REVIEW:
                late.unsubmitted.append(round_.month)
            elif round_.submitted_at is not None and round_.submitted_at >= round_.review_until:
                late.submitted_late.append(round_.month)
    for name, counts in _counts(session, now).items():
        for branch_id in counts.keys() & found.keys():
            setattr(found[branch_id], name, counts[branch_id])
    _add_meetings(session, found, now)
    return list(found.values())


def _add_meetings(session: Session, found: dict[int, Late], now: datetime) -> None:
    missed = select(MissedMeeting).where(MissedMeeting.ended_at > now - SHOWN_FOR)
    for one in session.scalars(missed.order_by(MissedMeeting.ended_at, MissedMeeting.id)):
        if (late := _of(found, one.organization)) is not None:
            late.missed.append(one)
    for duty in duties.unplanned(session, now):
        if (late := _of(found, duty.organization)) is not None:
            late.unplanned.append(duty)


def _of(found: dict[int, Late], organization: Organization) -> Late | None:
    """The line of the branch that an organization is, or whose group it is."""
    own = found.get(organization.id)
    return own if own is not None or organization.parent_id is None else found.get(organization.parent_id)


def _counts(session: Session, now: datetime) -> dict[str, dict[int, int]]:
    """By branch: claims that went to the next level too, opinions and follow-ups past their day."""
    waiting = (Claim.status == ClaimStatus.SUBMITTED, Claim.moved_up_at.is_not(None))
    unanswered = (Opinion.status == OpinionStatus.OPEN, Opinion.due_at <= now)
    undone = (FollowUp.status == FollowUpStatus.OPEN, FollowUp.due <= now)
    asked = {
        "claims": (Claim.branch_id, waiting),
        "opinions": (Opinion.organization_id, unanswered),
        "follow_ups": (FollowUp.branch_id, undone),
    }
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for name, (branch, conditions) in asked.items():
        rows = session.execute(select(branch, func.count()).where(*conditions).group_by(branch))
        found[name] = dict(rows.all())
    return found
