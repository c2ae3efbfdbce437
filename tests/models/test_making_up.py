"""Meetings made up for: held for an earlier period than the one they are held in (rules 23)."""

from collections.abc import Sequence
from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import arising, duties, making_up, planning, pressing
from models.duties import Duty, DutyState, MissedMeeting
from models.making_up import NotOwed
from models.meetings import Meeting, MeetingState
from models.months import at
from models.organizations import Organization
from tests.cast import Cast

EARLY = at(date(2026, 9, 1), 9)
OVER = at(date(2026, 10, 1), 9)
HELD = at(date(2026, 12, 3), 15)
DAY, LECTURE = "主题党日", "党课"


@pytest.fixture
def owing(session: Session) -> Session:
    """A session in which September and the third quarter went by without a meeting of anybody."""
    arising.see(session, arising.due(session, EARLY), now=EARLY)
    for id, state in duties.over(session, OVER):
        duties.settle(session, id, state, now=OVER)
    arising.see(session, arising.due(session, OVER), now=OVER)
    return session


def plan(
    session: Session,
    cast: Cast,
    *kinds: str,
    period: str,
    starts: datetime = HELD,
    now=OVER,
    of: Sequence[Organization] = (),
) -> Meeting:
    by = cast.zhou_guoping if of else cast.wang_jianjun
    return planning.plan(session, kinds, starts, "三楼", by=by, now=now, of=of, period=period)


def missed(session: Session, organization: Organization, kind: str, period: str) -> MissedMeeting:
    mine = (MissedMeeting.organization_id == organization.id, MissedMeeting.kind == kind)
    return session.scalars(select(MissedMeeting).where(*mine, MissedMeeting.period == period)).one()


def test_it_counts_for_the_period_that_was_missed_and_the_record_says_so(owing: Session, cast: Cast):
    record = missed(owing, cast.first_branch, LECTURE, "2026-Q3")
    assert making_up.meeting_for(owing, record) is None
    meeting = plan(owing, cast, LECTURE, period="2026-Q3")
    assert [(held.period, held.made_up) for held in meeting.kinds] == [("2026-Q3", True)]
    assert making_up.meeting_for(owing, record) is meeting
    unplanned = {(duty.organization_id, duty.kind) for duty in duties.unplanned(owing, at(date(2026, 12, 28), 9))}
    assert (cast.first_branch.id, LECTURE) in unplanned  # the fourth quarter's is owed all the same


def test_what_is_made_up_for_before_it_was_told_is_told_to_nobody(owing: Session, cast: Cast):
    meeting = plan(owing, cast, LECTURE, period="2026-Q3")
    record = missed(owing, cast.first_branch, LECTURE, "2026-Q3")
    monday = at(date(2026, 10, 12), 9)
    assert record.id not in pressing._to_tell(owing, monday)
    planning.cancel(owing, meeting.id, "停电", by=cast.wang_jianjun, now=OVER)
    assert record.id in pressing._to_tell(owing, monday)
    assert making_up.meeting_for(owing, record) is None


def test_of_a_gathering_of_two_kinds_the_fitting_one_makes_up(owing: Session, cast: Cast):
    meeting = plan(owing, cast, DAY, LECTURE, period="2026-Q3")
    assert [(held.kind, held.period, held.made_up) for held in meeting.kinds] == [
        (DAY, "2026-12", False),
        (LECTURE, "2026-Q3", True),
    ]
    assert [held.period for held in plan(owing, cast, DAY, LECTURE, period="2026-09").kinds] == ["2026-09", "2026-Q4"]


def test_the_period_it_is_held_in_needs_no_making_up(owing: Session, cast: Cast):
    meeting = plan(owing, cast, LECTURE, period="2026-Q4")
    assert [(held.period, held.made_up) for held in meeting.kinds] == [("2026-Q4", False)]


def test_moved_it_makes_up_for_the_same_period_until_the_end_of_march(owing: Session, cast: Cast):
    meeting = plan(owing, cast, LECTURE, period="2026-Q3")
    planning.move(owing, meeting.id, at(date(2027, 3, 31), 15), by=cast.wang_jianjun, now=OVER)
    assert meeting.kinds[0].period == "2026-Q3"
    with pytest.raises(NotOwed, match="3月31日"):
        planning.move(owing, meeting.id, at(date(2027, 4, 1), 15), by=cast.wang_jianjun, now=OVER)


def test_several_branches_make_up_together_when_each_of_them_owes_it(owing: Session, cast: Cast):
    both = (cast.first_branch, cast.second_branch)
    meeting = plan(owing, cast, LECTURE, period="2026-Q3", of=both)
    planning.cancel(owing, meeting.id, "停电", by=cast.zhou_guoping, now=OVER)
    plan(owing, cast, LECTURE, period="2026-Q3")
    with pytest.raises(NotOwed, match="第一支部第3季度党课已经有 M"):
        plan(owing, cast, LECTURE, period="2026-Q3", of=both)


def test_what_is_over_but_not_judged_yet_may_be_made_up_for(owing: Session, cast: Cast):
    november = at(date(2026, 12, 1), 9)
    arising.see(owing, arising.due(owing, at(date(2026, 11, 2), 9)), now=at(date(2026, 11, 2), 9))
    meeting = plan(owing, cast, DAY, period="2026-11", now=november)
    assert meeting.kinds[0].made_up
    for id, state in duties.over(owing, november):
        duties.settle(owing, id, state, now=november)
    mine = (Duty.organization_id == cast.first_branch.id, Duty.kind == DAY, Duty.period == "2026-11")
    assert owing.scalars(select(Duty.state).where(*mine)).one() is DutyState.MISSED
    assert meeting.state is MeetingState.ANNOUNCED


@pytest.mark.parametrize(
    ("kind", "period", "starts", "why"),
    [
        (LECTURE, "2026-09", HELD, "党课按季度开，没有9月的"),
        (LECTURE, "2026-Q2", HELD, "没有记为漏开"),
        (DAY, "2027-01", HELD, "没有记为漏开"),
        (LECTURE, "2026-Q3", at(date(2027, 4, 1), 15), "最晚在次年3月31日前补开"),
    ],
)
def test_what_cannot_be_made_up_for(owing: Session, cast: Cast, kind: str, period: str, starts, why: str):
    with pytest.raises(NotOwed, match=why):
        plan(owing, cast, kind, period=period, starts=starts)
