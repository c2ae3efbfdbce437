"""The pages of one process: health, evidence for who may see it, and a polite word when the database is away."""

import logging
import sqlite3
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from bot import config as configuration
from bot import config_file, picture_links
from bot.clock import Clock
from bot.config import Config
from bot.program import Program
from bot.web.app import create_app
from bot.web.in_time import AWAY
from models import claiming, minutes_pictures, pictures, rulebooks
from models.claims import Claim
from models.members import Member
from models.months import Month, shanghai_day
from models.pictures import Look, Picture, PictureStatus
from tests.cast import NOW, Cast
from tests.databases import Database
from tests.e2e.followers import Follower
from tests.e2e.processes import free_port
from tests.models.test_attendance_figures import held

A_PICTURE = bytes.fromhex(
    "47494638396101000100800000ff000000000021f90400000000002c00000000010001000002024401003b"  # one red dot
)


def configured(folder: Path, url: str) -> Config:
    """A configuration in a folder, with a database of one's choice."""
    values = {("database", "url"): url, ("evidence", "url"): "evidence", ("wechat", "app_id"): "wxweb"}
    config_file.write_new(folder / "config.toml", values)
    return configuration.load(folder / "config.toml", {})


def at_now() -> Clock:
    return lambda: NOW


@pytest.fixture
def program(database: Database, tmp_path: Path) -> Iterator[Program]:
    """The program of one process on the test's database, at the hour of the tests."""
    program = Program(configured(tmp_path, database.url), at_now())
    yield program
    program.engine.dispose()


@pytest.fixture
def app(program: Program) -> Flask:
    return create_app(program)


@pytest.fixture
def page(app: Flask) -> FlaskClient:
    return app.test_client()


def test_health_is_fine_when_database_and_schema_are(page: FlaskClient) -> None:
    answer = page.get("/healthz")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok"})


@pytest.mark.sqlite_only  # on PostgreSQL the same question is asked of the same table
def test_health_names_a_schema_that_is_not_current(page: FlaskClient, database: Database) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'older'")
    answer = page.get("/healthz")
    assert answer.status_code == 503
    assert "xianfeng db upgrade" in answer.get_json()["status"]


@pytest.fixture
def away(tmp_path: Path) -> Iterator[Program]:
    """A program whose database does not answer."""
    url = f"postgresql+psycopg://somebody:the-password@127.0.0.1:{free_port()}/xianfeng"
    program = Program(configured(tmp_path, url), at_now())
    yield program
    program.engine.dispose()


def test_without_the_database_health_says_so_and_no_more(away: Program) -> None:
    answer = create_app(away).test_client().get("/healthz")
    assert (answer.status_code, answer.get_json()) == (503, {"status": "the database does not answer"})


def test_without_the_database_people_get_a_polite_word_in_time(away: Program, caplog: pytest.LogCaptureFixture) -> None:
    page, member = create_app(away).test_client(), Follower("", away.config, "o-1006", at_now())
    began = time.monotonic()
    with caplog.at_level(logging.ERROR, logger="bot"):
        query, body = member.sealed(member.message("text", Content="申报 社区志愿 2小时 今天"))
        answer = page.post("/wechat", query_string=query, data=body, content_type="text/xml")
    assert time.monotonic() - began < 4
    said = member.read(answer.data)
    assert answer.status_code == 200
    assert said.startswith("❌ 现在暂时办不了。请过几分钟再发一次")
    assert "the database does not answer" in caplog.text
    for secret in ("o-1006", "the-password", "社区志愿"):
        assert secret not in caplog.text


