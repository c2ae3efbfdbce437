"""概况: what the committee sees of its branches, and what it does not (rules 14; S2)."""

import re
from datetime import date, timedelta

import pytest

from jobs import claims as claims_job
from models import reviewing
from models.appointments import Appointment, Office
from models.claims import Claim
from models.consequences import FollowUp, FollowUpKind, FollowUpStatus
from models.filing import file
from models.matters import Matter
from models.organizations import Organization, OrganizationKind
from models.rounds import Round
from tests.cast import Cast
from tests.models import round_desk
from tests.models.desk import D
from tests.models.round_desk import DEED, DURING, OCTOBER, REVIEWED, SUBMITTED
from tests.recording import RecordedSay

pytestmark = pytest.mark.sqlite_only  # it reads what is proved on both databases in tests/models

LATE = REVIEWED + timedelta(hours=10)


@pytest.fixture
def _review(cast: Cast) -> None:
    """October is under review in both branches."""
    with cast.sessions.write() as session:
        round_desk.review(session, cast.first_branch.id)
        round_desk.review(session, cast.second_branch.id)


@pytest.mark.usefixtures("_review")
def test_in_time_nothing_is_late(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhou_guoping, "概况", REVIEWED - timedelta(hours=10)) == "2个支部，没有逾期的事"


@pytest.mark.usefixtures("_review")
@pytest.mark.manual("secretary", "概况", title="机关党委看概况")
def test_a_month_that_was_not_submitted_and_one_submitted_late(say: RecordedSay, cast: Cast) -> None:
    with cast.sessions.write() as session:
        reviewing.submit(session, cast.second_branch.id, OCTOBER, by=None, now=LATE)
    assert say(cast.zhou_guoping, "概况", LATE) == (
        "2个支部，有逾期的 2 个\n第一支部：10月到期未提交公示\n第二支部：10月公示迟交"
    )


@pytest.mark.usefixtures("_review")
def test_who_is_in_time_is_only_counted(say: RecordedSay, cast: Cast) -> None:
    with cast.sessions.write() as session:
        reviewing.submit(session, cast.second_branch.id, OCTOBER, by=None, now=SUBMITTED)
    assert say(cast.zhou_guoping, "概况", LATE) == (
        "2个支部，有逾期的 1 个\n第一支部：10月到期未提交公示\n其余1个支部没有逾期的事"
    )


def test_claims_opinions_and_follow_ups_past_their_day_are_counted(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 今天", DURING)
    say(cast.wang_fang, "申报 走访 1户 今天", DURING)
    claims_job.move_up(cast.sessions, now=DURING + timedelta(days=9))
    say(cast.li_si, "不通过 2 日期不对", DURING)
    with cast.sessions.write() as session:
        here = cast.of(session)
        rejected = session.get_one(Claim, 2)
        matter = Matter(claim=rejected, member=here.wang_fang, month=OCTOBER)
        file(session, matter, "那天确实去了", by=here.wang_fang, now=SUBMITTED)
        session.add(follow_up(here))
    shown = say(cast.zhou_guoping, "概况", SUBMITTED + timedelta(days=20))
    assert "第一支部：1条申报超时未审；1条意见到期未答复；1件跟进到期未办\n" in shown
    assert say(cast.zhou_guoping, "概况", DURING) == (
        "2个支部，有逾期的 1 个\n第一支部：1条申报超时未审\n其余1个支部没有逾期的事"
    )


def follow_up(cast: Cast) -> FollowUp:
    """One that was due when October's disclosure began."""
    return FollowUp(
        member_id=cast.feng_tao.id,
        branch_id=cast.first_branch.id,
        month=OCTOBER.plus(-1),
        kind=FollowUpKind.TALK,
        status=FollowUpStatus.OPEN,
        score=D(50),
        mark=D(60),
        streak=1,
        opened_at=DURING,
        due=SUBMITTED,
        remind_at=SUBMITTED,
        object_until=SUBMITTED,
    )


@pytest.mark.usefixtures("_review")
def test_the_secretary_above_sees_what_is_below_and_nothing_else(say: RecordedSay, cast: Cast) -> None:
    with cast.sessions.write() as session:
        general = Organization(name="第一党总支", kind=OrganizationKind.GENERAL_BRANCH, parent_id=cast.committee.id)
        session.add(general)
        session.flush()
        session.get_one(Organization, cast.second_branch.id).parent_id = general.id
        office, since = Office.PARTY_AFFAIRS_OFFICER, date(2026, 1, 1)
        session.add(Appointment(member_id=cast.sun_li.id, organization_id=general.id, office=office, starts_on=since))
    assert say(cast.sun_li, "概况", LATE) == "1个支部，有逾期的 1 个\n第二支部：10月到期未提交公示"
    assert say(cast.zhou_guoping, "概况", LATE).startswith("2个支部，有逾期的 2 个\n")


@pytest.mark.usefixtures("_review")
@pytest.mark.parametrize("who", ["wang_jianjun", "li_si", "zhang_san", "qian_jin"])
def test_it_is_for_the_committee(say: RecordedSay, cast: Cast, who: str) -> None:
    assert say(getattr(cast, who), "概况", LATE).startswith("❌")


@pytest.mark.usefixtures("_review")
def test_no_branch_is_compared_by_points(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, f"申报 社区志愿 2小时 {DEED.month}月{DEED.day}日", DURING)
    say(cast.li_si, "通过 1", DURING)
    shown = say(cast.zhou_guoping, "概况", LATE)
    assert not re.search("分|星|平均|名次|第[0-9]名", shown)
    with cast.sessions.read() as session:
        assert session.query(Round).count() == 2
