"""What is written down of messages and deliveries: enough to run the installation by, and nothing about a person."""

import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from bot import config as configuration
from bot import config_file, logs
from bot.program import Program
from bot.web.app import create_app
from bot.worker import look
from jobs.schedule import TABLE
from models import heartbeats, notices
from tests.cast import NOW, Cast
from tests.databases import Database
from tests.e2e.followers import Follower
from tests.e2e.processes import free_port

TOKEN = "a-token-for-the-figures"
BUSY = next(job for job in TABLE if job.name == "notices")


@dataclass
class Office:
    """The pages of one process, the people who write to it, and its log."""

    program: Program
    page: FlaskClient
    log: io.StringIO

    def post(self, openid: str, **fields: str) -> str:
        """A message or an event, and what is answered."""
        follower = Follower("", self.program.config, openid, self.program.clock)
        query, body = follower.sealed(follower.xml(**fields))
        answer = self.page.post("/wechat", query_string=query, data=body, content_type="text/xml")
        assert answer.status_code == 200
        return follower.read(answer.data)

    def say(self, openid: str, text: str, number: int) -> str:
        return self.post(openid, MsgType="text", Content=text, MsgId=str(number))

    def lines(self, what: str = "") -> list[dict[str, Any]]:
        """The lines of the log, or those about one thing."""
        found = [json.loads(line) for line in self.log.getvalue().splitlines()]
        return [line for line in found if what in ("", line["what"])]

    def figures(self, **headers: str) -> dict[str, float]:
        """What /metrics shows, by name and labels."""
        text = self.page.get("/metrics", headers=headers).text
        return {name: float(value) for name, value in re.findall(r"^(\S+) ([-\d.e+]+)$", text, re.MULTILINE)}


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """Everything that anybody logs, as the processes write it."""
    written, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(written), root.level
    handler.setFormatter(logs.Lines())
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield written
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Callable[[str], Office]]:
    """An office on a database, beside a platform that takes no calls."""
    programs = []

    def begin(url: str) -> Office:
        values = {
            ("database", "url"): url,
            ("server", "metrics_token"): TOKEN,
            ("wechat", "app_id"): "wxlog",
            ("wechat", "app_secret"): "the-secret-of-the-account",
            ("wechat", "api_base"): f"http://127.0.0.1:{free_port()}",
        }
        config_file.write_new(tmp_path / "config.toml", values)
        program = Program(configuration.load(tmp_path / "config.toml", {}), lambda: NOW)
        programs.append(program)
        return Office(program, create_app(program).test_client(), written)

    with logged() as written:
        yield begin
    for program in programs:
        program.engine.dispose()


def test_the_log_has_a_line_for_each_message_and_delivery_and_nothing_of_who_and_what(
    begin: Callable[[str], Office], database: Database, cast: Cast
) -> None:
    office = begin(database.url)
    member, leader, stranger = Cast.openid(cast.zhang_san), Cast.openid(cast.li_si), "oStranger-1234567890abcdefgh"
    assert office.say(member, "申报 社区志愿 2小时 今天 清扫河堤", 1).startswith("✅")
    assert office.say(member, "申报 社区志愿 2小时 今天 清扫河堤", 1).startswith("✅")
    assert "张三" in office.say(leader, "待办", 2)
    assert office.say(leader, "通过 1", 3).startswith("✅")
    assert office.say(leader, "通过 1", 4).startswith("❌")
    assert office.say(member, "积分", 5)
    assert office.say(stranger, "绑定 赵敏 K7M2P9QRS3", 6).startswith("❌")
    assert office.say(stranger, "今天天气真好", 7)
    office.post(stranger, MsgType="event", Event="unsubscribe")
    office.page.post("/wechat?signature=0123456789abcdef&openid=oQuery", data=b"<xml/>")
    look(office.program, office.program.world(), BUSY, {})
    first, again, listed, decided, late, asked, wrong, lost, gone = office.lines("message")
    assert {key: first[key] for key in ("command", "outcome", "receipt", "kind", "from")} == {
        "command": "申报",
        "outcome": "done",
        "receipt": "yes",
        "kind": "text",
        "from": "bot.observing",
    }
    assert first["ms"] > 0 and re.fullmatch("[0-9a-f]{12}", first["person"])
    assert (again["outcome"], listed["command"], listed["outcome"]) == ("repeated", "待办", "answered")
    assert (decided["command"], decided["outcome"], late["outcome"]) == ("通过", "done", "refused")
    assert (asked["command"], asked["outcome"], asked["receipt"]) == ("积分", "answered", "no")
    assert (wrong["command"], wrong["outcome"], lost["command"]) == ("绑定", "refused", "-")
    assert (gone["kind"], gone["outcome"], gone["receipt"]) == ("event:unsubscribe", "silent", "yes")
    assert first["person"] == asked["person"] != decided["person"] == listed["person"]
    (told, *_) = office.lines("delivery")
    assert (told["kind"], told["channel"], told["fault"], told["person"]) == (
        "claim_waiting",
        "custom",
        "transient",
        decided["person"],
    ) or told["kind"] == "claim_approved"
    wechat, text = office.program.config.wechat, office.log.getvalue()
    said = ("清扫河堤", "社区志愿", "天气", "赵敏", "K7M2P9QRS3", "张三", "李四")
    keys = (wechat.token, wechat.app_secret, wechat.encoding_aes_key, office.program.config.app.secret_key)
    for secret in (*said, *keys, member, leader, stranger, "oQuery", "signature=", "0123456789abcdef"):
        assert secret not in text


