"""The platform behind ``jobs.letters.Post``: wording a notice, choosing its channels, calling them (rules 28)."""

import hashlib
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.observing import Attempt
from bot.talk import Talk
from bot.taps import spelled
from bot.wechat.client import Client
from bot.wechat.errors import Fault, Refusal, Unclear
from bot.wechat.templates import TemplateMessage, Templates
from handlers import announcements
from handlers.announcements.announcement import Announcement
from handlers.words import TAP, is_address
from jobs.letters import Channel, Letter, Outcome, Sent
from models.notices import Posted

MINUTE = timedelta(seconds=60)
AWHILE = timedelta(minutes=10)
NO_BUTTONS = 40200  # message menus are for certified accounts
# What each class of refusal leads to (jobs/letters.py says what that does). Every class is here.
OUTCOMES: Mapping[Fault, Sent] = {
    Fault.TRANSIENT: Sent(Outcome.LATER),
    Fault.TOKEN: Sent(Outcome.LATER),
    Fault.CONFIGURATION: Sent(Outcome.LATER, wait=MINUTE),
    Fault.WAIT: Sent(Outcome.SLOWER, wait=MINUTE),
    Fault.EXHAUSTED: Sent(Outcome.EXHAUSTED),
    Fault.CHANNEL: Sent(Outcome.NOT_ALLOWED),
    Fault.TEMPLATE: Sent(Outcome.WRONG_TEMPLATE),
    Fault.USER: Sent(Outcome.NOT_THIS_PERSON),
    Fault.USER_LATER: Sent(Outcome.NOT_NOW, wait=AWHILE),
    Fault.GRANT: Sent(Outcome.NO_GRANT),
    Fault.WINDOW: Sent(Outcome.WINDOW_CLOSED),
    Fault.MESSAGE: Sent(Outcome.NOT_THIS_WAY),
    Fault.MEDIA: Sent(Outcome.NOT_THIS_WAY),
    Fault.UNKNOWN: Sent(Outcome.NOT_THIS_WAY),
    Fault.ALREADY_SENT: Sent(Outcome.SENT),
}


@dataclass(frozen=True, slots=True)
class Payload:
    """What the channels need: the announcement, and its data for the templates that are configured."""

    kind: str
    announcement: Announcement
    template: TemplateMessage | None
    subscription: TemplateMessage | None


class Delivery:
    """Implements ``jobs.letters.Post`` over WeChat's API; ``client`` must be entered by who runs it.

    A kind without a template of its own for subscription notices uses that for template messages: without the
    reader's grant of that very template nothing is sent.
    """

    def __init__(
        self,
        talk: Talk,
        client: Client,
        templates: Templates,
        channels: Sequence[Channel],
        *,
        subscriptions: Templates,
        menus: bool,
        noted: Callable[[Attempt], None] = lambda attempt: None,
    ) -> None:
        self.talk = talk
        self.client = client
        self.templates = templates
        self.subscriptions = subscriptions
        self.channels = tuple(channels)
        self.menus = menus
        self.noted = noted

    def prepare(self, session: Session, notice: Posted, openid: str, now: datetime) -> Letter | None:
        """Word a notice for its recipient; None when there is nothing to say any more."""
        ctx = self.talk.context_of(session, notice.member_id, openid, now)
        found = announcements.compose(ctx, notice)
        if found is None:
            return None
        template = self.templates.message(notice.kind, found.values, now=now)
        subscription = self.subscriptions.message(notice.kind, found.values, now=now) or template
        payload = Payload(notice.kind, found, template, subscription)
        grant = subscription.template_id if subscription else ""
        return Letter(openid, self._order(payload), payload, notice.key, grant)

    def _order(self, payload: Payload) -> tuple[Channel, ...]:
        """Things to decide prefer the message with buttons; the rest the template (rules 28)."""
        lacking = set()
        if payload.template is None:
            lacking.add(Channel.TEMPLATE)
        if payload.subscription is None:
            lacking.add(Channel.SUBSCRIBE)
        usable = tuple(c for c in self.channels if c not in lacking)
        return tuple(sorted(usable, key=lambda c: c is not Channel.CUSTOM)) if payload.announcement.decides else usable

    async def send(self, channel: Channel, letter: Letter) -> Sent:
        """Call the platform once and class what came of it."""
        payload = letter.payload
        assert isinstance(payload, Payload)
        began = time.perf_counter()
        failure: Refusal | Unclear | None = None
        try:
            sent = Sent(Outcome.SENT, await self._call(channel, letter, payload) or None)
        except Refusal as refusal:
            failure, sent = refusal, replace(OUTCOMES[refusal.fault], code=refusal.code)
        except Unclear as unclear:
            failure, sent = unclear, Sent(Outcome.UNKNOWN)
        seconds = time.perf_counter() - began
        self.noted(Attempt(channel.value, payload.kind, letter.openid, sent.outcome.value, failure, seconds))
        return sent

    async def _call(self, channel: Channel, letter: Letter, payload: Payload) -> str | None:
        if channel is Channel.TEMPLATE and payload.template is not None:
            once = hashlib.sha256(letter.key.encode()).hexdigest()[:32]
            message = payload.template
            return await self.client.send_template(letter.openid, message.template_id, message.data, client_msg_id=once)
        if channel is Channel.SUBSCRIBE and payload.subscription is not None:
            message = payload.subscription
            return await self.client.send_subscribe(letter.openid, message.template_id, message.data)
        await self._chat(letter.openid, payload.announcement.text)
        return None

    async def _chat(self, openid: str, text: str) -> None:
        """A customer-service message: with buttons where the account may have them, else with commands spelled out."""
        if self.menus and TAP.search(text):
            head, items = as_menu(text)
            try:
                await self.client.send_menu(openid, head, items)
            except Refusal as refusal:
                if refusal.code != NO_BUTTONS:
                    raise
                self.menus = False
            else:
                return
        await self.client.send_text(openid, spelled(text))


def as_menu(text: str) -> tuple[str, list[str]]:
    """A text as a message with buttons: a label is what is sent, so each button is the whole command."""
    items = list(dict.fromkeys(says for _, says in TAP.findall(text) if not is_address(says)))
    lines = [TAP.sub(_without_button, line).strip() for line in text.split("\n")]
    return "\n".join(line for line in lines if line), items


def _without_button(found: re.Match[str]) -> str:
    """An address stays in the text, as a link; a command becomes a button below it."""
    return f'<a href="{found[2]}">{found[1]}</a>' if is_address(found[2]) else ""
