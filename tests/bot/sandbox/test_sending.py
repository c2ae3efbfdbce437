"""What the bot may push, to whom and when (wechat.md 5.1 to 5.3, 9)."""

import threading
from typing import Any

import pytest

CUSTOM = "/cgi-bin/message/custom/send"
BIZSEND = "/cgi-bin/message/subscribe/bizsend"


def custom(stand_in: Any, openid: str, kind: str = "text", content: Any = None) -> int:
    body = {"touser": openid, "msgtype": kind, kind: content if content is not None else {"content": "您好"}}
    return int(stand_in.call(CUSTOM, body)["errcode"])


def template(stand_in: Any, openid: str, **more: Any) -> Any:
    data = {"thing1": {"value": "社区志愿服务"}, "name2": {"value": "张三"}, "time3": {"value": "2026年11月20日 15:04"}}
    body = {"touser": openid, "template_id": "T-claim", "data": data, **more}
    return stand_in.call("/cgi-bin/message/template/send", body)


def test_without_a_word_from_the_user_no_window_is_open(stand_in: Any, zhang: str) -> None:
    assert custom(stand_in, zhang) == 45015


def test_a_message_opens_a_window_of_five_for_48_hours(stand_in: Any, zhang: str) -> None:
    stand_in.act("say", zhang, text="积分")
    assert [custom(stand_in, zhang) for _ in range(6)] == [0, 0, 0, 0, 0, 45047]
    stand_in.act("say", zhang, text="排名")
    stand_in.later(hours=47, minutes=59)
    assert custom(stand_in, zhang) == 0
    stand_in.later(minutes=1)
    assert custom(stand_in, zhang) == 45015


def test_a_tap_arrives_as_a_text_and_opens_only_the_window_of_a_click(stand_in: Any, bot: Any, zhang: str) -> None:
    bot.reply = lambda fields: '<a href="weixin://bizmsgmenu?msgmenucontent=%E7%A7%AF%E5%88%86&msgmenuid=7">看积分</a>'
    stand_in.act("say", zhang, text="我")
    stand_in.later(hours=48)
    stand_in.act("tap", zhang, label="看积分")
    assert bot.received[-1]["Content"] == "积分"
    assert bot.received[-1]["bizmsgmenuid"] == "7"
    assert [custom(stand_in, zhang) for _ in range(4)] == [0, 0, 0, 45047]
    stand_in.later(minutes=1)
    assert custom(stand_in, zhang) == 45015


def test_following_and_scanning_open_a_window_of_three_for_a_minute(stand_in: Any, zhang: str) -> None:
    stand_in.act("scan", zhang, code="act42")
    assert [custom(stand_in, zhang) for _ in range(4)] == [0, 0, 0, 45047]
    stand_in.act("unfollow", zhang)
    assert custom(stand_in, zhang) == 45015
    stand_in.act("follow", zhang)
    assert custom(stand_in, zhang) == 0
    stand_in.later(minutes=1)
    assert custom(stand_in, zhang) == 45015


def test_the_window_that_closes_first_is_used_first(stand_in: Any, zhang: str) -> None:
    stand_in.act("say", zhang, text="积分")
    stand_in.act("scan", zhang, code="act42")
    assert [custom(stand_in, zhang) for _ in range(3)] == [0, 0, 0]
    stand_in.later(minutes=1)
    assert [custom(stand_in, zhang) for _ in range(6)] == [0, 0, 0, 0, 0, 45047]


def test_who_switched_receiving_off_gets_nothing(stand_in: Any, bot: Any, zhang: str) -> None:
    stand_in.act("say", zhang, text="积分")
    stand_in.act("receiving", zhang, on=False)
    assert custom(stand_in, zhang) == 48002
    before = len(stand_in.chat(zhang))
    msgid = template(stand_in, zhang)["msgid"]
    stand_in.app.extensions["sandbox.courier"].drain()
    assert bot.events("TEMPLATESENDJOBFINISH")[-1]["Status"] == "failed:user block"
    assert bot.events("TEMPLATESENDJOBFINISH")[-1]["MsgID"] == str(msgid)
    assert len(stand_in.chat(zhang)) == before


def test_a_template_message_becomes_a_card_and_its_fate_is_told(stand_in: Any, bot: Any, zhang: str) -> None:
    answer = template(stand_in, zhang, url="http://127.0.0.1:8000/m/claims/12")
    assert (answer["errcode"], answer["errmsg"]) == (0, "ok")
    assert 2**53 < answer["msgid"] < 2**63
    card = stand_in.chat(zhang)[-1]
    assert (card["kind"], card["title"], card["url"]) == (
        "template",
        "申报结果通知",
        "http://127.0.0.1:8000/m/claims/12",
    )
    assert card["rows"][0] == {"label": "事项", "value": "社区志愿服务"}
    stand_in.app.extensions["sandbox.courier"].drain()
    told = bot.events("TEMPLATESENDJOBFINISH")
    assert [(event["MsgID"], event["Status"]) for event in told] == [(str(answer["msgid"]), "success")]


