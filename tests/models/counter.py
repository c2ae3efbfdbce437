"""What the tests of opinions share: a month under disclosure, and a counter at which the cast files and answers."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import answering, filing, ledger, matters, rounds
from models.answering import Answer
from models.appointments import Appointment, Office
from models.claims import Claim
from models.consequences import FollowUp, FollowUpKind, FollowUpStatus
from models.ledger import Entry
from models.matters import Matter
from models.members import Member
from models.months import Month, at
from models.notices import Notice
from models.opinions import Opinion
from models.organizations import Organization
from models.rounds import Round, RoundState
from models.rulebooks import Source
from tests.cast import NOW
from tests.models.desk import Desk

OCTOBER = Month(2026, 10)
NOVEMBER = Month(2026, 11)
DISCLOSED = at(date(2026, 11, 19), 9)  # a Thursday: the 5th working day from it is November 26
WHY = "当天确有走访"
CAUSES = count(1)


def disclose(
    session: Session,
    branch: Organization,
    month: Month = OCTOBER,
    since: datetime = DISCLOSED,
    state: RoundState = RoundState.DISCLOSURE,
) -> Round:
    """Put a month of a branch under disclosure, or further."""
    until = rounds.disclosure_ends(session, branch.id, since)
    found = Round(
        branch_id=branch.id,
        month=month,
        state=state,
        claims_until=since,
        review_until=since,
        submitted_at=since,
        disclosure_until=until,
        final_from=rounds.final_from(until),
    )
    session.add(found)
    session.flush()
    return found


def under_the_mark(session: Session, member: Member, month: Month = OCTOBER) -> FollowUp:
    """The talk that follows from a member's first month under the mark."""
    found = FollowUp(
        member_id=member.id,
        branch_id=member.branch_id,
        month=month,
        kind=FollowUpKind.TALK,
        status=FollowUpStatus.OPEN,
        score=Decimal(55),
        mark=Decimal(60),
        streak=1,
        opened_at=NOW,
        due=NOW + timedelta(days=14),
        remind_at=NOW + timedelta(days=12),
        object_until=NOW + timedelta(days=7),
    )
    session.add(found)
    session.flush()
    return found


@dataclass(frozen=True)
class Counter:
    """Where opinions are filed and answered, on a desk of the first branch."""

    desk: Desk

    @property
    def session(self) -> Session:
        return self.desk.session

    def rejected(self, **claimed: object) -> Claim:
        """A claim of 张三 that 李四 rejected."""
        return self.desk.reject(self.desk.claim(**claimed))  # type: ignore[arg-type]

    def appeal(self, claim: Claim, *, by: Member | None = None, now: datetime = NOW, text: str = WHY) -> Opinion:
        return filing.file(
            self.session,
            Matter(claim=claim, member=claim.member, month=claim.month),
            text,
            by=by or claim.member,
            now=now,
        )

    def about(
        self, member: Member, *, by: Member | None = None, now: datetime = NOW, text: str = "没去扫雪"
    ) -> Opinion:
        """File about a member's result under disclosure; 张三 does."""
        return filing.file(self.session, Matter(member=member), text, by=by or self.desk.cast.zhang_san, now=now)

    def about_entry(self, entry: Entry, *, by: Member, now: datetime = NOW) -> Opinion:
        matter = matters.about_number(self.session, "entry", entry.id, by=by, now=now)
        return filing.file(self.session, matter, WHY, by=by, now=now)

    def enter(
        self,
        member: Member,
        points: str,
        *,
        code: str | None = "服务-02",
        month: Month = OCTOBER,
        by: Member | None = None,
    ) -> Entry:
        """An entry as the branch records it, in 王建军's name unless another is given."""
        ledger.lock_for(self.session, member.id, member.branch_id)
        return ledger.write(
            self.session,
            member,
            Decimal(points),
            branch_id=member.branch_id,
            about=date(month.year, month.number, 15),
            source=Source.BRANCH,
            cause=f"test:{next(CAUSES)}",
            by=by or self.desk.cast.wang_jianjun,
            now=NOW,
            rulebook_id=self.desk.rulebook.id if code else None,
            item_code=code,
        )

    def uphold(
        self, opinion: Opinion, *, by: Member | None = None, now: datetime = NOW, remedy: str | None = None
    ) -> Answer:
        """Uphold an opinion; 王建军 does, unless somebody else is named."""
        answerer = by or self.desk.cast.wang_jianjun
        return answering.uphold(self.session, opinion.id, "查过了", by=answerer, now=now, remedy=remedy)

    def refuse(self, opinion: Opinion, *, by: Member | None = None, now: datetime = NOW) -> Opinion:
        answerer = by or self.desk.cast.wang_jianjun
        return answering.refuse(self.session, opinion.id, "没有这次走访", by=answerer, now=now)

    def take_up(self, opinion: Opinion, *, now: datetime = NOW) -> Opinion:
        assert opinion.member is not None
        return answering.take_up(self.session, opinion.id, "请再看", by=opinion.member, now=now)

    def points(self, member: Member | None = None) -> list[Decimal]:
        return [entry.points for entry in self.desk.entries(member)]

    def told(self, kind: str) -> list[str | None]:
        """Who has been told something of a kind; None for who is no member."""
        found = self.session.scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.id))
        return [self.session.get_one(Member, n.member_id).name if n.member_id else None for n in found]

    def dismiss(self, office: Office, organization: Organization) -> None:
        """End an office, so that nobody holds it."""
        held = (Appointment.office == office) & (Appointment.organization_id == organization.id)
        self.session.execute(update(Appointment).where(held).values(ends_on=date(2026, 1, 1)))
        self.session.expire_all()

    def appoint(self, member: Member, office: Office, organization: Organization) -> None:
        self.session.add(
            Appointment(member_id=member.id, organization_id=organization.id, office=office, starts_on=date(2025, 1, 1))
        )
        self.session.flush()
