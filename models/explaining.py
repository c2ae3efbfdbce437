"""Opening a number: which entry, which claim, who decided, and who may ask (rules 9; chat: 解释)."""

from datetime import datetime

from sqlalchemy.orm import Session

from models import sight
from models.claims import Claim
from models.deciders import deciders
from models.errors import NotFound
from models.ledger import Entry
from models.members import Member


def may_decide(session: Session, claim: Claim, member: Member, now: datetime) -> bool:
    """Whether a member may decide a claim now."""
    return member.id in deciders(session, claim, now).allowed


def entry_for(session: Session, number: int, asker: Member, now: datetime) -> Entry:
    """An entry that the asker may see; raises NotFound, the same whether it exists or not."""
    entry = session.get(Entry, number)
    if entry is None or not _sees(session, asker, entry, now):
        raise NotFound(f"没有找到 J{number}，请看一下编号", "积分")
    return entry


def _sees(session: Session, asker: Member, entry: Entry, now: datetime) -> bool:
    if asker.id in (entry.member_id, entry.decided_by_id):
        return True
    member = session.get_one(Member, entry.member_id)
    return sight.reviews(session, asker, member, entry.branch_id, now)


def decider_of(session: Session, entry: Entry) -> Member | None:
    """Who decided it."""
    return session.get(Member, entry.decided_by_id) if entry.decided_by_id else None


def claim_id_of(entry: Entry) -> int | None:
    """The claim that caused an entry, from its cause ``claim:12:1``."""
    kind, _, rest = entry.cause.partition(":")
    return int(rest.split(":")[0]) if kind == "claim" else None
