"""What a handler knows of a message: who asks, when, and the session to work in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from models import appointments, claiming, claims, members, rulebooks
from models.appointments import Appointment, Role
from models.errors import Refused
from models.members import Member
from models.months import Month, shanghai_day
from models.rulebooks import Item, Rulebook
from models.senders import Who

if TYPE_CHECKING:
    from handlers.dispatch import Families


class NotBound(Refused):
    """Only bound members may do this."""


@dataclass(slots=True)
class Context:
    """One message's asker. ``listed`` is the list last shown to them, while its numbers count;
    ``rest`` what further pages hold."""

    session: Session
    openid: str
    who: Who | None
    branch: str
    roles: frozenset[Role]
    now: datetime
    families: "Families"
    secret: bytes = b""
    # The address of the page on which the asker looks at a picture; the edge signs it for them alone.
    picture_page: Callable[[int, int], str] = lambda picture_id, member_id: ""
    # Where our pages for phones begin, without a slash at the end; empty where no pages are served.
    site: str = ""
    listed: dict[str, Any] | None = None
    rest: str | None = None
    _member: Member | None = None
    _items: dict[Month, list[Item]] = field(default_factory=dict)
    _people: list[Member] | None = None
    # The items to speak of, by whom they are claimed for, as understanding has put them together for this message.
    shelves: dict[Any, Any] = field(default_factory=dict)
    today: date = field(init=False)
    month: Month = field(init=False)

    def __post_init__(self) -> None:
        self.today = shanghai_day(self.now)
        self.month = Month.of(self.today)

    @property
    def me(self) -> Who:
        """Who asks, as far as reading needs it; raises NotBound."""
        if self.who is None:
            raise NotBound("请先绑定，再用这个功能", "绑定 张三 123456")
        return self.who

    @property
    def member(self) -> Member:
        """The bound member who asks; raises NotBound."""
        # Kept here, since a session holds what nobody else does only weakly.
        if self._member is None:
            self._member = self.me.member(self.session)
        return self._member

    @property
    def offices(self) -> Sequence[Appointment]:
        """The offices the asker holds now."""
        return appointments.held_by(self.session, self.member.id, self.now)

    def rulebook(self, month: Month | None = None) -> Rulebook:
        """The rulebook of the asker's branch for a month, by default the present one."""
        return rulebooks.in_force(self.session, self.me.branch_id, month or self.month)

    def items(self, month: Month | None = None) -> list[Item]:
        """What the asker may claim in a month, by default the present one."""
        month = month or self.month
        if month not in self._items:
            self._items[month] = claiming.claimable_items(self.session, self.me, month, self.now)
        return self._items[month]

    def people(self) -> list[Member]:
        """The present members of the asker's branch, in roster order."""
        if self._people is None:
            self._people = list(members.present(self.session, self.member.branch_id))
        return self._people

    def usual_items(self, most: int = 5) -> list[Item]:
        """The items the asker claimed last, newest first, each once."""
        rulebook = self.rulebook()
        codes = dict.fromkeys(claim.item_code for claim in claims.last_of(self.session, self.member.id, 20))
        found = [rulebook.find_item(code) for code in codes]
        return [item for item in found if item is not None][:most]
