"""What people do about a follow-up: name, record, accept, dispute (rules 20)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import accountable, answering, follow_ups, talks
from models.appointments import Appointment, Office
from models.consequences import Answer, FollowUp, FollowUpStatus, NotAnyMore
from models.errors import NotFound
from models.members import Member
from models.months import Month, at
from models.notices import Notice, NoticeStatus
from models.opinions import Opinion, OpinionKind, OpinionStatus
from models.sessions import Sessions
from tests.cast import NOW, Cast
from tests.models.desk import together
from tests.models.scores import in_earnest, score, zero

SEPTEMBER, OCTOBER = Month(2026, 9), Month(2026, 10)
INSTANT = timedelta(microseconds=1)
SOON = at(date(2026, 11, 24), 9)


def opened(session: Session, cast: Cast, *, months: int = 1, of: Member | None = None) -> FollowUp:
    """T1: of 张三's October, after so many months under the mark."""
    in_earnest(session)
    for ago in range(months):
        score(session, of or cast.zhang_san, OCTOBER.plus(-ago), 50)
    follow_ups.at_final(session, cast.first_branch.id, OCTOBER, now=NOW)
    return session.get_one(FollowUp, 1)


def record(session: Session, by: Member, *, number: int = 1, now: datetime = NOW, **said: Any) -> FollowUp:
    words: dict[str, Any] = {"reason": "出差较多", "measures": "每月参加一次志愿服务", "until": date(2026, 12, 31)}
    words |= said
    return talks.record(session, number, words["reason"], words["measures"], until=words["until"], by=by, now=now)


def told(session: Session, kind: str) -> list[str]:
    query = select(Member.name).join(Notice, Notice.member_id == Member.id).where(Notice.kind == kind)
    return list(session.scalars(query.order_by(Notice.id)))


# Recording


def test_the_secretary_records_a_talk_and_the_member_is_told(session: Session, cast: Cast) -> None:
    found = opened(session, cast)
    record(session, cast.wang_jianjun)
    assert (found.status, found.recorded_by, found.recorded_at) == (FollowUpStatus.RECORDED, cast.wang_jianjun, NOW)
    assert (found.reason, found.measures) == ("出差较多", "每月参加一次志愿服务")
    assert found.measures_until == date(2026, 12, 31)
    assert told(session, "follow_up_recorded") == ["张三"]
    asked = session.scalars(select(Notice).where(Notice.kind == "follow_up_asked")).one()
    assert asked.status is NoticeStatus.LAPSED
    mine = session.scalars(select(Notice).where(Notice.kind == "follow_up_opened")).one()
    assert mine.status is NoticeStatus.QUEUED
    assert accountable.waiting_for(session, cast.wang_jianjun, NOW) == []


def test_what_is_only_explained_is_done_when_recorded(session: Session, cast: Cast) -> None:
    in_earnest(session)
    zero(session, cast.liu_defu, OCTOBER)
    follow_ups.at_final(session, cast.first_branch.id, OCTOBER, now=NOW)
    assert record(session, cast.zhou_guoping, number=1).status is FollowUpStatus.DONE
    assert record(session, cast.wang_jianjun, number=2, until=None).status is FollowUpStatus.DONE


def test_a_branch_secretary_does_not_record_what_the_leader_explains(session: Session, cast: Cast) -> None:
    in_earnest(session)
    zero(session, cast.liu_defu, OCTOBER)
    follow_ups.at_final(session, cast.first_branch.id, OCTOBER, now=NOW)
    with pytest.raises(talks.NotYours):
        record(session, cast.wang_jianjun, number=1)


def test_the_committee_above_may_record_for_the_branch(session: Session, cast: Cast) -> None:
    opened(session, cast)
    assert record(session, cast.zhou_guoping).recorded_by is cast.zhou_guoping


def test_a_secretary_who_cannot_be_reached_may_record_all_the_same(session: Session, cast: Cast) -> None:
    opened(session, cast)
    session.add(
        Appointment(
            member_id=cast.liu_defu.id,
            organization_id=cast.first_branch.id,
            office=Office.SECRETARY,
            starts_on=date(2026, 1, 1),
        )
    )
    session.flush()
    assert record(session, cast.liu_defu).recorded_by is cast.liu_defu


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"reason": ""}, talks.ReasonMissing),
        ({"measures": ""}, talks.ReasonMissing),
        ({"until": date(2026, 11, 19)}, talks.BadDay),
    ],
)
def test_a_record_needs_reason_measures_and_a_day_ahead(
    session: Session, cast: Cast, said: dict[str, Any], refusal: type[Exception]
) -> None:
    opened(session, cast)
    with pytest.raises(refusal):
        record(session, cast.wang_jianjun, **said)
    assert record(session, cast.wang_jianjun, until=date(2026, 11, 20)).status is FollowUpStatus.RECORDED


