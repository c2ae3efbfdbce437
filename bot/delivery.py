"""The platform behind ``jobs.notices.Post``: wording a notice, choosing its channels, calling them (rules 28)."""

import hashlib
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.talk import Talk
from bot.taps import spelled
from bot.wechat.client import Client
from bot.wechat.errors import Fault, Refusal, Unclear
from bot.wechat.templates import TemplateMessage, Templates
from handlers import announcements
from handlers.announcements.announcement import Announcement
from handlers.words import TAP, is_address
from jobs.notices import Channel, Letter, Outcome, Sent
from models.notices import Notice

log = logging.getLogger(__name__)
MINUTE = timedelta(seconds=60)
OUTCOMES = {
    Fault.TRANSIENT: Sent(Outcome.LATER),
    Fault.TOKEN: Sent(Outcome.LATER),
    Fault.WAIT: Sent(Outcome.LATER, wait=MINUTE),
    Fault.CONFIGURATION: Sent(Outcome.LATER, wait=MINUTE),
    Fault.WINDOW: Sent(Outcome.WINDOW_CLOSED),
    Fault.ALREADY_SENT: Sent(Outcome.SENT),
}


@dataclass(frozen=True, slots=True)
class Payload:
    """What the channels need: the announcement, and its template message where one is configured."""

    announcement: Announcement
    template: TemplateMessage | None


class Delivery:
    """Implements ``jobs.notices.Post`` over WeChat's API; ``client`` must be entered by who runs it."""

    def __init__(
        self, talk: Talk, client: Client, templates: Templates, channels: Sequence[Channel], *, menus: bool
    ) -> None:
        self.talk = talk
        self.client = client
        self.templates = templates
        self.channels = tuple(channels)
        self.menus = menus

    def prepare(self, session: Session, notice: Notice, openid: str, now: datetime) -> Letter | None:
        """Word a notice for its recipient; None when there is nothing to say any more."""
        ctx = self.talk.context_of(session, notice.member_id, openid, now)
        found = announcements.compose(ctx, notice)
        if found is None:
            return None
        template = self.templates.message(notice.kind, found.values, now=now)
        return Letter(openid, self._order(found, template), Payload(found, template), notice.key)

    def _order(self, found: Announcement, template: TemplateMessage | None) -> tuple[Channel, ...]:
        """Things to decide prefer the message with buttons; the rest the template (rules 28)."""
        usable = [c for c in self.channels if c is not Channel.TEMPLATE or template is not None]
        # Subscription notices need a grant of the reader; without a record of grants none can be spent.
        usable = [c for c in usable if c is not Channel.SUBSCRIBE]
        return tuple(sorted(usable, key=lambda c: c is not Channel.CUSTOM)) if found.decides else tuple(usable)

    async def send(self, channel: Channel, letter: Letter) -> Sent:
        """Call the platform once and class what came of it."""
        payload = letter.payload
        assert isinstance(payload, Payload)
        try:
            return Sent(Outcome.SENT, await self._call(channel, letter, payload))
        except Refusal as refusal:
            log.warning("a notice was refused on %s: %s", channel, refusal)
            return OUTCOMES.get(refusal.fault, Sent(Outcome.NOT_THIS_WAY))
        except Unclear as unclear:
            log.warning("a notice on %s is unknown: %s", channel, unclear)
            return Sent(Outcome.UNKNOWN)

    async def _call(self, channel: Channel, letter: Letter, payload: Payload) -> str | None:
        if channel is Channel.TEMPLATE and payload.template is not None:
            once = hashlib.sha256(letter.key.encode()).hexdigest()[:32]
            message = payload.template
            return await self.client.send_template(letter.openid, message.template_id, message.data, client_msg_id=once)
        text = payload.announcement.text
        if self.menus and TAP.search(text):
            head, items = as_menu(text)
            await self.client.send_menu(letter.openid, head, items)
        else:
            await self.client.send_text(letter.openid, spelled(text))
        return None


def as_menu(text: str) -> tuple[str, list[str]]:
    """A text as a message with buttons: a label is what is sent, so each button is the whole command."""
    items = list(dict.fromkeys(says for _, says in TAP.findall(text) if not is_address(says)))
    lines = [TAP.sub(_without_button, line).strip() for line in text.split("\n")]
    return "\n".join(line for line in lines if line), items


def _without_button(found: re.Match[str]) -> str:
    """An address stays in the text, as a link; a command becomes a button below it."""
    return f'<a href="{found[2]}">{found[1]}</a>' if is_address(found[2]) else ""
