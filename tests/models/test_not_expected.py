"""Who is left out of 应到: a reason on the list, the consent of the level above, the meeting's word (rules 26)."""

from datetime import date, timedelta

import pytest

from models import deciding_requests, meetings, minutes, not_expected, planning, quorums
from models.appointments import Appointment, Office
from models.corrections import NotInvited, TooLate
from models.errors import NotFound
from models.meetings import Attendance, Meeting
from models.members import Member
from models.minutes import Outline
from models.months import at
from models.not_expected import Ground, NobodyAbove, NotExpected, NotOnTheList, StillCounts
from models.requests import Request, RequestStatus
from models.sheets import sheet_of
from tests.cast import NOW
from tests.models.hall import OVER, STARTS, Hall

ASSEMBLY = "支部党员大会"
BEDRIDDEN, ABROAD = Ground.BEDRIDDEN.value, Ground.ABROAD.value


@pytest.fixture
def meeting(hall: Hall) -> Meeting:
    return hall.plan(ASSEMBLY, by=hall.cast.wang_jianjun)


def ask(
    hall: Hall,
    meeting: Meeting,
    ground: str = BEDRIDDEN,
    *,
    of: Member | None = None,
    by: Member | None = None,
    agreed: bool = False,
    now=NOW,
) -> NotExpected:
    who, whose = of or hall.cast.zhang_san, by or hall.cast.wang_jianjun
    return deciding_requests.ask_not_expected(hall.session, meeting.id, who, ground, agreed=agreed, by=whose, now=now)


def consent(hall: Hall, found: NotExpected, by: Member | None = None, now=NOW) -> Request:
    return deciding_requests.approve(hall.session, found.request_id, by=by or hall.cast.zhou_guoping, now=now)


def expected(hall: Hall, meeting: Meeting) -> int:
    hall.session.expire_all()
    (quorum,) = quorums.of_meeting(hall.session, meeting)
    return quorum.expected


def asked(hall: Hall, found: NotExpected) -> list[str]:
    return [one.name for one in deciding_requests.decision(hall.session, found.request, NOW).asked]


def test_all_three_are_needed_in_whatever_order(hall: Hall, meeting: Meeting):
    before = expected(hall, meeting)
    first = ask(hall, meeting)
    consent(hall, first)
    assert (first.consented, first.in_force, expected(hall, meeting)) == (True, False, before)
    ask(hall, meeting, agreed=True, now=STARTS)
    assert (first.in_force, first.agreed_at, first.agreed_by_id) == (True, STARTS, hall.cast.wang_jianjun.id)
    second = ask(hall, meeting, of=hall.cast.wang_fang, agreed=True, now=STARTS)
    assert (second.in_force, expected(hall, meeting)) == (False, before - 1)
    consent(hall, second, now=STARTS)
    assert (second.in_force, expected(hall, meeting)) == (True, before - 2)
    assert [one.invitation.member.name for one in not_expected.of_meeting(hall.session, meeting.id)] == ["张三", "王芳"]


def test_the_level_above_is_asked_and_whoever_asked_is_told(hall: Hall, meeting: Meeting):
    found = ask(hall, meeting)
    assert hall.told("request_waiting") == ["周国平"]
    assert [r.id for r in deciding_requests.waiting_for(hall.session, hall.cast.zhou_guoping, NOW)] == [
        found.request_id
    ]
    assert deciding_requests.waiting_for(hall.session, hall.cast.he_min, NOW) == []
    for who in (hall.cast.wang_jianjun, hall.cast.li_si, hall.cast.zhang_san):
        with pytest.raises(NotFound):
            consent(hall, found, by=who)
    consent(hall, found)
    assert hall.told("not_expected_decided") == ["王建军"]


def test_a_groups_meeting_has_the_branch_above_it(hall: Hall):
    found = ask(hall, hall.plan(), by=hall.cast.li_si)
    assert asked(hall, found) == ["王建军"]


def test_where_the_highest_meets_its_own_officers_consent_but_not_the_member(hall: Hall):
    everybody = hall.plan("党总支党员大会", by=hall.cast.zhou_guoping)
    assert asked(hall, ask(hall, everybody, by=hall.cast.zhou_guoping)) == ["周国平"]
    with pytest.raises(NobodyAbove):
        ask(hall, everybody, of=hall.cast.zhou_guoping, by=hall.cast.zhou_guoping)
    officer = Appointment(
        member_id=hall.cast.qian_jin.id,
        organization_id=hall.cast.committee.id,
        office=Office.SECRETARY,
        starts_on=date(2026, 1, 1),
    )
    hall.session.add(officer)
    hall.session.flush()
    found = ask(hall, everybody, of=hall.cast.zhou_guoping, by=hall.cast.zhou_guoping)
    assert asked(hall, found) == ["钱进"]


