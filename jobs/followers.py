"""Who unfollowed is forgotten after 30 days: the openid goes everywhere, the organization's records stay (rules 32)."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from jobs.one_by_one import one_by_one
from models import bindings, check_ins, grants, opinions, receipts
from models.bindings import BindingTries
from models.dialogs import Dialog
from models.followers import Follower
from models.guarded import rows_changed
from models.notices import Notice
from models.prepared import Prepared
from models.receipts import Receipt
from models.sessions import Sessions

FORGOTTEN_AFTER = timedelta(days=30)
_GONE = Prepared(select(Follower.openid).where(Follower.unfollowed_at <= bindparam("before")))


def forget(sessions: Sessions, *, now: datetime) -> int:
    """Erase the openids that unfollowed 30 days ago; returns how many."""
    before = now - FORGOTTEN_AFTER
    return one_by_one(
        sessions,
        lambda session: _GONE.column(session, before=before),
        lambda session, openid: _erase(session, openid, before),
    )


def _erase(session: Session, openid: str, before: datetime) -> bool:
    """Erase an openid everywhere; False when its user follows again since we looked."""
    mine = (Follower.openid == openid) & (Follower.unfollowed_at <= before)
    if not rows_changed(session, delete(Follower).where(mine)):
        return False
    bindings.erase(session, openid)
    check_ins.erase(session, openid)
    opinions.erase(session, openid)
    grants.erase(session, openid)
    for table in (Dialog, Receipt):
        session.execute(delete(table).where(table.openid == openid))
    session.execute(delete(BindingTries).where(BindingTries.who == f"o:{openid}"))
    session.execute(update(Notice).where(Notice.openid == openid).values(openid=None))
    return True


def forget_receipts(sessions: Sessions, *, now: datetime) -> int:
    """Delete receipts that no repeat can ask for any more; returns how many."""
    with sessions.write() as session:
        return receipts.forget_old(session, now)