@pytest.mark.sqlite_only  # PostgreSQL has no lock on everything
def test_while_another_holds_the_database_reads_are_answered_and_writes_politely_put_off(
    program: Program, page: FlaskClient, database: Database, cast: Cast
) -> None:
    member = Follower("", program.config, Cast.openid(cast.zhang_san), at_now())

    def said(text: str) -> str:
        query, body = member.sealed(member.message("text", Content=text))
        return member.read(page.post("/wechat", query_string=query, data=body, content_type="text/xml").data)

    said("帮助")  # that he wrote is written down once an hour
    other = sqlite3.connect(database.url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    assert "现为 70 分" in said("积分")
    assert said("申报 社区志愿 2小时 今天") == AWAY
    assert time.monotonic() - began < 4
    other.execute("ROLLBACK")
    other.close()
    assert said("申报 社区志愿 2小时 今天").startswith("✅ #1")


def test_without_the_database_a_page_says_so_and_the_log_does_not_hold_its_address(
    away: Program, caplog: pytest.LogCaptureFixture
) -> None:
    path = urlsplit(picture_links.address(away.config.app.secret_key, "http://localhost", 1, 1)).path
    answer = create_app(away).test_client().get(path)
    assert answer.status_code == 500
    assert "请过一会儿再试" in answer.text
    assert "the page pictures.show failed" in caplog.text
    for secret in (path.rpartition("/")[2], "the-password"):
        assert secret not in caplog.text


def test_a_page_that_does_not_exist_is_not_found(page: FlaskClient) -> None:
    assert page.get("/m/nothing").status_code == 404
    assert page.put("/wechat").status_code == 405


@pytest.fixture
def picture(program: Program, cast: Cast) -> Picture:
    """张三's picture of a claim of his, kept in the cabinet."""
    with program.sessions.write() as session:
        member = session.get_one(Member, cast.zhang_san.id)
        item = rulebooks.in_force(session, member.branch_id, Month.of(NOW)).get_item("志愿-01")
        claim, _ = claiming.submit(session, member, item, item.max_quantity, day=shanghai_day(NOW), by=member, now=NOW)
        found = pictures.receive(session, member.id, "media", claim_id=claim.id, now=NOW)
        pictures.stored(session, found.id, program.cabinet.put(A_PICTURE))
        return found


def address(program: Program, picture: Picture, member: Member) -> str:
    """Where a member looks at it."""
    whole = picture_links.address(program.config.app.secret_key, "http://localhost", picture.id, member.id)
    return urlsplit(whole).path


def looks(program: Program) -> list[int]:
    with program.sessions.read() as session:
        return list(session.scalars(select(Look.member_id).order_by(Look.id)))


def test_who_decides_and_who_claimed_see_the_picture_and_each_look_is_kept(
    program: Program, page: FlaskClient, picture: Picture, cast: Cast
) -> None:
    for viewer in (cast.li_si, cast.zhang_san, cast.wang_jianjun, cast.zhou_guoping):
        shown = page.get(address(program, picture, viewer))
        assert shown.status_code == 200
        assert f"#{picture.claim_id} 张三" in shown.text
        image = page.get(address(program, picture, viewer) + "/image")
        assert (image.status_code, image.mimetype) == (200, "image/jpeg")
        for answer in (shown, image):
            assert answer.headers["Cache-Control"] == "private, no-store"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert looks(program) == [one.id for one in (cast.li_si, cast.zhang_san, cast.wang_jianjun, cast.zhou_guoping)]


@pytest.mark.parametrize("who", ["wang_fang", "ma_chao", "qian_jin", "wu_gang"])
def test_nobody_else_sees_it_or_learns_that_it_exists(
    who: str, program: Program, page: FlaskClient, picture: Picture, cast: Cast
) -> None:
    viewer: Member = getattr(cast, who)
    nothing = Picture(id=picture.id + 1000)
    bodies = set()
    for target in (address(program, picture, viewer), address(program, nothing, cast.li_si), "/m/pictures/made-up"):
        for path in (target, f"{target}/image"):
            answer = page.get(path)
            assert answer.status_code == 404
            bodies.add(answer.data)
        sealed = page.post(f"{target}/seal")
        assert sealed.status_code == 404
    assert len(bodies) == 1
    assert looks(program) == []


def test_a_sealed_picture_is_for_the_committee_alone(
    program: Program, page: FlaskClient, picture: Picture, cast: Cast
) -> None:
    sealed = page.post(address(program, picture, cast.li_si) + "/seal")
    assert "已封存" in sealed.text
    for viewer in (cast.li_si, cast.zhang_san, cast.wang_jianjun):
        assert page.get(address(program, picture, viewer) + "/image").status_code == 404
    assert page.get(address(program, picture, cast.zhou_guoping) + "/image").status_code == 200


def test_a_picture_that_is_not_here_yet_says_so(
    program: Program, page: FlaskClient, picture: Picture, cast: Cast
) -> None:
    with program.sessions.write() as session:
        found = session.get_one(Picture, picture.id)
        found.status, found.stored_as = PictureStatus.WANTED, None
    assert "还没有取到" in page.get(address(program, picture, cast.li_si)).text
    assert page.get(address(program, picture, cast.li_si) + "/image").status_code == 404
    assert looks(program) == []


@pytest.mark.sqlite_only  # the file is beside the database, not in it
def test_a_picture_whose_file_is_gone_is_not_found_and_the_operator_is_told(
    program: Program, page: FlaskClient, picture: Picture, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    for file in Path(program.config.evidence.url).iterdir():
        file.unlink()
    assert page.get(address(program, picture, cast.li_si) + "/image").status_code == 404
    assert f"picture {picture.id}" in caplog.text
    assert looks(program) == []


def test_a_picture_of_minutes_names_its_meeting_and_is_not_for_those_invited(
    program: Program, page: FlaskClient, cast: Cast
) -> None:
    with program.sessions.write() as session:
        meeting = held(session, ["党小组会"], cast.of(session).li_si, date(2026, 11, 10), {})
        sent = minutes_pictures.receive(session, meeting.id, "media", by=cast.of(session).li_si, now=NOW)
        pictures.stored(session, sent.id, program.cabinet.put(A_PICTURE))
    assert f"M{meeting.id} 党小组会 会议记录" in page.get(address(program, sent, cast.wang_jianjun)).text
    assert page.get(address(program, sent, cast.zhang_san)).status_code == 404


def test_a_claims_note_cannot_be_markup_on_the_page(
    program: Program, page: FlaskClient, picture: Picture, cast: Cast
) -> None:
    with program.sessions.write() as session:
        session.get_one(Member, cast.zhang_san.id).name = '<img src=x onerror="hurt()">'
        assert session.get_one(Claim, picture.claim_id)
    shown = page.get(address(program, picture, cast.li_si)).text
    assert "<img src=x" not in shown
    assert "&lt;img src=x" in shown
