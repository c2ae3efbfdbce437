"""What /wechat refuses (contract, HTTP): 400, 403 or 413, an empty body, nothing stored, one line in the log."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from models.base import Base
from tests.databases import Files
from tests.e2e.followers import Answer, Follower
from tests.e2e.processes import Running
from tests.e2e.worlds import World, world

CLAIM = "申报 社区志愿 2小时 今天 清扫河堤"
LIMIT = 64 * 1024


@pytest.fixture(scope="module")
def served(files: Files, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Running]]:
    with world(files, tmp_path_factory.mktemp("refusals")) as one:
        yield one, one.serve("web")


def rows(world: World) -> dict[str, int]:
    """How many rows each table has."""
    with world.database.engine.connect() as connection:
        return {t: connection.scalar(text(f"SELECT count(*) FROM {t}")) or 0 for t in Base.metadata.tables}


def stale(member: Follower, late: timedelta) -> Answer:
    return member.post(*member.sealed(member.message("text", Content=CLAIM), late=late))


def forged(member: Follower) -> Answer:
    query, body = member.sealed(member.message("text", Content=CLAIM))
    return member.post({**query, "signature": "0" * 40}, body)


def forged_inside(member: Follower) -> Answer:
    query, body = member.sealed(member.message("text", Content=CLAIM))
    return member.post({**query, "msg_signature": "0" * 40}, body)


def unsigned(member: Follower) -> Answer:
    return member.post({}, member.message("text", Content=CLAIM).encode())


def ciphertext(member: Follower, changed: Callable[[str], str]) -> Answer:
    """A signed envelope around something that is no ciphertext of ours."""
    query, body = member.sealed(member.message("text", Content=CLAIM))
    inside = re.search(rb"<Encrypt>(.*)</Encrypt>", body)
    assert inside is not None
    other = changed(inside[1].decode())
    query["msg_signature"] = member.sign(query["timestamp"], query["nonce"], other)
    return member.post(query, f"<xml><Encrypt>{other}</Encrypt></xml>".encode())


def foreign(member: Follower) -> Answer:
    """Encrypted for another account with the same key and token."""
    return Follower(
        member.address,
        member.config.model_copy(
            update={"wechat": member.config.wechat.model_copy(update={"app_id": "wxother000000000"})}
        ),
        member.openid,
        member.clock,
        member.http,
    ).say(CLAIM)


def padded(member: Follower, size: int) -> Answer:
    """A body of exactly so many bytes, otherwise right: WeChat may put spaces after the root."""
    query, body = member.sealed(member.message("text", Content="帮助"))
    return member.post(query, body.ljust(size))


REFUSALS: dict[str, tuple[int, Callable[[Follower], Answer]]] = {
    "a wrong signature": (403, forged),
    "a wrong msg_signature": (403, forged_inside),
    "no signature at all": (403, unsigned),
    "a timestamp 11 minutes old": (403, lambda member: stale(member, timedelta(minutes=11))),
    "a timestamp 11 minutes ahead": (403, lambda member: stale(member, -timedelta(minutes=11))),
    "a timestamp that is none": (400, lambda member: member.post(member.signed("yesterday"), b"<xml/>")),
    "64 KiB and a byte": (413, lambda member: padded(member, LIMIT + 1)),
    "ten megabytes": (413, lambda member: padded(member, 10 * 1024 * 1024)),
    "no body": (400, lambda member: member.post(member.query() | {"encrypt_type": "aes"}, b"")),
    "no XML": (400, lambda member: member.post(member.query() | {"encrypt_type": "aes"}, b"\x00\xff nonsense")),
    "XML that ends too early": (
        400,
        lambda member: member.post(member.query() | {"encrypt_type": "aes"}, b"<xml><Encrypt>"),
    ),
    "an entity": (
        400,
        lambda member: member.post(
            member.query() | {"encrypt_type": "aes"},
            b'<!DOCTYPE xml [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>',
        ),
    ),
    "cut ciphertext": (400, lambda member: ciphertext(member, lambda text: text[:-24])),
    "ciphertext that is no base64": (400, lambda member: ciphertext(member, lambda text: "！" + text[1:])),
    "twisted ciphertext": (400, lambda member: ciphertext(member, lambda text: text[:-8] + "AAAAAAA=")),
    "another account's message": (403, foreign),
    "clear text in mode aes": (403, lambda member: member.post_clear(member.message("text", Content=CLAIM))),
    "bad XML inside": (400, lambda member: member.send("<xml><FromUserName>")),
    "no MsgType inside": (400, lambda member: member.send(member.xml(Content=CLAIM, MsgId="1"))),
    "an openid that is none": (
        400,
        lambda member: member.send(member.message("text", FromUserName="a b", Content="x")),
    ),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_it_is_refused_without_a_word_and_without_a_trace(what: str, served: tuple[World, Running]) -> None:
    world, web = served
    status, send = REFUSALS[what]
    before, log = rows(world), web.output
    answer = send(world.follower("zhang_san"))
    assert (answer.status, answer.body) == (status, b"")
    assert rows(world) == before
    written = web.output.removeprefix(log).splitlines()
    assert len(written) == 1, written
    assert f"with {status}" in written[0]
    for secret in ("o-1006", "signature=", "openid", "清扫河堤", world.config.wechat.token):
        assert secret not in written[0]


def test_64_kib_are_taken(served: tuple[World, Running]) -> None:
    answer = padded(served[0].follower("zhang_san"), LIMIT)
    assert (answer.status, "您现在可以" in answer.text) == (200, True)


def test_the_address_is_verified_with_the_echo_as_it_came(served: tuple[World, Running]) -> None:
    member = served[0].follower("zhang_san")
    good = member.verify("4375120948345356249")
    assert (good.status_code, good.content) == (200, b"4375120948345356249")
    assert good.headers["Content-Type"].startswith("text/plain")
    bad = member.verify("4375120948345356249", signature="0" * 40)
    assert (bad.status_code, bad.content) == (403, b"")
    markup = member.verify("<script>")
    assert (markup.content, markup.headers["Content-Type"]) == (b"<script>", "text/plain; charset=utf-8")


def test_a_good_message_leaves_no_line_in_the_log(served: tuple[World, Running]) -> None:
    world, web = served
    log = web.output
    assert world.follower("liu_qiang").say(CLAIM).text.startswith("✅")
    assert web.output == log
