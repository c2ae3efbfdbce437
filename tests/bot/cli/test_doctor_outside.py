"""``doctor`` on what is outside the database: the configuration, the machine and the official account."""

import os
from datetime import date, timedelta

import pytest

from bot.operations import check_machine, check_quotas
from bot.operations.findings import Mark
from jobs.letters import Channel
from models import quotas
from models.months import at
from models.quotas import NO_LIMIT, Limit
from tests.bot.cli.conftest import marked

pytestmark = pytest.mark.sqlite_only  # the machine and the platform are the same with any database


def test_a_configuration_that_cannot_be_read_is_all_that_is_said(office):
    office.config.write_text("[server]\nport = 99999\n", encoding="utf-8")
    result = office("doctor")
    assert result.exit_code == 1
    assert marked(result, Mark.FINE) == []
    assert any("[server] port" in line for line in marked(result, Mark.FAILS))


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({"errcode": 40164, "errmsg": "invalid ip 1.2.3.4, not in whitelist"}, "IP 白名单"),
        ({"errcode": 40001, "errmsg": "invalid credential"}, "AppSecret 不对"),
        ({"errcode": 40013, "errmsg": "invalid appid"}, "AppID 不对"),
        ({"errcode": -1, "errmsg": "system error"}, "微信暂时连不上"),
    ],
)
def test_a_token_that_is_refused_fails_with_what_to_do(well, platform, answer, says):
    platform.answers["/cgi-bin/stable_token"] = answer
    result = well("doctor")
    assert result.exit_code == 1
    (line,) = marked(result, Mark.FAILS)
    assert line.startswith("取不到微信的令牌：")
    assert says in line


def test_an_account_without_certificate_fails_and_what_replaces_its_abilities_is_said(well, platform):
    platform.answers["/cgi-bin/qrcode/create"] = {"errcode": 48001, "errmsg": "api unauthorized"}
    result = well("doctor")
    assert result.exit_code == 1
    assert "扫码改为输数字" in marked(result, Mark.FAILS)[0]
    assert len([line for line in marked(result, Mark.NOTE) if line.startswith("未认证的服务号没有")]) == 5


def test_what_was_sent_today_and_what_the_platform_stopped_is_shown(session):
    now = at(date(2026, 11, 20), 10)
    for channel, calls in (("custom", 3), ("template", 19)):
        quotas.reserve(session, channel, calls, limit=NO_LIMIT, now=now)
    quotas.rest(session, "template", quotas.midnight(now), code=45009, now=now)
    quotas.rest(session, "custom", now, code=48001, now=now)

    def said(moment):
        limits = {Channel.TEMPLATE: Limit(per_day=20)}
        return {f.text: f.mark for f in check_quotas.look(session, moment, limits)}

    no_right = "这个公众号没有这项权限：多半是没有认证，请在公众平台“接口权限”里查看"
    assert said(now) == {
        f"客服消息：{no_right}（48001 11-20 10:00 的答复）": Mark.NOTE,
        "模板消息，停到 11-21 00:00：今天的调用次数已用完，零点后恢复（45009 11-20 10:00 的答复）": Mark.NOTE,
        "模板消息今天的次数快用完了（19/20）；剩下的先发要人答复的，其余走别的方式或等本人发“通知”来看": Mark.NOTE,
        "今天发出：客服消息 3，模板消息 19/20": Mark.FINE,
    }
    assert said(now + timedelta(days=2)) == {"今天发出：客服消息 0，模板消息 0/20": Mark.FINE}
    quotas.rest(session, "custom", now, code=45011, now=now)
    assert not any(text.startswith("客服消息") for text in said(now))


def test_a_qr_code_that_failed_for_another_reason_is_only_remarked(well, platform):
    platform.answers["/cgi-bin/qrcode/create"] = {"errcode": 45009, "errmsg": "reach max api daily quota limit"}
    result = well("doctor")
    assert result.exit_code == 0
    assert any("今天的调用次数已用完" in line for line in marked(result, Mark.NOTE))
    platform.answers["/cgi-bin/qrcode/create"] = {"nothing": "of use"}
    assert any("没有给出明确的答复" in line for line in marked(well("doctor"), Mark.NOTE))


