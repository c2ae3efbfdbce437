"""One HTTP exchange with the platform, and what its outcome means: an answer, a Refusal, or Unclear (rules 28)."""

import io
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import pycurl
from pydantic_core import from_json, to_json

from bot.wechat.errors import Fault, Refusal, Unclear, fault_of
from bot.wechat.privacy import scrub
from bot.wechat.transfers import Transfers

TOTAL = 4.0  # seconds for a whole call
CONNECT = 2.0  # seconds to get a connection
_LONGEST_ANSWER = 1 << 20  # bytes of JSON
_CONNECTIONS = 100  # at most, at one moment
_UNUSED = 10  # seconds after which a connection is not used again
_ADDRESSES = 20
_LARGE = 5  # times as long as another call a large one may take
_JSON = ["Content-Type: application/json; charset=utf-8"]
_AT_ONCE = "Expect:"  # without this a large body would wait to be asked for


class TooLong(Unclear):
    """The answer had more bytes than were wanted."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Status 200, and what came with it."""

    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class File:
    """A file to be uploaded as the one field of a form."""

    field: str
    name: str
    content_type: str
    data: bytes


class Transport:
    """Pooled connections to `base`; `async with` opens and closes them in the running event loop."""

    def __init__(self, base: str, total: float = TOTAL) -> None:
        self._base = base.rstrip("/")
        self._total = total
        self._addresses: dict[Any, str] = {}  # of the calls made last: they are few, and made again and again
        self._transfers: Transfers | None = None
        self._spare: list[pycurl.Curl] = []  # made for JSON, and at rest

    async def __aenter__(self) -> Self:
        self._blank = _blank(self._base, min(CONNECT, self._total))
        self._transfers = Transfers(_CONNECTIONS)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._transfers is not None:
            self._transfers.close()
        self._transfers = None
        self._spare.clear()

    async def ask(
        self,
        path: str,
        payload: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        file: File | None = None,
        must: str = "errcode",
        secrets: tuple[str, ...] = (),
    ) -> dict[str, Any]:
        """The JSON answer of a call (POST with a payload or file, otherwise GET), which must have the key `must`.

        Raises Refusal for an errcode and Unclear for an answer that cannot be read; `secrets` appear in neither.
        """
        body = None if payload is None else to_json(payload)
        reply = await self.exchange(path, query=query, body=body, file=file)
        answer = answer_in(reply, secrets)
        if must not in answer:
            raise Unclear(f"an answer without {must}")
        return answer

    async def exchange(
        self,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
        file: File | None = None,
        longest: int = _LONGEST_ANSWER,
        slow: bool = False,
    ) -> Reply:
        """One request, with JSON or a file, and its reply of at most `longest` bytes; a `slow` one has more time.

        Raises Refusal where nothing was sent, Unclear for the rest and its TooLong for a larger reply.
        No exception of pycurl leaves this function, nor is one chained: it may hold the address with its token.
        """
        if self._transfers is None:
            raise RuntimeError("a client is used inside `async with`")
        call, data = self._new(body, file), bytearray()
        call.setopt(pycurl.URL, self._address(path, query))
        call.setopt(pycurl.TIMEOUT_MS, round(1000 * self._total * (_LARGE if slow else 1)))
        call.setopt(pycurl.WRITEFUNCTION, _into(data, longest))
        try:
            await self._transfers.perform(call)
        except pycurl.error as error:
            raise _meant(call, error.args[0], len(data), longest) from None
        status, content_type = call.getinfo(pycurl.RESPONSE_CODE), call.getinfo(pycurl.CONTENT_TYPE) or ""
        if body is not None:
            self._spare.append(call)
        _check_status(status)
        return Reply(content_type.partition(";")[0].strip().lower(), bytes(data))

    def _new(self, body: bytes | None, file: File | None) -> pycurl.Curl:
        """A call with a body, a file or neither. One with JSON may have served before: they are most of them."""
        if body is None:
            call = self._blank.duphandle()
            if file is not None:
                _upload(call, file)
            return call
        call = self._spare.pop() if self._spare else _for_json(self._blank.duphandle())
        _give(call, body)
        return call

    def _address(self, path: str, query: Mapping[str, str] | None) -> str:
        """The address of a call; that of one made before is not put together anew."""
        which = (path, *sorted((query or {}).items()))
        found = self._addresses.get(which)
        if found is None:
            if len(self._addresses) >= _ADDRESSES:
                self._addresses.clear()
            asked = f"?{urlencode(query)}" if query else ""
            found = self._addresses[which] = f"{self._base}{path}{asked}"
        return found