def test_a_mini_program_wins_over_an_address(stand_in: Any, zhang: str) -> None:
    template(stand_in, zhang, url="http://127.0.0.1/x", miniprogram={"appid": "wx1", "pagepath": "p"})
    assert "url" not in stand_in.chat(zhang)[-1]


def test_the_same_client_msg_id_is_sent_once_within_ten_minutes(stand_in: Any, bot: Any, zhang: str, li: str) -> None:
    first = template(stand_in, zhang, client_msg_id="claim:12:1")
    stand_in.later(seconds=599)
    assert template(stand_in, zhang, client_msg_id="claim:12:1")["msgid"] == first["msgid"]
    assert template(stand_in, li, client_msg_id="claim:12:1")["msgid"] != first["msgid"]
    assert len(stand_in.chat(zhang)) == 1
    stand_in.later(seconds=1)
    assert template(stand_in, zhang, client_msg_id="claim:12:1")["msgid"] != first["msgid"]
    assert len(stand_in.chat(zhang)) == 2
    stand_in.app.extensions["sandbox.courier"].drain()
    assert len(bot.events("TEMPLATESENDJOBFINISH")) == 3


def test_what_a_repeated_client_msg_id_answers_can_be_chosen(start: Any, zhang: str) -> None:
    stand_in = start(duplicate_errcode=45065)
    assert template(stand_in, zhang, client_msg_id="a")["errcode"] == 0
    assert template(stand_in, zhang, client_msg_id="a")["errcode"] == 45065


def test_a_refused_template_message_does_not_use_up_its_client_msg_id(stand_in: Any, zhang: str) -> None:
    assert template(stand_in, zhang, client_msg_id="a", data={})["errcode"] == 47003
    assert template(stand_in, zhang, client_msg_id="a")["errcode"] == 0


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"touser": "oNOBODYnobody"}, 40003),
        ({"touser": None}, 40003),
        ({"template_id": "T-none"}, 40037),
        ({"data": None}, 47003),
        ({"data": {}}, 47003),
    ],
)
def test_a_wrong_template_message_is_refused(stand_in: Any, zhang: str, more: Any, code: int) -> None:
    assert template(stand_in, zhang, **more)["errcode"] == code
    assert stand_in.chat(zhang) == []


def test_a_template_message_needs_a_follower(stand_in: Any, zhang: str) -> None:
    stand_in.act("unfollow", zhang)
    assert template(stand_in, zhang)["errcode"] == 43004


def test_a_subscription_notice_uses_up_one_grant(stand_in: Any, zhang: str) -> None:
    data = {"thing1": {"value": "党课"}, "name2": {"value": "张三"}, "time3": {"value": "15:04"}}
    body = {"touser": zhang, "template_id": "T-claim", "data": data, "page": "http://127.0.0.1/m"}
    assert stand_in.call(BIZSEND, body)["errcode"] == 43101
    stand_in.act("grant", zhang, template_id="T-claim", count=1)
    stand_in.act("unfollow", zhang)
    assert [stand_in.call(BIZSEND, body)["errcode"] for _ in range(2)] == [0, 43101]
    assert stand_in.chat(zhang)[-1]["url"] == "http://127.0.0.1/m"


