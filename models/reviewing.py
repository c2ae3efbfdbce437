"""评审: the branch looks at its month before everyone does, and the secretary submits it (rules 14).

Anyone of the branch's committee prepares; the secretary submits, or the deputy where there is no secretary.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models import disclosures, lateness, ledger, meetings, notices, opinions, rolls, rounds, rulebooks, tallies
from models.claims import UNDECIDED, Claim, ClaimStatus
from models.columns import MonthOf
from models.errors import NotFound, Refused
from models.ledger import Book
from models.lists import among
from models.meetings import MeetingState
from models.members import Member
from models.months import Month, shanghai_day
from models.objects import Objects
from models.pictures import Picture
from models.rolls import Listed
from models.rounds import DISCLOSED, Round, RoundState
from models.rulebooks import Evidence


class NoRound(Refused):
    """The month has no round in this branch."""


class ReviewNotOpen(Refused):
    """Claims about the month are still taken."""


class AlreadySubmitted(Refused):
    """The month is in disclosure or final."""


class StillUndecided(Refused):
    """Claims about the month wait for a decision or a supplement."""


class NotTheSecretary(Refused):
    """The secretary submits; the deputy only where there is no secretary."""


@dataclass(frozen=True, slots=True)
class Card:
    """A month as its reviewers see it. ``odd`` are claims worth a look, each with the words why."""

    round: Round
    members: int
    scored: int
    mark: Decimal
    below: int
    not_scored: tuple[Listed, ...]
    undecided: tuple[Claim, ...]
    odd: tuple[tuple[Claim, tuple[str, ...]], ...]
    opinions: tuple[int, ...]


def begin(session: Session, round_: Round, now: datetime) -> bool:
    """Open the review of a month whose claims are closed, and tell the branch's committee; False when it is not due."""
    begun = rounds.begin_review(session, round_, now)
    if begun:
        lateness.tell_review(session, round_, now)
    return begun


def begin_by_hand(session: Session, branch_id: int, month: Month, *, now: datetime) -> Round:
    """As the clock's jobs do: let a month's round arise where there is none, and open its review.

    Raises ReviewNotOpen while claims about it are taken.
    """
    ledger.lock(session, branch_id)
    rulebooks.in_force(session, branch_id, month)
    if month <= Month.of(now):
        rounds.begin(session, branch_id, month)
    round_ = rounds.find_anew(session, branch_id, month)
    if round_ is None or (round_.state is RoundState.OPEN and now < round_.claims_until):
        raise not_open(month, rounds.claims_until(session, branch_id, month))
    begin(session, round_, now)
    return round_


def not_open(month: Month, opens: datetime) -> ReviewNotOpen:
    """The refusal that says when the review opens."""
    day = shanghai_day(opens)
    return ReviewNotOpen(
        f"{month.number}月的评审{day.month}月{day.day}日才开始，现在还不能提交公示", f"评审 {month.number}月"
    )


def get_round(session: Session, branch_id: int, month: Month | None) -> Round:
    """The round of a month; without one the oldest that is to be submitted, else the newest. Raises NoRound."""
    if month is not None:
        found = rounds.find(session, branch_id, month)
    else:
        found = (
            rounds.oldest(session, branch_id, RoundState.REVIEW)
            or rounds.oldest(session, branch_id, RoundState.OPEN)
            or rounds.latest(session, branch_id, *DISCLOSED)
        )
    if found is None:
        which = "现在" if month is None else f"{month.number}月"
        raise NoRound(f"{which}没有要评审的积分，评审从启用后的第一个月开始", "评审")
    return found


def card(session: Session, branch_id: int, month: Month | None, now: datetime) -> Card:
    """A month and its open points: undecided claims, odd ones, who is not scored, unanswered opinions."""
    round_ = get_round(session, branch_id, month)
    rulebook = rulebooks.in_force(session, branch_id, round_.month)
    figures = tallies.figures(session, branch_id, round_.month)
    roll = rolls.roll(session, branch_id, round_.month)
    scored = [member for member in roll if member.not_scored is None]
    scores = [tallies.tally(rulebook, figures.get(member.id, ())).score for member in scored]
    return Card(
        round_,
        len(roll),
        len(scored),
        rulebook.pass_mark,
        sum(score < rulebook.pass_mark for score in scores),
        tuple(member for member in roll if member.not_scored is not None),
        tuple(undecided(session, branch_id, round_.month)),
        tuple(odd(session, branch_id, round_.month)),
        tuple(opinion.id for opinion in opinions.unanswered(session, branch_id, round_.month)),
    )


_OF_MONTH = (
    select(Claim)
    .where(Claim.branch_id == bindparam("branch_id"), Claim.month == bindparam("month", type_=MonthOf))
    .order_by(Claim.id)
)
_UNDECIDED = Objects(_OF_MONTH.where(among(Claim.status, UNDECIDED)))
_APPROVED = Objects(_OF_MONTH.where(Claim.status == ClaimStatus.APPROVED))


