"""Undecided claims: reminded after two working days, moved up after four (rules 10); returned ones lapse (rules 8)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from jobs import claims as job
from models import claims as claims_
from models import deciding, followers, settings
from models.claims import Claim, ClaimStatus
from models.followers import Touch
from models.months import at
from models.notices import Notice
from models.sessions import Sessions
from models.settings import Setting
from tests.cast import NOW, Cast
from tests.models.desk import Desk, narrow, together

INSTANT = timedelta(microseconds=1)
# NOW is Friday, November 20: the working days after it are 23, 24, 25, 26.
REMINDED, MOVED_UP = at(date(2026, 11, 25)), at(date(2026, 11, 27))


def set_(desk: Desk, setting: Setting[int], days: int) -> None:
    settings.put(desk.session, setting, days, organization_id=desk.cast.first_branch.id, by_id=None, now=NOW)


def run(within: Sessions, now: datetime) -> tuple[int, int]:
    """How many the two jobs did, in the order of the schedule."""
    return job.remind(within, now=now), job.move_up(within, now=now)


# Reminding


def test_the_approver_is_reminded_after_two_working_days(desk: Desk, within: Sessions):
    claim = desk.claim()
    assert job.remind(within, now=REMINDED - INSTANT) == 0
    assert job.remind(within, now=REMINDED) == 1
    assert desk.told("claim_overdue") == ["李四"]
    told = desk.notices("claim_overdue")[0]
    assert told.facts == {"days": 2}
    assert claim.reminded_at == REMINDED


def test_nobody_is_reminded_twice_however_often_the_job_runs(desk: Desk, within: Sessions):
    desk.claim()
    assert [job.remind(within, now=REMINDED + n * timedelta(minutes=1)) for n in range(5)] == [1, 0, 0, 0, 0]
    assert desk.told("claim_overdue") == ["李四"]


@pytest.mark.parametrize("verb", ["approve", "reject", "send_back", "withdraw"])
def test_nobody_is_reminded_of_what_no_longer_waits(desk: Desk, within: Sessions, verb: str):
    getattr(desk, verb)(desk.claim())
    assert run(within, MOVED_UP) == (0, 0)


def test_who_has_several_is_reminded_of_them_together(desk: Desk, within: Sessions):
    for member in (desk.cast.zhang_san, desk.cast.wang_fang, desk.cast.zheng_shuang):
        desk.claim(of=member)
    assert run(within, REMINDED) == (3, 0)
    assert sorted(desk.told("claim_overdue")) == ["李四", "马超"]
    assert run(within, MOVED_UP) == (0, 3)
    assert sorted(desk.told("claim_moved_up")) == ["李四", "王建军", "马超"]


def test_a_claim_that_waits_anew_is_reminded_of_anew(desk: Desk, within: Sessions):
    claim = desk.claim()
    job.remind(within, now=REMINDED)
    desk.send_back(claim, now=REMINDED)
    desk.supplement(claim, now=REMINDED)
    # Wednesday, November 25: two working days later is Friday's end.
    again = at(date(2026, 11, 28))
    assert job.remind(within, now=again - INSTANT) == 0
    assert job.remind(within, now=again) == 1
    assert desk.told("claim_overdue") == ["李四", "李四"]


def test_a_claim_that_was_handed_over_is_reminded_of_at_the_new_place(desk: Desk, within: Sessions):
    claim = desk.claim()
    job.remind(within, now=REMINDED)
    deciding.hand_over(desk.session, claim.id, by=desk.cast.li_si, now=REMINDED)
    assert job.remind(within, now=at(date(2026, 11, 28))) == 1
    assert desk.told("claim_overdue") == ["李四", "王建军"]


def test_how_long_is_a_setting(desk: Desk, within: Sessions):
    set_(desk, settings.REMIND_AFTER, 1)
    set_(desk, settings.MOVE_UP_AFTER, 2)
    claim = desk.claim()
    assert run(within, at(date(2026, 11, 24))) == (1, 0)
    assert run(within, REMINDED) == (0, 1)
    assert [notice.facts["days"] for notice in desk.notices() if "days" in notice.facts] == [1, 2, 2]
    assert claim.reminded_at == at(date(2026, 11, 24))


# Over a holiday week


@pytest.mark.parametrize(
    ("submitted", "reminded", "moved_up"),
    [
        # Wednesday before the holidays: the next working days are October 8, 9, 10 (a Saturday made up for), 12.
        (date(2026, 9, 30), date(2026, 10, 9), date(2026, 10, 12)),
        # In the holidays nothing counts.
        (date(2026, 10, 4), date(2026, 10, 9), date(2026, 10, 12)),
        # Friday before the make-up Saturday.
        (date(2026, 10, 9), date(2026, 10, 12), date(2026, 10, 14)),
    ],
)
def test_holidays_do_not_count_and_make_up_days_do(
    desk: Desk, within: Sessions, submitted: date, reminded: date, moved_up: date
):
    desk.claim(day=submitted, now=at(submitted, 15))
    for last, counts in ((reminded, (1, 0)), (moved_up, (0, 1))):
        assert run(within, at(last, 23, 59)) == (0, 0)
        assert run(within, at(last + timedelta(days=1))) == counts


# Moving up


def test_after_four_working_days_the_next_level_is_asked_too_and_both_are_told(desk: Desk, within: Sessions):
    claim = desk.claim()
    job.remind(within, now=REMINDED)
    assert job.move_up(within, now=MOVED_UP - INSTANT) == 0
    assert job.move_up(within, now=MOVED_UP) == 1
    assert sorted(desk.told("claim_moved_up")) == ["李四", "王建军"]
    assert claim.moved_up_at == MOVED_UP
    assert [(s.verb, s.by) for s in claims_.steps_of(desk.session, claim)][-1] == ("move_up", None)


def test_what_moved_up_may_be_decided_by_either(desk: Desk, within: Sessions):
    first, second = desk.claim(of=desk.cast.wang_jianjun), desk.claim(of=desk.cast.wang_jianjun)
    job.move_up(within, now=MOVED_UP)
    assert desk.approve(first, by=desk.cast.he_min, now=MOVED_UP).decided_by is desk.cast.he_min
    assert desk.approve(second, by=desk.cast.sun_lei, now=MOVED_UP).decided_by is desk.cast.sun_lei


def test_nobody_is_told_twice_of_a_claim_that_moved_up(desk: Desk, within: Sessions):
    desk.claim()
    assert [job.move_up(within, now=MOVED_UP) for _ in range(3)] == [1, 0, 0]
    assert len(desk.notices("claim_moved_up")) == 2


def test_at_the_top_there_is_nowhere_to_move_up_to(desk: Desk, within: Sessions):
    cast = desk.cast
    for member in (cast.wang_jianjun, cast.he_min, cast.sun_lei, cast.zhou_guoping):
        followers.unfollow(desk.session, Cast.openid(member), NOW)
    desk.claim()
    assert job.move_up(within, now=MOVED_UP) == 1
    assert desk.told("claim_moved_up") == ["李四"]


def test_a_long_standstill_is_made_up_for_in_one_run(desk: Desk, within: Sessions):
    for member in (desk.cast.zhang_san, desk.cast.wang_fang):
        desk.claim(of=member)
    assert run(within, NOW + timedelta(days=30)) == (2, 2)
    assert run(within, NOW + timedelta(days=31)) == (0, 0)


# Several workers


class Watched(Sessions):
    """Sessions that count what is written, and let somebody come in before it."""

    def __init__(self, inner: Sessions, meanwhile) -> None:
        super().__init__(inner.engine)
        self._inner_sessions = inner
        self._meanwhile = meanwhile
        self.writes = 0

    @contextmanager
    def read(self) -> Iterator[Session]:
        with self._inner_sessions.read() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        self.writes += 1
        self._meanwhile()
        with self._inner_sessions.write() as session:
            yield session


def test_a_claim_decided_between_looking_and_acting_is_left_alone(desk: Desk, within: Sessions):
    claim = desk.claim()
    watched = Watched(within, lambda: desk.approve(claim) if claim.status is ClaimStatus.SUBMITTED else None)
    assert job.remind(watched, now=REMINDED) == 0
    assert desk.notices("claim_overdue") == []


def test_a_claim_handed_over_between_looking_and_acting_waits_anew(desk: Desk, within: Sessions):
    claim = desk.claim()
    watched = Watched(within, lambda: deciding.hand_over(desk.session, claim.id, by=desk.cast.li_si, now=REMINDED))
    assert job.remind(watched, now=REMINDED) == 0
    assert desk.notices("claim_overdue") == []


def test_looking_at_what_is_not_due_writes_nothing(desk: Desk, within: Sessions):
    desk.claim()
    watched = Watched(within, lambda: None)
    assert run(watched, REMINDED - INSTANT) == (0, 0)
    assert watched.writes == 0


def test_two_workers_remind_once(sessions: Sessions, cast: Cast):
    with sessions.write() as session:
        desk = Desk(session, cast.of(session), narrow(session, cast.of(session).first_branch))
        for member in (desk.cast.zhang_san, desk.cast.wang_fang, desk.cast.liu_qiang):
            desk.claim(of=member)
    done = together(*[lambda: job.remind(sessions, now=REMINDED)] * 3)
    assert sum(done) == 3  # type: ignore[arg-type]
    with sessions.read() as session:
        assert session.query(Notice).filter_by(kind="claim_overdue").count() == 1


# Returned claims


def test_a_returned_claim_lapses_at_the_end_of_review(desk: Desk, within: Sessions):
    claim = returned_in_october(desk)
    ends = at(date(2026, 11, 11))
    assert job.lapse(within, now=ends - INSTANT) == 0
    assert job.lapse(within, now=ends) == 1
    assert claim.status is ClaimStatus.LAPSED
    assert job.lapse(within, now=ends) == 0
    assert claims_.steps_of(desk.session, claim)[-1].by is None


def returned_in_october(desk: Desk) -> Claim:
    claim = desk.claim(day=date(2026, 10, 31), now=at(date(2026, 11, 2), 9))
    return desk.send_back(claim, now=at(date(2026, 11, 2), 10))


def test_what_waits_for_a_decision_does_not_lapse(desk: Desk, within: Sessions):
    claim = returned_in_october(desk)
    desk.supplement(claim, now=at(date(2026, 11, 3)))
    assert job.lapse(within, now=NOW) == 0
    assert claim.status is ClaimStatus.SUBMITTED


def test_a_claim_supplemented_between_looking_and_acting_does_not_lapse(desk: Desk, within: Sessions):
    claim = returned_in_october(desk)
    watched = Watched(within, lambda: desk.supplement(claim))
    assert job.lapse(watched, now=NOW) == 0
    assert claim.status is ClaimStatus.SUBMITTED


def test_what_falls_due_while_nobody_can_be_reached_is_done_when_somebody_can(desk: Desk, within: Sessions):
    claim = desk.claim()
    offices = (desk.cast.li_si, desk.cast.wang_jianjun, desk.cast.he_min, desk.cast.sun_lei, desk.cast.zhou_guoping)
    for member in offices:
        followers.unfollow(desk.session, Cast.openid(member), NOW)
    later = at(date(2026, 12, 1), 9)
    assert (job.remind(within, now=later), job.move_up(within, now=later)) == (0, 0)
    followers.touch(desk.session, Cast.openid(desk.cast.wang_jianjun), Touch.MESSAGE, later)
    desk.session.flush()
    assert (job.remind(within, now=later), job.move_up(within, now=later)) == (1, 1)
    assert desk.told("claim_overdue") == desk.told("claim_moved_up") == ["王建军"]
    desk.session.refresh(claim)
    assert claim.reminded_at == claim.moved_up_at == later
