"""What a template shows of a notice: its point in 20 characters, whatever the chat text says beside it (rules 28)."""

import ast
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from handlers.announcements import KINDS, compose
from handlers.announcements.announcement import LONGEST_SHORT, told
from jobs import claims as reminding
from jobs import month_end, temporary_groups
from models import deciding_requests, notices
from models.members import Member
from models.months import at
from models.notices import Notice
from tests.cast import NOW, Cast
from tests.handlers.setting import code_of, enter
from tests.recording import RecordedSay
from tests.temporary import UNTIL, found_group

pytestmark = pytest.mark.sqlite_only  # wording: the database has no say in it
LAST_WORKDAY = at(date(2026, 11, 30), 17)


def shorts(say: RecordedSay, kind: str, at=NOW) -> list[str]:
    """The short texts of the notices of a kind, in the order they were posted."""
    with say.talk.sessions.read() as session:
        found = session.scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.id)).all()
        worded = [compose(say.talk.context_of(session, n.member_id, n.openid or "", at), n) for n in found]
        return [announcement.values["text"] for announcement in worded if announcement is not None]


def test_a_claim_from_the_asking_to_the_decision(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    say(cast.wang_fang, "申报 走访 1户 昨天")
    assert shorts(say, "claim_waiting") == ["#1 张三 +2分，等您审"]
    assert shorts(say, "claims_waiting") == ["您有2条申报待审"]
    later = at(date(2026, 11, 27), 9)
    reminding.remind(cast.sessions, now=later)
    reminding.move_up(cast.sessions, now=later)
    assert shorts(say, "claim_overdue", later)[0] == "2条已等2个工作日，请审"
    assert shorts(say, "claim_moved_up", later)[0] == "2条已等4个工作日，您也可审"
    say(cast.li_si, "通过 1")
    assert shorts(say, "claim_approved") == ["#1 加2分，11月现为72分"]
    say(cast.li_si, "撤销 1")
    assert shorts(say, "claim_undone") == ["#1 审核已撤销，正在重审"]
    say(cast.li_si, "不通过 1 日期不对")
    assert shorts(say, "claim_rejected") == ["#1 未通过：日期不对"]
    say(cast.li_si, "退回 2 走访的哪一户")
    assert shorts(say, "claim_returned") == ["#2 请补充：走访的哪一户"]
    reminding.lapse(cast.sessions, now=at(date(2026, 12, 10), 9))
    assert shorts(say, "claim_lapsed") == ["#2 没有补充，不再审核"]


def test_what_is_approved_for_others_and_for_the_record(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, "代报 刘德福 社区志愿 2小时 昨天")
    say(cast.wang_jianjun, "通过 1")
    assert shorts(say, "claim_approved") == ["#1 加2分（刘德福）", "#1 加2分，仅作记录"]


def test_month_end(say: RecordedSay, cast: Cast) -> None:
    enter(cast, cast.zhang_san, "7", date(2026, 11, 6), "志愿-01")
    say("o-1012", f"绑定 刘德福 {code_of(cast, cast.liu_defu)}")
    say(cast.zhang_san, "申报 走访 1户 昨天")
    month_end.tell(cast.sessions, now=LAST_WORKDAY)
    assert {"现为77分，12月3日前还可申报", "不计分，12月3日前还可申报"} <= set(shorts(say, "month_end", LAST_WORKDAY))
    assert {"11月还有1条等您审", "11月没有等您审的"} <= set(shorts(say, "month_end_leader", LAST_WORKDAY))


def test_between_people(say: RecordedSay, cast: Cast) -> None:
    say("o-new", "绑定 刘德福 8012")
    assert shorts(say, "request_waiting") == ["L1 刘德福申请绑定，请核对"]
    say(cast.li_si, "通过 L1")
    assert shorts(say, "bound") == ["刘德福，绑定成功，可以申报了"]
    say(cast.li_si, "代理 王芳 至 12月5日")
    assert shorts(say, "acting") == ["请代李四审核到12月5日"]
    say(cast.li_si, "传达 周五下午3点三楼开会")
    assert shorts(say, "relay")[0] == "李四：周五下午3点三楼开会"
    say(cast.zhang_san, "申报 走访 1户 昨天")
    say(cast.li_si, "退回 1 哪一户")
    say(cast.li_si, "催办")
    assert {"有1条申报等您补充", "11月还没申报，12月3日前可报"} == set(shorts(say, "nudge"))
    with cast.sessions.write() as session:
        liu = session.get_one(Member, cast.liu_defu.id)
        notices.post_to_openid(session, "o-old", "rebound", key="r", now=NOW)
        request = deciding_requests.ask_to_bind(session, "o-newer", liu.name, "8012", key=b"k", now=NOW)
        deciding_requests.reject(session, request.id, "不是本人", by=session.get_one(Member, cast.li_si.id), now=NOW)
    assert shorts(say, "rebound") == ["账号已换微信，非本人办请告诉组长"]
    assert shorts(say, "binding_refused") == ["绑定没有通过：不是本人"]


def test_temporary_groups(say: RecordedSay, cast: Cast) -> None:
    with cast.sessions.write() as session:
        found_group(session, cast.of(session))
    assert shorts(say, "temporary_group_founded") == ["请您参加扫雪专班", "请您任扫雪专班组长", "请您参加扫雪专班"]
    temporary_groups.end(cast.sessions, now=at(UNTIL + timedelta(days=1)))
    assert shorts(say, "temporary_group_ended")[0] == "扫雪专班已到期结束"


def test_what_is_too_long_is_cut_at_the_end() -> None:
    assert told("全文", short="字" * 30).short == "字" * (LONGEST_SHORT - 1) + "…"
    assert told("第一行\n第二行").short == "第一行"


def test_every_kind_of_notice_has_a_short_text() -> None:
    """Each call that words one names its point; the first line of a chat text is rarely it."""
    assert KINDS
    for path in Path("handlers/announcements").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "told":
                assert any(word.arg == "short" for word in node.keywords), f"{path.name}:{node.lineno}"
