"""Messages on their way to /wechat: how they are sent, how often, and what answer counts (wechat.md 1 and 2)."""

import socket
import threading
from typing import Any

import pytest
import xmltodict
from wechatpy.crypto import WeChatCrypto
from werobot.crypto import MessageCrypt

from bot.sandbox.callbacks import BROKEN

AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


def answer_xml(fields: Any, rest: str) -> str:
    names = f"<ToUserName>{fields['FromUserName']}</ToUserName><FromUserName>{fields['ToUserName']}</FromUserName>"
    return f"<xml>{names}<CreateTime>1795158240</CreateTime>{rest}</xml>"


def said(done: Any) -> list[str]:
    return [answer["text"] for answer in done["answers"]]


def test_a_text_is_carried_and_its_answer_shown(stand_in: Any, bot: Any, zhang: str) -> None:
    done = stand_in.act("say", zhang, text="申报 社区志愿 2小时 ]]> <b>&")
    fields = bot.received[-1]
    assert fields["Content"] == "申报 社区志愿 2小时 ]]> <b>&"
    assert (fields["ToUserName"], fields["FromUserName"]) == ("gh_0123456789ab", zhang)
    assert int(fields["CreateTime"]) == int(stand_in.clock.now().timestamp())
    assert int(fields["MsgId"]) > 2**50
    assert bot.queries[-1]["encrypt_type"] == "aes"
    assert bot.queries[-1]["openid"] == zhang
    assert said(done) == ["收到：申报 社区志愿 2小时 ]]> <b>&"]
    assert (done["attempts"], done["problem"]) == (1, None)
    mine, theirs = stand_in.chat(zhang)
    assert (mine["mine"], mine["id"], theirs["mine"]) == (True, done["bubble"], False)


def test_an_independent_library_reads_what_is_sent(stand_in: Any, bot: Any, zhang: str) -> None:
    stand_in.act("say", zhang, text="您好")
    query, body = bot.queries[-1], bot.bodies[-1].decode()
    crypto = WeChatCrypto("tok123", AES_KEY, "wx1234567890abcdef")
    clear = crypto.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
    assert xmltodict.parse(clear)["xml"]["Content"] == "您好"
    assert xmltodict.parse(body)["xml"].keys() == {"ToUserName", "Encrypt"}


def test_in_plain_mode_everything_travels_in_the_clear(start: Any, bot: Any, zhang: str) -> None:
    bot.mode = "plain"
    stand_in = start(mode="plain")
    assert said(stand_in.act("say", zhang, text="您好")) == ["收到：您好"]
    assert "msg_signature" not in bot.queries[-1]


@pytest.mark.parametrize("answer", [None, b""])
def test_success_and_an_empty_body_show_nothing(stand_in: Any, bot: Any, zhang: str, answer: Any) -> None:
    bot.reply = lambda fields: answer
    assert stand_in.act("say", zhang, text="嗯") | {"bubble": 0} == {
        "answers": [None],
        "attempts": 1,
        "problem": None,
        "bubble": 0,
        "url": None,
    }
    assert len(stand_in.chat(zhang)) == 1


def test_without_an_answer_in_time_a_message_is_sent_three_times(start: Any, bot: Any, zhang: str) -> None:
    stand_in = start(patience=0.2)
    bot.held.clear()
    done = stand_in.act("say", zhang, text="积分")
    bot.held.set()
    assert (done["attempts"], done["problem"]) == (3, "no answer within 0.2 s")
    assert len({fields["MsgId"] for fields in bot.received}) == 1
    assert len({query["nonce"] for query in bot.queries}) == 3
    assert stand_in.chat(zhang)[-1] | {"id": 0} == stand_in.chat(zhang)[-1] | {
        "kind": "notice",
        "text": BROKEN,
        "id": 0,
    }


def test_an_error_is_tried_again_and_the_second_answer_counts(stand_in: Any, bot: Any, zhang: str) -> None:
    bot.statuses = [500]
    done = stand_in.act("say", zhang, text="积分")
    assert (done["attempts"], done["problem"], said(done)) == (2, None, ["收到：积分"])


def test_a_bot_that_is_down_is_told_to_the_user(start: Any, zhang: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    stand_in = start(wechat_url=f"http://127.0.0.1:{port}/wechat")
    assert stand_in.act("say", zhang, text="积分")["problem"] == "no connection"
    assert stand_in.chat(zhang)[-1]["text"] == BROKEN


TEXT = "<MsgType>text</MsgType><Content>{}</Content>"


@pytest.mark.parametrize(
    ("rest", "problem"),
    [
        (TEXT.format("字" * 682 + "a"), None),
        (TEXT.format("字" * 682 + "ab"), "Content of 2048 bytes; 2047 are the most"),
        (TEXT.format(" "), "empty Content"),
        ("<MsgType>poem</MsgType>", "unknown MsgType 'poem'"),
        ("<MsgType>image</MsgType><Image><MediaId>x</MediaId></Image>", "unknown or expired MediaId"),
        ("<MsgType>voice</MsgType>", "unknown or expired MediaId"),
        ("<MsgType>music</MsgType>", "no Music"),
        (
            "<MsgType>news</MsgType><ArticleCount>2</ArticleCount><Articles><item/><item/></Articles>",
            "a user's message is answered with exactly one article",
        ),
    ],
)
def test_an_answer_is_held_to_the_platforms_limits(
    stand_in: Any, bot: Any, zhang: str, rest: str, problem: str | None
) -> None:
    bot.reply = lambda fields: answer_xml(fields, rest)
    assert stand_in.act("say", zhang, text="积分")["problem"] == problem
    assert stand_in.chat(zhang)[-1]["kind"] == ("notice" if problem else "text")


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (b'{"errcode": 0}', "not XML"),
        (b"\xff\xfe", "not UTF-8"),
        (b"<html></html>", "no fields in <xml>"),
        (b"<xml><MsgType>text</MsgType></xml>", "not encrypted, though the account is in secure mode"),
        (
            b"<xml><Encrypt>AA</Encrypt><MsgSignature>b</MsgSignature><TimeStamp>1795158240</TimeStamp>"
            b"<Nonce>c</Nonce></xml>",
            "wrong MsgSignature",
        ),
        (
            b"<xml><Encrypt>AA</Encrypt><MsgSignature>b</MsgSignature><TimeStamp>1795158240000</TimeStamp>"
            b"<Nonce>c</Nonce></xml>",
            "TimeStamp is not in seconds",
        ),
    ],
)
def test_what_is_no_answer_breaks_the_service_for_the_user(
    stand_in: Any, bot: Any, zhang: str, answer: bytes, problem: str
) -> None:
    bot.reply = lambda fields: answer
    assert stand_in.act("say", zhang, text="积分")["problem"] == problem
    assert stand_in.chat(zhang)[-1]["text"] == BROKEN


