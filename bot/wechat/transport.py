"""One HTTP exchange with the platform, and what its outcome means: an answer, a Refusal, or Unclear (rules 28)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import aiohttp
from yarl import URL

from bot.wechat.errors import Fault, Refusal, Unclear, fault_of
from bot.wechat.privacy import scrub

TOTAL = 4.0  # seconds for a whole call
CONNECT = 2.0  # seconds to get a connection
_LONGEST_ANSWER = 1 << 20  # bytes of JSON
_ADDRESSES = 20
_JSON = {"Content-Type": "application/json; charset=utf-8"}
# Before a connection stands nothing was sent: certain, and worth another try.
_UNSENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientConnectorCertificateError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
)


class TooLong(Unclear):
    """The answer had more bytes than were wanted."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Status 200, and what came with it."""

    content_type: str
    body: bytes


class Transport:
    """Pooled connections to `base`; `async with` opens and closes them in the running event loop."""

    def __init__(self, base: str, total: float = TOTAL) -> None:
        self._base = base.rstrip("/")
        # Until there is a connection the time is short; then a whole call has its own, and a large one five of them.
        self._timeouts = [aiohttp.ClientTimeout(total=n * total, connect=min(CONNECT, total)) for n in (1, 5)]
        self._addresses: dict[Any, URL] = {}  # of the calls made last: they are few, and made again and again
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=100, keepalive_timeout=10),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=self._base.startswith("https://"),  # an outgoing proxy, never towards the stand-in
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
        self._session = None

    async def ask(
        self,
        path: str,
        payload: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        form: aiohttp.FormData | None = None,
        must: str = "errcode",
        secrets: tuple[str, ...] = (),
    ) -> dict[str, Any]:
        """The JSON answer of a call (POST with a payload or form, otherwise GET), which must have the key `must`.

        Raises Refusal for an errcode and Unclear for an answer that cannot be read; `secrets` appear in neither.
        """
        body = None if payload is None else json.dumps(payload, ensure_ascii=False).encode(errors="replace")
        reply = await self.exchange(
            path, query=query, data=body if form is None else form, headers=_JSON if body else None
        )
        answer = answer_in(reply, secrets)
        if must not in answer:
            raise Unclear(f"an answer without {must}")
        return answer

    async def exchange(
        self,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        data: bytes | aiohttp.FormData | None = None,
        headers: Mapping[str, str] | None = None,
        longest: int = _LONGEST_ANSWER,
        slow: bool = False,
    ) -> Reply:
        """One request and its reply of at most `longest` bytes; `slow` gives a large one five times as long.

        Raises Refusal where nothing was sent, Unclear for the rest and its TooLong for a larger reply.
        No exception of aiohttp leaves this function, nor is one chained: they hold the address with its token.
        """
        if self._session is None:
            raise RuntimeError("a client is used inside `async with`")
        method = "GET" if data is None else "POST"
        url, timeout = self._address(path, query), self._timeouts[slow]
        try:
            async with self._session.request(
                method, url, data=data, headers=headers, allow_redirects=False, timeout=timeout
            ) as response:
                _check_status(response.status)
                return Reply(response.content_type, await _read(response.content, longest))
        except _UNSENT as error:
            raise Refusal(None, Fault.TRANSIENT, f"no connection ({type(error).__name__})") from None
        except TimeoutError:
            raise Unclear("no answer in time") from None
        except (aiohttp.ClientError, OSError) as error:
            raise Unclear(f"connection broken ({type(error).__name__})") from None

    def _address(self, path: str, query: Mapping[str, str] | None) -> URL:
        """The address of a call; that of one made before is not put together anew."""
        which = (path, *sorted((query or {}).items()))
        found = self._addresses.get(which)
        if found is None:
            if len(self._addresses) >= _ADDRESSES:
                self._addresses.clear()
            found = self._addresses[which] = URL(self._base + path).update_query(query)
        return found


def answer_in(reply: Reply, secrets: tuple[str, ...] = ()) -> dict[str, Any]:
    """The JSON object of a reply. Raises Refusal for an errcode other than 0, Unclear for anything unreadable."""
    try:
        answer = json.loads(reply.body)
    except (ValueError, RecursionError):
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


async def _read(content: aiohttp.StreamReader, longest: int) -> bytes:
    data = bytearray()
    while not content.at_eof():
        data += await content.readany()
        if len(data) > longest:
            raise TooLong(f"an answer of more than {longest} bytes")
    return bytes(data)
