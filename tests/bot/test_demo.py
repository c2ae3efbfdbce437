"""The demonstration's own parts: its folder, its ports, its roster, its clock; tests/e2e has the whole."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot import config as configuration
from bot import demo, demo_data, demo_people
from bot.demo import Stage
from bot.office import sample
from models.members import Member
from models.months import SHANGHAI, at, shanghai_day
from models.sessions import Sessions
from tests.cast import NOW, PEOPLE, UNBOUND, Cast
from tests.databases import Files
from tests.dialogue import Say
from tests.e2e.worlds import World, world

KEY = b"the key of the tests, no longer than needed"


def test_the_first_start_writes_a_configuration_and_later_ones_keep_it(tmp_path: Path) -> None:
    first = demo.set_stage(tmp_path / "new")
    written = (tmp_path / "new" / "config.toml").read_text(encoding="utf-8")
    second = demo.set_stage(tmp_path / "new")
    assert (tmp_path / "new" / "config.toml").read_text(encoding="utf-8") == written
    assert second.config.app.secret_key == first.config.app.secret_key
    assert first.config.database.url == f"sqlite:///{tmp_path / 'new' / 'xianfeng.db'}"
    assert first.config.server.port == first.server_port
    assert first.config.wechat.api_base == f"http://127.0.0.1:{first.page_port}"
    assert first.environ["XIANFENG_SERVER__PORT"] == str(first.server_port)


def test_a_port_that_is_taken_gives_way_to_another_and_one_just_left_does_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
        other = demo.free_port(port)
        assert other != port
        with socket.create_connection(("127.0.0.1", port)) as visitor, taken.accept()[0]:
            visitor.sendall(b"x")
    assert demo.free_port(port) == port  # its last connection is still being wound up


def test_the_roster_of_the_page_tells_offices_and_a_code_for_who_has_not_bound(sessions: Sessions, cast: Cast) -> None:
    codes = demo_people.fresh_codes(sessions, KEY, NOW)
    assert list(codes) == [cast.liu_defu.id]
    found = {person.staff_no: person for person in demo_people.people(sessions, NOW, codes)}
    assert len(found) == len(PEOPLE)
    words = {key: found[PEOPLE[key].staff_no].role for key in ("zhou_guoping", "wang_jianjun", "li_si", "zhang_san")}
    assert words == {"zhou_guoping": "书记", "wang_jianjun": "支部书记", "li_si": "小组长", "zhang_san": "党员"}
    aged, leader = found[PEOPLE[UNBOUND].staff_no], found[PEOPLE["li_si"].staff_no]
    assert (aged.openid, aged.binding_code) == (None, codes[cast.liu_defu.id])
    assert (leader.openid, leader.binding_code) == (PEOPLE["li_si"].openid, None)
    assert (leader.branch, leader.group) == ("第一支部", "第一小组")


def test_who_left_has_no_phone_on_the_page(sessions: Sessions, cast: Cast) -> None:
    with sessions.write() as session:
        session.execute(update(Member).where(Member.id == cast.zhang_san.id).values(left_on=NOW.date()))
    assert "张三" not in [person.name for person in demo_people.people(sessions, NOW, {})]


def test_those_left_unbound_are_people_of_the_sample() -> None:
    names = {member.name for member in sample.MEMBERS}
    assert set(demo_data.UNBOUND) <= names


@pytest.fixture
def stage(files: Files, tmp_path: Path) -> Iterator[tuple[Stage, World]]:
    """A stage on the cast's database, with a platform; nobody serves."""
    with world(files, tmp_path) as one:
        config = configuration.load(tmp_path / "config.toml", one.environ)
        found = Stage(tmp_path, one.stand_in.port, one.config.server.port, config)
        yield found, one
        found.program.engine.dispose()
        found.sessions.engine.dispose()


def test_the_clock_steps_through_what_is_due_in_order(stage: tuple[Stage, World]) -> None:
    found, one = stage
    say = Say(found.sessions)
    for text in ("申报 社区志愿 1小时 今天", "申报 走访慰问 1户 今天", "申报 讲微党课 1次 今天"):
        assert say(one.member("zhang_san"), text, found.clock()).startswith("✅")
    day = shanghai_day(found.clock().astimezone(SHANGHAI))
    stops = []
    demo.jump(found, at(day, 18), lambda: stops.append(found.clock()))
    assert stops == sorted(stops)
    assert at(day, 18) <= stops[-1] <= at(day, 18) + timedelta(minutes=1)
    first, digest = one.pushes("li_si")
    assert "10:0" in first.split("\n")[-1]
    assert digest.split("\n")[-1].endswith("12:00")
    assert "3条申报待审" in digest


def test_a_job_that_fails_does_not_stop_the_clock(stage: tuple[Stage, World]) -> None:
    found, one = stage
    with found.sessions.write() as session:
        session.connection().exec_driver_sql("ALTER TABLE receipts RENAME TO receipts_elsewhere")
    target = found.clock() + timedelta(hours=3)
    demo.jump(found, target)
    assert found.clock() >= target
    assert one.pushes("li_si") == []


def test_a_jump_stops_where_it_is_when_the_demonstration_ends(stage: tuple[Stage, World]) -> None:
    found, _ = stage
    target = found.clock() + timedelta(days=3)
    demo.jump(found, target, found.ending.set)  # with the first thing that was done
    assert found.clock() < target
    assert found.jumping.acquire(blocking=False)


def test_it_begins_by_day_since_hardly_anything_is_pushed_by_night(stage: tuple[Stage, World]) -> None:
    found, _ = stage
    day = shanghai_day(found.clock().astimezone(SHANGHAI))
    demo.prepare(found)
    assert found.clock() < at(day, 11)
    found.clock.go_to(at(day, 23))
    demo.prepare(found)
    morning = at(day + timedelta(days=1), 9)
    assert morning <= found.clock() <= morning + timedelta(minutes=1)
