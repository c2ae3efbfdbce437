"""WeChat's door: GET and POST /wechat (contract, HTTP), a WSGI application beside the pages.

Made of what Flask is made of, and without what Flask does for pages (docs/why/decisions/door.md).
"""

import logging
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from bot.wechat.privacy import describe
from bot.wechat.protocol import MAX_BODY, Answer, Incoming, Protocol, Rejected, TextAnswer

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

PATH = "/wechat"
APOLOGY = "❌ 抱歉，这条没有处理成功，请稍后再发一次。问题编号 {problem}"
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # without those that are mistaken for one another


class Later(Exception):
    """Nobody can look at this now, and WeChat is to send it again."""


AnswerFunction = Callable[[Incoming, datetime], Answer | None]


class Door:
    """The WSGI application of PATH. `answer` says what to reply, within its own budget of time; None for nothing.

    A request that is refused gets 400, 403 or 413, an empty body and one line in the log. Should `answer` fail, the
    person gets an apology with a number that is also in the log; from Later comes 503.
    """

    def __init__(self, protocol: Protocol, answer: AnswerFunction, clock: Callable[[], datetime]) -> None:
        self._protocol = protocol
        self._answer = answer
        self._clock = clock

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse", /) -> Iterable[bytes]:
        request = Request(environ, populate_request=False)
        try:
            response = self._receive(request) if request.method == "POST" else self._verify(request)
        except Rejected as rejected:
            log.warning("%s refused a request with %d: %s", PATH, rejected.status, rejected.reason)
            response = _plain("", rejected.status)
        except Later:
            response = _plain("", 503)
        except Exception as error:  # noqa: BLE001 - what a server would write down of it names the person
            log.error("%s failed\n%s", PATH, describe(error))
            response = _plain("", 500)
        return list(response(environ, start))  # the server takes a list whole, an iterator part by part

    def _verify(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return Response(status=405, headers={"Allow": "GET, HEAD, POST"})
        return _plain(self._protocol.verify_url(request.args, self._clock()))

    def _receive(self, request: Request) -> Response:
        now = self._clock()
        incoming = self._protocol.read(request.args, _body(request), now)
        content, kind = self._answered(incoming, now)
        return Response(content, content_type=kind)

    def _answered(self, incoming: Incoming, now: datetime) -> tuple[bytes, str]:
        try:
            return self._protocol.write(incoming, self._answer(incoming, now), now)
        except Later:
            raise
        except Exception as error:  # noqa: BLE001 - the one net under everything a message can run into
            problem = "".join(secrets.choice(_LETTERS) for _ in range(6))
            said = (
                incoming.from_user,
                incoming.content,
                incoming.recognition,
                incoming.event_key,
                incoming.scan_result,
            )
            log.error("problem %s with a message of kind %s\n%s", problem, incoming.kind, describe(error, *said))
            return self._protocol.write(incoming, TextAnswer(APOLOGY.format(problem=problem)), now)


def beside(door: "WSGIApplication", pages: "WSGIApplication") -> "WSGIApplication":
    """Both of them: PATH is the door's, everything else the pages'."""

    def chosen(environ: "WSGIEnvironment", start: "StartResponse", /) -> Iterable[bytes]:
        return (door if environ["PATH_INFO"] == PATH else pages)(environ, start)

    return chosen


def _body(request: Request) -> bytes:
    """At most MAX_BODY bytes, whatever the content type says. Raises Rejected."""
    request.max_content_length = MAX_BODY + 1  # of a body without a length it cuts silently; the protocol measures
    try:
        return request.get_data(cache=False)
    except HTTPException as error:
        raise Rejected(413 if error.code == 413 else 400, "body too large or broken off") from None


def _plain(content: str, status: int = 200) -> Response:
    return Response(content, status, content_type="text/plain; charset=utf-8")
