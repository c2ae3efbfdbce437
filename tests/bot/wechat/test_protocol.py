"""The callback protocol against the vectors of the fact sheet, an independent client, and junk."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import xmltodict
from hypothesis import example, given
from hypothesis import strategies as st
from werobot.crypto import MessageCrypt

from bot.wechat.protocol import MAX_BODY, ImageAnswer, NewsAnswer, Protocol, Rejected, TextAnswer

TOKEN, APP_ID, AES_KEY = "tok123", "wx1234567890abcdef", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
V1 = (
    "Q3stYC6hdFzMh9T8HCvyDI4OFzVNXy1hzMgwxpcjW4Z3o6yfCFU64yan0zEQFjd+qK8bYOd0iJWXlQwcebzMITILrDYKE7PmJHRPuV2UWpW2BD7Z3wRV"
    "TdWPICaF+0LeaUUWcoyc3SEnQ+V01rQvDNrSx/GrtgQ1xmo6bQHpdVBqqRt2XsyQUepdDzIM8V6D87b193r/CstdRX3ZX9iuCiX1emvaSGRJHGxgpw1C"
    "7ApR82R5/0m4rn4x/5XGtO6TkGo7wCMFCALNJsCtk3QzJ1Nk+a9p4czoI7hEJmHPSdjxYYQNrsyDWw6hr81Ta+HJ/Qo4bcTVQzflwW+ceCRmO9L4yP30"
    "cwP8Jy8UfIWhIohBMTdjFNrcuF1bzXmS81Cq1p0fdC6TaQruXTnuSaqBB8LN8HaXOjGBocgqmjCoFm4="
)
V2 = (
    "Q3stYC6hdFzMh9T8HCvyDHq2AhFh/duKXhxie8DW48eFdPqxoA1lkemtADJUeXqr4KAvAPndh8/LjUcNeoHB58li6bp6yhv2khbt0EyfD9juclkKkZE3"
    "DFP0pWUl8OC/"
)
V3 = "Q3stYC6hdFzMh9T8HCvyDNc4sLDOGvibS3uNmoy+d4zMYV494JNu3PikufTDziI9Qzj15n+RKnOPSqf7sOygNg=="


def at(timestamp: int) -> datetime:
    return datetime.fromtimestamp(timestamp, UTC)


def sealed(encrypted: str) -> bytes:
    return f"<xml><ToUserName><![CDATA[gh_x]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>".encode()


def signed(phone: Any, encrypted: str) -> tuple[dict[str, str], bytes]:
    """Query and body around any ciphertext, rightly signed."""
    query = phone.query()
    signature = phone.sign(query["timestamp"], query["nonce"], encrypted)
    return {**query, "encrypt_type": "aes", "msg_signature": signature}, sealed(encrypted)


def raw_ciphertext(data: bytes) -> str:
    encryptor = MessageCrypt(TOKEN, AES_KEY, APP_ID).prp_crypto.cipher.encryptor()
    return base64.b64encode(encryptor.update(data) + encryptor.finalize()).decode()


def refused(protocol: Protocol, query: Any, body: bytes, now: datetime) -> int:
    with pytest.raises(Rejected) as caught:
        protocol.read(query, body, now)
    return caught.value.status


@pytest.mark.parametrize(
    ("token", "timestamp", "nonce", "signature"),
    [
        ("AAAAA", "1714036504", "1514711492", "f464b24fc39322e44b38aa78f5edd27bd1441696"),
        ("AAAAA", "1714037059", "486452656", "899cf89e464efb63f54ddac96b0a0a235f53aa78"),
        ("weixin", "1414243737", "1792106704", "35703636de2f9df2a77a662b68e521ce17c34db4"),
    ],
)
def test_the_official_signatures_verify_an_address(token: str, timestamp: str, nonce: str, signature: str) -> None:
    protocol = Protocol(token, APP_ID, "", "plain")
    query = {"signature": signature, "timestamp": timestamp, "nonce": nonce, "echostr": "4375120948345356249"}
    assert protocol.verify_url(query, at(int(timestamp))) == "4375120948345356249"
    for name in ("signature", "timestamp", "nonce"):
        with pytest.raises(Rejected) as caught:
            protocol.verify_url({**query, name: query[name][:-1] + "x"}, at(int(timestamp)))
        assert caught.value.status == 403


def test_an_address_is_not_verified_without_an_echo(phone: Any) -> None:
    with pytest.raises(Rejected) as caught:
        phone.protocol().verify_url(phone.query(), phone.now)
    assert caught.value.status == 400


def test_vector_1_is_read() -> None:
    query = {
        "signature": "a5e050d25962066e3cfc9574cee9cfc455f40d6d",
        "msg_signature": "6cc816dc5fd8cb9b392eba3409781fc6e084c185",
        "timestamp": "1700000000",
        "nonce": "nonce01",
        "encrypt_type": "aes",
    }
    incoming = Protocol(TOKEN, APP_ID, AES_KEY).read(query, sealed(V1), at(1700000000))
    assert (incoming.kind, incoming.content, incoming.key) == ("text", "你好", "msg:23000000000000001")
    assert incoming.from_user == "oTESTuser00000000000000000001"
    assert incoming.created == at(1700000000)


@pytest.mark.parametrize(
    ("encrypted", "msg_signature", "reason"),
    [
        (V2, "9fa2f35cd921d866d9f976bb73e4c4651bc94ee0", "wrong tag MsgType"),  # opened: <xml><A>…</A></xml>, pad 32
        (V3, "1167a327b98af181be0c82dfb7a4ccbc06ca40e2", "no <xml> root"),  # opened: success, pad 19
    ],
)
def test_vectors_2_and_3_are_opened_and_are_no_messages(encrypted: str, msg_signature: str, reason: str) -> None:
    query = {
        "signature": "75cb78442d09d4a67c75b5d2d5b7bb5e480fb12a",
        "msg_signature": msg_signature,
        "timestamp": "1700000001",
        "nonce": "nonce02",
        "encrypt_type": "aes",
    }
    with pytest.raises(Rejected, match=reason) as caught:
        Protocol(TOKEN, APP_ID, AES_KEY).read(query, sealed(encrypted), at(1700000001))
    assert caught.value.status == 400


@given(content=st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="\ufffe\uffff")))
@example("]]>")
@example("😀" * 600)
def test_whatever_a_person_types_arrives_and_is_answered(phone: Any, content: str) -> None:
    protocol = phone.protocol()
    query, body = phone.sealed(phone.text(content.replace("]]>", "]]]]><![CDATA[>")))
    incoming = protocol.read(query, body, phone.now)
    assert incoming.content == content.strip()
    reply, kind = protocol.write(incoming, TextAnswer(f"您说：{content}。"), phone.now)
    fields = phone.opened(reply)
    assert kind == "application/xml"
    assert len(f"您说：{content}。".encode()) > 2000 or fields["Content"] == f"您说：{content}。"
    assert (fields["ToUserName"], fields["FromUserName"]) == (phone.openid, phone.account)
    assert (fields["MsgType"], fields["CreateTime"]) == ("text", str(int(phone.now.timestamp())))


@given(junk=st.binary(max_size=400) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
@example(b"<xml>" * 5_000)
@example(b"<xml><MsgType/></xml>\x00")
@example(b'<?xml version="1.0" encoding="utf-7"?><xml><MsgType>text</MsgType></xml>')
@pytest.mark.parametrize("mode", ["aes", "plain"])
def test_junk_is_refused_and_nothing_worse(phone: Any, mode: str, junk: bytes) -> None:
    protocol = phone.protocol(mode)
    query = {**phone.query(), "encrypt_type": "aes", "msg_signature": "x"}
    assert refused(protocol, query, junk, phone.now) in (400, 403)
    encrypted = MessageCrypt(TOKEN, AES_KEY, APP_ID).prp_crypto.encrypt(junk, APP_ID).decode()
    assert refused(protocol, *signed(phone, encrypted), phone.now) == 400


@given(names=st.dictionaries(st.sampled_from(["signature", "timestamp", "nonce", "msg_signature"]), st.text()))
def test_no_query_makes_it_stumble(phone: Any, names: dict[str, str]) -> None:
    query, body = phone.sealed(phone.text())
    changed = {**query, **names}
    if changed != query:
        assert refused(phone.protocol(), changed, body, phone.now) in (400, 403)


@given(data=st.binary(max_size=200))
@example(b"")
@example(b"\x01" * 32)
@example(b"\x00" * 32)
def test_ciphertext_of_anything_is_refused(phone: Any, data: bytes) -> None:
    """Signed by who knows the token, but not made by the platform: wrong padding, length, account."""
    encrypted = raw_ciphertext(data + bytes(-len(data) % 16))
    assert refused(phone.protocol(), *signed(phone, encrypted), phone.now) in (400, 403)


@pytest.mark.parametrize("encrypted", [V1[:-24], V1[:-1], "?" + V1[1:], "密", "="])
def test_broken_ciphertext_is_refused(phone: Any, encrypted: str) -> None:
    assert refused(phone.protocol(), *signed(phone, encrypted), phone.now) == 400


@pytest.mark.parametrize("pad", [0, 33, 255])
def test_padding_outside_1_to_32_is_refused(phone: Any, pad: int) -> None:
    inner = phone.text().encode()
    whole = b"r" * 16 + len(inner).to_bytes(4, "big") + inner + APP_ID.encode()
    encrypted = raw_ciphertext(whole + bytes([pad]) * (-len(whole) % 32 + 32))
    assert refused(phone.protocol(), *signed(phone, encrypted), phone.now) == 400


def test_a_request_may_be_ten_minutes_old_or_early_and_not_more(phone: Any) -> None:
    protocol = phone.protocol()
    for seconds, fine in ((600, True), (-600, True), (601, False), (-601, False)):
        query, body = phone.sealed(phone.text(), at=phone.now + timedelta(seconds=seconds))
        if fine:
            assert protocol.read(query, body, phone.now).content == "积分"
        else:
            assert refused(protocol, query, body, phone.now) == 403


def test_a_body_may_have_64_kib_and_not_more(phone: Any) -> None:
    protocol = phone.protocol("plain")
    longest = phone.text("好" * 100).encode().replace(b"</xml>", b"")
    longest += b" " * (MAX_BODY - len(longest) - len(b"</xml>")) + b"</xml>"
    assert protocol.read(phone.query(), longest, phone.now).content == "好" * 100
    assert refused(protocol, phone.query(), longest + b" ", phone.now) == 413


def test_mode_aes_takes_no_clear_text(phone: Any) -> None:
    protocol, clear = phone.protocol(), phone.text().encode()
    query, body = phone.sealed(phone.text())
    assert refused(protocol, phone.query(), clear, phone.now) == 403
    assert refused(protocol, query, clear, phone.now) == 403
    for name in ("encrypt_type", "msg_signature"):
        left = {key: value for key, value in query.items() if key != name}
        assert refused(protocol, left, body, phone.now) == 403
    assert refused(protocol, {**query, "encrypt_type": "raw"}, body, phone.now) == 403


def test_beside_a_sealed_message_a_clear_one_counts_for_nothing(phone: Any) -> None:
    clear = {"FromUserName": "oEVIL", "MsgType": "text", "Content": "通过 12", "MsgId": "666"}
    query, body = phone.sealed(phone.text("积分"), **clear)
    incoming = phone.protocol().read(query, body, phone.now)
    assert (incoming.content, incoming.from_user, incoming.msg_id) == ("积分", phone.openid, "23000000000000001")


def test_mode_plain_reads_the_clear_fields_and_answers_in_clear(phone: Any) -> None:
    protocol = phone.protocol("plain")
    incoming = protocol.read(phone.query(), phone.text().encode(), phone.now)
    reply, _ = protocol.write(incoming, TextAnswer("76 分"), phone.now)
    assert xmltodict.parse(reply)["xml"]["Content"] == "76 分"


def test_a_message_for_another_account_is_refused(phone: Any) -> None:
    query, body = phone.sealed(phone.text())
    assert refused(Protocol(TOKEN, "wx0000000000000000", AES_KEY), query, body, phone.now) == 403


@pytest.mark.parametrize(
    "body",
    [
        '<!DOCTYPE xml [<!ENTITY a "b">]><xml><MsgType>&a;</MsgType></xml>',
        '<!DOCTYPE xml SYSTEM "http://127.0.0.1/x"><xml><MsgType>text</MsgType></xml>',
        '<?xml version="1.0"?><!-- <xml --><!DOCTYPE xml><xml><MsgType>text</MsgType></xml>',
        "<html></html>",
        "<xml/>",
        "<xml></xml>",
        "<xml>words</xml>",
        "<xmls><MsgType>text</MsgType></xmls>",
        "",
        "{}",
    ],
)
def test_what_is_no_message_in_xml_is_refused(phone: Any, body: str) -> None:
    assert refused(phone.protocol("plain"), phone.query(), body.encode(), phone.now) == 400
    query, sealed_body = phone.sealed(body or " ")
    assert refused(phone.protocol(), query, sealed_body, phone.now) == 400


def test_no_answer_is_an_empty_body_in_clear(phone: Any) -> None:
    protocol = phone.protocol()
    incoming = protocol.read(*phone.sealed(phone.text()), phone.now)
    assert protocol.write(incoming, None, phone.now)[0] == b""
    assert protocol.write(incoming, TextAnswer("\x07"), phone.now)[0] == b""


@pytest.mark.parametrize(
    ("event", "shown"), [("subscribe", True), ("CLICK", True), ("unsubscribe", False), ("VIEW", False)]
)
def test_only_events_that_show_a_reply_get_one(phone: Any, event: str, shown: bool) -> None:
    protocol = phone.protocol()
    incoming = protocol.read(*phone.sealed(phone.event(event)), phone.now)
    assert bool(protocol.write(incoming, TextAnswer("您好"), phone.now)[0]) is shown


def test_pictures_and_articles_are_rendered(phone: Any) -> None:
    protocol = phone.protocol()
    incoming = protocol.read(*phone.sealed(phone.text()), phone.now)
    picture = phone.opened(protocol.write(incoming, ImageAnswer("media]]>1"), phone.now)[0])
    assert picture["Image"]["MediaId"] == "media]]>1"
    article = NewsAnswer("会议]]>记录", "11月", "https://x/p.png", "https://x/?a=1&b=2")
    news = phone.opened(protocol.write(incoming, article, phone.now)[0])
    assert news["ArticleCount"] == "1"
    shown = {"Title": "会议]]>记录", "Description": "11月", "PicUrl": "https://x/p.png", "Url": "https://x/?a=1&b=2"}
    assert news["Articles"]["item"] == shown


def test_two_replies_are_never_sealed_alike(phone: Any) -> None:
    protocol = phone.protocol()
    incoming = protocol.read(*phone.sealed(phone.text()), phone.now)
    one, two = (protocol.write(incoming, TextAnswer("您好"), phone.now)[0] for _ in range(2))
    assert one != two
    assert phone.opened(one) == phone.opened(two)


@pytest.mark.parametrize(
    ("token", "key", "mode", "reason"),
    [
        ("", AES_KEY, "aes", "the token is empty"),
        (TOKEN, "", "aes", "43 letters and digits"),
        (TOKEN, AES_KEY + "H", "aes", "43 letters and digits"),
        (TOKEN, "?" * 43, "aes", "43 letters and digits"),
        (TOKEN, AES_KEY, "compatible", "the mode is aes or plain"),
    ],
)
def test_a_wrong_configuration_is_refused_at_the_start(token: str, key: str, mode: Any, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Protocol(token, APP_ID, key, mode)


@pytest.mark.parametrize("timestamp", ["", "now", "1e9", "１７９５１６３４００", "1" * 5000, "-1"])
def test_a_timestamp_is_seconds(phone: Any, timestamp: str) -> None:
    query = {"signature": phone.sign(timestamp, "n"), "timestamp": timestamp, "nonce": "n"}
    assert refused(phone.protocol("plain"), query, phone.text().encode(), phone.now) == 400


def test_a_protocol_shows_no_secret_when_printed(phone: Any) -> None:
    assert TOKEN not in repr(phone.protocol())
    assert AES_KEY not in repr(phone.protocol())
