"""``doctor`` on the organization and its database: what is well, what should be known, and what fails."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select, text

from bot import config as configuration
from bot import worker
from bot.clock import system
from bot.operations import check_people
from bot.operations.findings import Mark
from bot.program import Program
from models import appointments, heartbeats, notices, workdays
from models.appointments import Appointment
from models.bindings import Binding
from models.months import at
from models.notices import Notice, NoticeStatus
from models.organizations import Nature
from models.rulebooks import RulebookVersion
from tests.bot.cli.conftest import marked


def test_an_installation_in_order_passes(well):
    result = well("doctor")
    assert (result.exit_code, marked(result, Mark.FAILS)) == (0, [])
    fine = "\n".join(marked(result, Mark.FINE))
    for part in (
        "配置读得懂",
        "结构是最新的",
        "与数据库一致",
        "令牌取得到",
        "服务号已认证",
        "都有积分细则",
        "没有积压",
        "党员都绑定了微信",
    ):
        assert part in fine
    assert all(line[0] in "✓!✗" for line in result.stdout.splitlines())


def test_a_database_that_does_not_answer_fails(well):
    well.environ["XIANFENG_DATABASE__URL"] = "postgresql+psycopg://u:p@127.0.0.1:1/x"
    result = well("doctor")
    assert result.exit_code == 1
    assert marked(result, Mark.FAILS)[0].startswith("数据库连不上")


def test_an_old_schema_fails_with_the_command_that_helps(well):
    with well.sessions.engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    result = well("doctor")
    assert result.exit_code == 1
    assert "xianfeng db upgrade" in marked(result, Mark.FAILS)[0]


def test_branches_without_rulebook_secretary_or_leader_are_named(well, cast):
    with well.sessions.write() as session:
        session.execute(delete(Appointment).where(Appointment.organization_id != cast.committee.id))
        session.execute(delete(RulebookVersion))
    result = well("doctor")
    assert result.exit_code == 1
    assert any("没有积分细则的支部：第一支部、第二支部" in line for line in marked(result, Mark.FAILS))
    notes = "\n".join(marked(result, Mark.NOTE))
    assert "没有书记的支部：第一支部、第二支部；申报会交给" in notes
    assert "没有组长的小组：第一支部/第一小组、第一支部/第二小组、第二支部/第三小组" in notes
    with well.sessions.write() as session:
        session.execute(delete(Appointment))
    assert any("没有人能审核的支部：第一支部、第二支部" in line for line in marked(well("doctor"), Mark.FAILS))


def test_a_temporary_group_needs_no_leader_of_its_own(session, cast):
    cast.third_group.nature = Nature.TEMPORARY
    for appointment in appointments.held_by(session, cast.wu_gang.id, system()):
        session.delete(appointment)
    session.flush()
    found = list(check_people.look(session, system()))
    assert any("各小组有组长" in finding.text for finding in found)


def test_who_is_unbound_is_counted(well):
    with well.sessions.write() as session:
        session.execute(delete(Binding).where(Binding.openid.in_(["o-last", "o-1006"])))
    assert any("还没绑定微信的党员 2 人" in line for line in marked(well("doctor"), Mark.NOTE))


def test_an_installation_without_a_roster_fails(office, platform):
    result = office("doctor")
    assert result.exit_code == 1
    assert any("还没有花名册" in line for line in marked(result, Mark.FAILS))


def test_notices_that_nobody_delivers_fail_and_those_in_the_inbox_are_counted(well, cast):
    past = system() - timedelta(minutes=11)
    with well.sessions.write() as session:
        for number, status in enumerate((NoticeStatus.QUEUED, NoticeStatus.SENDING, NoticeStatus.INBOX)):
            key = f"k{number}"
            notices.post(session, cast.zhang_san.id, "relay", key=key, now=past)
            session.scalars(select(Notice).where(Notice.key == key)).one().status = status
    result = well("doctor")
    assert result.exit_code == 1
    (line,) = marked(result, Mark.FAILS)
    assert line.startswith("到点10分钟还没发的通知 1 条，发了一半的 1 条；")
    assert any("等本人在公众号里看的通知 1 条" in line for line in marked(result, Mark.NOTE))


def test_due_notices_without_a_sign_of_life_are_pointed_out(well, cast):
    with well.sessions.write() as session:
        notices.post(session, cast.zhang_san.id, "relay", key="k", now=system())
    said = marked(well("doctor"), Mark.NOTE)
    assert any(line.startswith("该发的通知 1 条，定时任务还没有动静；请看 xianfeng worker") for line in said)
    with well.sessions.write() as session:
        heartbeats.beat(session, "a:1", system() - timedelta(minutes=3))
    said = marked(well("doctor"), Mark.NOTE)
    assert any("定时任务从 " in line and "起没有动静" in line for line in said)
    with well.sessions.write() as session:
        heartbeats.beat(session, "a:1", system())
    assert any("没有积压" in line for line in marked(well("doctor"), Mark.FINE))


def test_a_worker_says_now_and_then_that_it_lives_and_takes_it_back(well):
    program = Program(configuration.load(well.config, well.environ), system)
    with worker.alive(program) as beat:
        for _ in range(3):
            beat()
        with well.sessions.read() as session:
            first = heartbeats.last(session)
        assert first is not None and system() - first < timedelta(minutes=1)
    with well.sessions.read() as session:
        assert heartbeats.last(session) is None
    program.engine.dispose()


def test_a_database_that_does_not_answer_stops_no_worker(well):
    environ = {**well.environ, "XIANFENG_DATABASE__URL": "postgresql+psycopg://u:p@127.0.0.1:1/x"}
    with worker.alive(Program(configuration.load(well.config, environ), system)) as beat:
        beat()


@pytest.mark.parametrize(
    ("day", "mark"),
    [
        (date(max(workdays.KNOWN_YEARS) + 1, 1, 5), Mark.FAILS),
        (date(max(workdays.KNOWN_YEARS), 11, 5), Mark.NOTE),
        (date(max(workdays.KNOWN_YEARS), 10, 5), Mark.FINE),
        (date(max(workdays.KNOWN_YEARS) - 1, 12, 5), Mark.FINE),
    ],
)
def test_the_calendar_must_know_this_year_and_in_november_the_next(day, mark):
    (finding,) = check_people.look_at_calendar(at(day, 10))
    assert finding.mark is mark
