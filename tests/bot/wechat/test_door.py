"""/wechat over HTTP, called by an independent client."""

import http.client
import logging
import re
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import xmltodict
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.serving import make_server
from werkzeug.test import Client
from werkzeug.wrappers import Response

from bot.wechat.door import Door, beside
from bot.wechat.protocol import MAX_BODY, Answer, Incoming, TextAnswer

Answering = Callable[[Incoming, datetime], Answer | None]


def echo(incoming: Incoming, now: datetime) -> Answer | None:
    return TextAnswer(f"您说：{incoming.content or incoming.kind}")


def door(phone: Any, answer: Answering = echo, mode: str = "aes") -> Door:
    return Door(phone.protocol(mode), answer, lambda: phone.now)


def web(phone: Any, answer: Answering = echo, mode: str = "aes") -> Client:
    return Client(door(phone, answer, mode))


def test_an_address_is_verified(phone: Any) -> None:
    answer = web(phone).get("/wechat", query_string={**phone.query(), "echostr": "4375120948345356249"})
    assert (answer.status_code, answer.text) == (200, "4375120948345356249")
    assert answer.content_type == "text/plain; charset=utf-8"


def test_a_sealed_message_gets_a_sealed_reply(phone: Any) -> None:
    query, body = phone.sealed(phone.text("积分"))
    answer = web(phone).post("/wechat", query_string=query, data=body, content_type="text/xml")
    assert (answer.status_code, answer.content_type) == (200, "application/xml")
    assert phone.opened(answer.data)["Content"] == "您说：积分"


def test_the_content_type_of_a_message_does_not_matter(phone: Any) -> None:
    query, body = phone.sealed(phone.text("积分"))
    for content_type in ("application/x-www-form-urlencoded", "", "multipart/form-data; boundary=x"):
        answer = web(phone).post("/wechat", query_string=query, data=body, content_type=content_type)
        assert phone.opened(answer.data)["Content"] == "您说：积分"


def test_mode_plain_answers_in_clear(phone: Any) -> None:
    answer = web(phone, mode="plain").post("/wechat", query_string=phone.query(), data=phone.text("积分").encode())
    assert xmltodict.parse(answer.data)["xml"]["Content"] == "您说：积分"


def test_other_methods_are_told_which_there_are(phone: Any) -> None:
    for method in ("PUT", "DELETE", "OPTIONS"):
        answer = web(phone).open("/wechat", method=method, query_string=phone.query())
        assert (answer.status_code, answer.headers["Allow"], answer.data) == (405, "GET, HEAD, POST", b"")


def test_no_answer_is_an_empty_page(phone: Any) -> None:
    query, body = phone.sealed(phone.text())
    answer = web(phone, lambda incoming, now: None).post("/wechat", query_string=query, data=body)
    assert (answer.status_code, answer.data) == (200, b"")


@pytest.mark.parametrize(
    ("change", "status", "reason"),
    [
        (lambda phone, query, body: ({**query, "signature": "0" * 40}, body), 403, "wrong signature"),
        (lambda phone, query, body: ({**query, "signature": "签"}, body), 403, "wrong signature"),
        (lambda phone, query, body: ({}, body), 403, "wrong signature"),
        (lambda phone, query, body: ({**query, "msg_signature": "0" * 40}, body), 403, "wrong msg_signature"),
        (lambda phone, query, body: (query, phone.text().encode()), 403, "not encrypted"),
        (lambda phone, query, body: (query, b"<xml>"), 400, "bad XML"),
        (lambda phone, query, body: (query, b""), 400, "no <xml> root"),
        (lambda phone, query, body: (query, b"x" * (MAX_BODY + 1)), 413, "body too large"),
        (lambda phone, query, body: (query, b"x" * (MAX_BODY * 20)), 413, "body too large"),
        (lambda phone, query, body: phone.sealed(phone.text(), at=phone.now - timedelta(minutes=11)), 403, "stale"),
        (lambda phone, query, body: phone.sealed("<xml/>"), 400, "empty XML"),
        (lambda phone, query, body: phone.sealed(phone.xml(MsgType="text")), 400, "wrong tag MsgId"),
    ],
)
def test_a_bad_request_is_refused_with_an_empty_page_and_one_line(
    phone: Any, caplog: pytest.LogCaptureFixture, change: Callable[..., Any], status: int, reason: str
) -> None:
    query, body = change(phone, *phone.sealed(phone.text("密码123")))

    def never(incoming: Incoming, now: datetime) -> Answer | None:
        raise AssertionError("a refused request was answered")

    with caplog.at_level(logging.DEBUG, "bot"):
        answer = web(phone, never).post("/wechat", query_string={**query, "openid": phone.openid}, data=body)
    assert (answer.status_code, answer.data) == (status, b"")
    (record,) = [record for record in caplog.records if record.name.startswith("bot")]
    line = record.getMessage()
    assert reason in line
    assert "\n" not in line
    assert not any(secret in line for secret in (phone.openid, phone.query()["nonce"], "123", "signature="))


