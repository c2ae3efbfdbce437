"""Web authorisation: the codes a page gets and what they are exchanged for (wechat.md 6, OAuth)."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox.errors import ApiError

CODE_LIFE = timedelta(minutes=5)
REFRESH_LIFE = timedelta(days=30)
SCOPES = {"snsapi_base", "snsapi_userinfo"}


@dataclass
class Grant:
    """One visit of a user to a page: a code, used or not, or a refresh token."""

    openid: str
    scope: str
    until: datetime
    used: bool = False


class Visits:
    """The codes and refresh tokens that are about."""

    def __init__(self) -> None:
        self._codes: dict[str, Grant] = {}
        self._refresh: dict[str, Grant] = {}

    def code(self, openid: str, scope: str, now: datetime) -> str:
        """A code for this user's visit, good once, for 5 minutes."""
        self._codes = {code: grant for code, grant in self._codes.items() if now < grant.until + CODE_LIFE}
        code = secrets.token_urlsafe(24)
        self._codes[code] = Grant(openid, scope, now + CODE_LIFE)
        return code

    def exchange(self, code: str | None, now: datetime) -> dict[str, object]:
        """Who the visitor is; raises ApiError 41008, 40029 or 40163."""
        if not code:
            raise ApiError(41008)
        grant = self._codes.get(code)
        if grant is None or now >= grant.until:
            raise ApiError(40029)
        if grant.used:
            raise ApiError(40163)
        grant.used = True
        return self._answer(grant, now)

    def refresh(self, token: str | None, now: datetime) -> dict[str, object]:
        """The same visitor again; raises ApiError 40030."""
        grant = self._refresh.get(token or "")
        if grant is None or now >= grant.until:
            raise ApiError(40030)
        return self._answer(grant, now)

    def _answer(self, grant: Grant, now: datetime) -> dict[str, object]:
        refresh = secrets.token_urlsafe(48)
        self._refresh[refresh] = Grant(grant.openid, grant.scope, now + REFRESH_LIFE)
        return {
            "access_token": secrets.token_urlsafe(48),
            "expires_in": 7200,
            "refresh_token": refresh,
            "openid": grant.openid,
            "scope": grant.scope,
        }