def test_nobody_records_their_own(session: Session, cast: Cast) -> None:
    opened(session, cast, of=cast.wang_jianjun)
    with pytest.raises(talks.NotYours):
        record(session, cast.wang_jianjun)


def test_whoever_it_does_not_concern_is_answered_as_though_it_did_not_exist(session: Session, cast: Cast) -> None:
    opened(session, cast)
    for stranger in (cast.li_si, cast.qian_jin, cast.wang_fang):
        with pytest.raises(NotFound, match="没有找到 T1，"):
            record(session, stranger)
        with pytest.raises(NotFound, match="没有找到 T9，"):
            record(session, stranger, number=9)


def test_the_branch_committee_sees_but_does_not_record(session: Session, cast: Cast) -> None:
    found = opened(session, cast)
    assert accountable.sees(session, found, cast.sun_lei, NOW)
    with pytest.raises(talks.NotYours):
        record(session, cast.sun_lei)


# Naming who talks


def test_the_committee_names_who_talks_the_second_time(session: Session, cast: Cast) -> None:
    found = opened(session, cast, months=2)
    with pytest.raises(talks.NotNamed):
        record(session, cast.zhou_guoping)
    talks.name(session, 1, cast.he_min, by=cast.zhou_guoping, now=NOW)
    assert accountable.responsible(session, found, NOW) == [cast.he_min]
    assert accountable.waiting_for(session, cast.he_min, NOW) == [found]
    assert accountable.waiting_for(session, cast.zhou_guoping, NOW) == []
    assert told(session, "follow_up_asked") == ["何敏"]
    assert record(session, cast.he_min).recorded_by is cast.he_min


def test_somebody_else_may_be_named_until_the_talk(session: Session, cast: Cast) -> None:
    found = opened(session, cast, months=2)
    talks.name(session, 1, cast.he_min, by=cast.zhou_guoping, now=NOW)
    talks.name(session, 1, cast.qian_jin, by=cast.zhou_guoping, now=SOON)
    assert told(session, "follow_up_asked") == ["何敏", "钱进"]
    with pytest.raises(talks.NotYours):
        record(session, cast.he_min, now=SOON)
    record(session, cast.qian_jin, now=SOON)
    with pytest.raises(NotAnyMore):
        talks.name(session, 1, cast.he_min, by=cast.zhou_guoping, now=SOON)
    assert accountable.sees(session, found, cast.qian_jin, SOON)


def test_only_the_committee_names_and_never_the_member(session: Session, cast: Cast) -> None:
    opened(session, cast, months=2)
    with pytest.raises(talks.NotYours):
        talks.name(session, 1, cast.he_min, by=cast.wang_jianjun, now=NOW)
    with pytest.raises(talks.NotYours):
        talks.name(session, 1, cast.zhang_san, by=cast.zhou_guoping, now=NOW)


def test_nobody_is_named_for_the_secretarys_own_talk(session: Session, cast: Cast) -> None:
    opened(session, cast)
    with pytest.raises(talks.NotYours):
        talks.name(session, 1, cast.he_min, by=cast.zhou_guoping, now=NOW)


# Accepting and disputing


def test_a_member_accepts(session: Session, cast: Cast) -> None:
    found = opened(session, cast)
    talks.accept(session, 1, by=cast.zhang_san, now=SOON)
    assert (found.answer, found.answered_at, found.status) == (Answer.ACCEPTED, SOON, FollowUpStatus.OPEN)


def test_a_dispute_is_an_appeal_and_it_rests(session: Session, cast: Cast) -> None:
    found = opened(session, cast)
    _, opinion = talks.dispute(session, 1, "当月住院", by=cast.zhang_san, now=SOON)
    assert (found.answer, found.status, found.objection) == (Answer.DISPUTED, FollowUpStatus.RESTING, "当月住院")
    assert (opinion.kind, opinion.follow_up_id, opinion.month) == (OpinionKind.APPEAL, 1, OCTOBER)
    assert accountable.waiting_for(session, cast.wang_jianjun, SOON) == []
    assert talks.resting(session) == []
    assert talks.wake(session, 1, now=SOON) is False
    with pytest.raises(NotAnyMore):
        talks.accept(session, 1, by=cast.zhang_san, now=SOON)
    with pytest.raises(NotAnyMore):
        talks.dispute(session, 1, "又住院", by=cast.zhang_san, now=SOON)
    with pytest.raises(NotAnyMore):
        record(session, cast.wang_jianjun)


def test_a_dispute_needs_a_reason(session: Session, cast: Cast) -> None:
    opened(session, cast)
    with pytest.raises(talks.ReasonMissing):
        talks.dispute(session, 1, "", by=cast.zhang_san, now=SOON)


def test_an_objection_is_taken_for_five_working_days(session: Session, cast: Cast) -> None:
    over = at(date(2026, 11, 28))
    opened(session, cast)
    with pytest.raises(talks.TooLateToObject):
        talks.dispute(session, 1, "当月住院", by=cast.zhang_san, now=over)
    talks.dispute(session, 1, "当月住院", by=cast.zhang_san, now=over - INSTANT)


