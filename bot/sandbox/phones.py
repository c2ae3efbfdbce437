"""What a person does with a phone: write, tap, send a picture, scan, follow and leave."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox import envelopes
from bot.sandbox.callbacks import Driver, Outcome
from bot.sandbox.envelopes import Head, Value
from bot.sandbox.links import Part, is_web
from bot.sandbox.media import FROM_USERS
from bot.sandbox.platform import Platform
from bot.sandbox.store import Bubble
from bot.sandbox.users import Trigger

SILENCE = b"#!AMR\n" + b"\x7c" * 32  # a voice file with nothing in it


class NotPossible(Exception):
    """WeChat's client would not let a person do this; the text says why, in Chinese."""


@dataclass(frozen=True)
class Copies:
    """For tests: how often a message is sent at the same moment, and how often again after it is answered."""

    at_once: int = 1
    again: int = 0


ONCE = Copies()


@dataclass(frozen=True)
class Done:
    """What an act led to: the bubble of the user's own, the outcome of its delivery, an address the phone opens."""

    bubble: Bubble | None = None
    outcome: Outcome | None = None
    url: str | None = None

    def packed(self) -> dict[str, Any]:
        """As JSON values."""
        outcome = self.outcome
        if outcome is None:
            return {"url": self.url}
        answers = [answer and {"kind": answer[0], **answer[1]} for answer in outcome.answers]
        told = {"answers": answers, "attempts": outcome.attempts, "problem": outcome.problem}
        return {"bubble": self.bubble and self.bubble.id, "url": self.url, **told}


