"""The code on the screen of a meeting, scanned: by who follows (SCAN), and by who comes to follow by it (subscribe).

Whoever is bound is checked in as though the digits were typed. For whoever is not, the check-in is kept until the end
of the meeting: the scan proves the presence, and binding completes it (rules 25, 30).
"""

from datetime import datetime

from bot import trace
from bot.talk import Message, Talk
from bot.wechat.incoming import Incoming
from handlers import help
from handlers.command import Reply
from models import bindings, check_ins, followers, receipts, senders
from models.followers import Touch

SCENE = "checkin-"  # and six digits
FOLLOWED = "qrscene_"  # stands before the scene that brought a new follower
BACK = "欢迎回来，通知会继续发给您"
KEPT = "签到先给您留着：散会前绑定好，就算您现在签的到"
TOO_OLD = "刚才的签到码已经过时，绑定好以后，请再扫一次大屏上的码"


def code_in(event_key: str) -> str | None:
    """The digits in the scene of an event; None for any other scene."""
    scene = event_key.removeprefix(FOLLOWED)
    return scene.removeprefix(SCENE) if scene.startswith(SCENE) else None


def check_in(talk: Talk, incoming: Incoming, code: str, now: datetime) -> Reply:
    """Check in who scanned, or keep the scan for when they are bound."""
    with talk.sessions.read() as session:
        bound = bindings.find(session, incoming.from_user) is not None
    if not bound:
        return _keep(talk, incoming, code, now)
    reply = talk.hear(Message(incoming.from_user, incoming.key, text=f"签到 {code}", touch=Touch.CLICK), now)
    return reply._replace(text=f"{reply.text}\n{BACK}") if incoming.event == "subscribe" else reply


def _keep(talk: Talk, incoming: Incoming, code: str, now: datetime) -> Reply:
    openid = incoming.from_user
    with talk.sessions.write() as session:
        if receipts.take(session, incoming.key, openid=openid, now=now):
            trace.receipt()
            followers.touch(session, openid, Touch.CLICK, now)
            check_ins.keep_scan(session, openid, code, now=now)
        ctx = talk.context(session, senders.look(session, openid, "", now), now)
        word = KEPT if check_ins.kept_scan(session, openid, now) is not None else TOO_OLD
        return Reply(f"{word}\n{help.welcome(ctx).text}")
