"""One message in, one reply out, one transaction (architecture, "One message").

A command that only reads runs without a write transaction. One that changes takes its receipt first, in the
same transaction; what was understood before it began stands when all that this took reads alike in it. A Refused
rolls all of it back, and the receipt with the answer is written anew; what a refusal keeps (a wrong binding try) is
committed with them. Here alone a Refused is caught, to become a reply (bot/settling.py).
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from bot import patience, trace
from bot.remembering import Memory, remember
from bot.settling import refusal, settled
from bot.taps import page
from handlers import claims, conversation, pictures
from handlers.command import Reply
from handlers.completing import Run, Say, Turn, arguments
from handlers.context import Context
from handlers.dispatch import FAMILIES, Families
from models import appointments, followers, receipts, senders
from models.appointments import Role
from models.errors import Refused
from models.followers import Touch
from models.rereading import Note, are_whole, take_notes, unchanged
from models.senders import Sender
from models.sessions import Sessions

UNREAD_WORD = "通知"
VISITOR = frozenset({Role.VISITOR})


class Message(NamedTuple):
    """What somebody sent: a text, or the media id of a picture; ``key`` names it for repeats."""

    openid: str
    key: str
    text: str = ""
    media_id: str = ""
    touch: Touch = Touch.MESSAGE


def no_page(picture_id: int, member_id: int) -> str:
    """Where no pages are served, pictures are counted and not shown."""
    return ""


class Talk:
    """The conversation with everyone who writes."""

    def __init__(
        self,
        sessions: Sessions,
        *,
        families: Families = FAMILIES,
        secret: bytes = b"",
        picture_page: Callable[[int, int], str] = no_page,
        site: str = "",
    ) -> None:
        self.sessions = sessions
        self.families = families
        self.secret = secret
        self.picture_page = picture_page
        self.site = site

    def hear(self, message: Message, now: datetime) -> Reply:
        """Answer a message; a repeat gets the stored answer and acts no second time."""
        understood: _Understood | None = None
        if not message.media_id and not self._changes(message.text):
            read = self._read(message, now)
            if isinstance(read, _Reading):
                # While changes wait, what only reads is answered: that somebody wrote is all that is not noted.
                notes = read.remembers or (read.touches and not patience.is_held())
                return self._noted(message, read, now) if notes else read.reply
            understood = read
        elif not message.media_id and self.sessions.one_writes:
            understood = self._understand(message, now)
        try:
            return self._act(message, now, understood)
        except _Undone as undone:
            return self._noted(message, undone.reading, now)

    def _changes(self, text: str) -> bool:
        head = text.split(maxsplit=1)
        command = self.families.find(head[0]) if head else None
        return command is not None and command.changes

    def _understand(self, message: Message, now: datetime) -> "_Understood | None":
        """What a message asks for, while nobody waits for it; None where the transaction that writes is to find out."""
        with self.sessions.glance() as session:
            notes = take_notes(session)
            sender = senders.look(session, message.openid, message.key, now, message.touch)
            with suppress(Refused):
                turn = self._turn(self.context(session, sender, now), sender, message)
                return _Understood(turn, notes) if are_whole(session) else None
        return None

    def _read(self, message: Message, now: datetime) -> "_Reading | _Understood | None":
        """Answer what only reads; what it asks for, or None, when a transaction that writes is needed."""
        with self.sessions.glance() as session:
            notes = take_notes(session)
            sender = senders.look(session, message.openid, message.key, now, message.touch)
            if sender.answered is not None:
                return _Reading(_repeated(sender.answered))
            ctx = self.context(session, sender, now)
            try:
                turn = self._turn(ctx, sender, message)
                if isinstance(turn, Run) and turn.command.changes:
                    return _Understood(turn, notes) if are_whole(session) else None
                reply, memory = self._perform(turn, ctx, sender)
            except Refused as refused:
                reply, memory = refusal(refused, ctx), Memory(closes=refused.closes)
            return _Reading(reply, memory, remembers=memory.changes(sender.dialog), touches=not sender.noted)

    def _noted(self, message: Message, reading: "_Reading", now: datetime) -> Reply:
        """Write down what a reply leaves behind; where a repeat would be answered otherwise, with a receipt."""
        with self.sessions.write() as session:
            if reading.remembers and not receipts.take(session, message.key, openid=message.openid, now=now):
                return _repeated(receipts.find(session, message.key))
            if reading.touches:
                followers.touch(session, message.openid, message.touch, now)
            if reading.remembers:
                remember(session, message.openid, reading.memory, now)
                _receive(session, message, reading.reply, reading.memory)
        return reading.reply

    def _act(self, message: Message, now: datetime, understood: "_Understood | None") -> Reply:
        """Answer in one transaction with the receipt; raises _Undone when nothing of it may stay."""
        conversation.ready(message.text)  # as long as nobody waits for it
        with self.sessions.write() as session:
            asks = () if understood else (senders.asks_look(message.openid, message.key, now, message.touch),)
            if not receipts.take(session, message.key, *asks, openid=message.openid, now=now):
                return _repeated(receipts.find(session, message.key))
            known = understood.turn if understood and unchanged(session, understood.notes) else None
            sender = senders.look(session, message.openid, message.key, now, message.touch)
            if not sender.noted:
                followers.touch(session, message.openid, message.touch, now)
            ctx = self.context(session, sender, now)
            try:
                reply, memory = self._perform(known or self._turn(ctx, sender, message), ctx, sender)
            except Refused as refused:
                reply, memory = refusal(refused, ctx), Memory(closes=refused.closes)
                if not refused.keep:
                    raise _Undone(_Reading(reply, memory, remembers=True, touches=not sender.noted)) from refused
            remember(session, message.openid, memory, now)
            _receive(session, message, reply, memory)
            return reply

    def context(self, session: Session, sender: Sender, now: datetime) -> Context:
        """What handlers know of a message."""
        me = sender.who
        seats = appointments.seats_of(session, me.id, now) if me else ()
        return Context(
            session=session,
            openid=sender.openid,
            who=me,
            branch=sender.branch,
            roles=appointments.roles_of(seats) if me else VISITOR,
            now=now,
            families=self.families,
            secret=self.secret,
            picture_page=self.picture_page,
            site=self.site,
            listed=sender.dialog.open_list(now) if sender.dialog else None,
            rest=sender.dialog.rest if sender.dialog else None,
        )

    def context_of(self, session: Session, member_id: int | None, openid: str, now: datetime) -> Context:
        """The context in which a notice is worded for its recipient."""
        return self.context(session, senders.of_member(session, member_id, openid), now)

    def _turn(self, ctx: Context, sender: Sender, message: Message) -> Turn:
        if not message.media_id:
            return conversation.listen(message.text, ctx, sender.dialog)
        waiting = conversation.picture_arrived(ctx, sender.dialog)
        if waiting is None:
            return Say(pictures.arrived(ctx, message.media_id, sender.dialog))
        claims.keep_picture(ctx, message.media_id)
        return waiting

    def _perform(self, turn: Turn, ctx: Context, sender: Sender) -> tuple[Reply, Memory]:
        if isinstance(turn, Say):
            reply, question, word = turn.reply, turn.question, ""
        else:
            trace.command(turn.command.word)
            result = turn.command.run(ctx, **arguments(turn.command, turn.values, ctx))
            reply, question = settled(result, turn, ctx.session)
            word = turn.command.word
            if turn.afterword:
                reply = reply._replace(text=reply.text + turn.afterword)
        if sender.unread and word != UNREAD_WORD:
            reply = reply._replace(text=f"{reply.text}\n您有{sender.unread}条未读通知，发“通知”查看")
        first, rest = page(reply.text)
        if first is not reply.text:
            reply = reply._replace(text=first)
        listed = {"choices": list(reply.listed), "all": list(reply.all_of or ())}
        shown = listed if reply.listed or reply.all_of is not None else None
        return reply, Memory(question, turn.closes, shown, rest, word)


class _Reading(NamedTuple):
    """A reply, and what is still to be written down for it."""

    reply: Reply
    memory: Memory = Memory()
    remembers: bool = False  # what the conversation remembers, and so a receipt
    touches: bool = False  # that the sender has written


class _Understood(NamedTuple):
    """What a message asks for, and what was read to find out: it stands when it reads alike (models/rereading.py)."""

    turn: Turn
    notes: Sequence[Note]


class _Undone(Exception):
    """A refusal took back what its message had done; the answer is yet to be kept."""

    def __init__(self, reading: _Reading) -> None:
        self.reading = reading


def _repeated(answer: dict[str, Any] | None) -> Reply:
    trace.repeated()
    return Reply(answer["text"] if answer else "")


def _receive(session: Session, message: Message, reply: Reply, memory: Memory) -> None:
    trace.receipt()
    receipts.store(session, message.key, {"text": reply.text}, command=memory.command or None)