def test_a_person_says_how_many_subscription_notices_are_taken(stand_in: Any, bot: Any, zhang: str) -> None:
    data = {"thing1": {"value": "党课"}, "name2": {"value": "张三"}, "time3": {"value": "15:04"}}
    body = {"touser": zhang, "template_id": "T-claim", "data": data}
    for accept in (True, False, True, "never", True):
        stand_in.act("subscribe", zhang, template_id="T-claim", accept=accept)
    sent = stand_in.call(BIZSEND, body)
    assert stand_in.call(BIZSEND, body)["errcode"] == 43101
    popups, changes = bot.events("subscribe_msg_popup_event"), bot.events("subscribe_msg_change_event")
    said = [one["SubscribeMsgPopupEvent"]["List"]["SubscribeStatusString"] for one in popups]
    assert said == ["accept", "reject", "accept", "accept"]
    off = {"TemplateId": "T-claim", "SubscribeStatusString": "reject"}
    assert [one["SubscribeMsgChangeEvent"]["List"] for one in changes] == [off]
    stand_in.app.extensions["sandbox.courier"].drain()
    (told,) = bot.events("subscribe_msg_sent_event")
    assert told["SubscribeMsgSentEvent"]["List"]["MsgID"] == str(sent["msgid"])
    assert told["SubscribeMsgSentEvent"]["List"]["ErrorCode"] == "0"


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("text", {"content": ""}, 44004),
        ("text", {"content": "好" * 682 + "ab"}, 0),
        ("text", {"content": "好" * 683}, 45002),
        ("text", "好", 47001),
        ("text", {"content": 5}, 47001),
        ("image", {"media_id": "none"}, 40007),
        ("news", {"articles": []}, 44003),
        ("news", {"articles": [{"title": "a"}, {"title": "b"}]}, 45008),
        ("news", {"articles": [{"title": "a", "url": "http://127.0.0.1/a"}]}, 0),
        ("msgmenu", {"head_content": "请选择", "list": []}, 44004),
        ("msgmenu", {"head_content": "请选择", "list": [{"id": "101", "content": "通过 12"}]}, 0),
        ("voice", {"media_id": "none"}, 40007),
        ("music", {"title": "国际歌", "musicurl": "http://127.0.0.1/a.mp3"}, 0),
        ("miniprogrampage", {"title": "积分"}, 0),
        ("miniprogrampage", {"title": ""}, 44004),
        ("wxcard", {"card_id": "1"}, 40008),
    ],
)
def test_a_customer_service_message_is_checked(stand_in: Any, zhang: str, kind: str, content: Any, code: int) -> None:
    stand_in.act("say", zhang, text="积分")
    after = stand_in.chat(zhang)[-1]["id"]
    assert custom(stand_in, zhang, kind, content) == code
    assert len(stand_in.chat(zhang, after)) == (code == 0)


def test_a_refused_message_takes_nothing_from_the_window(stand_in: Any, zhang: str) -> None:
    stand_in.act("say", zhang, text="积分")
    assert custom(stand_in, zhang, "text", {"content": ""}) == 44004
    assert [custom(stand_in, zhang) for _ in range(6)] == [0, 0, 0, 0, 0, 45047]


def test_a_menu_message_is_tapped_by_its_label(stand_in: Any, bot: Any, zhang: str) -> None:
    stand_in.act("say", zhang, text="待办")
    items = [{"id": "101", "content": "通过 12"}, {"id": "102", "content": "不通过 12"}]
    custom(stand_in, zhang, "msgmenu", {"head_content": "待审 #12", "list": items, "tail_content": "共1条"})
    stand_in.act("tap", zhang, label="通过 12")
    assert (bot.received[-1]["Content"], bot.received[-1]["bizmsgmenuid"]) == ("通过 12", "101")


@pytest.mark.parametrize(("body", "code"), [(b"", 44002), (b"{", 47001), (b"[]", 47001), (b"\xff", 47001)])
def test_a_body_that_is_no_json_object_is_refused(stand_in: Any, body: bytes, code: int) -> None:
    assert stand_in.call(CUSTOM, body)["errcode"] == code


def test_escaped_characters_are_shown_as_they_were_sent(stand_in: Any, zhang: str) -> None:
    stand_in.act("say", zhang, text="积分")
    body = b'{"touser":"%s","msgtype":"text","text":{"content":"\\u60a8\\u597d \\\\\\\\u \\n"}}' % zhang.encode()
    assert stand_in.call(CUSTOM, body)["errcode"] == 0
    assert stand_in.chat(zhang)[-1]["text"] == "\\u60a8\\u597d \\\\u \n"


def test_quotas_of_a_minute_and_of_a_day_are_counted(stand_in: Any, zhang: str) -> None:
    path = "/cgi-bin/message/template/send"
    stand_in.post("/sandbox/quota", {"path": path, "per_minute": 2, "per_day": 3})
    assert [template(stand_in, zhang)["errcode"] for _ in range(3)] == [0, 0, 45011]
    stand_in.later(minutes=1)
    assert [template(stand_in, zhang)["errcode"] for _ in range(2)] == [0, 45009]
    stand_in.later(hours=9)
    assert template(stand_in, zhang)["errcode"] == 0


def test_parallel_sends_do_not_exceed_the_window(stand_in: Any, zhang: str) -> None:
    stand_in.act("say", zhang, text="积分")
    token, codes = stand_in.token(), []
    body = {"touser": zhang, "msgtype": "text", "text": {"content": "您好"}}

    def send() -> None:
        url = f"{stand_in.url}{CUSTOM}?access_token={token}"
        codes.append(stand_in.session.post(url, json=body, timeout=10).json()["errcode"])

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [0, 0, 0, 0, 0, 45047, 45047, 45047]
