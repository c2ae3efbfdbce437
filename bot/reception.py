"""From what WeChat sends to the conversation and back (wechat §3): every kind of message gets a friendly answer."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from bot import scans, trace
from bot.talk import Message, Talk
from bot.taps import linked
from bot.wechat.answers import Answer, TextAnswer
from bot.wechat.incoming import Incoming
from handlers import help
from handlers.command import Reply
from models import fates, followers, grants, receipts, senders
from models.followers import Touch

NO_WORDS = "这条语音没有识别出文字，请打字发来，例如：\n申报 社区志愿 2小时 昨天"
NOT_TAKEN = "这里收文字和照片。要报积分，例如：\n申报 社区志愿 2小时 昨天"
OLD_CODE = "二维码收到了，它现在没有用处。看能办什么，回“帮助”"


class Reception:
    """Answers each Incoming; the one door between the protocol and the conversation."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self._handlers = self._by_kind()

    def answer(self, incoming: Incoming, now: datetime) -> Answer | None:
        """The answer to a message or event; None where WeChat expects none."""
        handle = self._handlers.get(incoming.kind, self._other)
        reply = handle(incoming, now)
        return TextAnswer(linked(reply.text)) if reply is not None and reply.text else None

    def _by_kind(self) -> dict[str, Callable[[Incoming, datetime], Reply | None]]:
        return {
            "text": lambda i, now: self._hear(i, i.content, Touch.CLICK if i.tapped else Touch.MESSAGE, now),
            "voice": self._voice,
            "image": self._image,
            "event:CLICK": lambda i, now: self._hear(i, i.event_key, Touch.CLICK, now),
            "event:scancode_waitmsg": lambda i, now: self._hear(i, i.scan_result, Touch.CLICK, now),
            "event:subscribe": self._subscribe,
            "event:unsubscribe": self._unsubscribe,
            "event:SCAN": self._scan,
            "event:scancode_push": lambda i, now: self._touched(i, Touch.CLICK, now),
            "event:TEMPLATESENDJOBFINISH": self._job_finished,
            "event:subscribe_msg_popup_event": self._grants,
            "event:subscribe_msg_change_event": self._grants,
            "event:subscribe_msg_sent_event": self._subscription_sent,
        }

    def _hear(self, incoming: Incoming, text: str, touch: Touch, now: datetime) -> Reply:
        return self.talk.hear(Message(incoming.from_user, incoming.key, text=text, touch=touch), now)

    def _voice(self, incoming: Incoming, now: datetime) -> Reply:
        if not incoming.recognition.strip():
            self._touched(incoming, Touch.MESSAGE, now)
            return Reply(NO_WORDS)
        return self._hear(incoming, incoming.recognition, Touch.MESSAGE, now)

    def _image(self, incoming: Incoming, now: datetime) -> Reply:
        return self.talk.hear(Message(incoming.from_user, incoming.key, media_id=incoming.media_id), now)

    def _scan(self, incoming: Incoming, now: datetime) -> Reply:
        """A code of ours was scanned: the one on the screen of a meeting checks in."""
        code = scans.code_in(incoming.event_key)
        if code is not None:
            return scans.check_in(self.talk, incoming, code, now)
        self._touched(incoming, Touch.CLICK, now)
        return Reply(OLD_CODE)

    def _subscribe(self, incoming: Incoming, now: datetime) -> Reply:
        code = scans.code_in(incoming.event_key)
        if code is not None:
            return scans.check_in(self.talk, incoming, code, now)
        with self.talk.sessions.write() as session:
            if _first_delivery(session, incoming, now):
                followers.touch(session, incoming.from_user, Touch.CLICK, now)
            sender = senders.look(session, incoming.from_user, "", now)
            ctx = self.talk.context(session, sender, now)
            if ctx.who is None:
                return help.welcome(ctx)
            return Reply(f"{ctx.member.name}您好，{scans.BACK}\n看能办什么，回“帮助”")

    def _unsubscribe(self, incoming: Incoming, now: datetime) -> None:
        with self.talk.sessions.write() as session:
            if _first_delivery(session, incoming, now):
                followers.unfollow(session, incoming.from_user, now)

    def _job_finished(self, incoming: Incoming, now: datetime) -> None:
        with self.talk.sessions.write() as session:
            fates.told(session, incoming.msg_id, arrived=incoming.status == "success", now=now)

    def _subscription_sent(self, incoming: Incoming, now: datetime) -> None:
        with self.talk.sessions.write() as session:
            for line in incoming.subscriptions:
                fates.told(session, line.msg_id, arrived=line.error_code == "0", now=now)

    def _grants(self, incoming: Incoming, now: datetime) -> None:
        """A user accepted subscription notices, or switched them off; a refusal in passing ends no earlier grant."""
        with self.talk.sessions.write() as session:
            if not _first_delivery(session, incoming, now):
                return
            for line in incoming.subscriptions:
                if line.choice == "accept":
                    grants.give(session, incoming.from_user, line.template_id)
                elif incoming.event == "subscribe_msg_change_event":
                    grants.end(session, incoming.from_user, line.template_id)

    def _touched(self, incoming: Incoming, touch: Touch, now: datetime) -> None:
        """What opens a window and is said nothing about, or nothing that anybody has to look up."""
        with self.talk.sessions.write() as session:
            if _first_delivery(session, incoming, now):
                followers.touch(session, incoming.from_user, touch, now)

    def _other(self, incoming: Incoming, now: datetime) -> Reply | None:
        """What nobody handles: a friendly word for a message, silence for an event."""
        if incoming.is_event:
            return None
        self._touched(incoming, Touch.MESSAGE, now)
        return Reply(NOT_TAKEN)


def _first_delivery(session: Session, incoming: Incoming, now: datetime) -> bool:
    """Whether an event comes for the first time: a late repeat of leaving must not undo coming back."""
    taken = receipts.take(session, incoming.key, openid=incoming.from_user, now=now)
    (trace.receipt if taken else trace.repeated)()
    return taken
