"""The calls to WeChat's own API that Xianfeng makes, on the official paths only (contract, WeChat's side).

Every call raises Refusal (certain: nothing was sent) or Unclear (not known), see bot/wechat/errors.py. A dead access
token is healed exactly once per call.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Literal, NamedTuple, Self, TypeVar

from bot.wechat.answers import fit
from bot.wechat.errors import Fault, Refusal, Unclear
from bot.wechat.tokens import FetchedToken, TokenStore
from bot.wechat.transport import TOTAL, File, TooLong, Transport, answer_in

MAX_MEDIA = 10 * 1024 * 1024  # bytes fetched
MAX_UPLOAD = 2 * 1024 * 1024  # bytes; the platform's pages say 2 and 10 MB of the same call
LONGEST_QRCODE = 2_592_000  # seconds: 30 days

T = TypeVar("T")
Data = Mapping[str, Mapping[str, str]]
_IMAGES = {b"\x89PNG": ("png", "image/png"), b"GIF8": ("gif", "image/gif"), b"\xff\xd8\xff": ("jpg", "image/jpeg")}
_FILES = {"voice": ("mp3", "audio/mpeg"), "video": ("mp4", "video/mp4")}


class QrCode(NamedTuple):
    """A QR code that names a scene: the ticket for its picture, and the address it holds."""

    ticket: str
    url: str


class Media(NamedTuple):
    """A file that someone sent."""

    data: bytes
    content_type: str


class Follower(NamedTuple):
    """Whether a person follows the account, since when, and how they came."""

    follows: bool
    since: datetime | None
    scene: str


class Client:
    """The API of one official account; `async with` holds its pooled connections."""

    def __init__(
        self, api_base: str, app_id: str, app_secret: str, tokens: TokenStore, *, total: float = TOTAL
    ) -> None:
        self._http = Transport(api_base, total)
        self._app_id = app_id
        self._app_secret = app_secret
        self._tokens = tokens

    async def __aenter__(self) -> Self:
        self._renewing = asyncio.Lock()
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    async def send_template(
        self, openid: str, template_id: str, data: Data, url: str | None = None, client_msg_id: str | None = None
    ) -> str:
        """Send a template message; its msgid. The same `client_msg_id` is sent once within ten minutes."""
        message = {"touser": openid, "template_id": template_id, "url": url, "client_msg_id": client_msg_id}
        answer = await self._post("/cgi-bin/message/template/send", {**_given(message), "data": data}, openid)
        return str(answer.get("msgid", ""))

    async def send_subscribe(self, openid: str, template_id: str, data: Data, page: str | None = None) -> str:
        """Send a subscription notice, which uses up one grant; its msgid where the platform names one."""
        message = {"touser": openid, "template_id": template_id, "page": page}
        answer = await self._post("/cgi-bin/message/subscribe/bizsend", {**_given(message), "data": data}, openid)
        return str(answer.get("msgid", ""))

    async def send_text(self, openid: str, text: str) -> None:
        """Send a customer-service message while its window is open."""
        message = {"touser": openid, "msgtype": "text", "text": {"content": fit(text)}}
        await self._post("/cgi-bin/message/custom/send", message, openid)

    async def send_menu(self, openid: str, head: str, items: Sequence[str], tail: str = "") -> None:
        """Send a customer-service message with buttons; a tap sends the label back as a text."""
        buttons = [{"id": str(number), "content": label} for number, label in enumerate(items, 101)]
        menu = _given({"head_content": fit(head), "list": buttons, "tail_content": fit(tail) or None})
        message = {"touser": openid, "msgtype": "msgmenu", "msgmenu": menu}
        await self._post("/cgi-bin/message/custom/send", message, openid)

    async def create_menu(self, menu: Mapping[str, Any]) -> None:
        """Replace the menu under the chat by `menu` ({"button": […]})."""
        await self._post("/cgi-bin/menu/create", menu)

    async def create_qrcode(self, scene: str, seconds: int) -> QrCode:
        """A temporary code whose scan sends us `scene` (1 to 64 characters), for at most 30 days."""
        if not (1 <= len(scene) <= 64 and 1 <= seconds <= LONGEST_QRCODE):
            raise ValueError("a scene has 1 to 64 characters and 1 to 2592000 seconds")
        action = {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": scene}}}
        answer = await self._post("/cgi-bin/qrcode/create", {"expire_seconds": seconds, **action}, must="ticket")
        return QrCode(str(answer["ticket"]), str(answer.get("url", "")))

    async def fetch_media(self, media_id: str) -> Media:
        """A picture or recording that someone sent, at most 10 MB. Refused with Fault.MESSAGE if larger or a video."""

        async def attempt(token: str) -> Media:
            query = {"access_token": token, "media_id": media_id}
            try:
                reply = await self._http.exchange("/cgi-bin/media/get", query=query, longest=MAX_MEDIA, slow=True)
            except TooLong:
                raise Refusal(None, Fault.MESSAGE, f"a file of more than {MAX_MEDIA} bytes") from None
            if reply.content_type == "text/html":
                raise Unclear("a page in the place of a file")
            if reply.body[:1] == b"{":  # no picture begins like that: an errcode, or where a video lies
                answer_in(reply, (token, self._app_secret))
                raise Refusal(None, Fault.MESSAGE, "no picture or recording")
            return Media(reply.body, reply.content_type)

        return await self._healed(attempt)

    async def upload_media(self, data: bytes, kind: Literal["image", "voice", "video"] = "image") -> str:
        """Upload a file for a reply or message; its media id, which lives three days."""
        if len(data) > MAX_UPLOAD:
            raise Refusal(None, Fault.MESSAGE, f"a file of more than {MAX_UPLOAD} bytes")
        images = (found for magic, found in _IMAGES.items() if data.startswith(magic))
        ending, content_type = _FILES.get(kind) or next(images, _IMAGES[b"\xff\xd8\xff"])
        file = File("media", f"{kind}.{ending}", content_type, data)

        async def attempt(token: str) -> dict[str, Any]:
            query = {"access_token": token, "type": kind}
            return await self._http.ask(
                "/cgi-bin/media/upload", query=query, file=file, must="media_id", secrets=(token, self._app_secret)
            )

        return str((await self._healed(attempt))["media_id"])

    async def user_info(self, openid: str) -> Follower:
        """Whether a person follows; of one who does not, the platform tells nothing else."""

        async def attempt(token: str) -> dict[str, Any]:
            query = {"access_token": token, "openid": openid, "lang": "zh_CN"}
            secrets = (token, self._app_secret, openid)
            return await self._http.ask("/cgi-bin/user/info", query=query, must="subscribe", secrets=secrets)

        info = await self._healed(attempt)
        seconds = info.get("subscribe_time")
        since = datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) and seconds else None
        return Follower(info["subscribe"] == 1, since, str(info.get("subscribe_scene", "")))

    async def check_token(self) -> None:
        """Get an access token and nothing else, for `doctor`. Raises Refusal."""
        await self._token()

    async def _post(
        self, path: str, payload: Mapping[str, Any], openid: str = "", must: str = "errcode"
    ) -> dict[str, Any]:
        async def attempt(token: str) -> dict[str, Any]:
            secrets = (token, self._app_secret, openid)
            return await self._http.ask(path, payload, query={"access_token": token}, must=must, secrets=secrets)

        return await self._healed(attempt)

    async def _healed(self, attempt: Callable[[str], Awaitable[T]]) -> T:
        token = await self._token()
        try:
            return await attempt(token)
        except Refusal as refusal:
            if refusal.fault is not Fault.TOKEN:
                raise
        async with self._renewing:
            token = await self._tokens.renewed(self._app_id, token, self._fetch_token)
        return await attempt(token)

    async def _token(self) -> str:
        if (known := self._tokens.known(self._app_id)) is not None:
            return known
        async with self._renewing:
            return await self._tokens.current(self._app_id, self._fetch_token)

    async def _fetch_token(self, force: bool) -> FetchedToken:
        """Ask the token endpoint. Whatever fails here is certain: the message itself was not sent."""
        who = {"grant_type": "client_credential", "appid": self._app_id, "secret": self._app_secret}
        payload = {**who, "force_refresh": force}
        try:
            answer = await self._http.ask(
                "/cgi-bin/stable_token", payload, must="access_token", secrets=(self._app_secret,)
            )
        except Refusal as refusal:
            raise Refusal(refusal.code, _without_token(refusal.fault), f"no access token: {refusal.message}") from None
        except Unclear as unclear:
            raise Refusal(None, Fault.TRANSIENT, f"no access token: {unclear.reason}") from None
        token, seconds = answer["access_token"], answer.get("expires_in")
        if not (isinstance(token, str) and token and isinstance(seconds, int) and 0 < seconds <= 86_400):
            raise Refusal(None, Fault.TRANSIENT, "no access token: an answer that makes no sense")
        return FetchedToken(token, timedelta(seconds=seconds))


def _without_token(fault: Fault) -> Fault:
    """What a refusal of the token means for the message that needed it, which was certainly not sent.

    Here 40001 says that the secret is wrong, and a quota is that of tokens, not of the message's own interface.
    """
    if fault is Fault.EXHAUSTED:
        return Fault.WAIT
    return fault if fault in (Fault.TRANSIENT, Fault.WAIT) else Fault.CONFIGURATION


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without the keys that have no value."""
    return {key: value for key, value in values.items() if value is not None}