def test_names_that_are_not_swapped_are_noticed(stand_in: Any, bot: Any, zhang: str) -> None:
    def unswapped(fields: Any) -> str:
        names = f"<ToUserName>gh_0123456789ab</ToUserName><FromUserName>{zhang}</FromUserName>"
        return f"<xml>{names}<CreateTime>1</CreateTime><MsgType>text</MsgType><Content>好</Content></xml>"

    bot.reply = unswapped
    assert stand_in.act("say", zhang, text="积分")["problem"] == "ToUserName and FromUserName are not swapped"


def test_an_encrypted_word_success_is_noticed(stand_in: Any, bot: Any, zhang: str) -> None:
    crypt = MessageCrypt("tok123", AES_KEY, "wx1234567890abcdef")
    bot.reply = lambda fields: crypt.encrypt_message("success").encode()
    assert stand_in.act("say", zhang, text="积分")["problem"] == "not XML"


def test_an_article_is_shown_with_its_address(stand_in: Any, bot: Any, zhang: str) -> None:
    item = "<item><Title>10月公示</Title><Description>5个工作日</Description><PicUrl/><Url>{}</Url></item>"
    rest = "<MsgType>news</MsgType><ArticleCount>1</ArticleCount><Articles>{}</Articles>"
    bot.reply = lambda fields: answer_xml(fields, rest.format(item.format(fields["Content"])))
    stand_in.act("say", zhang, text="http://127.0.0.1:8000/m")
    assert stand_in.chat(zhang)[-1]["articles"][0]["url"] == "http://127.0.0.1:8000/m"
    stand_in.act("say", zhang, text="javascript:alert(1)")
    assert "url" not in stand_in.chat(zhang)[-1]["articles"][0]


def test_pictures_music_and_a_handover_to_people_are_taken_too(stand_in: Any, bot: Any, zhang: str) -> None:
    query = {"access_token": stand_in.token(), "type": "image"}
    files = {"media": ("a.gif", b"GIF89a" + b"0" * 20)}
    uploaded = stand_in.session.post(f"{stand_in.url}/cgi-bin/media/upload", params=query, files=files, timeout=10)
    image = f"<MsgType>image</MsgType><Image><MediaId>{uploaded.json()['media_id']}</MediaId></Image>"
    music = "<MsgType>music</MsgType><Music><Title>国际歌</Title><MusicUrl>http://127.0.0.1/a.mp3</MusicUrl></Music>"
    people = "<MsgType>transfer_customer_service</MsgType>"
    replies = iter([image, music, people])
    bot.reply = lambda fields: answer_xml(fields, next(replies))
    done = [stand_in.act("say", zhang, text="您好") for _ in range(3)]
    assert [each["problem"] for each in done] == [None, None, None]
    assert [bubble["kind"] for bubble in stand_in.chat(zhang) if not bubble["mine"]] == ["image", "card"]


def test_an_answer_without_a_time_in_seconds_is_noticed(stand_in: Any, bot: Any, zhang: str) -> None:
    bot.reply = lambda fields: answer_xml(fields, TEXT.format("好")).replace("1795158240", "now")
    assert stand_in.act("say", zhang, text="积分")["problem"] == "CreateTime is not in seconds"


def test_copies_travel_at_once_and_again_and_one_answer_is_shown(stand_in: Any, bot: Any, zhang: str) -> None:
    together = threading.Barrier(3)
    late = iter([False, False, False, True, True])

    def reply(fields: Any) -> str:
        if not next(late):
            together.wait(10)
        return "好"

    bot.reply = reply
    done = stand_in.act("say", zhang, text="积分", copies=3, again=2)
    assert (said(done), done["attempts"]) == (["好"] * 5, 5)
    assert {fields["MsgId"] for fields in bot.received} == {bot.received[0]["MsgId"]}
    assert len(stand_in.chat(zhang)) == 2


def test_an_event_that_cannot_be_answered_shows_no_answer(stand_in: Any, bot: Any, zhang: str) -> None:
    done = stand_in.act("event", zhang, event="LOCATION", fields={"Latitude": "23.1"})
    assert done["problem"] == "this event cannot be answered"
    assert bot.events("LOCATION")[0]["Latitude"] == "23.1"
    assert stand_in.chat(zhang) == []


def test_the_server_address_is_verified_as_the_console_does(stand_in: Any, start: Any) -> None:
    assert stand_in.post("/sandbox/verify", {}) == {"verified": True}
    assert start(token="other").post("/sandbox/verify", {}) == {"verified": False}
