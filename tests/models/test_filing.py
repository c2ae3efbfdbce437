"""Filing opinions: what each is by its content, and when it may be filed (rules 14, 15, 32, 33)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import inspect, select

from models import answerers, filing, matters, opinions, pictures, sight
from models.appointments import Office
from models.breaches import NotTakenHere
from models.claims import ClaimStatus
from models.errors import NotFound
from models.filing import AlreadyFiled, NobodyAnswers
from models.matters import Matter, NotNow
from models.months import Month, at
from models.opinions import Opinion, OpinionKind, OpinionStatus
from models.organizations import Organization, OrganizationKind
from models.registry import METADATA
from models.rounds import RoundState
from models.rulebooks import Source
from tests.cast import NOW
from tests.models.counter import NOVEMBER, OCTOBER, Counter, disclose

INSTANT = timedelta(microseconds=1)


def names(counter: Counter, opinion: Opinion) -> list[str]:
    return [seat.name for seat in answerers.answerers(counter.session, opinion, NOW).asked]


# Appeals


def test_what_is_about_ones_own_is_an_appeal(counter):
    claim = counter.rejected()
    opinion = counter.appeal(claim)
    assert (opinion.kind, opinion.status, opinion.level) == (OpinionKind.APPEAL, OpinionStatus.OPEN, 0)
    assert (opinion.claim_id, opinion.month, opinion.about_member) == (claim.id, NOVEMBER, counter.desk.cast.zhang_san)
    assert names(counter, opinion) == ["王建军"]
    assert counter.told("opinion_waiting") == ["王建军"]


def test_an_appeal_is_due_on_the_third_working_day(counter):
    assert counter.appeal(counter.rejected()).due_at == at(date(2026, 11, 26))  # NOW is a Friday


def test_who_recorded_for_a_member_may_appeal_in_their_name(counter):
    cast = counter.desk.cast
    claim = counter.desk.claim(of=cast.liu_defu, by=cast.li_si)
    counter.desk.reject(claim, by=cast.wang_jianjun)
    opinion = counter.appeal(claim, by=cast.li_si)
    assert (opinion.kind, opinion.about_member) == (OpinionKind.APPEAL, cast.liu_defu)
    assert names(counter, opinion) == ["何敏"]  # the secretary decided it


@pytest.mark.parametrize("status", [ClaimStatus.SUBMITTED, ClaimStatus.RETURNED, ClaimStatus.WITHDRAWN])
def test_what_nobody_has_decided_is_not_appealed_against(counter, status):
    with pytest.raises(NotNow):
        counter.appeal(counter.desk.in_state(status))


@pytest.mark.parametrize("status", [ClaimStatus.APPROVED, ClaimStatus.REJECTED, ClaimStatus.LAPSED])
def test_what_was_decided_may_be_appealed_against_at_any_time(counter, status):
    assert counter.appeal(counter.desk.in_state(status)).kind is OpinionKind.APPEAL


def test_the_same_is_not_filed_twice(counter):
    claim = counter.rejected()
    first = counter.appeal(claim)
    with pytest.raises(AlreadyFiled, match=f"Y{first.id}），还在办理"):
        counter.appeal(claim)
    counter.uphold(first)
    with pytest.raises(AlreadyFiled, match="已经答复"):
        counter.appeal(claim)


def test_what_was_decided_anew_may_be_appealed_against_anew(counter):
    claim = counter.rejected()
    first = counter.appeal(claim)
    later = NOW + timedelta(hours=1)
    counter.refuse(first)
    opinions.change(counter.session, first, OpinionStatus.REFUSED, status=OpinionStatus.DISMISSED)
    counter.desk.undo(claim, now=later)
    counter.desk.reject(claim, now=later)
    assert counter.appeal(claim, now=later + timedelta(hours=1)).id != first.id


def test_an_entry_of_ones_own_is_appealed_against(counter):
    cast = counter.desk.cast
    entry = counter.enter(cast.zhang_san, "-2", code="纪律-01")
    opinion = counter.about_entry(entry, by=cast.zhang_san)
    assert (opinion.kind, opinion.entry_id, opinion.month) == (OpinionKind.APPEAL, entry.id, OCTOBER)
    assert names(counter, opinion) == ["何敏"]  # 王建军 recorded it
    opinions.change(counter.session, opinion, OpinionStatus.OPEN, status=OpinionStatus.DISMISSED)
    with pytest.raises(AlreadyFiled):
        counter.about_entry(entry, by=cast.zhang_san)


def test_of_a_reversed_entry_its_reversal_is_the_matter(counter):
    cast = counter.desk.cast
    entry = counter.enter(cast.zhang_san, "-2", code="纪律-01")
    given = counter.uphold(counter.about_entry(entry, by=cast.zhang_san), by=cast.he_min)
    assert given.entry is not None
    with pytest.raises(NotNow, match=f"J{entry.id} 已由 J{given.entry.id} 冲销"):
        counter.about_entry(entry, by=cast.zhang_san)


def test_a_zeroing_is_the_committees(counter):
    cast = counter.desk.cast
    entry = counter.enter(cast.zhang_san, "0")
    counter.session.expunge(entry)
    entry.source = Source.ZEROING
    with pytest.raises(NotNow, match="归零，由机关党委决定"):
        filing.file(
            counter.session,
            Matter(entry=entry, member=cast.zhang_san, month=OCTOBER),
            "不对",
            by=cast.zhang_san,
            now=NOW,
        )


def test_ones_own_result_is_appealed_against_from_its_disclosure_on(counter):
    cast = counter.desk.cast
    with pytest.raises(NotNow, match="10月的结果还没有公示"):
        counter.about(cast.zhang_san)
    found = disclose(counter.session, cast.first_branch)
    opinion = counter.about(cast.zhang_san)
    assert (opinion.kind, opinion.month, opinion.about_member) == (OpinionKind.APPEAL, OCTOBER, cast.zhang_san)
    opinions.change(counter.session, opinion, OpinionStatus.OPEN, status=OpinionStatus.DISMISSED)
    found.state = RoundState.FINAL
    assert counter.about(cast.zhang_san).kind is OpinionKind.APPEAL  # a correction request


def test_a_closed_year_is_not_appealed_against(counter):
    cast = counter.desk.cast
    claim = counter.rejected()
    disclose(counter.session, cast.first_branch, Month(2026, 12), state=RoundState.FINAL)
    with pytest.raises(NotNow, match="2026年12月已经审定，全年已结"):
        counter.appeal(claim, now=at(date(2027, 2, 1), 9))


# Objections


def test_what_is_about_anothers_result_is_an_objection(counter):
    cast = counter.desk.cast
    disclose(counter.session, cast.first_branch)
    opinion = counter.about(cast.wang_fang)
    assert (opinion.kind, opinion.about_member, opinion.month) == (OpinionKind.OBJECTION, cast.wang_fang, OCTOBER)
    assert opinions.unanswered(counter.session, cast.first_branch.id, OCTOBER) == [opinion]


@pytest.mark.parametrize(
    ("moment", "allowed"), [(at(date(2026, 11, 27)) - INSTANT, True), (at(date(2026, 11, 27)), False)]
)
def test_an_objection_comes_within_the_disclosure(counter, moment, allowed):
    cast = counter.desk.cast
    disclose(counter.session, cast.first_branch)
    if allowed:
        assert counter.about(cast.wang_fang, now=moment).id
    else:
        with pytest.raises(NotNow, match="10月的公示到11月26日为止"):
            counter.about(cast.wang_fang, now=moment)


def test_an_objection_before_and_after_the_disclosure_says_when(counter):
    cast = counter.desk.cast
    with pytest.raises(NotNow, match="10月的结果还没有公示"):
        counter.about(cast.wang_fang)
    disclose(counter.session, cast.first_branch, state=RoundState.FINAL)
    with pytest.raises(NotNow, match="10月的公示到11月26日为止"):
        counter.about(cast.wang_fang)


def test_an_entry_of_another_is_objected_to_under_disclosure_and_else_unknown(counter):
    cast = counter.desk.cast
    entry = counter.enter(cast.wang_fang, "2")
    for number in (entry.id, 99):
        with pytest.raises(NotFound, match=f"没有找到 J{number}"):
            matters.about_number(counter.session, "entry", number, by=cast.zhang_san, now=NOW)
    disclose(counter.session, cast.first_branch)
    assert counter.about_entry(entry, by=cast.zhang_san).kind is OpinionKind.OBJECTION
    with pytest.raises(NotFound):
        matters.about_number(counter.session, "entry", entry.id, by=cast.sun_li, now=NOW)  # of another branch


def test_an_approved_claim_of_another_is_objected_to_under_disclosure(counter):
    cast, october = counter.desk.cast, date(2026, 10, 30)
    desk, early = counter.desk, at(date(2026, 11, 2), 9)
    approved = desk.approve(desk.claim(of=cast.wang_fang, day=october, now=early), now=early)
    rejected = desk.reject(desk.claim(of=cast.wang_fang, day=october, now=early), now=early)
    disclose(counter.session, cast.first_branch)
    matter = matters.about_number(counter.session, "claim", approved.id, by=cast.zhang_san, now=NOW)
    assert filing.file(counter.session, matter, "没去", by=cast.zhang_san, now=NOW).kind is OpinionKind.OBJECTION
    for number in (rejected.id, 99):  # what was not approved is not shown
        with pytest.raises(NotFound, match=f"没有找到 #{number}"):
            matters.about_number(counter.session, "claim", number, by=cast.zhang_san, now=NOW)
    assert matters.about_number(counter.session, "claim", rejected.id, by=cast.wang_fang, now=NOW).claim is rejected


def test_of_two_months_under_disclosure_the_older_is_meant(counter):
    cast = counter.desk.cast
    disclose(counter.session, cast.first_branch)
    disclose(counter.session, cast.first_branch, Month(2026, 9))
    found = matters.disclosed(counter.session, cast.first_branch.id, NOW)
    assert found is not None
    assert found.month == Month(2026, 9)


# Suggestions and reports


def test_a_suggestion_goes_to_the_secretary(counter):
    cast = counter.desk.cast
    opinion = filing.suggest(counter.session, "多办活动", by=cast.zhang_san, openid="o-1006", now=NOW)
    assert (opinion.kind, opinion.member, opinion.openid) == (OpinionKind.SUGGESTION, cast.zhang_san, None)
    assert names(counter, opinion) == ["王建军"]


def test_a_followers_suggestion_goes_to_the_top(counter):
    opinion = filing.suggest(counter.session, "多办活动", by=None, openid="o-new", now=NOW)
    assert (opinion.member, opinion.openid, opinion.organization) == (None, "o-new", counter.desk.cast.committee)
    assert names(counter, opinion) == ["周国平"]


def test_without_any_organization_nothing_is_taken(session):
    session.add(Organization(name="党组", kind=OrganizationKind.LEADING_GROUP))
    session.flush()
    with pytest.raises(NobodyAnswers):
        filing.suggest(session, "多办活动", by=None, openid="o-new", now=NOW)


def test_a_report_reaches_those_who_answer_it_the_next_morning(counter):
    cast = counter.desk.cast
    opinion = filing.report(counter.session, "王芳经常脱岗", by=cast.zhang_san, openid="", now=NOW)
    assert answerers.waiting_for(counter.session, cast.wang_jianjun, NOW) == []
    assert not answerers.sees(counter.session, opinion, cast.wang_jianjun, at(date(2026, 11, 21)) - INSTANT)
    assert answerers.sees(counter.session, opinion, cast.wang_jianjun, at(date(2026, 11, 21)))
    (notice,) = counter.desk.notices("opinion_waiting")
    assert notice.due == at(date(2026, 11, 21), 9)


@pytest.mark.parametrize(
    "text", ["王建军开会总迟到", "书记开会总迟到", "何敏脱岗", "孙磊不讲会风", "支委会上有人玩手机", "党务专干脱岗"]
)
def test_a_report_about_an_officer_goes_to_the_level_above(counter, text):
    cast = counter.desk.cast
    opinion = filing.report(counter.session, text, by=cast.zhang_san, openid="", now=NOW)
    assert (opinion.level, opinion.first_level) == (1, 1)
    assert names(counter, opinion) == ["周国平"]
    for officer in (cast.wang_jianjun, cast.he_min, cast.sun_lei):
        assert not answerers.sees(counter.session, opinion, officer, NOW + timedelta(days=2))


def test_a_report_names_its_subject_by_the_way(counter):
    cast = counter.desk.cast
    opinion = filing.report(counter.session, "总迟到", by=cast.zhang_san, openid="", now=NOW, about=cast.wang_jianjun)
    assert (opinion.level, opinion.about_member) == (1, cast.wang_jianjun)


def test_where_nobody_is_free_of_the_matter_it_is_not_taken(counter):
    cast = counter.desk.cast
    counter.dismiss(Office.SECRETARY, cast.committee)
    with pytest.raises(NobodyAnswers):
        filing.report(counter.session, "王建军开会总迟到", by=cast.zhang_san, openid="", now=NOW)
    assert counter.session.scalars(select(Opinion)).all() == []


# Pictures


def test_pictures_of_the_last_minutes_go_with_an_opinion_and_are_seen_by_who_answers_it(counter):
    cast = counter.desk.cast
    claim = counter.rejected()
    picture = pictures.receive(counter.session, cast.zhang_san.id, "media", claim_id=None, now=NOW)
    loose = pictures.receive(counter.session, cast.wang_fang.id, "media", claim_id=None, now=NOW)
    opinion = counter.appeal(claim)
    assert list(opinions.pictures_of(counter.session, opinion)) == [picture]
    assert pictures.loose(counter.session, cast.zhang_san.id, NOW) == []
    for member in (cast.zhang_san, cast.wang_jianjun):
        assert sight.sees_picture(counter.session, member, picture, None, NOW)
    for member in (cast.wang_fang, cast.li_si, cast.sun_li):
        assert not sight.sees_picture(counter.session, member, picture, None, NOW)
    assert not sight.sees_picture(counter.session, cast.wang_jianjun, loose, None, NOW)


def test_a_suggestion_takes_no_picture_along(counter):
    cast = counter.desk.cast
    pictures.receive(counter.session, cast.zhang_san.id, "media", claim_id=None, now=NOW)
    opinion = filing.suggest(counter.session, "多办活动", by=cast.zhang_san, openid="", now=NOW)
    assert list(opinions.pictures_of(counter.session, opinion)) == []


# Breaches


def every_text(counter: Counter) -> str:
    """Everything that every table holds."""
    counter.session.flush()
    rows = [
        row for table in METADATA.sorted_tables for row in counter.session.connection().execute(select(table)).all()
    ]
    assert inspect(counter.session.connection()).has_table("opinions")
    return repr(rows)


def test_a_breach_of_discipline_leaves_no_trace(counter):
    cast, text = counter.desk.cast, "王建军贪污工程款，去年三月"
    ways = (
        lambda: filing.report(counter.session, text, by=cast.zhang_san, openid="", now=NOW),
        lambda: filing.report(counter.session, text, by=None, openid="o-new", now=NOW),
        lambda: filing.suggest(counter.session, f"建议查一查：{text}", by=cast.zhang_san, openid="", now=NOW),
        lambda: counter.about(cast.wang_jianjun, text=text),
    )
    disclose(counter.session, cast.first_branch)
    for way in ways:
        with pytest.raises(NotTakenHere, match="12388"):
            way()
    assert "工程款" not in every_text(counter)
    filing.suggest(counter.session, "工程款公开", by=cast.zhang_san, openid="", now=NOW)
    assert "工程款" in every_text(counter)  # it would be found


def test_a_long_text_is_cut(counter):
    cast = counter.desk.cast
    opinion = filing.suggest(counter.session, "多" * 900, by=cast.zhang_san, openid="", now=NOW)
    assert len(opinion.text) == opinions.LONGEST


def test_an_openid_is_erased_and_what_was_said_stays(counter):
    opinion = filing.suggest(counter.session, "多办活动", by=None, openid="o-new", now=NOW)
    opinions.erase(counter.session, "o-new")
    counter.session.refresh(opinion)
    assert (opinion.openid, opinion.text) == (None, "多办活动")
