"""Two branches in which every figure tells whose it is: no two members share a score, no two averages are alike."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from handlers import words
from models import finalizing, ledger, reviewing, rolls, rounds, standings
from models.members import Member
from models.months import Month, Period
from models.rulebooks import Source
from models.standings import Standings
from models.workdays import working_days_after
from tests.cast import NOW, Cast

MONTHS = [Month(2026, number) for number in range(7, 11)]  # the third quarter, and October


def score(session, member: Member, month: Month, turn: int) -> None:
    """A month's points that no two members share: 1.01, 2.03, 3.05 …"""
    points = Decimal(turn) + Decimal(2 * turn - 1) / 100 + Decimal(month.number) / 10
    ledger.write(
        session,
        member,
        points,
        branch_id=member.branch_id,
        about=month,
        source=Source.OPENING,
        cause=f"opening:{member.id}:{month}",
        by=None,
        now=NOW - timedelta(days=60),
    )


def finish(session, branch_id: int, month: Month) -> None:
    """Bring a branch's month through its round."""
    rounds.begin(session, branch_id, month)
    submitted = rounds.claims_until(session, branch_id, month) + timedelta(hours=10)
    reviewing.submit(session, branch_id, month, by=None, now=submitted)
    final = working_days_after(submitted, 6)
    finalizing.finalize(session, branch_id, month, now=final)


def fill(cast: Cast) -> dict[str, set[str]]:
    """By branch the figures that are its own: the scores of members, the averages of the branch and of groups."""
    branches = (cast.first_branch.id, cast.second_branch.id)
    with cast.sessions.write() as session:
        ledger.lock(session, *branches)
        for month in MONTHS:
            everyone = [session.get_one(Member, one.id) for id in branches for one in rolls.roll(session, id, month)]
            for turn, member in enumerate(everyone, start=1):
                score(session, member, month, turn)
        for month in MONTHS:
            for branch_id in branches:
                finish(session, branch_id, month)
    spans = [*(Period.month(month) for month in MONTHS), Period.quarter(MONTHS[0]), Period.year(MONTHS[0])]
    with cast.sessions.read() as session:
        found = {
            name: {f for span in spans for f in _figures(session, standings.of_branch(session, id, span, NOW))}
            for name, id in (("第一支部", branches[0]), ("第二支部", branches[1]))
        }
    both = found["第一支部"] & found["第二支部"]
    return {name: mine - both for name, mine in found.items()}


def _figures(session, found: Standings) -> Iterator[str]:
    scores = [line.score for line in found.scored if line.score is not None]
    groups = [line.average for line in standings.groups(session, found) if line.average is not None]
    for value in (*scores, *groups, standings.average(scores)):
        # Only what has two digits behind the point tells whose it is.
        if value != value.quantize(Decimal("0.1")):
            yield words.figure(value)
