"""People who claim and approve in a world, and what is known of the notices about it."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import count

from sqlalchemy import select

from models.notices import Notice, NoticeStatus
from tests.cast import PEOPLE
from tests.e2e.processes import eventually
from tests.e2e.worlds import World

TEMPLATE, CUSTOM, TOKEN = "/cgi-bin/message/template/send", "/cgi-bin/message/custom/send", "/cgi-bin/stable_token"
ITEMS = ("社区志愿 1小时", "走访慰问 1户", "讲微党课 1次", "完成党组织交办的任务 1项", "传帮带 1次")
ON_THEIR_WAY = (NoticeStatus.QUEUED, NoticeStatus.TAKEN, NoticeStatus.SENDING)


class Office:
    """The daily work of the cast, done on their phones."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.stand_in = world.stand_in
        self._lines = {key: count() for key in PEOPLE}

    def claim(self, key: str) -> int:
        """Another claim of a member; its number."""
        day, item = divmod(next(self._lines[key]), len(ITEMS))
        text = self.world.follower(key).say(f"申报 {ITEMS[item]} {day + 1}日 清扫河堤").text
        assert text.startswith("✅ #"), text
        return int(text[3:].split()[0])

    def claims(self, keys: Iterable[str]) -> dict[str, int]:
        """A claim of each; when it returns, nobody who decides is still to be told."""
        numbers = {key: self.claim(key) for key in keys}
        self.settle()
        return numbers

    def approve(self, number: int, *, by: str = "wang_jianjun") -> Notice:
        """The secretary approves, or another; the notice that tells it."""
        text = self.world.follower(by).say(f"通过 {number}").text
        assert text.startswith(f"✅ #{number} 已通过"), text
        return self.notice("claim_approved", f"claim:{number}:1")

    def notice(self, kind: str, subject: str) -> Notice:
        """The one notice of this kind about a subject."""
        with self.world.database.sessions.read() as session:
            return session.scalars(select(Notice).where(Notice.kind == kind, Notice.subject == subject)).one()

    def again(self, notice: Notice) -> Notice:
        """A notice as it is now."""
        with self.world.database.sessions.read() as session:
            return session.get_one(Notice, notice.id)

    def until(self, notice: Notice, *statuses: str, attempts: int = 0) -> Notice:
        """Wait until a notice has one of these states, and so many attempts behind it."""

        def there() -> bool:
            now = self.again(notice)
            return now.status in statuses and now.attempts >= attempts

        eventually(there, what=f"{statuses} after {attempts}, not {self.again(notice).status}")
        return self.again(notice)

    def settle(self) -> None:
        """The platform is well again, and everything that is due gets delivered."""
        self.stand_in.ask("mend")

        def quiet() -> bool:
            now = self.world.clock()
            with self.world.database.sessions.read() as session:
                soon = Notice.status.in_(ON_THEIR_WAY), Notice.next_try < now + timedelta(minutes=5)
                found = session.scalars(select(Notice).where(*soon)).all()
            if found and all(notice.status is NoticeStatus.QUEUED for notice in found):
                self.world.clock.go_to(min(notice.next_try for notice in found))
            return not found

        eventually(quiet, what="nothing is on its way")
