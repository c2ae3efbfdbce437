"""From what WeChat sends to the conversation and back (wechat §3): every kind of message gets a friendly answer."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from bot.talk import Message, Talk
from bot.taps import linked
from bot.wechat.answers import Answer, TextAnswer
from bot.wechat.incoming import Incoming
from handlers import help
from handlers.command import Reply
from models import followers, notices, receipts, senders
from models.followers import Touch

NO_WORDS = "这条语音没有识别出文字，请打字发来，例如：\n申报 社区志愿 2小时 昨天"
NOT_TAKEN = "这里收文字和照片。要报积分，例如：\n申报 社区志愿 2小时 昨天"
SCENE = "checkin-"  # and six digits: the scene of the code on the screen of a meeting
OLD_CODE = "二维码收到了，它现在没有用处。看能办什么，回“帮助”"


class Reception:
    """Answers each Incoming; the one door between the protocol and the conversation."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk

    def answer(self, incoming: Incoming, now: datetime) -> Answer | None:
        """The answer to a message or event; None where WeChat expects none."""
        handle = self._handlers().get(incoming.kind, _other)
        reply = handle(incoming, now)
        return TextAnswer(linked(reply.text)) if reply is not None and reply.text else None

    def _handlers(self) -> dict[str, Callable[[Incoming, datetime], Reply | None]]:
        return {
            "text": lambda i, now: self._hear(i, i.content, Touch.MESSAGE, now),
            "voice": self._voice,
            "image": self._image,
            "event:CLICK": lambda i, now: self._hear(i, i.event_key, Touch.CLICK, now),
            "event:scancode_waitmsg": lambda i, now: self._hear(i, i.scan_result, Touch.CLICK, now),
            "event:subscribe": self._subscribe,
            "event:unsubscribe": self._unsubscribe,
            "event:SCAN": self._scan,
            "event:TEMPLATESENDJOBFINISH": self._job_finished,
        }

    def _hear(self, incoming: Incoming, text: str, touch: Touch, now: datetime) -> Reply:
        return self.talk.hear(Message(incoming.from_user, incoming.key, text=text, touch=touch), now)

    def _voice(self, incoming: Incoming, now: datetime) -> Reply:
        if not incoming.recognition.strip():
            return Reply(NO_WORDS)
        return self._hear(incoming, incoming.recognition, Touch.MESSAGE, now)

    def _image(self, incoming: Incoming, now: datetime) -> Reply:
        return self.talk.hear(Message(incoming.from_user, incoming.key, media_id=incoming.media_id), now)

    def _scan(self, incoming: Incoming, now: datetime) -> Reply:
        """A code of ours was scanned: the one on the screen of a meeting says the six digits of its minute."""
        _, ours, code = incoming.event_key.rpartition(SCENE)
        return self._hear(incoming, f"签到 {code}", Touch.CLICK, now) if ours else Reply(OLD_CODE)

    def _subscribe(self, incoming: Incoming, now: datetime) -> Reply:
        with self.talk.sessions.write() as session:
            if _first_delivery(session, incoming, now):
                followers.touch(session, incoming.from_user, Touch.CLICK, now)
            sender = senders.look(session, incoming.from_user, "", now)
            ctx = self.talk.context(session, sender, now)
            if ctx.who is None:
                return help.welcome(ctx)
            return Reply(f"{ctx.member.name}您好，欢迎回来，通知会继续发给您\n看能办什么，回“帮助”")

    def _unsubscribe(self, incoming: Incoming, now: datetime) -> None:
        with self.talk.sessions.write() as session:
            if _first_delivery(session, incoming, now):
                followers.unfollow(session, incoming.from_user, now)

    def _job_finished(self, incoming: Incoming, now: datetime) -> None:
        with self.talk.sessions.write() as session:
            notices.report(session, incoming.msg_id, delivered=incoming.status == "success")


def _first_delivery(session: Session, incoming: Incoming, now: datetime) -> bool:
    """Whether an event comes for the first time: a late repeat of leaving must not undo coming back."""
    return receipts.take(session, incoming.key, openid=incoming.from_user, now=now)


def _other(incoming: Incoming, now: datetime) -> Reply | None:
    """What nobody handles: a friendly word for a message, silence for an event."""
    return None if incoming.is_event else Reply(NOT_TAKEN)