def test_refused_the_member_counts_and_it_may_be_asked_anew(hall: Hall, meeting: Meeting):
    found = ask(hall, meeting)
    deciding_requests.reject(hall.session, found.request_id, "能来", by=hall.cast.zhou_guoping, now=NOW)
    first = found.request_id
    assert (found.refused, hall.told("not_expected_decided")) == (True, ["王建军"])
    again = ask(hall, meeting)
    assert (again.request_id != first, again.request.status) == (True, RequestStatus.WAITING)


def test_another_reason_is_asked_anew(hall: Hall, meeting: Meeting):
    first = ask(hall, meeting).request
    assert ask(hall, meeting).request is first  # said twice
    found = ask(hall, meeting, ABROAD)
    assert (first.status, found.ground, found.request is first) == (RequestStatus.REJECTED, Ground.ABROAD, False)
    consent(hall, found)
    assert ask(hall, meeting, BEDRIDDEN).consented is False


def test_absence_costs_nothing_any_more_and_the_member_is_told(hall: Hall, meeting: Meeting):
    hall.close(meeting)
    assert hall.points(hall.cast.zhang_san) == -6
    found = ask(hall, meeting, agreed=True, now=OVER)
    consent(hall, found, now=OVER)
    assert (hall.state(meeting, hall.cast.zhang_san), hall.points(hall.cast.zhang_san)) == (Attendance.NOT_EXPECTED, 0)
    assert hall.told("attendance_corrected") == ["张三"]


def test_who_comes_after_all_counts(hall: Hall, meeting: Meeting):
    consent(hall, ask(hall, meeting))
    consent(hall, ask(hall, meeting, of=hall.cast.wang_fang, agreed=True, now=STARTS), now=STARTS)
    before = expected(hall, meeting)
    for who in (hall.cast.zhang_san, hall.cast.wang_fang):
        hall.check_in(meeting, who)
        with pytest.raises(StillCounts, match="到会"):
            ask(hall, meeting, of=who, agreed=True, now=STARTS)
    assert expected(hall, meeting) == before + 1


def test_a_consent_that_comes_after_the_member_did_changes_nothing(hall: Hall, meeting: Meeting):
    found = ask(hall, meeting, agreed=True, now=STARTS)
    hall.check_in(meeting, hall.cast.zhang_san)
    consent(hall, found, now=STARTS)
    assert hall.state(meeting, hall.cast.zhang_san) is Attendance.PRESENT


def test_the_sheet_of_the_minutes_names_them(hall: Hall, meeting: Meeting):
    consent(hall, ask(hall, meeting, agreed=True, now=STARTS), now=STARTS)
    ask(hall, meeting, of=hall.cast.wang_fang)
    hall.close(meeting)
    filed = minutes.file(hall.session, meeting.id, Outline("议题"), by=hall.cast.wang_jianjun, now=OVER)
    hall.session.expire_all()
    sheet = sheet_of(hall.session, filed)
    invited = meetings.invitations(hall.session, meeting.id)
    exempt = [one for one in invited if one.state is Attendance.EXCUSED]
    assert sheet.expected == len(invited) - len(exempt) - 1
    assert [one.invitation.member.name for one in sheet.left_out] == ["张三"]
    assert "张三" not in [one.member.name for one in sheet.away]


def test_what_cannot_be(hall: Hall, meeting: Meeting):
    with pytest.raises(NotOnTheList, match="自费出国半年以上"):
        ask(hall, meeting, "出差")
    with pytest.raises(StillCounts, match="还没有开"):
        ask(hall, meeting, agreed=True)
    with pytest.raises(NotInvited):
        ask(hall, meeting, of=hall.cast.sun_li)
    with pytest.raises(NotFound):
        ask(hall, meeting, by=hall.cast.li_si)
    consent(hall, ask(hall, meeting, agreed=True, now=STARTS), now=STARTS)
    with pytest.raises(StillCounts, match="已经不算"):
        ask(hall, meeting, now=STARTS)
    waiting = ask(hall, meeting, of=hall.cast.wang_fang)
    hall.close(meeting)
    with pytest.raises(TooLate):
        ask(hall, meeting, of=hall.cast.chen_jing, now=at(date(2027, 1, 20)))
    assert waiting.request.status is RequestStatus.WAITING


def test_a_cancelled_meeting_leaves_nothing_to_decide(hall: Hall, meeting: Meeting):
    found = ask(hall, meeting)
    planning.cancel(hall.session, meeting.id, "停电", by=hall.cast.wang_jianjun, now=NOW)
    assert found.request.status is RequestStatus.REJECTED
    with pytest.raises(StillCounts, match="取消"):
        ask(hall, meeting, of=hall.cast.wang_fang, now=NOW + timedelta(minutes=1))
