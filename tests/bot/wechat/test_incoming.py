"""Messages and events, read from known tags only."""

from datetime import UTC, datetime
from typing import Any

import pytest
import xmltodict
from hypothesis import given
from hypothesis import strategies as st
from werobot.messages.events import EventMetaClass

from bot.wechat.incoming import Incoming, Rejected, Subscription, parse_xml, read_incoming


def read(xml: str) -> Incoming:
    return read_incoming(parse_xml(xml.encode()))


def test_a_text_is_read(phone: Any) -> None:
    incoming = read(
        phone.xml(MsgType="text", Content="申报 社区志愿 2小时", MsgId="9223372036854775808", bizmsgmenuid="101")
    )
    assert incoming == Incoming(
        key="msg:9223372036854775808",
        kind="text",
        to_user=phone.account,
        from_user=phone.openid,
        created=phone.now,
        msg_id="9223372036854775808",
        content="申报 社区志愿 2小时",
        tapped=True,
    )
    assert not read(phone.xml(MsgType="text", Content="积分", MsgId="1")).tapped
    assert incoming.created.tzinfo is UTC
    assert not incoming.is_event
    assert incoming.answerable


def test_a_picture_a_recording_and_the_rest_are_read(phone: Any) -> None:
    picture = read(phone.xml(MsgType="image", PicUrl="http://x/p", MediaId="m1", MsgId="1"))
    assert (picture.kind, picture.pic_url, picture.media_id) == ("image", "http://x/p", "m1")
    voice = read(phone.xml(MsgType="voice", MediaId="m2", Format="amr", Recognition="我要申报", MsgId="2"))
    assert (voice.kind, voice.recognition) == ("voice", "我要申报")
    assert read(phone.xml(MsgType="voice", MediaId="m2", Recognition="", MsgId="2")).recognition == ""
    for kind in ("video", "shortvideo", "location", "link", "something_new"):
        assert read(phone.xml(MsgType=kind, MsgId="3", Location_X="30.1", Url="http://x")).kind == kind


def test_events_keep_the_spelling_of_the_platform(phone: Any) -> None:
    followed = read(phone.event("subscribe", EventKey="qrscene_act42", Ticket="T"))
    assert (followed.kind, followed.event_key, followed.ticket) == ("event:subscribe", "qrscene_act42", "T")
    assert followed.is_event
    assert read(phone.event("subscribe", EventKey="")).event_key == ""
    assert read(phone.event("unsubscribe")).kind == "event:unsubscribe"
    assert read(phone.event("CLICK", EventKey="积分")).event_key == "积分"
    assert read(phone.event("SCAN", EventKey="act42", Ticket="T")).kind == "event:SCAN"
    scanned = "<ScanType>qrcode</ScanType><ScanResult>M3:483920</ScanResult>"
    assert read(phone.event("scancode_waitmsg", EventKey="签到", ScanCodeInfo=scanned)).scan_result == "M3:483920"


def test_the_end_of_a_template_job_is_read(phone: Any) -> None:
    ended = read(phone.event("TEMPLATESENDJOBFINISH", MsgID="2918131553548107776", Status="failed:user block"))
    assert (ended.msg_id, ended.status) == ("2918131553548107776", "failed:user block")
    assert not ended.answerable


@pytest.mark.parametrize("around", ["SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent"])
def test_one_and_several_grants_are_lists_alike(phone: Any, around: str) -> None:
    one = "<List><TemplateId>A</TemplateId><SubscribeStatusString>accept</SubscribeStatusString></List>"
    two = "<List><TemplateId>B</TemplateId><SubscribeStatusString>reject</SubscribeStatusString></List>"
    assert read(phone.event("subscribe_msg_change_event", **{around: one})).subscriptions == (
        Subscription("A", "accept"),
    )
    assert read(phone.event("subscribe_msg_popup_event", **{around: one + two})).subscriptions == (
        Subscription("A", "accept"),
        Subscription("B", "reject"),
    )
    assert read(phone.event("subscribe_msg_popup_event", **{around: ""})).subscriptions == ()


def test_what_became_of_a_subscription_notice_is_read(phone: Any) -> None:
    tags = "<TemplateId>A</TemplateId><MsgID>170</MsgID><ErrorCode>0</ErrorCode><ErrorStatus>success</ErrorStatus>"
    sent = read(phone.event("subscribe_msg_sent_event", SubscribeMsgSentEvent=f"<List>{tags}</List>"))
    assert sent.subscriptions == (Subscription("A", msg_id="170", error_code="0", error_status="success"),)