class Phones:
    """The acts, each of which travels to /wechat as WeChat would send it."""

    def __init__(self, platform: Platform, driver: Driver) -> None:
        self._platform = platform
        self._driver = driver

    def say(self, openid: str, text: str, copies: Copies = ONCE) -> Done:
        """Send a text."""
        if not text.strip():
            raise NotPossible("不能发送空白消息")
        self._talk(openid, Trigger.MESSAGE)
        mine = self._platform.show(openid, "text", {"text": text}, mine=True)
        return self._send(envelopes.text(self._head(openid), self._platform.next_id(), text), mine, copies)

    def tap(self, openid: str, part: Part, copies: Copies = ONCE) -> Done:
        """Tap a line of a menu message or a link that sends: a text arrives, yet the window is that of a click."""
        if part.send is None:
            return Done(url=part.url)
        self._talk(openid, Trigger.CLICK)
        mine = self._platform.show(openid, "text", {"text": part.send}, mine=True)
        msgid = self._platform.next_id()
        return self._send(envelopes.text(self._head(openid), msgid, part.send, menu_id=part.menu_id), mine, copies)

    def picture(self, openid: str, data: bytes, base_url: str) -> Done:
        """Send a picture, which the stand-in keeps and serves; raises ApiError for a file that is none."""
        self._talk(openid, Trigger.MESSAGE)
        medium = self._platform.media.add("image", data, self._platform.now(), limit=FROM_USERS)
        mine = self._platform.show(openid, "image", {"media_id": medium.media_id}, mine=True)
        url = f"{base_url}sandbox/media/{medium.media_id}"
        return self._send(envelopes.image(self._head(openid), self._platform.next_id(), url, medium.media_id), mine)

    def voice(self, openid: str, words: str) -> Done:
        """Send a voice message; `words` is what the platform recognised, mostly nothing nowadays."""
        self._talk(openid, Trigger.MESSAGE)
        medium = self._platform.media.add("voice", SILENCE, self._platform.now())
        mine = self._platform.show(openid, "voice", {"text": words}, mine=True)
        return self._send(envelopes.voice(self._head(openid), self._platform.next_id(), medium.media_id, words), mine)

    def follow(self, openid: str, *, scene: str = "", ticket: str = "") -> Done:
        """Follow the account, by a QR code when there is a scene."""
        with self._platform.changing(openid) as user:
            if user.follows:
                raise NotPossible("已经关注了")
            user.follow(self._platform.now(), scene=scene)
        self._platform.show(openid, "notice", {"text": f"已关注{self._platform.options.account_name}"}, mine=True)
        fields = {"EventKey": f"qrscene_{scene}", "Ticket": ticket} if scene else {"EventKey": ""}
        return self.event(openid, "subscribe", fields)

    def unfollow(self, openid: str) -> Done:
        """Leave the account."""
        with self._platform.changing(openid) as user:
            if not user.follows:
                raise NotPossible("还没有关注")
            user.unfollow()
        self._platform.show(openid, "notice", {"text": "已取消关注"}, mine=True)
        return self.event(openid, "unsubscribe", {"EventKey": ""})

    def scan(self, openid: str, code: str) -> Done:
        """Scan a QR code: one of the account's, by its content or scene, or any other web address."""
        ticket = self._platform.tickets.scanned(code, self._platform.now())
        if ticket is None and is_web(code):
            return Done(url=code)
        if ticket is None and not 1 <= len(code.strip()) <= 64:
            raise NotPossible("没有识别到二维码")
        scene, name = (ticket.scene, ticket.ticket) if ticket else (code.strip(), "")
        if not self._platform.user(openid).follows:
            return self.follow(openid, scene=scene, ticket=name)
        with self._platform.changing(openid) as user:
            user.open(Trigger.SCAN, self._platform.now())
        return self.event(openid, "SCAN", {"EventKey": scene, "Ticket": name})

    def press(self, openid: str, button: dict[str, Any], scanned: str = "") -> Done:
        """Press a button of the menu; `scanned` is what a scanning button saw."""
        kind = button.get("type")
        if kind == "view":
            self._following(openid)
            return Done(outcome=self.event(openid, "VIEW", {"EventKey": button["url"]}).outcome, url=button["url"])
        if kind == "click":
            self._talk(openid, Trigger.CLICK)
            return self.event(openid, "CLICK", {"EventKey": button["key"]})
        if kind in {"scancode_push", "scancode_waitmsg"}:
            self._talk(openid, Trigger.CLICK)
            info = {"ScanType": "qrcode", "ScanResult": scanned}
            done = self.event(openid, str(kind), {"EventKey": button["key"], "ScanCodeInfo": info})
            return done if kind == "scancode_waitmsg" else self.scan(openid, scanned)
        raise NotPossible("演示手机上没有这个功能")

    def receive(self, openid: str, *, on: bool) -> None:
        """Switch receiving messages on or off in the account's settings; WeChat tells the bot nothing of it."""
        with self._platform.changing(openid) as user:
            if not user.follows:
                raise NotPossible("还没有关注")
            user.receiving = on
        text = "已开启接收消息" if on else "已关闭接收消息"
        self._platform.show(openid, "notice", {"text": text}, mine=True)

    def subscribe(self, openid: str, template_id: str, *, accept: bool) -> Done:
        """Answer the question of a page or an article whether to be sent a notice; each yes is for one."""
        if accept:
            with self._platform.changing(openid) as user:
                user.grants[template_id] = user.grants.get(template_id, 0) + 1
        status = "accept" if accept else "reject"
        asked = {"TemplateId": template_id, "SubscribeStatusString": status, "PopupScene": "1"}
        return self.event(openid, "subscribe_msg_popup_event", {"SubscribeMsgPopupEvent": {"List": asked}})

    def stop_notices(self, openid: str, template_id: str) -> Done:
        """Switch a notice off on the account's page; what was granted before ends."""
        with self._platform.changing(openid) as user:
            user.grants.pop(template_id, None)
        off = {"TemplateId": template_id, "SubscribeStatusString": "reject"}
        return self.event(openid, "subscribe_msg_change_event", {"SubscribeMsgChangeEvent": {"List": off}})

    def read(self, openid: str, bubble: int) -> None:
        """Look at the chat down to a bubble."""
        with self._platform.changing(openid) as user:
            user.read_to = max(user.read_to, bubble)

    def event(self, openid: str, name: str, fields: Mapping[str, Value], copies: Copies = ONCE) -> Done:
        """Send any event."""
        return self._send(envelopes.event(self._head(openid), name, fields), None, copies)

    def _talk(self, openid: str, trigger: Trigger) -> None:
        """Open the window that this act opens; who does not follow cannot write."""
        self._following(openid)
        with self._platform.changing(openid) as user:
            user.open(trigger, self._platform.now())

    def _following(self, openid: str) -> None:
        if not self._platform.user(openid).follows:
            raise NotPossible("还没有关注，先点“关注公众号”")

    def _head(self, openid: str) -> Head:
        return Head(openid, self._platform.options.account_id, self._platform.now())

    def _send(self, envelope: envelopes.Envelope, mine: Bubble | None, copies: Copies = ONCE) -> Done:
        return Done(mine, self._driver.deliver(envelope, copies=copies.at_once, again=copies.again))
