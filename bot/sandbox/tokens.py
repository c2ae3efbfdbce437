"""Access tokens: the two families, their overlap and their end (wechat.md 4).

issued ── replaced by the next ──▶ overlap, 5 minutes ──▶ superseded (40001)
   └───── 7200 s ──▶ expired (42001)          └── replaced again ──▶ superseded at once
"""

import re
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hmac import compare_digest

from bot.sandbox.errors import ApiError
from bot.sandbox.options import SHANGHAI

LIFE = timedelta(seconds=7200)
OVERLAP = timedelta(minutes=5)
FORCED_APART = timedelta(seconds=30)
FORCED_A_DAY = 20
WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{64,512}\Z")


@dataclass
class Token:
    """One issued token: it works until `good_until` and no longer than `expires_at`."""

    value: str
    expires_at: datetime
    good_until: datetime


@dataclass
class Family:
    """The tokens of one endpoint, newest last."""

    tokens: list[Token] = field(default_factory=list)

    def issue(self, now: datetime) -> Token:
        """A new token; the one before works for the overlap, any older one dies now."""
        for old in self.tokens[:-1]:
            old.good_until = min(old.good_until, now)
        if self.tokens:
            self.tokens[-1].good_until = min(self.tokens[-1].good_until, now + OVERLAP)
        token = Token(secrets.token_urlsafe(100), now + LIFE, now + LIFE)
        self.tokens = [*self.tokens[-9:], token]
        return token

    def current(self, now: datetime) -> Token | None:
        """The newest token while it is fresh: not revoked and not in its last five minutes."""
        token = self.tokens[-1] if self.tokens else None
        return token if token and now < token.good_until - OVERLAP else None


class Tokens:
    """Both families of one account: /cgi-bin/token and /cgi-bin/stable_token, which do not disturb each other."""

    def __init__(self) -> None:
        self._plain = Family()
        self._stable = Family()
        self._forced_at: datetime | None = None
        self._forced: dict[date, int] = {}

    def plain(self, now: datetime) -> dict[str, object]:
        """The answer of GET /cgi-bin/token: a new token at each call."""
        return _answer(self._plain.issue(now), now)

    def stable(self, now: datetime, *, force: bool = False) -> dict[str, object]:
        """The answer of POST /cgi-bin/stable_token: the same token until its last five minutes.

        Raises ApiError 45009 for the 21st forced refresh of a Shanghai day.
        """
        token = self._stable.current(now)
        if token is None or (force and self._may_force(now)):
            token = self._stable.issue(now)
        return _answer(token, now)

    def check(self, value: str | None, now: datetime) -> None:
        """Accept a working token or raise ApiError 41001, 40014, 42001 or 40001."""
        if not value:
            raise ApiError(41001)
        if not WELL_FORMED.match(value):
            raise ApiError(40014)
        known = [t for f in (self._plain, self._stable) for t in f.tokens if compare_digest(t.value, value)]
        if known and now >= known[0].expires_at:
            raise ApiError(42001)
        if not known or now >= known[0].good_until:
            raise ApiError(40001)

    def revoke(self, now: datetime) -> None:
        """End every token now, as a changed secret or a stranger's refreshes would."""
        for token in self._plain.tokens + self._stable.tokens:
            token.good_until = min(token.good_until, now)

    def _may_force(self, now: datetime) -> bool:
        if self._forced_at is not None and now - self._forced_at < FORCED_APART:
            return False
        day = now.astimezone(SHANGHAI).date()
        if self._forced.get(day, 0) >= FORCED_A_DAY:
            raise ApiError(45009)
        self._forced = {day: self._forced.get(day, 0) + 1}
        self._forced_at = now
        return True


def _answer(token: Token, now: datetime) -> dict[str, object]:
    return {"access_token": token.value, "expires_in": int((token.expires_at - now).total_seconds())}
