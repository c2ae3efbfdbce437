"""Whatever happens in whatever order while months pass: scores are rule 4's, and a final month's snapshot never moves.

Claims, decisions, undos, records, reversals and zeroings are thrown at two months, before and after the first of
them is final; the jobs run in between. What the entries come to is added up here by hand.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from jobs import claims as claim_jobs
from jobs import rounds as round_jobs
from models import (
    claiming,
    deciding,
    ledger,
    records,
    reviewing,
    rounds,
    rulebooks,
    standings,
    taking_back,
    verification,
    zeroings,
)
from models.claims import UNDECIDED, Claim, ClaimStatus
from models.errors import Refused
from models.ledger import Entry
from models.members import Member
from models.months import Month, at
from models.rulebooks import Source
from models.sessions import Sessions
from models.zeroings import Decision
from tests.cast import Cast
from tests.jobs.conftest import Within

OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
START = at(date(2026, 11, 2), 9)  # both months take claims until 24:00 of the 4th
CLOSED = at(date(2026, 11, 5))
DAYS = (date(2026, 10, 12), date(2026, 10, 30), date(2026, 11, 1), date(2026, 11, 2))
CLAIMED = ("志愿-01", "志愿-02", "学习-02", "义务-01", "纪律-01")
RECORDED = ("学习-05", "纪律-01", "义务-01", "学习-02")
PEOPLE = ("zhang_san", "wang_fang")
VERBS = ("claim", "claim", "approve", "approve", "undo", "record", "reverse", "take_back", "zero", "wait")


class Act(NamedTuple):
    """One thing that somebody tries; what does not fit the moment is refused."""

    verb: str
    who: str
    which: int
    code: int
    quantity: Decimal
    day: date


ACTS = st.builds(
    Act,
    verb=st.sampled_from(VERBS),
    who=st.sampled_from(PEOPLE),
    which=st.integers(0, 99),
    code=st.integers(0, 9),
    quantity=st.sampled_from([Decimal(1), Decimal(2), Decimal("3.5")]),
    day=st.sampled_from(DAYS),
)


@dataclass
class Branch:
    """The first branch and its clock; ``snapshots`` are the results as they were first seen."""

    session: Session
    sessions: Sessions
    cast: Cast
    now: datetime = START
    snapshots: dict[tuple[str, int], tuple[Any, ...]] = field(default_factory=dict)

    def try_(self, act: Act) -> bool:
        """Do something, or be refused without a trace."""
        verbs: dict[str, Callable[[Act], object]] = {
            "claim": self.claim,
            "approve": self.approve,
            "undo": self.undo,
            "record": self.record,
            "reverse": self.reverse,
            "take_back": self.take_back,
            "zero": self.zero,
            "wait": lambda act: self.wait(timedelta(hours=1 + act.which % 9)),
        }
        self.now += timedelta(minutes=1)
        try:
            with self.session.begin_nested():
                verbs[act.verb](act)
        except Refused:
            return False
        finally:
            self.look()
        return True

    def claim(self, act: Act) -> None:
        member: Member = getattr(self.cast, act.who)
        item = rulebooks.in_force(self.session, member.branch_id, NOVEMBER).get_item(CLAIMED[act.code % 5])
        claiming.submit(self.session, member, item, act.quantity, day=act.day, by=member, now=self.now)

    def approve(self, act: Act) -> None:
        if waiting := self.claims(ClaimStatus.SUBMITTED):
            deciding.approve(self.session, waiting[act.which % len(waiting)], by=self.cast.li_si, now=self.now)

    def undo(self, act: Act) -> None:
        if approved := self.claims(ClaimStatus.APPROVED):
            deciding.undo(self.session, approved[act.which % len(approved)], by=self.cast.li_si, now=self.now)

    def claims(self, *status: ClaimStatus) -> list[int]:
        return list(self.session.scalars(select(Claim.id).where(Claim.status.in_(status)).order_by(Claim.id)))

    def record(self, act: Act) -> None:
        member: Member = getattr(self.cast, act.who)
        item = rulebooks.in_force(self.session, member.branch_id, NOVEMBER).get_item(RECORDED[act.code % 4])
        by, source = self.cast.wang_jianjun, records.source_for(item)
        records.record(
            self.session, member, item, Decimal(1), day=act.day, reason="支部了解", source=source, by=by, now=self.now
        )

    def reverse(self, act: Act) -> None:
        """As an appeal does that is upheld: of a claim's entry this would be told by ``verify``, so of others."""
        entry = self.entry(act, Source.OPENING)
        ledger.lock(self.session, entry.branch_id)
        ledger.reverse(self.session, entry, by=self.cast.wang_jianjun, now=self.now, reason="成立")

    def take_back(self, act: Act) -> None:
        taking_back.take_back(self.session, self.entry(act, Source.BRANCH).id, by=self.cast.wang_jianjun, now=self.now)

    def entry(self, act: Act, source: Source) -> Entry:
        query = select(Entry).where(Entry.branch_id == self.cast.first_branch.id, Entry.source == source)
        found = self.session.scalars(query.order_by(Entry.id)).all()
        if not found:
            raise Refused("none")
        return found[act.which % len(found)]

    def zero(self, act: Act) -> None:
        """Zeroed or, where it was, restored."""
        member, by = getattr(self.cast, act.who), self.cast.zhou_guoping
        if act.code % 2:
            taking_back.take_back(self.session, self.entry(act, Source.ZEROING).id, by=by, now=self.now)
        else:
            decision = Decision("机纪〔2026〕3号", date(2026, 11, 1), "受处分")
            zeroings.zero(self.session, member, Month.of(act.day), decision, by=by, now=self.now)

    def wait(self, time: timedelta) -> None:
        self.now += time
        round_jobs.begin(self.sessions, now=self.now)
        round_jobs.review(self.sessions, now=self.now)
        claim_jobs.lapse(self.sessions, now=self.now)
        round_jobs.finish(self.sessions, now=self.now)

    def close_october(self) -> None:
        """Everything is decided, submitted on the first day of the review, and final after the disclosure."""
        self.wait(max(CLOSED - self.now, timedelta(0)) + timedelta(hours=9))
        for number in self.claims(*UNDECIDED):
            deciding.reject(self.session, number, "日期不对", by=self.cast.wang_jianjun, now=self.now)
        reviewing.submit(self.session, self.cast.first_branch.id, OCTOBER, by=self.cast.wang_jianjun, now=self.now)
        self.wait(timedelta(days=10))
        self.look()
        assert self.snapshots

    def look(self) -> None:
        """What is final stays as it was when it became so."""
        self.session.flush()
        rows = self.session.execute(text("SELECT * FROM results ORDER BY id")).all()
        found = {(row.month, row.member_id): tuple(row) for row in rows}
        assert {key: found.get(key) for key in self.snapshots} == self.snapshots
        self.snapshots = found