def test_an_address_with_a_wrong_signature_is_not_verified(phone: Any) -> None:
    query = {**phone.query(), "signature": "0" * 40, "echostr": "<script>"}
    answer = web(phone).get("/wechat", query_string=query)
    assert (answer.status_code, answer.data) == (403, b"")


@given(body=st.binary(max_size=300), query=st.dictionaries(st.text(max_size=10), st.text(max_size=20), max_size=4))
def test_junk_never_makes_an_error_of_ours(phone: Any, body: bytes, query: dict[str, str]) -> None:
    client = web(phone)
    for arguments in (query, phone.query() | query, phone.sealed(phone.text())[0] | query):
        assert client.post("/wechat", query_string=arguments, data=body).status_code in (400, 403)


def test_a_failing_answer_is_an_apology_with_a_number_that_the_log_knows(
    phone: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(incoming: Incoming, now: datetime) -> Answer | None:
        try:
            raise KeyError(f"no binding for {incoming.from_user} 张三 code 483920 K7QX4MPLT2")
        except KeyError as error:
            raise RuntimeError(f"database is locked while reading {incoming.content}\n[parameters: secret]") from error

    query, body = phone.sealed(phone.text("绑定 张三 AbCdEfGhJk"))
    answer = web(phone, fail).post("/wechat", query_string=query, data=body)
    assert answer.status_code == 200
    found = re.fullmatch(
        r"❌ 抱歉，这条没有处理成功，请稍后再发一次。问题编号 ([A-Z2-9]{6})", phone.opened(answer.data)["Content"]
    )
    assert found
    assert found[1] in caplog.text
    assert "RuntimeError: database is locked while reading" in caplog.text
    assert "KeyError" in caplog.text
    assert ", in fail" in caplog.text
    # The lines of this very file stand in the log, too; what came with the message stands nowhere.
    lines = [line for line in caplog.text.splitlines() if "raise " not in line]
    for personal in (phone.openid, "张三", "AbCdEfGhJk", "483920", "K7QX4MPLT2", "parameters"):
        assert not [line for line in lines if personal in line]


def test_two_problems_have_two_numbers(phone: Any) -> None:
    def fail(incoming: Incoming, now: datetime) -> Answer | None:
        raise RuntimeError

    client = web(phone, fail)
    query, body = phone.sealed(phone.text())
    replies = {phone.opened(client.post("/wechat", query_string=query, data=body).data)["Content"] for _ in range(3)}
    assert len(replies) == 3


def test_a_failure_at_an_event_without_reply_is_an_empty_page(phone: Any, caplog: pytest.LogCaptureFixture) -> None:
    def fail(incoming: Incoming, now: datetime) -> Answer | None:
        raise RuntimeError

    query, body = phone.sealed(phone.event("unsubscribe"))
    answer = web(phone, fail).post("/wechat", query_string=query, data=body)
    assert (answer.status_code, answer.data) == (200, b"")
    assert "event:unsubscribe" in caplog.text


def test_a_failure_before_anybody_is_asked_is_an_empty_page_and_a_line_that_names_nobody(
    phone: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def stopped() -> datetime:
        raise RuntimeError(f"the clock stood still for 张三 {phone.openid}")

    query, body = phone.sealed(phone.text())
    answer = Client(Door(phone.protocol("aes"), echo, stopped)).post("/wechat", query_string=query, data=body)
    assert (answer.status_code, answer.data) == (500, b"")
    assert "RuntimeError: the clock stood still" in caplog.text
    assert not [
        line for line in caplog.text.splitlines() if phone.openid in line or ("张三" in line and "raise" not in line)
    ]


def test_only_the_very_address_is_the_doors(phone: Any) -> None:
    pages = Client(beside(door(phone), Response("a page")))
    assert pages.get("/wechat").status_code == 403
    assert [pages.get(path).text for path in ("/wechat/", "/wechatx", "/", "/m/meetings")] == ["a page"] * 4


def test_a_body_of_unknown_length_is_cut_off_at_the_limit(phone: Any) -> None:
    """Over a real connection, since only there a body can come in pieces."""
    server = make_server("127.0.0.1", 0, door(phone), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        query, body = phone.sealed(phone.text("积分"))
        for pieces, status in (([body[:50], body[50:]], 200), ([b"x" * 1000] * 66, 413)):
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
            connection.request(
                "POST",
                "/wechat?" + urlencode(query),
                iter(pieces),
                encode_chunked=True,
                headers={"Transfer-Encoding": "chunked"},
            )
            answer = connection.getresponse()
            content = answer.read()
            connection.close()
            assert answer.status == status
            assert (content == b"") is (status != 200)
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
