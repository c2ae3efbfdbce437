"""The platform's memory in one place: every part of it, one lock, and one clock."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from bot.sandbox import bubbles
from bot.sandbox.errors import ApiError
from bot.sandbox.feed import Feed, Journal
from bot.sandbox.media import Media
from bot.sandbox.menus import Menu
from bot.sandbox.oauth import Visits
from bot.sandbox.options import Person, SandboxOptions
from bot.sandbox.qrcodes import Tickets
from bot.sandbox.quotas import Quotas
from bot.sandbox.store import Bubble, Store
from bot.sandbox.tokens import Tokens
from bot.sandbox.users import User

CLIENT_MSG_ID_LIFE = timedelta(seconds=600)
MSGID_BASE = 2_900_000_000_000_000_000  # template messages are numbered beyond 2^53, as the real ones are


class Platform:
    """Everything the stand-in knows. Whoever reads before it writes holds `lock`.

    `refuses_ip` plays an IP whitelist without Xianfeng's address in it.
    """

    def __init__(self, options: SandboxOptions) -> None:
        self.options = options
        self.lock = threading.RLock()
        self.store = Store(options.state_dir)
        self.feed = Feed()
        self.journal = Journal(self.feed)
        self.tokens = Tokens()
        self.quotas = Quotas()
        self.media = Media(self.store)
        self.tickets = Tickets(self.store)
        self.menu = Menu(self.store)
        self.visits = Visits()
        self.refuses_ip = False
        self._sent: dict[tuple[str, str], tuple[datetime, int]] = {}
        self._last_id = 0
        self._users = {user.openid: user for user in map(User.unpack, self.store.users())}

    def now(self) -> datetime:
        """The stand-in's time."""
        return self.options.clock()

    def user(self, openid: object) -> User:
        """A user this account knows; raises ApiError 40003. Bound members of the roster follow the account."""
        with self.lock:
            known = self._users.get(openid) if isinstance(openid, str) else None
            if known is not None:
                return known
            person = next((p for p in self.options.people() if openid and p.openid == openid), None)
            if person is None:
                raise ApiError(40003)
            return self.new_user(str(openid), person, follows=True)

    def new_user(self, openid: str, person: Person | None, *, follows: bool) -> User:
        """Take up a user; `person` is None for someone who is not on the roster."""
        user = User(openid, person.name if person else "路人", person.staff_no if person else None, follows=follows)
        user.followed_at = self.now() if follows else None
        self._users[openid] = user
        self._keep(user)
        return user

    def users(self) -> list[User]:
        """Everyone known so far."""
        with self.lock:
            return list(self._users.values())

    @contextmanager
    def changing(self, openid: object) -> Iterator[User]:
        """A user under the lock; written down and told to the pages afterwards, also when refused half-way."""
        with self.lock:
            user = self.user(openid)
            try:
                yield user
            finally:
                self._keep(user)
                self.feed.publish("user", self.state_of(user))

    def state_of(self, user: User) -> dict[str, object]:
        """What the page shows about a user besides the chat."""
        return {
            "openid": user.openid,
            "follows": user.follows,
            "receiving": user.receiving,
            "shown": user.shown > 0,
            "read_to": user.read_to,
            "unread": self.store.unread(user.openid, user.read_to),
        }

    def show(self, openid: str, kind: str, body: dict[str, object], *, mine: bool = False) -> Bubble:
        """Put a bubble into a chat, on every open page too."""
        bubble = self.store.add(openid, mine=mine, kind=kind, at=self.now(), body=body)
        self.feed.publish("bubble", bubbles.present(bubble))
        return bubble

    def next_id(self) -> int:
        """A fresh 64-bit number; larger than every earlier one, also those of earlier runs."""
        with self.lock:
            self._last_id = max(self._last_id + 1, int(self.now().timestamp() * 1_000_000) * 13)
            return self._last_id

    def sent_before(self, openid: str, client_msg_id: str) -> int | None:
        """The msgid of a template message with this client_msg_id within the last 10 minutes."""
        at, msgid = self._sent.get((openid, client_msg_id), (None, None))
        return msgid if at is not None and self.now() < at + CLIENT_MSG_ID_LIFE else None

    def remember_sent(self, openid: str, client_msg_id: str, msgid: int) -> None:
        """Remember a client_msg_id, and forget those that have lapsed."""
        now = self.now()
        while self._sent and now >= next(iter(self._sent.values()))[0] + CLIENT_MSG_ID_LIFE:
            self._sent.pop(next(iter(self._sent)))
        self._sent[openid, client_msg_id] = (now, msgid)

    def close(self) -> None:
        """End the streams and close the file."""
        self.feed.close()
        self.store.close()

    def _keep(self, user: User) -> None:
        self.store.keep_user(user.openid, user.pack())
