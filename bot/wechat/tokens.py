"""One access token per account for all processes, over stable_token (wechat.md 4).

    usable ── 5 minutes before its end, whoever needs it ──▶ plain call ──▶ usable
    usable ── refused by a call (40001, 40014, 42001) ──▶ another process has a new one? ──▶ that one
                                                          otherwise a plain call: a new token? ──▶ usable
                                                          the same dead one: one process forces a new one

The store belongs to no event loop; who shares one among tasks lets one of them at a time ask (bot/wechat/client.py).
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.wechat.errors import Fault, Refusal
from models import access_tokens
from models.sessions import Sessions

REFRESH_BEFORE = timedelta(minutes=5)
_REST = timedelta(seconds=60)  # after a refusal that only time or the operator cures
_SHORT_REST = timedelta(seconds=1)  # so that a whole queue does not wait out the same time-out one by one
_LOOK_AGAIN = 0.1  # seconds


@dataclass(frozen=True, slots=True)
class FetchedToken:
    """What the token endpoint answered."""

    token: str
    lifetime: timedelta


Fetch = Callable[[bool], Awaitable[FetchedToken]]  # True: force_refresh. Raises Refusal


class TokenStore:
    """The tokens in the database, with a copy in memory so that a call costs no query.

    `patience` is how many seconds to wait for the process that is renewing a token by force.
    """

    def __init__(self, sessions: Sessions, clock: Callable[[], datetime], *, patience: float = 2.0) -> None:
        self._patience = patience
        self._sessions = sessions
        self._clock = clock
        self._known: dict[str, tuple[str, datetime]] = {}  # until when it is to be used
        self._refused: dict[str, tuple[Refusal, datetime]] = {}  # until when not to ask again

    def known(self, app_id: str) -> str | None:
        """The token in memory while it is fresh."""
        token, until = self._known.get(app_id, ("", None))
        return token if until is not None and self._clock() < until else None

    async def current(self, app_id: str, fetch: Fetch) -> str:
        """A token to call with: from memory, the database, or the platform. Raises Refusal."""
        if (known := self.known(app_id)) is not None:
            return known
        stored = await asyncio.to_thread(self._stored, app_id)
        if (known := self.known(app_id)) is not None:
            return known
        return await self._refresh(app_id, stored, fetch, force=False)

    async def renewed(self, app_id: str, dead: str, fetch: Fetch) -> str:
        """A token in the place of one that a call refused as invalid. Raises Refusal."""
        if (known := self.known(app_id)) not in (None, dead):
            return str(known)
        stored = await asyncio.to_thread(self._stored, app_id)
        if (known := self.known(app_id)) not in (None, dead):
            return str(known)
        token = await self._refresh(app_id, stored, fetch, force=False)
        if token != dead:
            return token
        if await asyncio.to_thread(self._may_force, app_id, dead):
            return await self._refresh(app_id, dead, fetch, force=True)
        return await self._from_other(app_id, dead)

    async def _refresh(self, app_id: str, old: str | None, fetch: Fetch, *, force: bool) -> str:
        fetched = await self._ask(app_id, fetch, force)
        return await asyncio.to_thread(self._keep, app_id, old, fetched)

    async def _ask(self, app_id: str, fetch: Fetch, force: bool) -> FetchedToken:
        now = self._clock()
        refused, until = self._refused.get(app_id, (None, now))
        if refused is not None and now < until:
            raise Refusal(refused.code, refused.fault, refused.message)
        try:
            fetched = await fetch(force)
        except Refusal as refusal:
            rest = _SHORT_REST if refusal.fault is Fault.TRANSIENT else _REST
            self._refused[app_id] = (refusal, self._clock() + rest)
            raise
        self._refused.pop(app_id, None)
        return fetched

    async def _from_other(self, app_id: str, dead: str) -> str:
        """The token that another process is fetching by force just now."""
        for _ in range(round(self._patience / _LOOK_AGAIN)):
            await asyncio.sleep(_LOOK_AGAIN)
            stored = await asyncio.to_thread(self._stored, app_id)
            if stored is not None and stored != dead:
                return stored
        refusal = Refusal(None, Fault.TOKEN, "the access token is dead and was renewed by force a moment ago")
        self._refused[app_id] = (refusal, self._clock() + access_tokens.BETWEEN_FORCED)
        raise refusal

    def _stored(self, app_id: str) -> str | None:
        with self._sessions.read() as session:
            row = access_tokens.find(session, app_id)
            if row is None:
                return None
            self._remember(app_id, row.token, row.fetched_at, row.expires_at)
            return row.token

    def _keep(self, app_id: str, old: str | None, fetched: FetchedToken) -> str:
        now = self._clock()
        with self._sessions.write() as session:
            kept = access_tokens.replace(
                session, app_id, old=old, new=fetched.token, lifetime=fetched.lifetime, now=now
            )
        if not kept:  # another process was faster, and what it has is newer
            return self._stored(app_id) or fetched.token
        self._remember(app_id, fetched.token, now, now + fetched.lifetime)
        return fetched.token

    def _may_force(self, app_id: str, dead: str) -> bool:
        with self._sessions.write() as session:
            return access_tokens.may_force(session, app_id, dead=dead, now=self._clock())

    def _remember(self, app_id: str, token: str, fetched_at: datetime, expires_at: datetime) -> None:
        # The platform never gives less than five minutes; half of a short life is still kept in use.
        margin = min(REFRESH_BEFORE, (expires_at - fetched_at) / 2)
        self._known[app_id] = (token, expires_at - margin)
