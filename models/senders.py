"""Who writes: everything a message needs to know of its sender, in one statement.

One statement, because it must be one snapshot: were the receipt read before the dialog, a repeat that
arrives while its first delivery commits would find neither. It is put together once and reads columns,
not objects: this is what every message costs. Most tables are asked by statements within it, since what is
joined hands all columns on from join to join, which costs PostgreSQL as much as finding them.
"""

from datetime import datetime
from functools import reduce
from operator import add
from typing import Any, NamedTuple

from sqlalchemy import Date, String, bindparam, cast, exists, func, inspect, literal_column, select
from sqlalchemy.orm import Session

from models import appointments, followers, group_memberships, settings
from models.appointments import Appointment, Office
from models.bindings import Binding
from models.dialogs import Dialog
from models.followers import Touch
from models.group_memberships import GroupMembership
from models.members import Member
from models.months import shanghai_day
from models.notices import UNREAD, Notice
from models.objects import kept
from models.once import once_per_session, remember
from models.organizations import Organization, OrganizationKind
from models.prepared import Prepared, Question
from models.receipts import Receipt
from models.settings import ANY_SET


class Who(NamedTuple):
    """A bound member as read with the message; the object is made when something asks for it."""

    id: int
    columns: tuple[Any, ...]

    @property
    def name(self) -> str:
        return str(self.columns[_NAME])

    @property
    def branch_id(self) -> int:
        return int(self.columns[_BRANCH])

    @property
    def group_id(self) -> int | None:
        group_id: int | None = self.columns[_GROUP]
        return group_id

    @property
    def leading_cadre(self) -> bool:
        return bool(self.columns[_CADRE])

    def member(self, session: Session) -> Member:
        """The member, kept in a session as though loaded by it."""
        return kept(session, Member, self.columns)


class Sender(NamedTuple):
    """The sender of a message; ``answered`` is the stored answer when the message is a repeat.

    ``noted`` says that their message tells nothing of them that is not written down (models/followers.py).
    """

    openid: str
    who: Who | None = None
    branch: str = ""
    noted: bool = False
    dialog: Dialog | None = None
    answered: dict[str, Any] | None = None
    unread: int = 0


MEMBER = tuple(column for column in inspect(Member).columns)
_NAME, _BRANCH, _GROUP, _CADRE = (
    [column.key for column in MEMBER].index(key) for key in ("name", "branch_id", "group_id", "leading_cadre")
)
_DIALOG = (Dialog.openid, Dialog.question, Dialog.question_at, Dialog.listed, Dialog.listed_at, Dialog.rest)


def seats() -> Any:
    """A member's offices as one text, ``secretary@branch,…``: one row a message, whatever they hold."""
    of_it = Organization.id == Appointment.organization_id
    kind = select(cast(Organization.kind, String)).where(of_it).correlate(Appointment).scalar_subquery()
    seat = cast(Appointment.office, String) + literal_column("'@'") + kind
    today = bindparam("today", type_=Date)
    return (
        select(func.aggregate_strings(seat, literal_column("','")))  # type: ignore[arg-type]
        .where(Appointment.member_id == Member.id, Appointment.starts_on <= today)
        .where(Appointment.ends_on.is_(None) | (Appointment.ends_on >= today))
        .correlate(Member)
        .scalar_subquery()
    )


def _temporary() -> Any:
    """Whether the member belongs to a temporary group now; hardly anybody does, so nobody else pays for it."""
    mine = select(GroupMembership.id).where(GroupMembership.member_id == Member.id, *group_memberships.running())
    return exists(mine.correlate(Member))


def _unread() -> Any:
    # Each state by itself, since SQLite would make a table of them for every message.
    mine = select(func.count()).where(Notice.member_id == Member.id)
    counts = (mine.where(Notice.status == status).correlate(Member).scalar_subquery() for status in UNREAD)
    return reduce(add, counts)


def _look() -> Any:
    openid = bindparam("openid", type_=Binding.openid.type)
    one = select(literal_column("1").label("one")).subquery("one")
    bound = select(Binding.member_id).where(Binding.openid == openid).scalar_subquery()
    branch = select(Organization.name).where(Organization.id == Member.branch_id).correlate(Member)
    answer = select(Receipt.answer).where(Receipt.key == bindparam("key", type_=Receipt.key.type))
    return (
        select(
            *MEMBER,
            branch.scalar_subquery(),
            seats(),
            _unread(),
            ANY_SET,
            answer.scalar_subquery(),
            followers.noted(openid),
            _temporary(),
            *_DIALOG,
        )
        .select_from(one)
        .outerjoin(Member, (Member.id == bound) & Member.left_on.is_(None))
        .outerjoin(Dialog, Dialog.openid == openid)
    )


_LOOK = Prepared(_look())


def asks_look(openid: str, receipt_key: str, now: datetime, touch: Touch = Touch.MESSAGE) -> Question:
    """What ``look`` asks."""
    return _LOOK, {"openid": openid, "key": receipt_key, "today": shanghai_day(now), **followers.as_noted(touch, now)}


def look(session: Session, openid: str, receipt_key: str, now: datetime, touch: Touch = Touch.MESSAGE) -> Sender:
    """The sender of a message, and whether it was answered before."""
    statement, values = asks_look(openid, receipt_key, now, touch)
    row = statement.rows(session, **values)[0]
    count = len(MEMBER)
    branch, seats, unread, any_set, answered, noted, temporary = row[count : count + 7]
    if not any_set:
        settings.remember_none_set(session)
    if not temporary:
        remember(session, group_memberships.groups_of_member, (row[0], now), ())
    return Sender(
        openid,
        _who(session, row[:count], seats, now),
        branch or "",
        noted,
        _dialog(*row[count + 7 :]),
        answered,
        unread,
    )


def _who(session: Session, columns: tuple[Any, ...], seats: str | None, now: datetime) -> Who | None:
    id = columns[0]
    if id is None:
        return None
    pairs = (seat.split("@") for seat in (seats or "").split(",") if seat)
    held = [(Office(office), OrganizationKind(kind)) for office, kind in pairs]
    remember(session, appointments.seats_of, (id, now), held)
    return Who(id, columns)


def of_member(session: Session, member_id: int | None, openid: str) -> Sender:
    """A member as the recipient of something that is worded for them; None for who is no member."""
    if member_id is None:
        return Sender(openid)
    who, branch = _reader(session, member_id)
    return Sender(openid, who, branch)


@once_per_session
def _reader(session: Session, member_id: int) -> tuple[Who, str]:
    member = session.get_one(Member, member_id)
    columns = tuple(getattr(member, column.key) for column in MEMBER)
    return Who(member_id, columns), member.branch.name


def expect(session: Session, columns: tuple[Any, ...], held: str | None, branch: str, now: datetime) -> Who:
    """Another statement has read a member and their ``seats``, as the recipient of what is going to be worded."""
    who = _who(session, columns, held, now)
    assert who is not None
    remember(session, _reader, (who.id,), (who, branch))
    return who


def _dialog(
    openid: str | None,
    question: dict[str, Any] | None,
    question_at: datetime | None,
    listed: dict[str, Any] | None,
    listed_at: datetime | None,
    rest: str | None,
) -> Dialog | None:
    if openid is None:
        return None
    return Dialog(
        openid=openid, question=question, question_at=question_at, listed=listed, listed_at=listed_at, rest=rest
    )
