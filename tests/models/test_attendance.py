"""The end of a meeting: who was there, what it is worth, once; corrections and the quorum (rules 25, 26)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from models import attendance, corrections, ledger, meetings, quorums, rulebooks, verification
from models.corrections import NoReason, NotBegun, NotInvited, TooLate
from models.errors import NotFound
from models.ledger import Entry
from models.meetings import Attendance, Meeting, MeetingState
from models.members import Member, MemberCategory, Move, NotScored, NotScoredReason
from models.months import Month, at
from models.rulebooks import Source
from models.sessions import Sessions
from tests.cast import BEFORE, NOW, Cast
from tests.models.desk import D, together
from tests.models.hall import COMMITTEE, DAY, HOUR, MINUTE, OVER, STARTS, Hall

LATE_IN_DECEMBER = at(date(2026, 12, 20), 12)


@pytest.fixture
def held(hall: Hall) -> Meeting:
    """张三 was in time, 王芳 late, 刘强 on leave, 刘德福 is exempt; the others did not come."""
    meeting = hall.plan()
    hall.check_in(meeting, hall.cast.zhang_san)
    hall.check_in(meeting, hall.cast.wang_fang, STARTS + 15 * MINUTE)
    found = meetings.invitation_of(hall.session, meeting.id, hall.cast.liu_qiang.id)
    assert found is not None
    found.state = Attendance.ON_LEAVE
    hall.session.flush()
    assert hall.close(meeting)
    return meeting


def correct(
    hall: Hall, meeting: Meeting, state: Attendance, of: Member | None = None, by: Member | None = None, now=OVER
) -> meetings.Invitation:
    return corrections.correct(
        hall.session, meeting.id, of or hall.cast.chen_jing, state, "手机没电", by=by or hall.cast.li_si, now=now
    )


# Closing


def test_at_its_end_everybody_is_in_one_of_five_states(hall: Hall, held: Meeting):
    assert (held.state, held.closed_at) == (MeetingState.CLOSED, OVER)
    states = hall.states(held)
    assert states.pop("张三") is Attendance.PRESENT
    assert states.pop("王芳") is Attendance.LATE
    assert states.pop("刘强") is Attendance.ON_LEAVE
    assert states.pop("刘德福") is Attendance.EXCUSED
    assert set(states) == {"李四", "陈静", "赵敏", "欧阳建国"}
    assert set(states.values()) == {Attendance.ABSENT}
    assert attendance.counts(hall.session, held.id)[Attendance.ABSENT] == 4


def test_it_is_worth_what_the_rulebook_says(hall: Hall, held: Meeting):
    cast = hall.cast
    people = (cast.zhang_san, cast.wang_fang, cast.liu_qiang, cast.liu_defu, cast.chen_jing)
    assert [hall.points(who) for who in people] == [1, -1, 0, 0, -6]
    (entry,) = hall.entries(cast.zhang_san)
    assert (entry.source, entry.item_code, entry.day) == (Source.ATTENDANCE, "组织-01", date(2026, 11, 26))
    assert entry.cause == f"meeting:{held.id}:{cast.zhang_san.id}"
    assert (entry.branch_id, entry.decided_by_id, entry.reason) == (
        cast.first_branch.id,
        None,
        f"M{held.id} 党小组会",
    )
    assert list(verification.differences(hall.session)) == []


def test_it_is_closed_once(hall: Hall, held: Meeting):
    assert not hall.close(held)
    assert len(hall.entries(hall.cast.zhang_san)) == 1


def test_not_before_its_end(hall: Hall):
    meeting = hall.plan()
    assert attendance.due_to_close(hall.session, OVER - MINUTE) == []
    assert not hall.close(meeting, OVER - MINUTE)
    assert attendance.due_to_close(hall.session, OVER) == [meeting.id]


def test_a_gathering_of_two_kinds_counts_once_by_the_main_one(hall: Hall):
    meeting = hall.plan(DAY, "党课", by=hall.cast.wang_jianjun)
    hall.check_in(meeting, hall.cast.zhang_san)
    hall.close(meeting)
    (entry,) = hall.entries(hall.cast.zhang_san)
    assert entry.reason == f"M{meeting.id} 主题党日"


def test_a_kind_without_an_item_gives_nothing_for_coming(hall: Hall):
    meeting = hall.plan("支部研讨", by=hall.cast.wang_jianjun)
    hall.check_in(meeting, hall.cast.zhang_san)
    hall.close(meeting)
    assert hall.entries(hall.cast.zhang_san) == []


def test_caps_bound_what_coming_gives(hall: Hall):
    cast = hall.cast
    for n in range(6):
        meeting = hall.plan(starts=STARTS + n * 3 * HOUR, now=NOW)
        hall.check_in(meeting, cast.zhang_san, STARTS + n * 3 * HOUR)
        hall.close(meeting, OVER + n * 3 * HOUR)
    assert [entry.points for entry in hall.entries(cast.zhang_san)] == [1, 1, 1, 1, 1, 0]


def test_points_are_booked_where_the_member_is_at_home(hall: Hall):
    both = [hall.cast.first_branch, hall.cast.second_branch]
    meeting = hall.plan(DAY, by=hall.cast.zhou_guoping, of=both)
    for who in (hall.cast.zhang_san, hall.cast.sun_li):
        hall.check_in(meeting, who)
    hall.session.add(
        Move(
            member_id=hall.cast.sun_li.id,
            from_branch_id=hall.cast.first_branch.id,
            to_branch_id=hall.cast.second_branch.id,
            moved_on=date(2026, 11, 2),
        )
    )
    hall.close(meeting)
    homes = [hall.entries(who)[0].branch_id for who in (hall.cast.zhang_san, hall.cast.sun_li)]
    assert homes == [one.id for one in both]


@pytest.mark.parametrize(
    ("reason", "state"),
    [
        (NotScoredReason.ILL, Attendance.EXCUSED),
        (NotScoredReason.AWAY, Attendance.EXCUSED),
        (NotScoredReason.OTHER, Attendance.ABSENT),
    ],
)
def test_who_is_ill_or_far_away_is_not_absent(hall: Hall, reason: NotScoredReason, state: Attendance):
    decided = {"decided_by_id": hall.cast.zhou_guoping.id, "decided_at": BEFORE, "from_month": Month(2026, 11)}
    hall.session.add(NotScored(member_id=hall.cast.chen_jing.id, reason=reason, **decided))
    meeting = hall.plan()
    hall.close(meeting)
    assert hall.state(meeting, hall.cast.chen_jing) is state


def test_the_organizer_is_told_when_it_is_over(hall: Hall, held: Meeting):
    assert hall.told("meeting_closed") == ["李四"]


def test_without_a_rulebook_nothing_is_entered(hall: Hall):
    for version in hall.session.query(rulebooks.RulebookVersion):
        version.effective_from = Month(2027, 5)
    hall.session.flush()
    meeting = hall.plan()
    hall.check_in(meeting, hall.cast.zhang_san)
    hall.close(meeting)
    assert hall.session.query(Entry).count() == 0


def test_an_item_for_a_kind_goes_before_one_for_all(hall: Hall):
    book = rulebooks.in_force(hall.session, hall.cast.first_branch.id, Month(2026, 11))
    late = book.get_item("组织-02")
    general = replace(late, code="组织-08", points=D(-2), attendance=("*:late", "*:present"), roles=())
    cadres = replace(late, code="组织-09", points=D(-3), attendance=("党小组会:late",), roles=("leading_cadre",))
    changed = replace(book, items=(general, cadres, *book.items))

    def code(kind: str, who: Member, state: Attendance) -> str | None:
        found = attendance.item_for(hall.session, changed, kind, who, state, NOW)
        return found.code if found else None

    cast = hall.cast
    assert code("党小组会", cast.zhang_san, Attendance.LATE) == "组织-02"
    assert code("党小组会", cast.zhou_guoping, Attendance.LATE) == "组织-09"
    assert code("支部研讨", cast.zhang_san, Attendance.LATE) == "组织-08"
    assert code("党小组会", cast.zhang_san, Attendance.ABSENT) == "组织-03"
    assert code("支部研讨", cast.zhang_san, Attendance.ABSENT) is None
    assert code("党小组会", cast.zhang_san, Attendance.EXCUSED) is None


def test_leave_never_costs(hall: Hall):
    book = rulebooks.in_force(hall.session, hall.cast.first_branch.id, Month(2026, 11))
    item = replace(book.get_item("组织-03"), attendance=("*:leave",))
    rulebooks.add_version(
        hall.session, hall.cast.first_branch, replace(book, items=(*book.items[:10], item)), now=BEFORE
    )
    meeting = hall.plan()
    found = meetings.invitation_of(hall.session, meeting.id, hall.cast.chen_jing.id)
    assert found is not None
    found.state = Attendance.ON_LEAVE
    hall.session.flush()
    hall.close(meeting)
    assert hall.entries(hall.cast.chen_jing) == []


def test_two_workers_close_it_once(sessions: Sessions, cast: Cast):
    with sessions.write() as session:
        hall = Hall(session, cast.of(session))
        meeting = hall.plan()
        hall.check_in(meeting, hall.cast.zhang_san)
        number = meeting.id

    def close() -> bool:
        with sessions.write() as session:
            return attendance.close(session, number, now=OVER)

    assert sorted(map(str, together(close, close))) == ["False", "True"]
    with sessions.read() as session:
        assert len(Hall(session, cast).entries(cast.zhang_san)) == 1


# Check-in begins


def test_check_in_begins_once(hall: Hall):
    meeting = hall.plan()
    opens = meeting.opens_at
    assert attendance.due_to_open(hall.session, opens - MINUTE) == []
    assert attendance.due_to_open(hall.session, opens) == [meeting.id]
    assert [attendance.open_check_in(hall.session, meeting.id, now=opens) for _ in range(2)] == [True, False]
    assert hall.check_in(meeting, hall.cast.zhang_san).state is Attendance.PRESENT


# Corrections


def test_a_correction_reverses_the_entry_and_writes_another(hall: Hall, held: Meeting):
    found = correct(hall, held, Attendance.PRESENT)
    assert (found.state, found.reason, found.corrected_by_id) == (Attendance.PRESENT, "手机没电", hall.cast.li_si.id)
    assert [entry.points for entry in hall.entries(hall.cast.chen_jing)] == [-6, 6, 1]
    entry = attendance.entry_of(hall.session, found)
    assert entry is not None
    assert entry.cause == f"meeting:{held.id}:{hall.cast.chen_jing.id}:1"
    correct(hall, held, Attendance.ABSENT)
    assert hall.points(hall.cast.chen_jing) == -6
    assert list(verification.differences(hall.session)) == []


def test_a_correction_after_an_appeal_was_upheld_reverses_nothing_twice(hall: Hall, held: Meeting):
    (absent,) = hall.entries(hall.cast.chen_jing)
    ledger.reverse(hall.session, absent, by=hall.cast.wang_jianjun, now=OVER, reason="申诉成立")
    correct(hall, held, Attendance.PRESENT)
    assert [entry.points for entry in hall.entries(hall.cast.chen_jing)] == [-6, 6, 1]
    assert list(verification.differences(hall.session)) == []


def test_a_correction_to_leave_leaves_nothing(hall: Hall, held: Meeting):
    correct(hall, held, Attendance.ON_LEAVE)
    assert hall.points(hall.cast.chen_jing) == 0


def test_the_member_is_told_of_a_correction_but_not_of_the_own(hall: Hall, held: Meeting):
    correct(hall, held, Attendance.PRESENT)
    correct(hall, held, Attendance.PRESENT, of=hall.cast.li_si)
    assert hall.told("attendance_corrected") == ["陈静"]


def test_during_the_meeting_a_correction_writes_no_entry_yet(hall: Hall):
    meeting = hall.plan()
    correct(hall, meeting, Attendance.PRESENT, now=STARTS)
    assert hall.entries(hall.cast.chen_jing) == []
    hall.close(meeting)
    assert [entry.points for entry in hall.entries(hall.cast.chen_jing)] == [1]


def test_before_check_in_nothing_is_corrected(hall: Hall):
    meeting = hall.plan()
    with pytest.raises(NotBegun):
        correct(hall, meeting, Attendance.PRESENT, now=NOW)
    meeting.state = MeetingState.CANCELLED
    with pytest.raises(NotBegun):
        correct(hall, meeting, Attendance.PRESENT)


def test_only_who_runs_it_corrects_and_only_whom_it_invited(hall: Hall, held: Meeting):
    with pytest.raises(NotFound):
        correct(hall, held, Attendance.PRESENT, by=hall.cast.zhang_san)
    with pytest.raises(NotInvited, match="马超"):
        correct(hall, held, Attendance.PRESENT, of=hall.cast.ma_chao)
    assert correct(hall, held, Attendance.PRESENT, by=hall.cast.wang_jianjun)


def test_a_correction_says_why(hall: Hall, held: Meeting):
    with pytest.raises(NoReason):
        corrections.correct(
            hall.session, held.id, hall.cast.chen_jing, Attendance.PRESENT, "", by=hall.cast.li_si, now=OVER
        )


def test_after_review_an_appeal_is_the_way(hall: Hall, held: Meeting):
    with pytest.raises(TooLate, match="11月的评审已经结束"):
        correct(hall, held, Attendance.PRESENT, now=LATE_IN_DECEMBER)


def test_a_correction_holds_the_lock_of_the_book(hall: Hall, held: Meeting):
    before = hall.session.get_one(ledger.Book, hall.cast.first_branch.id).sequence
    correct(hall, held, Attendance.PRESENT)
    assert hall.session.get_one(ledger.Book, hall.cast.first_branch.id).sequence == before + 2


# The quorum


def test_a_committee_needs_half(hall: Hall):
    meeting = hall.plan(COMMITTEE, by=hall.cast.wang_jianjun)
    hall.check_in(meeting, hall.cast.wang_jianjun)
    (short,) = quorums.of_meeting(hall.session, meeting)
    assert (short.kind, short.expected, short.came, short.met) == (COMMITTEE, 3, 1, False)
    hall.check_in(meeting, hall.cast.he_min)
    assert quorums.of_meeting(hall.session, meeting)[0].met


def test_only_those_with_a_vote_count_for_it(hall: Hall):
    for who in (hall.cast.zhang_san, hall.cast.wang_fang):
        who.category = MemberCategory.PROBATIONARY
    meeting = hall.plan("支部党员大会", by=hall.cast.wang_jianjun)
    for who in (hall.cast.zhang_san, hall.cast.wang_fang, hall.cast.liu_qiang):
        hall.check_in(meeting, who)
    (quorum,) = quorums.of_meeting(hall.session, meeting)
    assert (quorum.expected, quorum.came, quorum.met) == (12, 1, False)


def test_exactly_half_is_enough(hall: Hall):
    meeting = hall.plan("支部党员大会", "党课", by=hall.cast.wang_jianjun)
    people = "wang_jianjun he_min sun_lei li_si zhang_san wang_fang liu_qiang".split()
    for name in people:
        hall.check_in(meeting, getattr(hall.cast, name))
    (quorum,) = quorums.of_meeting(hall.session, meeting)
    assert (quorum.expected, quorum.came, quorum.met) == (14, 7, True)


def test_most_kinds_have_none(hall: Hall, held: Meeting):
    assert quorums.of_meeting(hall.session, held) == []
    assert timedelta(0) < held.closes_at - held.starts_at
