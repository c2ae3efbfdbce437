"""A hall in which the cast meets: planned, checked in, closed, each in one line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import attendance, check_ins, ledger, meetings, planning
from models.ledger import Entry
from models.meetings import Attendance, Invitation, Meeting
from models.members import Member
from models.months import Month, Period, at
from models.notices import Notice
from models.organizations import Organization
from tests.cast import NOW, Cast

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
STARTS = at(date(2026, 11, 26), 15)  # a Thursday, six days after NOW
OVER = STARTS + 2 * HOUR
GROUP, COMMITTEE, DAY, LECTURE = "党小组会", "支部委员会", "主题党日", "党课"
FIRST_GROUP = "李四 张三 王芳 刘强 陈静 赵敏 欧阳建国 刘德福".split()


@dataclass(frozen=True)
class Hall:
    """The cast in a session, under the shipped rulebook."""

    session: Session
    cast: Cast

    def plan(
        self,
        *kinds: str,
        by: Member | None = None,
        starts: datetime = STARTS,
        ends: datetime | None = None,
        place: str = "三楼会议室",
        of: Sequence[Organization] = (),
        now: datetime = NOW,
    ) -> Meeting:
        """Plan a meeting; 李四's group meeting, unless said otherwise."""
        return planning.plan(
            self.session, kinds or (GROUP,), starts, place, by=by or self.cast.li_si, now=now, ends_at=ends, of=of
        )

    def check_in(self, meeting: Meeting, who: Member, now: datetime = STARTS, *, code: str | None = None) -> Invitation:
        """Type the code of the moment, unless another one is given."""
        return check_ins.check_in(self.session, code or check_ins.code_of(meeting, now), by=who, now=now)

    def close(self, meeting: Meeting, now: datetime = OVER) -> bool:
        return attendance.close(self.session, meeting.id, now=now)

    def state(self, meeting: Meeting, who: Member) -> Attendance:
        found = meetings.invitation_of(self.session, meeting.id, who.id)
        assert found is not None
        self.session.refresh(found)
        return found.state

    def states(self, meeting: Meeting) -> dict[str, Attendance]:
        self.session.expire_all()
        return {found.member.name: found.state for found in meetings.invitations(self.session, meeting.id)}

    def invited(self, meeting: Meeting) -> list[str]:
        return [found.member.name for found in meetings.invitations(self.session, meeting.id)]

    def entries(self, who: Member) -> list[Entry]:
        return list(ledger.entries_of(self.session, who.id, Period.year(Month(2026, 11))))

    def points(self, who: Member) -> Decimal:
        return sum((entry.points for entry in self.entries(who)), Decimal(0))

    def notices(self, kind: str) -> list[Notice]:
        return list(self.session.scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.id)))

    def told(self, kind: str) -> list[str]:
        """Who was told something of a kind, in roster order."""
        ids = sorted(notice.member_id for notice in self.notices(kind) if notice.member_id is not None)
        return [self.session.get_one(Member, id).name for id in ids]