def answer_in(reply: Reply, secrets: tuple[str, ...] = ()) -> dict[str, Any]:
    """The JSON object of a reply. Raises Refusal for an errcode other than 0, Unclear for anything unreadable."""
    try:
        answer = from_json(reply.body)
    except ValueError:
        raise Unclear("an answer that is no JSON") from None
    if not isinstance(answer, dict):
        raise Unclear("an answer that is no JSON object")
    code = answer.get("errcode", 0)
    if type(code) is not int:
        raise Unclear("an errcode that is no number")
    if code and fault_of(code) is not Fault.ALREADY_SENT:
        raise Refusal(code, fault_of(code), scrub(str(answer.get("errmsg", "")), *secrets)[:200])
    return answer


def _check_status(status: int) -> None:
    if 400 <= status < 500:
        raise Refusal(None, Fault.WAIT if status == 429 else Fault.UNKNOWN, f"HTTP {status}")
    if status != 200:
        raise Unclear(f"HTTP {status}")


def _blank(base: str, connect: float) -> pycurl.Curl:
    """What all calls have in common; each is a copy."""
    call = pycurl.Curl()
    call.setopt(pycurl.NOSIGNAL, 1)  # deliveries run in a thread
    call.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
    call.setopt(pycurl.CONNECTTIMEOUT_MS, round(1000 * connect))
    call.setopt(pycurl.MAXAGE_CONN, _UNUSED)
    call.setopt(pycurl.USERAGENT, "xianfeng")
    if base.startswith("https://"):
        # Whom this machine trusts, as everything else in Python sees it: the wheel's own library knows no place.
        trusted = ssl.get_default_verify_paths()
        for option, place in ((pycurl.CAINFO, trusted.cafile), (pycurl.CAPATH, trusted.capath)):
            if place is not None:
                call.setopt(option, place)
    else:
        call.setopt(pycurl.PROXY, "")  # the surroundings' outgoing proxy, but never towards the stand-in
    return call


def _into(data: bytearray, longest: int) -> Callable[[bytes], int]:
    """Takes an answer as it comes, up to its longest; what is beyond is there as one byte."""

    def take(more: bytes) -> int:
        room = longest + 1 - len(data)
        data.extend(more[:room])
        return len(more) if len(data) <= longest else 0

    return take


def _for_json(call: pycurl.Curl) -> pycurl.Curl:
    call.setopt(pycurl.HTTPHEADER, [*_JSON, _AT_ONCE])
    call.setopt(pycurl.POST, 1)
    return call


def _give(call: pycurl.Curl, body: bytes) -> None:
    """A body, read once: libcurl by itself sends a body again that it can take anew, when a kept connection ends
    without an answer. What was sent may have arrived, so there it is to fail."""
    call.setopt(pycurl.POSTFIELDSIZE, len(body))
    call.setopt(pycurl.READFUNCTION, io.BytesIO(body).read)


def _upload(call: pycurl.Curl, file: File) -> None:
    """A form with a file; that one may arrive twice, and only one of the two will be used."""
    form = pycurl.CurlMime(call)
    form.add(name=file.field, filename=file.name, data=file.data, content_type=file.content_type)
    call.setopt(pycurl.HTTPHEADER, [_AT_ONCE])
    call.setopt(pycurl.MIMEPOST, form)


def _meant(call: pycurl.Curl, code: int, got: int, longest: int) -> Refusal | Unclear:
    """What a failure of libcurl means: as long as not a byte of a request had left, nothing was sent."""
    if got > longest:
        return TooLong(f"an answer of more than {longest} bytes")
    unsent = call.getinfo(pycurl.REQUEST_SIZE) == 0
    if unsent or call.getinfo(pycurl.HTTP_CONNECTCODE) >= 300:  # or an outgoing proxy would not pass it on
        return Refusal(None, Fault.TRANSIENT, f"no connection (curl {code})")
    if code == pycurl.E_OPERATION_TIMEDOUT:
        return Unclear("no answer in time")
    return Unclear(f"connection broken (curl {code})")
