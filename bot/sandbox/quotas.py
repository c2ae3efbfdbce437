"""How often each interface may be called: per minute (45011) and per Shanghai day (45009), wechat.md 5.6."""

from collections import Counter
from datetime import date, datetime

from bot.sandbox.errors import ApiError
from bot.sandbox.options import SHANGHAI

DAILY = {
    "/cgi-bin/token": 2_000,
    "/cgi-bin/stable_token": 500_000,
    "/cgi-bin/menu/create": 1_000,
    "/cgi-bin/media/upload": 100_000,
    "/cgi-bin/media/get": 200_000,
    "/cgi-bin/message/custom/send": 500_000,
    "/cgi-bin/message/template/send": 100_000,
    "/cgi-bin/message/subscribe/bizsend": 100_000,
    "/cgi-bin/qrcode/create": 100_000,
    "/cgi-bin/user/info": 5_000_000,
}
MINUTELY = {"/cgi-bin/stable_token": 10_000, "/sns/oauth2/access_token": 50_000}


class Quotas:
    """Counts calls by path. `per_minute` and `per_day` are the limits; tests put lower ones there."""

    def __init__(self) -> None:
        self.per_minute = dict(MINUTELY)
        self.per_day = dict(DAILY)
        self._minute: datetime | None = None
        self._day: date | None = None
        self._this_minute: Counter[str] = Counter()
        self._this_day: Counter[str] = Counter()

    def count(self, path: str, now: datetime) -> None:
        """Count one call, or raise ApiError 45009 or 45011. A refused call is not counted."""
        self._turn(now)
        if self._this_day[path] >= self.per_day.get(path, self._this_day[path] + 1):
            raise ApiError(45009)
        if self._this_minute[path] >= self.per_minute.get(path, self._this_minute[path] + 1):
            raise ApiError(45011)
        self._this_minute[path] += 1
        self._this_day[path] += 1

    def _turn(self, now: datetime) -> None:
        """Begin afresh when the minute or the Shanghai day is another one."""
        local = now.astimezone(SHANGHAI)
        minute = local.replace(second=0, microsecond=0)
        if minute != self._minute:
            self._minute = minute
            self._this_minute.clear()
        if local.date() != self._day:
            self._day = local.date()
            self._this_day.clear()