def test_an_error_in_the_log_tells_where_and_not_what_the_database_said_of_a_row() -> None:
    said = 'duplicate key\nDETAIL:  Key (openid)=(oStranger-1234567890abcdefgh) of "张三"'
    with logged() as written:
        try:
            raise ValueError(said)
        except ValueError:
            logging.getLogger("bot.worker").exception("the job %s failed", "notices")
    line = json.loads(written.getvalue())
    assert (line["level"], line["what"]) == ("ERROR", "the job notices failed")
    assert "duplicate key" in line["error"] and "test_observing" in line["error"]
    assert "oStranger" not in line["error"] and "张三" not in line["error"]


def test_the_figures_are_those_of_the_tables_whoever_is_asked(
    begin: Callable[[str], Office], database: Database, cast: Cast
) -> None:
    office = begin(database.url)
    before = office.figures()
    assert before['xianfeng_notices{status="queued"}'] == before["xianfeng_notices_oldest_due_seconds"] == 0
    assert "xianfeng_taps_per_decided_claim" not in before
    office.say(Cast.openid(cast.zhang_san), "申报 社区志愿 2小时 今天", 1)
    office.say(Cast.openid(cast.li_si), "待办", 2)
    office.say(Cast.openid(cast.li_si), "通过 1", 3)
    with database.sessions.write() as session:
        notices.post(session, cast.zhang_san.id, "relay", key="k", now=NOW - timedelta(minutes=5))
        heartbeats.beat(session, "a:1", NOW, {"notices": NOW - timedelta(seconds=32), "month_end": NOW})
        heartbeats.beat(session, "b:2", NOW - timedelta(minutes=9), {"notices": NOW - timedelta(minutes=9)})
    due = office.figures()
    assert due["xianfeng_notices_oldest_due_seconds"] == 300
    assert due["xianfeng_notices_due"] == due['xianfeng_notices{status="queued"}'] >= 1
    assert due['xianfeng_job_lag_seconds{job="notices"}'] == 30
    assert due['xianfeng_job_lag_seconds{job="month_end"}'] == 0
    assert (due["xianfeng_workers"], due["xianfeng_database_up"]) == (1, 1)
    assert (due["xianfeng_claims_decided_day"], due["xianfeng_taps_per_decided_claim"]) == (1, 2)
    look(office.program, office.program.world(), BUSY, {})
    tried = office.figures()
    calls = {name: n for name, n in tried.items() if name.startswith("xianfeng_deliveries_total")}
    assert calls and set(calls) == {'xianfeng_deliveries_total{channel="custom",class="transient"}'}
    assert tried['xianfeng_channel_daily_limit{channel="template"}'] == 100_000
    assert tried["xianfeng_pushes_per_person_week"] == 0
    asked = 'xianfeng_message_seconds_count{command="申报"}'
    assert tried[asked] == before.get(asked, 0) + 1
    assert tried["xianfeng_pushes_week"] == 0 < tried["xianfeng_people_bound"]


@pytest.mark.sqlite_only  # the question is who asks
def test_the_figures_are_for_this_machine_or_who_has_the_token(
    begin: Callable[[str], Office], database: Database
) -> None:
    page = begin(database.url).page
    abroad = {"REMOTE_ADDR": "203.0.113.9"}
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    assert page.get("/metrics").status_code == 200
    assert page.get("/metrics", environ_overrides=abroad).status_code == 403
    assert page.get("/metrics", environ_overrides={"REMOTE_ADDR": "unix:"}).status_code == 403
    assert page.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 403
    assert page.get("/metrics", headers={"Authorization": "Bearer wrong"}, environ_overrides=abroad).status_code == 403
    assert page.get("/metrics", headers=bearer, environ_overrides=abroad).status_code == 200


def test_without_the_database_there_are_still_figures_of_the_process(begin: Callable[[str], Office]) -> None:
    office = begin(f"postgresql+psycopg://somebody:the-password@127.0.0.1:{free_port()}/xianfeng")
    figures = office.figures()
    assert figures["xianfeng_database_up"] == 0
    assert not any(name.startswith("xianfeng_notices") for name in figures)
    assert "the-password" not in office.log.getvalue()
