"""Suggestions heard at a meeting: read from its minutes, kept, answered, and told back (S0; rules 14, 33)."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import answering, attendance, minutes, opinions, planning, suggestions
from models.appointments import Appointment
from models.breaches import NotTakenHere
from models.meetings import Meeting
from models.members import Member
from models.minutes import Outline
from models.notices import Notice
from models.opinions import Opinion, OpinionKind, OpinionStatus
from tests.cast import NOW, Cast

STARTS = NOW + timedelta(hours=3)
OVER = STARTS + timedelta(hours=2)
LATER = OVER + timedelta(days=1)


def over(session: Session, cast: Cast, kind: str = "党小组会", by: Member | None = None) -> Meeting:
    meeting = planning.plan(session, [kind], STARTS, "三楼会议室", by=by or cast.li_si, now=NOW)
    attendance.close(session, meeting.id, now=OVER)
    return meeting


def heard(session: Session, cast: Cast, text: str) -> list[Opinion]:
    """What is kept of minutes with this under 听取意见."""
    meeting = over(session, cast)
    minutes.file(session, meeting.id, Outline(heard=text), by=cast.li_si, now=OVER)
    return list(suggestions.of_meeting(session, meeting.id))


def told(session: Session, kind: str) -> list[int | None]:
    return list(session.scalars(select(Notice.member_id).where(Notice.kind == kind).order_by(Notice.id)))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (
            "张三：多组织活动；王芳建议食堂改善。李四提出：延长开放",
            ["张三 多组织活动", "王芳 建议食堂改善", "李四 延长开放"],
        ),
        ("1.张三：多活动 2、王芳同志：早点开门\n三、希望多学习", ["张三 多活动", "王芳 早点开门", " 希望多学习"]),
        ("（1）少开会（2）有人：周末休息③多学习", [" 少开会", " 周末休息", " 多学习"]),
        ("希望3.5小时以内开完；建议12月办活动。", [" 希望3.5小时以内开完", " 建议12月办活动"]),
        ("1、张三：少开会；2、希望多学习", ["张三 少开会", " 希望多学习"]),
        ("张三多次迟到应提醒", [" 张三多次迟到应提醒"]),
        ("孙丽：多走访", [" 孙丽：多走访"]),  # of another branch, and not at the meeting
        ("张三：无；大家没有意见", []),
        ("无", []),
        ("暂无意见和建议。", []),
        ("", []),
    ],
)
def test_each_is_read_under_its_name_or_none(cast: Cast, text: str, read: list[str]) -> None:
    people = [cast.li_si, cast.zhang_san, cast.wang_fang]
    found = suggestions.read(text, people)
    assert [f"{one.member.name if one.member else ''} {one.text}" for one in found] == read


def test_a_name_that_two_bear_names_nobody(cast: Cast) -> None:
    people = [cast.zhang_san, Member(name="张三")]
    assert suggestions.read("张三：少开会", people) == [("张三：少开会", None)]


def test_each_is_kept_as_a_suggestion_to_the_branch_and_asked_about_once_for_all(session: Session, cast: Cast):
    named, nameless = heard(session, cast, "张三：多组织活动；少开会")
    assert [one.kind for one in (named, nameless)] == [OpinionKind.SUGGESTION] * 2
    assert (named.member_id, nameless.member_id, nameless.openid) == (cast.zhang_san.id, None, None)
    assert {one.organization_id for one in (named, nameless)} == {cast.first_branch.id}
    assert opinions.own(session, named.id, cast.zhang_san) == named
    assert told(session, "suggestions_heard") == [cast.wang_jianjun.id]
    assert told(session, "opinion_waiting") == []


def test_one_alone_is_asked_about_as_any_is_and_the_secretarys_own_by_somebody_else(session: Session, cast: Cast):
    meeting = over(session, cast, "支部党员大会", cast.wang_jianjun)
    minutes.file(session, meeting.id, Outline(heard="王建军：少开会"), by=cast.wang_jianjun, now=OVER)
    assert told(session, "opinion_waiting") == [cast.he_min.id]


def test_what_nobody_could_answer_stays_in_the_minutes(session: Session, cast: Cast):
    meeting = over(session, cast)
    session.execute(delete(Appointment).where(Appointment.member_id != cast.li_si.id))
    filed = minutes.file(session, meeting.id, Outline(heard="少开会"), by=cast.li_si, now=OVER)
    assert (filed.heard, list(suggestions.of_meeting(session, meeting.id))) == ("少开会", [])


def test_what_tells_of_a_breach_is_not_filed_at_all(session: Session, cast: Cast):
    meeting = over(session, cast)
    with pytest.raises(NotTakenHere):
        minutes.file(session, meeting.id, Outline("学习", heard="有人挪用公款"), by=cast.li_si, now=OVER)


def test_the_answer_is_told_to_whose_it_is_and_once_to_the_leader(session: Session, cast: Cast):
    named, nameless = heard(session, cast, "张三：多组织活动；少开会")
    answering.pass_up(session, named.id, "请上级定", by=cast.wang_jianjun, now=LATER)
    assert told(session, "suggestion_settled") == []
    answering.uphold(session, named.id, "下月安排", by=cast.zhou_guoping, now=LATER)
    answering.refuse(session, nameless.id, "统一安排", by=cast.wang_jianjun, now=LATER)
    assert told(session, "suggestion_settled") == [cast.li_si.id] * 2
    assert told(session, "opinion_answered") == [cast.zhang_san.id] * 2  # passed up, then adopted
    assert (named.status, nameless.status) == (OpinionStatus.UPHELD, OpinionStatus.DISMISSED)


def test_who_answered_it_and_whose_it_is_hear_it_no_second_time(session: Session, cast: Cast):
    (own,) = heard(session, cast, "李四：少开会")
    answering.uphold(session, own.id, "好", by=cast.wang_jianjun, now=LATER)
    meeting = over(session, cast, "支部党员大会", cast.wang_jianjun)
    minutes.file(session, meeting.id, Outline(heard="多学习"), by=cast.wang_jianjun, now=OVER)
    (of_branch,) = suggestions.of_meeting(session, meeting.id)
    answering.uphold(session, of_branch.id, "好", by=cast.wang_jianjun, now=LATER)
    assert told(session, "suggestion_settled") == []


def test_the_next_meeting_of_the_same_group_knows_of_the_last_ones(session: Session, cast: Cast):
    kept = heard(session, cast, "少开会；多学习")
    later = planning.plan(session, ["党小组会"], STARTS + timedelta(days=20), "会议室", by=cast.li_si, now=LATER)
    found = suggestions.last_time(session, later)
    assert found is not None
    assert (found[0].day, list(found[1])) == (STARTS.date(), kept)
    other = planning.plan(session, ["党小组会"], STARTS + timedelta(days=20), "会议室", by=cast.ma_chao, now=LATER)
    assert suggestions.last_time(session, other) is None
