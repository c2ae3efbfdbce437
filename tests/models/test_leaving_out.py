"""Who is scored, decided by hand (rules 7)."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import leaving_out, rolls
from models.members import Member, NotScored, NotScoredReason
from models.months import Month
from models.notices import Notice
from models.rounds import Round, RoundState
from tests.cast import NOW, Cast

OCTOBER, NOVEMBER, DECEMBER, JANUARY = Month(2026, 10), Month(2026, 11), Month(2026, 12), Month(2027, 1)
ILL = NotScoredReason.ILL


def leave(session: Session, member: Member, first: Month, last: Month | None = None, *, by: Member) -> NotScored:
    return leaving_out.leave_out(session, member, ILL, first=first, last=last, by=by, now=NOW)


def is_scored(session: Session, member: Member, month: Month) -> bool:
    return not rolls.not_scored(session, [member], month)


def told(session: Session, kind: str) -> list[str]:
    query = select(Member.name).join(Notice, Notice.member_id == Member.id).where(Notice.kind == kind)
    return list(session.scalars(query.order_by(Notice.id)))


def test_the_committee_leaves_a_member_out_until_a_month(session: Session, cast: Cast) -> None:
    found = leave(session, cast.zhang_san, NOVEMBER, DECEMBER, by=cast.zhou_guoping)
    assert (found.reason, found.decided_by_id, found.decided_at) == (ILL, cast.zhou_guoping.id, NOW)
    states = [is_scored(session, cast.zhang_san, month) for month in (OCTOBER, NOVEMBER, DECEMBER, JANUARY)]
    assert states == [True, False, False, True]
    assert told(session, "left_out") == ["王建军", "张三"]


def test_without_an_end_it_lasts_until_restored(session: Session, cast: Cast) -> None:
    found = leave(session, cast.zhang_san, NOVEMBER, by=cast.zhou_guoping)
    leaving_out.restore(session, cast.zhang_san, first=JANUARY, by=cast.zhou_guoping, now=NOW)
    assert [is_scored(session, cast.zhang_san, month) for month in (DECEMBER, JANUARY)] == [False, True]
    assert (found.until_month, found.ended_by_id, found.ended_at) == (DECEMBER, cast.zhou_guoping.id, NOW)
    assert told(session, "scored_again") == ["王建军", "张三"]
    with pytest.raises(leaving_out.NotLeftOut):
        leaving_out.restore(session, cast.zhang_san, first=JANUARY, by=cast.zhou_guoping, now=NOW)


def test_restored_from_the_first_month_it_never_was(session: Session, cast: Cast) -> None:
    leave(session, cast.zhang_san, NOVEMBER, by=cast.zhou_guoping)
    leaving_out.restore(session, cast.zhang_san, first=NOVEMBER, by=cast.zhou_guoping, now=NOW)
    assert is_scored(session, cast.zhang_san, NOVEMBER)
    assert leave(session, cast.zhang_san, NOVEMBER, by=cast.zhou_guoping).until_month is None


def test_only_the_committee_above_decides_and_not_about_itself(session: Session, cast: Cast) -> None:
    for by, whom in ((cast.wang_jianjun, cast.zhang_san), (cast.zhou_guoping, cast.zhou_guoping)):
        with pytest.raises(leaving_out.NotTheCommittee):
            leave(session, whom, NOVEMBER, by=by)
        with pytest.raises(leaving_out.NotTheCommittee):
            leaving_out.restore(session, whom, first=NOVEMBER, by=by, now=NOW)


def test_a_month_that_is_final_is_not_touched(session: Session, cast: Cast) -> None:
    session.add(Round(branch_id=cast.first_branch.id, month=OCTOBER, state=RoundState.FINAL, claims_until=NOW, head=""))
    session.flush()
    with pytest.raises(leaving_out.MonthFinal, match="10月已经审定"):
        leave(session, cast.zhang_san, OCTOBER, by=cast.zhou_guoping)
    with pytest.raises(leaving_out.MonthFinal):
        leaving_out.restore(session, cast.liu_defu, first=Month(2026, 8), by=cast.zhou_guoping, now=NOW)
    leave(session, cast.zhang_san, NOVEMBER, by=cast.zhou_guoping)


@pytest.mark.parametrize(("first", "last"), [(NOVEMBER, None), (OCTOBER, NOVEMBER), (DECEMBER, DECEMBER)])
def test_it_is_decided_once(session: Session, cast: Cast, first: Month, last: Month | None) -> None:
    leave(session, cast.zhang_san, NOVEMBER, DECEMBER, by=cast.zhou_guoping)
    with pytest.raises(leaving_out.AlreadyLeftOut, match="长期病休"):
        leave(session, cast.zhang_san, first, last, by=cast.zhou_guoping)


def test_a_later_time_is_another_decision(session: Session, cast: Cast) -> None:
    leave(session, cast.zhang_san, NOVEMBER, DECEMBER, by=cast.zhou_guoping)
    leave(session, cast.zhang_san, JANUARY, by=cast.zhou_guoping)
    leave(session, cast.zhang_san, OCTOBER, OCTOBER, by=cast.zhou_guoping)
    assert not is_scored(session, cast.zhang_san, OCTOBER)


def test_it_does_not_end_before_it_begins(session: Session, cast: Cast) -> None:
    with pytest.raises(leaving_out.WrongOrder):
        leave(session, cast.zhang_san, DECEMBER, NOVEMBER, by=cast.zhou_guoping)
