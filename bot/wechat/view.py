"""The page that WeChat's server calls: GET and POST /wechat (contract, HTTP)."""

import logging
import secrets
from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from bot.wechat.privacy import describe
from bot.wechat.protocol import MAX_BODY, Answer, Incoming, Protocol, Rejected, TextAnswer

log = logging.getLogger(__name__)

APOLOGY = "❌ 抱歉，这条没有处理成功，请稍后再发一次。问题编号 {problem}"
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # without those that are mistaken for one another


class Later(Exception):
    """Nobody can look at this now, and WeChat is to send it again."""


AnswerFunction = Callable[[Incoming, datetime], Answer | None]


def blueprint(protocol: Protocol, answer: AnswerFunction, clock: Callable[[], datetime]) -> Blueprint:
    """The routes of /wechat. `answer` says what to reply, within its own budget of time; None for nothing.

    A request that is refused gets 400, 403 or 413, an empty body and one line in the log. Should `answer` fail, the
    person gets an apology with a number that is also in the log; from Later comes 503.
    """
    pages = Blueprint("wechat", __name__)

    @pages.get("/wechat")
    def verify() -> Response:
        return _plain(protocol.verify_url(request.args, clock()))

    @pages.post("/wechat")
    def receive() -> Response:
        now = clock()
        incoming = protocol.read(request.args, _body(), now)
        content, kind = _answered(protocol, answer, incoming, now)
        return Response(content, content_type=kind)

    @pages.errorhandler(Rejected)
    def refuse(rejected: Rejected) -> Response:
        log.warning("/wechat refused a request with %d: %s", rejected.status, rejected.reason)
        return _plain("", rejected.status)

    @pages.errorhandler(Later)
    def put_off(later: Later) -> Response:
        return _plain("", 503)

    return pages


def _body() -> bytes:
    """At most MAX_BODY bytes, whatever the content type says. Raises Rejected."""
    request.max_content_length = MAX_BODY + 1  # of a body without a length it cuts silently; the protocol measures
    try:
        return request.get_data(cache=False)
    except HTTPException as error:
        raise Rejected(413 if error.code == 413 else 400, "body too large or broken off") from None


def _answered(protocol: Protocol, answer: AnswerFunction, incoming: Incoming, now: datetime) -> tuple[bytes, str]:
    try:
        return protocol.write(incoming, answer(incoming, now), now)
    except Later:
        raise
    except Exception as error:  # noqa: BLE001 - the one net under everything a message can run into
        problem = "".join(secrets.choice(_LETTERS) for _ in range(6))
        said = (incoming.from_user, incoming.content, incoming.recognition, incoming.event_key, incoming.scan_result)
        log.error("problem %s with a message of kind %s\n%s", problem, incoming.kind, describe(error, *said))
        return protocol.write(incoming, TextAnswer(APOLOGY.format(problem=problem)), now)


def _plain(content: str, status: int = 200) -> Response:
    return Response(content, status, content_type="text/plain; charset=utf-8")
