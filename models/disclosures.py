"""The disclosure of a month: everyone's figures in roster order, and each member's word that they are right (rules 14).

It is no ranking and depends on no setting of who sees what. Silence is consent; 核实 says it aloud, once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import bindings, notices, results, rolls, rounds, rulebooks, tallies
from models.base import Base
from models.columns import RowId
from models.errors import Refused
from models.members import Member, NotScoredReason
from models.months import Month
from models.rolls import Listed
from models.rounds import Round, RoundState
from models.rows import insert_once
from models.rulebooks import Item, Publish, Rulebook, Source
from models.tallies import Figure


class MemberCheck(Base):
    """核实: a member has looked at the own result of a month in disclosure and finds it right."""

    __tablename__ = "member_checks"
    __table_args__ = (UniqueConstraint("round_id", "member_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]


class NotDisclosed(Refused):
    """The month is not in disclosure."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry as everyone may read it: what is published by its figure alone has neither item nor reason."""

    id: int
    points: Decimal
    source: Source
    item: Item | None
    day: date | None
    reason: str
    full: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One member's month; ``score`` and ``stars`` are None where the member is not scored."""

    member_id: int
    name: str
    base: Decimal
    plus: Decimal
    minus: Decimal
    zeroed: bool
    score: Decimal | None
    stars: int | None
    not_scored: NotScoredReason | None
    items: tuple[Shown, ...]


def lines(session: Session, branch_id: int, month: Month) -> list[Line]:
    """Everyone's figures of a month in roster order: as they are now, and once it is final as they were then."""
    round_ = rounds.find(session, branch_id, month)
    if round_ is not None and round_.state is RoundState.FINAL:
        return _as_final(session, round_)
    rulebook = rulebooks.in_force(session, branch_id, month)
    figures = tallies.figures(session, branch_id, month)
    roll = rolls.roll(session, branch_id, month)
    return [_line(session, rulebook, member, figures.get(member.id, ())) for member in roll]


def _line(session: Session, rulebook: Rulebook, member: Listed, figures: Sequence[Figure]) -> Line:
    tally = tallies.tally(rulebook, figures)
    scored = member.not_scored is None
    return Line(
        member.id,
        member.name,
        tally.base,
        tally.plus,
        tally.minus,
        tally.zeroed,
        tally.score if scored else None,
        rulebook.stars_at(tally.score) if scored else None,
        member.not_scored,
        tuple(_shown(session, figure) for figure in tally.figures),
    )


def _as_final(session: Session, round_: Round) -> list[Line]:
    rulebook = rulebooks.get(session, round_.rulebook_id or 0)
    figures = tallies.figures(session, round_.branch_id, round_.month, round_.last_sequence)
    return [
        Line(
            result.member_id,
            result.member.name,
            result.base,
            result.plus,
            result.minus,
            result.zeroed,
            result.score,
            result.stars,
            result.not_scored,
            tuple(
                _shown(session, figure) for figure in tallies.tally(rulebook, figures.get(result.member_id, ())).figures
            ),
        )
        for result in results.of_branch(session, round_.branch_id, round_.month)
    ]


def _shown(session: Session, figure: Figure) -> Shown:
    item = None
    if figure.rulebook_id is not None and figure.item_code is not None:
        item = rulebooks.get(session, figure.rulebook_id).find_item(figure.item_code)
    # A zeroing's document and reason are between the committee and the member.
    full = figure.source is not Source.ZEROING and (item is None or item.publish is Publish.FULL)
    if not full:
        return Shown(figure.id, figure.points, figure.source, None, None, "", full)
    return Shown(figure.id, figure.points, figure.source, item, figure.day, figure.reason, full)


def tell(session: Session, round_: Round, now: datetime) -> None:
    """Tell every member who can be reached that the month is in disclosure (rules 29)."""
    roll = [member.id for member in rolls.roll(session, round_.branch_id, round_.month)]
    told = sorted(bindings.reachable(session, roll))
    subject = round_.subject
    notices.post_all(
        session, told, "disclosure", key=f"{subject}:disclosure", now=now, subject=subject, facts=round_.facts
    )


def check(session: Session, month: Month | None, *, by: Member, now: datetime) -> tuple[Round, bool]:
    """核实: note that a member finds the own result of a month in disclosure right; False when noted before.

    Without a month it is the one in disclosure. Raises NotDisclosed.
    """
    if month is None:
        found = rounds.oldest(session, by.branch_id, RoundState.DISCLOSURE)
    else:
        found = rounds.find(session, by.branch_id, month)
    if found is None or found.state is not RoundState.DISCLOSURE:
        which = "没有月份在公示中" if month is None else f"{month.number}月不在公示中"
        raise NotDisclosed(f"现在{which}，不用核实", "公示")
    if by.id not in {member.id for member in rolls.roll(session, found.branch_id, found.month)}:
        raise NotDisclosed(f"{found.month.number}月的公示里没有您，不用核实", "公示")
    return found, insert_once(session, MemberCheck, round_id=found.id, member_id=by.id, at=now)


def has_checked(session: Session, round_: Round, member_id: int) -> bool:
    """Whether a member has said that the own result is right."""
    said = select(MemberCheck.id).where(MemberCheck.round_id == round_.id, MemberCheck.member_id == member_id)
    return session.scalars(said).first() is not None


def checked(session: Session, round_: Round) -> int:
    """How many members have said that their result is right."""
    return session.scalars(select(func.count()).where(MemberCheck.round_id == round_.id)).one()
