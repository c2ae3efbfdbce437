"""Who writes: everything a message needs to know of its sender, in one statement.

One statement, because it must be one snapshot: were the receipt read before the dialog, a repeat that
arrives while its first delivery commits would find neither. It is put together once and reads columns,
not objects: this is what every message costs.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, literal_column, select
from sqlalchemy.orm import Session

from models.bindings import Binding
from models.dialogs import Dialog
from models.followers import Follower, Window
from models.members import Member
from models.notices import UNREAD, Notice
from models.organizations import Organization
from models.receipts import Receipt


class Me(NamedTuple):
    """A member as most answers need one."""

    id: int
    name: str
    branch_id: int
    group_id: int | None
    branch: str


@dataclass(frozen=True, slots=True)
class Sender:
    """The sender of a message; ``answered`` is the stored answer when the message is a repeat."""

    openid: str
    me: Me | None = None
    window: Window | None = None
    dialog: Dialog | None = None
    answered: dict[str, Any] | None = None
    unread: int = 0


def _statement() -> Any:
    openid = bindparam("openid", type_=Binding.openid.type)
    who = select(literal_column("1").label("one")).subquery("who")
    unread = (
        select(func.count())
        .where(Notice.member_id == Binding.member_id, Notice.status.in_(UNREAD))
        .correlate(Binding)
        .scalar_subquery()
    )
    me = (Member.id, Member.name, Member.branch_id, Member.group_id, Organization.name)
    window = (Follower.unfollowed_at, Follower.window_opened, Follower.window_until, Follower.window_left)
    dialog = (Dialog.openid, Dialog.question, Dialog.question_at, Dialog.listed, Dialog.listed_at, Dialog.rest)
    return (
        select(*me, Follower.openid, *window, *dialog, Receipt.answer, unread)
        .select_from(who)
        .outerjoin(Binding, Binding.openid == openid)
        .outerjoin(Member, (Member.id == Binding.member_id) & Member.left_on.is_(None))
        .outerjoin(Organization, Organization.id == Member.branch_id)
        .outerjoin(Follower, Follower.openid == openid)
        .outerjoin(Dialog, Dialog.openid == openid)
        .outerjoin(Receipt, Receipt.key == bindparam("key", type_=Receipt.key.type))
    )


_LOOK = _statement()


def look(session: Session, openid: str, receipt_key: str) -> Sender:
    """The sender of a message, and whether it was answered before."""
    found = session.connection().execute(_LOOK, {"openid": openid, "key": receipt_key}).one()
    me = None if found[0] is None else Me(*found[:5])
    window = None if found[5] is None else Window(*found[6:10])
    return Sender(openid, me, window, _dialog(*found[10:16]), found[16], found[17])


_ME = (
    select(Member.id, Member.name, Member.branch_id, Member.group_id, Organization.name)
    .join(Organization, Organization.id == Member.branch_id)
    .where(Member.id == bindparam("member_id"))
)


def of_member(session: Session, member_id: int | None, openid: str) -> Sender:
    """A member as the recipient of something that is worded for them; None for who is no member."""
    found = None if member_id is None else session.connection().execute(_ME, {"member_id": member_id}).one()
    return Sender(openid, None if found is None else Me(*found))


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