def undecided(session: Session, branch_id: int, month: Month) -> Sequence[Claim]:
    """The claims about a month that wait for a decision or a supplement, oldest first."""
    return _UNDECIDED.all(session, branch_id=branch_id, month=month)


def odd(session: Session, branch_id: int, month: Month) -> list[tuple[Claim, tuple[str, ...]]]:
    """Approved claims worth a look, and why: cut by a cap, a picture missing, the same item and day twice."""
    approved = _APPROVED.all(session, branch_id=branch_id, month=month)
    with_picture = _with_picture(session, [claim.id for claim in approved])
    same: dict[object, int] = defaultdict(int)
    for claim in approved:
        same[claim.member_id, claim.item_code, claim.day] += 1
    found = []
    for claim in approved:
        evidence = rulebooks.get(session, claim.rulebook_id).get_item(claim.item_code).evidence
        reasons = {
            "超限": claim.credited != claim.points and not claim.reason,
            "缺佐证": evidence is Evidence.REQUIRED and claim.id not in with_picture,
            "重复": same[claim.member_id, claim.item_code, claim.day] > 1,
        }
        words = tuple(word for word, holds in reasons.items() if holds)
        if words:
            found.append((claim, words))
    return found


def _with_picture(session: Session, ids: list[int]) -> set[int]:
    found = session.scalars(select(Picture.claim_id).where(Picture.claim_id.in_(ids)).distinct())
    return {id for id in found if id is not None}


def check_submit(
    session: Session, branch_id: int, month: Month | None, *, meeting: int | None, by: Member | None, now: datetime
) -> Round:
    """The round that may be submitted now. Raises NoRound, NotTheSecretary, ReviewNotOpen, AlreadySubmitted,
    StillUndecided or, for a meeting that is not known, NotFound."""
    round_ = get_round(session, branch_id, month)
    number = round_.month.number
    if by is not None:
        _check_secretary(session, branch_id, by, now)
    if round_.state in DISCLOSED:
        raise AlreadySubmitted(f"{number}月已经{round_.word}，不用再提交", f"公示 {number}月")
    if round_.state is RoundState.OPEN and now < round_.claims_until:
        raise not_open(round_.month, round_.claims_until)
    _check_meeting(session, branch_id, meeting, now)
    waiting = undecided(session, branch_id, round_.month)
    if waiting:
        raise StillUndecided(_still(waiting, number), f"解释 {waiting[0].id}")
    return round_


def _check_secretary(session: Session, branch_id: int, by: Member, now: datetime) -> None:
    entitled = lateness.submitters(session, branch_id, now)
    if by.id not in {seat.id for seat in entitled}:
        names = "、".join(seat.name for seat in entitled) or "支部书记"
        raise NotTheSecretary(f"提交公示由{names}办", "评审")


def _check_meeting(session: Session, branch_id: int, meeting: int | None, now: datetime) -> None:
    """The meeting that reviewed the month is one of the branch's own, and has begun."""
    if meeting is None:
        return
    found = meetings.find(session, meeting)
    own = found is not None and any(one.id == branch_id for one in meetings.held_by(session, meeting))
    if found is None or not own or found.state is MeetingState.CANCELLED or found.starts_at > now:
        raise NotFound(f"没有找到会议 M{meeting}，请看一下编号，不写编号也能提交", "提交公示")


def _still(waiting: Sequence[Claim], number: int) -> str:
    parts = []
    for words, status in (("待审", ClaimStatus.SUBMITTED), ("等本人补充", ClaimStatus.RETURNED)):
        found = [f"#{claim.id}（{claim.member.name}）" for claim in waiting if claim.status is status]
        if found:
            more = f"等{len(found)}条" if len(found) > 6 else ""
            parts.append(f"{words} {'、'.join(found[:6])}{more}")
    return f"{number}月还有申报没办完，不能提交公示：{'；'.join(parts)}"


def submit(
    session: Session,
    branch_id: int,
    month: Month | None,
    *,
    meeting: int | None = None,
    by: Member | None,
    now: datetime,
) -> Round:
    """Put a reviewed month into disclosure and tell every member (rules 14); cannot be taken back.

    ``by`` is None where an operator does it on the command line. Raises as ``check_submit``.
    """
    ledger.lock(session, branch_id)
    month = get_round(session, branch_id, month).month
    rounds.find_anew(session, branch_id, month)  # as it is under the lock
    round_ = check_submit(session, branch_id, month, meeting=meeting, by=by, now=now)
    rounds.begin_review(session, round_, now)  # the clock's job may be some seconds behind
    book = session.get_one(Book, branch_id)
    until = rounds.disclosure_ends(session, branch_id, now)
    rounds.move(
        session,
        round_,
        RoundState.DISCLOSURE,
        submitted_by_id=by.id if by is not None else None,
        submitted_at=now,
        meeting=meeting,
        head=f"{book.sequence}:{book.head}",
        disclosure_until=until,
        final_from=rounds.final_from(until),
    )
    notices.settle(session, round_.subject, now)
    disclosures.tell(session, round_, now)
    return round_
