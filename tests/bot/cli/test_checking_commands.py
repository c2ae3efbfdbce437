"""``verify``, ``menu push`` and ``doctor`` as an operator sees them."""

from decimal import Decimal

import pytest
from sqlalchemy import text

from bot import menu
from models import ledger, verification
from models.rulebooks import Source
from tests.bot.cli.conftest import Office
from tests.cast import NOW

TRIGGERS = {"sqlite": "DROP TRIGGER entries_no_update", "postgresql": "DROP TRIGGER entries_no_change ON entries"}


@pytest.fixture
def three(office: Office, cast) -> list[str]:
    """A branch's ledger of three entries; its head as it was printed."""
    with office.sessions.write() as session:
        ledger.lock(session, cast.first_branch.id)
        for number in range(3):
            ledger.write(
                session,
                cast.zhang_san,
                Decimal(1),
                branch_id=cast.first_branch.id,
                about=NOW.date(),
                source=Source.EXAM,
                cause=f"branch:{number}",
                by=cast.wang_jianjun,
                now=NOW,
            )
        return [str(head) for _, head in verification.heads(session)]


def test_a_clean_ledger_is_confirmed_with_its_heads(office, three):
    said = office.ok("verify").splitlines()
    assert said == [f"第一支部 {three[0]}", "台账核对无误：3 条"]
    assert office.ok("verify", "--head", three[0], "--head", three[0][:20]).splitlines() == said


def test_each_difference_is_a_line_and_the_exit_code_says_so(office, three):
    with office.sessions.write() as session:
        session.execute(text(TRIGGERS[session.get_bind().dialect.name]))
        session.execute(text("UPDATE entries SET points = 900 WHERE sequence = 2"))
    result = office("verify")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == ["第一支部 第2条（J2）：内容与哈希不符，写入后被改过", "台账有 1 处出入"]


def test_a_head_that_no_chain_has_is_a_difference(office, three):
    sequence, _, digits = three[0].partition(":")
    other = f"{sequence}:{'0' * 12}{digits[12:]}"
    assert "不在任何支部的台账里" in office.refused("verify", "--head", other)


@pytest.mark.sqlite_only
def test_a_head_that_is_none_is_wrong_usage(office):
    result = office("verify", "--head", "12:xyz")
    assert result.exit_code == 2
    assert "不是链头" in result.stderr


@pytest.mark.sqlite_only
def test_the_menu_is_put_on_the_account(office, platform):
    assert office.ok("menu", "push") == "菜单已更新，已关注的人几分钟后看到\n"
    body = dict(platform.asked)["/cgi-bin/menu/create"]
    assert [column["name"] for column in body["button"]][:2] == ["我要申报", "我的积分"]
    assert body["button"][0]["sub_button"][0] == {"type": "click", "name": "申报", "key": "申报"}


@pytest.mark.sqlite_only
def test_a_menu_the_account_may_not_have_is_refused_with_the_reason(office, platform):
    platform.answers["/cgi-bin/menu/create"] = {"errcode": 48001, "errmsg": "api unauthorized"}
    said = office.refused("menu", "push")
    assert said.startswith("这个公众号没有这项权限")
    assert "48001" in said


@pytest.mark.sqlite_only
def test_without_an_account_there_is_no_menu_to_put(office):
    office.environ.update({"XIANFENG_WECHAT__APP_ID": "", "XIANFENG_WECHAT__APP_SECRET": ""})
    assert len(office.refused("menu", "push").splitlines()) == 2


@pytest.mark.sqlite_only
def test_a_platform_that_cannot_be_reached_is_told_in_one_line(office):
    office.environ["XIANFENG_WECHAT__API_BASE"] = "http://127.0.0.1:1"
    said = office.refused("menu", "push")
    assert said.startswith("微信暂时连不上")
    assert "s3cret" not in said


@pytest.mark.sqlite_only
def test_a_menu_of_every_command_fits_the_platforms_limits():
    body = menu.build(lambda word: word)
    assert [(column["name"], len(column["sub_button"])) for column in body["button"]] == [
        ("我要申报", 3),
        ("我的积分", 3),
        ("会议待办", 4),
    ]
    assert body["button"][2]["sub_button"][0] == {"type": "scancode_waitmsg", "name": "签到", "key": "签到"}
    for column in body["button"]:
        assert len(column["name"].encode()) <= 16
        assert all(len(button["name"].encode()) <= 60 for button in column["sub_button"])


@pytest.mark.sqlite_only
def test_a_button_that_does_nothing_yet_is_left_out():
    works = {"申报", "我的申报", "积分", "待办"}
    body = menu.build(lambda word: word in works)
    assert [column["name"] for column in body["button"]] == ["我要申报", "积分", "待办"]
    assert menu.build(lambda word: None) == {"button": []}
