"""What ``verify`` finds about meetings (rules 3, 25)."""

from collections.abc import Callable

import pytest

from models import corrections, deciding_requests, ledger, meetings, verification_meetings
from models.meetings import Attendance, Meeting
from models.months import Month
from models.rulebooks import Source
from tests.models.desk import D
from tests.models.hall import OVER, Hall

UNKNOWN = "来源是会议签到，却找不到请他参加的那次会议"


@pytest.fixture
def held(hall: Hall) -> Meeting:
    meeting = hall.plan()
    hall.check_in(meeting, hall.cast.zhang_san)
    hall.close(meeting)
    return meeting


def found(hall: Hall) -> list[str]:
    return list(verification_meetings.differences(hall.session))


def test_what_was_entered_and_corrected_is_in_order(hall: Hall, held: Meeting):
    correct = {"by": hall.cast.li_si, "now": OVER}
    for state in (Attendance.PRESENT, Attendance.ON_LEAVE, Attendance.ABSENT):
        corrections.correct(hall.session, held.id, hall.cast.chen_jing, state, "记错了", **correct)  # type: ignore[arg-type]
    assert found(hall) == []


@pytest.mark.parametrize(
    "cause",
    [
        lambda held, who: f"meeting:999:{who}",
        lambda held, who: f"meeting:{held}:999",
        lambda held, who: f"meeting:{held}",
        lambda held, who: f"meeting:{held}:{who + 1}:1",
    ],
)
def test_an_entry_of_no_meeting(hall: Hall, held: Meeting, cause: Callable[[int, int], str]):
    who = hall.cast.zhang_san
    ledger.lock_for(hall.session, who.id, who.branch_id)
    entry = ledger.write(
        hall.session,
        who,
        D(1),
        branch_id=who.branch_id,
        about=Month(2026, 11),
        source=Source.ATTENDANCE,
        cause=cause(held.id, who.id),
        by=None,
        now=OVER,
    )
    assert found(hall) == [f"J{entry.id}：{UNKNOWN}"]


def test_a_state_that_was_changed_by_hand(hall: Hall, held: Meeting):
    invitation = meetings.invitation_of(hall.session, held.id, hall.cast.zhang_san.id)
    assert invitation is not None
    invitation.corrections = 1
    hall.session.flush()
    (entry,) = hall.entries(hall.cast.zhang_san)
    assert found(hall) == [f"J{entry.id}：与 M{held.id} 的到会情况不符"]


def test_who_is_left_out_without_what_is_to_be_recorded(hall: Hall, held: Meeting):
    who, ground = hall.cast.chen_jing, "自费出国半年以上"
    asked = deciding_requests.ask_not_expected(
        hall.session, held.id, who, ground, agreed=True, by=hall.cast.li_si, now=OVER
    )
    deciding_requests.approve(hall.session, asked.request_id, by=hall.cast.wang_jianjun, now=OVER)
    assert (asked.in_force, found(hall)) == (True, [])
    asked.agreed_at = None
    hall.session.flush()
    assert found(hall) == [f"M{held.id}：陈静不计应到，却没有上级同意或会议同意的记录"]
