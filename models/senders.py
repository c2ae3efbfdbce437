"""Who writes: everything a message needs to know of its sender, in one statement.

One statement, because it must be one snapshot: were the receipt read before the dialog, a repeat that
arrives while its first delivery commits would find neither.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from models.bindings import Binding
from models.dialogs import Dialog
from models.followers import Follower
from models.members import Member
from models.notices import UNREAD, Notice
from models.receipts import Receipt


@dataclass(frozen=True, slots=True)
class Sender:
    """The sender of a message; ``answered`` is the stored answer when the message is a repeat."""

    openid: str
    member: Member | None
    follower: Follower | None
    dialog: Dialog | None
    answered: dict[str, Any] | None
    unread: int


def look(session: Session, openid: str, receipt_key: str) -> Sender:
    """The sender of a message, and whether it was answered before."""
    who = select(literal(openid).label("openid")).subquery()
    unread = (
        select(func.count())
        .where(Notice.member_id == Binding.member_id, Notice.status.in_(UNREAD))
        .correlate(Binding)
        .scalar_subquery()
    )
    query = (
        select(Binding, Follower, Dialog, Receipt.answer, unread)
        .select_from(who)
        .outerjoin(Binding, Binding.openid == who.c.openid)
        .outerjoin(Follower, Follower.openid == who.c.openid)
        .outerjoin(Dialog, Dialog.openid == who.c.openid)
        .outerjoin(Receipt, Receipt.key == receipt_key)
    )
    binding, follower, dialog, answered, count = session.execute(query).one()
    member = binding.member if binding is not None and binding.member.left_on is None else None
    return Sender(openid, member, follower, dialog, answered, count)
