"""Compares the snapshot of every final month with the ledger as it was when the month became final (rules 15).

The snapshot's own entries are those of the branch's chain up to ``Round.last_sequence``: what was booked later
belongs to the correction, not to it. Who was scored is taken as the snapshot has it; everything else follows.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models import results, rolls, rulebooks, standings, tallies
from models.organizations import Organization
from models.results import GroupResult, Result
from models.rolls import Listed
from models.rounds import Round, RoundState
from models.rulebooks import Rulebook
from models.tallies import Tally
from models.verification_chains import FOREIGN, Head

WORDS = {"base": "起算分", "plus": "加分", "minus": "扣分", "score": "得分", "rank": "名次", "stars": "星级"}
GROUP_WORDS = {"scored": "计分人数", "average": "平均分", "rank": "名次", "stars": "星级"}


def differences(session: Session) -> Iterator[str]:
    """Final months whose results are not what the ledger had, and results of months that are not final."""
    rows = session.execute(
        select(Round.id, Organization.name, Round.month)
        .join(Organization, Organization.id == Round.branch_id)
        .where(Round.state == RoundState.FINAL)
        .order_by(Round.branch_id, Round.month)
    ).all()
    for id, branch, month in rows:
        place = f"{branch} {month} 审定"
        try:
            for sentence in _of_round(session, session.get_one(Round, id)):
                yield f"{place}：{sentence}"
        except FOREIGN:
            yield f"{place}：内容读不出来，写入后被改过"
    yield from _too_early(session)


def disclosed_heads(session: Session) -> list[Head]:
    """The chains' heads that were printed in disclosures, as far as they can be read."""
    written = session.scalars(select(Round.head).where(Round.submitted_at.is_not(None)).order_by(Round.id))
    return [head for text in written for head in _head(text)]


def _head(text: str) -> Iterator[Head]:
    with suppress(ValueError):
        yield Head.parse(text)


def _of_round(session: Session, round_: Round) -> Iterator[str]:
    if not list(_head(round_.head)):
        yield "公示时的链头写得不对"
    if round_.rulebook_id is None or round_.last_sequence is None:
        yield "没有写明审定时的细则和台账"
        return
    rulebook = rulebooks.get(session, round_.rulebook_id)
    found = session.scalars(
        select(Result)
        .where(Result.branch_id == round_.branch_id, Result.month == round_.month)
        .options(joinedload(Result.member))
        .order_by(Result.member_id)
    ).all()
    have = {result.member_id for result in found}
    for member in rolls.roll(session, round_.branch_id, round_.month):
        if member.id not in have:
            yield f"{member.name}在册，却没有结果"
    yield from _of_members(session, round_, rulebook, found)
    yield from _of_groups(session, round_, rulebook, found)


def _of_members(session: Session, round_: Round, rulebook: Rulebook, found: Sequence[Result]) -> Iterator[str]:
    figures = tallies.figures(session, round_.branch_id, round_.month, round_.last_sequence)
    tally = {result.member_id: tallies.tally(rulebook, figures.get(result.member_id, ())) for result in found}
    scores = {result.member_id: tally[result.member_id].score for result in found if result.not_scored is None}
    people = [Listed(r.member_id, r.member.name, r.group_id, r.not_scored) for r in found]
    ranks = {line.member.id: line.rank for line in standings.ranked(people, scores)}
    for result in found:
        score, must = scores.get(result.member_id), tally[result.member_id]
        expected = _expected(rulebook, must, score) | {"rank": ranks[result.member_id]}
        who = f"{result.member.name}（{result.member.staff_no}）"
        for name, value in expected.items():
            if getattr(result, name) != value:
                yield f"{who}{WORDS[name]}记着 {_said(getattr(result, name))}，按当时的台账是 {_said(value)}"
        if result.zeroed != must.zeroed:
            yield f"{who}{'没有' if must.zeroed else ''}记着归零，与当时的台账不符"


def _expected(rulebook: Rulebook, must: Tally, score: Decimal | None) -> dict[str, object]:
    stars = None if score is None else rulebook.stars_at(score)
    return {"base": must.base, "plus": must.plus, "minus": must.minus, "score": score, "stars": stars}


def _of_groups(session: Session, round_: Round, rulebook: Rulebook, found: Sequence[Result]) -> Iterator[str]:
    """Groups by the members' scores in the snapshot itself."""
    groups = results.of_groups(session, round_.branch_id, round_.month)
    scores = {
        group.group_id: [r.score for r in found if r.group_id == group.group_id and r.score is not None]
        for group in groups
    }
    averages = {id: standings.average(mine) for id, mine in scores.items() if mine}
    names = {group.id: group.name for group in session.scalars(select(Organization).where(Organization.id.in_(scores)))}
    for group in groups:
        average = averages.get(group.group_id)
        expected: dict[str, object] = {
            "scored": len(scores[group.group_id]),
            "average": average,
            "rank": None if average is None else 1 + sum(other > average for other in averages.values()),
            "stars": None if average is None else rulebook.stars_at(average),
        }
        for name, value in expected.items():
            if getattr(group, name) != value:
                word = f"{names[group.group_id]}{GROUP_WORDS[name]}"
                yield f"{word}记着 {_said(getattr(group, name))}，按各人的得分是 {_said(value)}"


def _said(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return "空" if value is None else str(value)


def _too_early(session: Session) -> Iterator[str]:
    """Results that no final round stands behind."""
    for table in (Result, GroupResult):
        query = (
            select(Organization.name, table.month)
            .join(Organization, Organization.id == table.branch_id)
            .outerjoin(Round, (Round.branch_id == table.branch_id) & (Round.month == table.month))
            .where(Round.state.is_(None) | (Round.state != RoundState.FINAL))
            .distinct()
        )
        for branch, month in session.execute(query):
            yield f"{branch} {month}：没有审定，却有审定的结果"