def test_only_the_member_accepts_or_disputes(session: Session, cast: Cast) -> None:
    opened(session, cast)
    for by, refusal in ((cast.wang_jianjun, talks.NotYours), (cast.wang_fang, NotFound)):
        with pytest.raises(refusal):
            talks.accept(session, 1, by=by, now=NOW)
        with pytest.raises(refusal):
            talks.dispute(session, 1, "当月住院", by=by, now=NOW)


# After the appeal


def answered(session: Session, opinion: Opinion, status: OpinionStatus) -> None:
    opinion.status = status
    session.flush()


def test_a_refused_appeal_lets_it_go_on_with_a_new_day(session: Session, cast: Cast) -> None:
    found = opened(session, cast)
    _, opinion = talks.dispute(session, 1, "当月住院", by=cast.zhang_san, now=SOON)
    answered(session, opinion, OpinionStatus.REFUSED)
    assert talks.resting(session) == []  # may still be taken up
    answered(session, opinion, OpinionStatus.DISMISSED)
    assert talks.resting(session) == [1]
    later = at(date(2026, 12, 1), 9)
    assert talks.wake(session, 1, now=later)
    # Tuesday, December 1: the tenth working day after it is December 15.
    assert (found.status, found.due) == (FollowUpStatus.OPEN, at(date(2026, 12, 16)))
    assert told(session, "follow_up_asked") == ["王建军", "王建军"]
    assert talks.wake(session, 1, now=later) is False


def test_one_that_another_worker_woke_meanwhile_is_not_asked_for_twice(session: Session, cast: Cast) -> None:
    opened(session, cast)
    _, opinion = talks.dispute(session, 1, "当月住院", by=cast.zhang_san, now=SOON)
    answered(session, opinion, OpinionStatus.DISMISSED)
    elsewhere = update(FollowUp).values(status=FollowUpStatus.OPEN).execution_options(synchronize_session=False)
    session.execute(elsewhere)
    assert not talks.wake(session, 1, now=SOON)
    assert told(session, "follow_up_asked") == ["王建军"]


def test_an_upheld_appeal_closes_it(session: Session, cast: Cast) -> None:
    found = opened(session, cast)
    _, opinion = talks.dispute(session, 1, "当月住院", by=cast.zhang_san, now=SOON)
    answering.uphold(session, opinion.id, "属实", by=cast.wang_jianjun, now=SOON)
    assert talks.resting(session) == [1]
    assert talks.wake(session, 1, now=SOON)
    assert found.status is FollowUpStatus.CLOSED
    assert told(session, "follow_up_closed") == ["王建军", "张三"]


def test_a_talk_recorded_before_the_appeal_stays_recorded(session: Session, cast: Cast) -> None:
    found = opened(session, cast)
    record(session, cast.wang_jianjun)
    _, opinion = talks.dispute(session, 1, "当月住院", by=cast.zhang_san, now=SOON)
    answered(session, opinion, OpinionStatus.DISMISSED)
    assert talks.wake(session, 1, now=SOON)
    assert found.status is FollowUpStatus.RECORDED


def test_what_was_done_before_the_appeal_stays_done(session: Session, cast: Cast) -> None:
    in_earnest(session)
    zero(session, cast.zhang_san, OCTOBER)
    follow_ups.at_final(session, cast.first_branch.id, OCTOBER, now=NOW)
    record(session, cast.wang_jianjun, number=3)
    _, opinion = talks.dispute(session, 3, "已复议", by=cast.zhang_san, now=SOON)
    answered(session, opinion, OpinionStatus.DISMISSED)
    assert talks.wake(session, 3, now=SOON)
    assert session.get_one(FollowUp, 3).status is FollowUpStatus.DONE


def test_who_is_named_while_it_rests_is_asked_when_it_goes_on(session: Session, cast: Cast) -> None:
    opened(session, cast, months=2)
    _, opinion = talks.dispute(session, 1, "当月住院", by=cast.zhang_san, now=SOON)
    talks.name(session, 1, cast.he_min, by=cast.zhou_guoping, now=SOON)
    assert told(session, "follow_up_asked") == []
    answered(session, opinion, OpinionStatus.DISMISSED)
    talks.wake(session, 1, now=SOON)
    assert told(session, "follow_up_asked") == ["何敏"]


def test_two_records_at_once_and_exactly_one_stands(sessions: Sessions, cast: Cast) -> None:
    with sessions.write() as session:
        opened(session, cast.of(session))

    def by(name: str) -> Callable[[], object]:
        def act() -> object:
            with sessions.write() as session:
                return record(session, getattr(cast.of(session), name)).recorded_by_id

        return act

    outcomes = together(by("wang_jianjun"), by("zhou_guoping"))
    assert sorted(isinstance(outcome, NotAnyMore) for outcome in outcomes) == [False, True]