def test_a_key_tells_events_apart_and_names_nobody(phone: Any) -> None:
    events = [
        phone.event("CLICK", EventKey="积分"),
        phone.event("CLICK", EventKey="排名"),
        phone.event("VIEW", EventKey="积分"),
        phone.event("CLICK", EventKey="积分").replace(phone.openid, "oSOMEBODYelse"),
        phone.event("CLICK", EventKey="积分").replace("<CreateTime>1", "<CreateTime>2"),
        phone.event("TEMPLATESENDJOBFINISH", MsgID="1"),
        phone.event("TEMPLATESENDJOBFINISH", MsgID="2"),
        phone.event("subscribe_msg_sent_event", SubscribeMsgSentEvent="<List><MsgID>1</MsgID></List>"),
        phone.event("subscribe_msg_sent_event", SubscribeMsgSentEvent="<List><MsgID>2</MsgID></List>"),
    ]
    keys = [read(event).key for event in events]
    assert len(set(keys)) == len(keys)
    assert keys == [read(event).key for event in events]
    assert all(key.startswith("event:") and phone.openid not in key and len(key) <= 64 for key in keys)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("MsgId", value) for value in ("", "abc", "-1", "1.5", "١٢", "1" * 21, "1</MsgId><MsgId>2")],
        *[("CreateTime", value) for value in ("", "now", "1e9", "9" * 12, "-5")],
        *[("FromUserName", value) for value in ("", "o" * 65, "a b", "<b/>", "o1</FromUserName><FromUserName>o2")],
        *[("ToUserName", value) for value in ("", "<b/>")],
        *[("MsgType", value) for value in ("", "<b/>", "te xt", "text</MsgType><MsgType>event")],
        *[("Content", value) for value in ("<b>1</b>", "1</Content><Content>2")],
    ],
)
def test_a_message_with_a_wrong_tag_is_refused(phone: Any, field: str, value: str) -> None:
    fields = {"MsgType": "text", "Content": "积分", "MsgId": "1", field: value}
    with pytest.raises(Rejected, match=f"wrong tag {field}") as caught:
        read(phone.xml(**fields))
    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("Event", ""),
        ("MsgID", "12x"),
        ("MsgID", "1</MsgID><MsgID>2"),
        ("EventKey", "<b/>"),
        ("ScanCodeInfo", "words"),
        ("SubscribeMsgPopupEvent", "words"),
        ("SubscribeMsgPopupEvent", "<List>words</List>"),
        ("FromUserName", ""),
        ("CreateTime", "then"),
    ],
)
def test_an_event_with_a_wrong_tag_is_refused(phone: Any, field: str, value: str) -> None:
    with pytest.raises(Rejected, match=f"wrong tag {field}"):
        read(phone.xml(**{"MsgType": "event", "Event": "CLICK", field: value}))


def test_unknown_tags_change_nothing(phone: Any) -> None:
    plain = phone.text()
    odd = plain.replace("</xml>", "<source>evil</source><from_user>evil</from_user><kind>a</kind><kind>b</kind></xml>")
    assert read(odd) == read(plain)


def test_every_event_that_werobot_knows_is_read(phone: Any) -> None:
    names = [str(name).removesuffix("_event") for name in EventMetaClass.TYPES]
    assert len(names) > 30
    for name in names:
        assert read(phone.event(name, EventKey="k")).kind == f"event:{name}"


def test_a_moment_is_read_as_the_platform_means_it(phone: Any) -> None:
    assert xmltodict.parse(phone.text())["xml"]["CreateTime"] == "1795163400"
    assert read(phone.text()).created == datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


_PIECES = st.sampled_from(
    ["你好", " ", "\n", "\r", "<", ">", "&", "&amp;", "]", "]]>", "<![CDATA[", "</A>", "\0", "\ufffe", "￥"]
)
_FIELDS = st.sampled_from(["<A>{}</A>", "<A><![CDATA[{}]]></A>", "<B><![CDATA[{}]]></B>\n", "<B>{}</C>", "{}<C>1</C>"])
_FIELD = st.builds(str.format, _FIELDS, st.lists(_PIECES, max_size=3).map("".join))


@given(st.lists(_FIELD, max_size=3).map("".join))
def test_a_flat_body_is_read_as_the_parser_reads_it(fields: str) -> None:
    def found(body: str) -> Any:
        try:
            return parse_xml(body.encode())
        except Rejected as rejected:
            return rejected.status

    # An attribute changes nothing, and is for the parser.
    assert found(f"<xml>{fields}</xml>") == found(f"<xml a='1'>{fields}</xml>")
