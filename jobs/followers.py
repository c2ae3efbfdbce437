"""Who unfollowed is forgotten after 30 days: the openid goes everywhere, the organization's records stay (rules 32)."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models import bindings, receipts
from models.bindings import BindingTries
from models.dialogs import Dialog
from models.followers import Follower
from models.notices import Notice
from models.receipts import Receipt
from models.sessions import Sessions

FORGOTTEN_AFTER = timedelta(days=30)


def forget(sessions: Sessions, *, now: datetime) -> int:
    """Erase the openids that unfollowed 30 days ago; returns how many."""
    with sessions.read() as session:
        gone = list(session.scalars(select(Follower.openid).where(Follower.unfollowed_at <= now - FORGOTTEN_AFTER)))
    for openid in gone:
        with sessions.write() as session:
            _erase(session, openid)
    return len(gone)


def _erase(session: Session, openid: str) -> None:
    bindings.erase(session, openid)
    for table in (Dialog, Receipt, Follower):
        session.execute(delete(table).where(table.openid == openid))
    session.execute(delete(BindingTries).where(BindingTries.who == f"o:{openid}"))
    session.execute(update(Notice).where(Notice.openid == openid).values(openid=None))


def forget_receipts(sessions: Sessions, *, now: datetime) -> int:
    """Delete receipts that no repeat can ask for any more; returns how many."""
    with sessions.write() as session:
        return receipts.forget_old(session, now)
