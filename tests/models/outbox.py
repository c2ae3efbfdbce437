"""A notice posted and led into any of its states by the steps a worker takes."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import deliveries, fates, notices
from models.notices import Notice, NoticeStatus
from tests.cast import NOW, Cast

S = NoticeStatus
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
WORKER = "worker-1"


def post(session: Session, cast: Cast, key: str = "k", **more: object) -> Notice:
    values = {"key": key, "now": NOW, "subject": "claim:12"} | more
    assert notices.post(session, cast.zhang_san.id, "claim_waiting", **values)  # type: ignore[arg-type]
    return one(session, key)


def one(session: Session, key: str = "k") -> Notice:
    return session.scalars(select(Notice).where(Notice.key == key).execution_options(populate_existing=True)).one()


def bring_to(session: Session, notice: Notice, status: NoticeStatus) -> Notice:
    """Lead a fresh notice into a state by the steps a worker takes."""
    ways: dict[NoticeStatus, list[Callable[[Session, int], object]]] = {
        S.QUEUED: [],
        S.TAKEN: [take],
        S.SENDING: [take, begin],
        S.SENT: [take, begin, sent],
        S.DELIVERED: [take, begin, sent, delivered],
        S.FAILED: [take, begin, sent, failed],
        S.INBOX: [take, inbox],
        S.SEEN: [take, inbox, seen],
        S.LAPSED: [take, lapse],
    }
    for step in ways[status]:
        step(session, notice.id)
    session.expire_all()
    assert notice.status is status
    return notice


def take(session: Session, id: int, now: datetime = NOW) -> list[int]:
    return deliveries.take(session, lease=WORKER, now=now)


def begin(session: Session, id: int, now: datetime = NOW, lease: str = WORKER) -> bool:
    return deliveries.begin(session, id, lease=lease, channel="template", now=now)


def sent(session: Session, id: int) -> None:
    deliveries.sent(session, id, message_id=f"m{id}", now=NOW)


def delivered(session: Session, id: int) -> None:
    fates.told(session, f"m{id}", arrived=True, now=NOW)


def failed(session: Session, id: int) -> None:
    fates.told(session, f"m{id}", arrived=False, now=NOW)


def inbox(session: Session, id: int) -> None:
    deliveries.to_inbox(session, id)


def lapse(session: Session, id: int) -> None:
    deliveries.lapse(session, id, NOW)


def seen(session: Session, id: int) -> None:
    notices.mark_seen(session, [session.get_one(Notice, id, populate_existing=True)], NOW)
    session.flush()