def scores(branch: Branch, entries: list[Entry]) -> dict[tuple[str, Month], Decimal]:
    """What rule 4 makes of entries: 70 and their sum, from 0 to 100; nothing where a zeroing stands."""
    found = {}
    for who in PEOPLE:
        for month in (OCTOBER, NOVEMBER):
            mine = [e for e in entries if (e.member_id, e.about_month) == (getattr(branch.cast, who).id, month)]
            undone = {e.reverses_id for e in mine}
            zeroed = any(e.source is Source.ZEROING and e.id not in undone for e in mine)
            total = Decimal(70) + sum((e.points for e in mine), Decimal(0))
            found[who, month] = Decimal(0) if zeroed else min(max(total, Decimal(0)), Decimal(100))
    return found


def capped(entries: list[Entry]) -> None:
    """Of what is given in 志愿 at most 6 a month, 4 by the hour, 3 by visits; of 领学 4; of 会风 at most 6 off."""
    caps = {"志愿-01": 4, "志愿-02": 3, "学习-02": 4, "义务-01": 4, "纪律-01": 6, "学习-05": 4}
    sums: dict[tuple[int, Month, str], Decimal] = {}
    for entry in entries:
        for what in (entry.item_code or "", (entry.item_code or "").partition("-")[0]):
            key = entry.member_id, entry.about_month, what
            sums[key] = sums.get(key, Decimal(0)) + entry.points
    for (_, _, what), total in sums.items():
        assert what not in caps or abs(total) <= caps[what]
        assert what != "志愿" or total <= 6


@settings(max_examples=8, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(before=st.lists(ACTS, min_size=8, max_size=16), after=st.lists(ACTS, min_size=4, max_size=10))
def test_scores_are_rule_4s_and_a_final_snapshot_never_moves(
    session: Session, cast: Cast, before: list[Act], after: list[Act]
):
    example = session.begin_nested()
    try:
        branch = Branch(session, Within(session), cast)
        opening(branch)
        branch.wait(timedelta(0))
        for act in before:
            branch.try_(act)
        branch.close_october()
        then = entries_of(branch)
        for act in after:
            branch.try_(act)
        agree(branch, then)
    finally:
        example.rollback()
        session.expire_all()


def opening(branch: Branch) -> None:
    """The round of October, begun in October, and something that may be reversed without a claim losing its entry."""
    rounds.begin(branch.session, branch.cast.first_branch.id, OCTOBER)
    ledger.lock(branch.session, branch.cast.first_branch.id)
    for who in PEOPLE:
        for month in (OCTOBER, NOVEMBER):
            member: Member = getattr(branch.cast, who)
            ledger.write(
                branch.session,
                member,
                Decimal("-12.25"),
                branch_id=member.branch_id,
                about=month,
                source=Source.OPENING,
                cause=f"opening:{member.id}:{month}",
                by=None,
                now=START,
            )


def entries_of(branch: Branch) -> list[Entry]:
    branch.session.expire_all()
    query = select(Entry).where(Entry.branch_id == branch.cast.first_branch.id).order_by(Entry.sequence)
    return list(branch.session.scalars(query))


def agree(branch: Branch, then: list[Entry]) -> None:
    """Snapshot, standings and the replay say what the entries say."""
    session, now = branch.session, entries_of(branch)
    capped(now)
    fixed, current = scores(branch, then), scores(branch, now)
    for who in PEOPLE:
        member: Member = getattr(branch.cast, who)
        row = session.execute(
            text("SELECT score FROM results WHERE member_id = :id AND month = '2026-10'"), {"id": member.id}
        ).one()
        assert Decimal(row.score).scaleb(-2) == fixed[who, OCTOBER]
        for month in (OCTOBER, NOVEMBER):
            assert standings.score_of(session, member, month)[0] == current[who, month]
    assert list(verification.differences(session)) == []