def test_an_account_that_is_not_filled_in_fails(well):
    well.environ["XIANFENG_WECHAT__APP_ID"] = ""
    result = well("doctor")
    assert result.exit_code == 1
    assert "[wechat] app_id 没有填写" in marked(result, Mark.FAILS)[0]


def test_a_subscription_account_is_told_what_it_cannot_do_and_what_replaces_it(well, platform):
    well.environ["XIANFENG_WECHAT__ACCOUNT"] = "subscription"
    result = well("doctor")
    assert result.exit_code == 0
    notes = "\n".join(marked(result, Mark.NOTE))
    assert "订阅号没有模板消息和订阅通知，用不了：各种通知；替代：走客服消息" in notes
    assert "订阅号没有带参数的二维码，用不了：“签到”扫码；替代：改为输会场屏幕上的6位数字" in notes
    assert "没有客服消息" not in notes
    assert "template、subscribe 订阅号用不了" in notes
    assert "/cgi-bin/qrcode/create" not in dict(platform.asked)
    platform.answers["/cgi-bin/user/info"] = {"errcode": 48001, "errmsg": "api unauthorized"}
    result = well("doctor")
    assert result.exit_code == 0
    notes = "\n".join(marked(result, Mark.NOTE))
    assert "订阅号没有认证：不能主动推送" in notes
    assert "未认证的订阅号没有素材接口，用不了：“申报”“补充”“会议记录”里的照片；替代：" in notes


def test_no_channel_at_all_is_remarked(well):
    well.environ["XIANFENG_WECHAT__CHANNELS"] = "[]"
    assert any("channels 是空的" in line for line in marked(well("doctor"), Mark.NOTE))


def test_kinds_without_a_template_and_templates_without_a_kind_are_named(well):
    text = well.config.read_text("utf-8").replace(".default]\nid", ".claim_aproved]\nid")
    well.config.write_text(text, encoding="utf-8")
    notes = "\n".join(marked(well("doctor"), Mark.NOTE))
    assert "没有这种通知：claim_aproved" in notes
    assert "没有模板的通知 " in notes
    assert "、claim_approved、" in notes


def test_evidence_that_cannot_be_kept_fails(well):
    (well.folder / "file").write_text("")
    well.environ["XIANFENG_EVIDENCE__URL"] = str(well.folder / "file" / "evidence")
    result = well("doctor")
    assert result.exit_code == 1
    assert marked(result, Mark.FAILS)[0].startswith("佐证图片存不了")


def test_evidence_leaves_no_trace_of_being_tried(well):
    well("doctor")
    assert os.listdir(well.folder / "data" / "evidence") == []  # noqa: PTH208


def test_an_address_that_phones_cannot_open_fails_beside_the_real_platform(office):
    office.environ["XIANFENG_DATABASE__URL"] = (
        "postgresql+psycopg://u:p@127.0.0.1:1/x"  # the real platform is not asked
    )
    assert any("手机打不开" in line for line in marked(office("doctor"), Mark.FAILS))
    office.environ["XIANFENG_APP__BASE_URL"] = "http://party.example.org"
    assert any("没有加密" in line for line in marked(office("doctor"), Mark.NOTE))
    office.environ["XIANFENG_APP__BASE_URL"] = "https://party.example.org"
    assert any("https://party.example.org/wechat" in line for line in marked(office("doctor"), Mark.FINE))


def test_secrets_that_others_can_read_are_remarked(well):
    well.config.chmod(0o644)
    assert any("chmod 600" in line for line in marked(well("doctor"), Mark.NOTE))


def test_a_font_is_found_by_its_file_where_there_is_no_fontconfig(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "other.ttf").write_bytes(b"")
    assert not check_machine.has_chinese_font(None, [str(tmp_path)])
    (tmp_path / "deep" / "wqy-microhei.ttc").write_bytes(b"")
    assert check_machine.has_chinese_font(None, [str(tmp_path)])


@pytest.mark.parametrize(("says", "found"), [("echo WenQuanYi", True), ("true", False)])
def test_fontconfig_is_asked_where_it_is_there(tmp_path, says, found):
    program = tmp_path / "fc-list"
    program.write_text(f"#!/bin/sh\n{says}\n")
    program.chmod(0o755)
    assert check_machine.has_chinese_font(str(program), []) is found
