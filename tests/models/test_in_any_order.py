"""Whatever people do in whatever order, the ledger keeps rules 1 to 4.

A small bookkeeper in plain Python follows along. It knows the rules, and nothing of the code.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from models import deciding, standings, verification
from models.claims import Claim, ClaimStatus
from models.errors import Refused
from models.ledger import Entry
from models.months import Month, Period, at
from tests.models.desk import NARROW, D, Desk

S = ClaimStatus
# October takes claims until 24:00 of November 4, so that both months are open.
START = at(date(2026, 11, 3), 8)
DAYS = (date(2026, 10, 12), date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 3))
CODES = ("服务-01", "服务-02", "服务-03", "服务-09", "学习-01", "纪律-01", "纪律-02")
PEOPLE = ("zhang_san", "wang_fang", "li_si")
DECIDERS = ("li_si", "wang_jianjun")
CENT = D("0.01")


class Act(NamedTuple):
    """One thing that somebody tries; what does not fit the moment is refused."""

    verb: str
    who: str
    by: str
    which: int
    fits: bool  # meant for a claim that is where the verb needs it, and by who may
    code: str
    quantity: Decimal
    day: date
    figure: Decimal | None


ACTS = st.builds(
    Act,
    verb=st.sampled_from(["submit", "approve", "reject", "send_back", "supplement", "withdraw", "undo", "approve"]),
    who=st.sampled_from(PEOPLE),
    by=st.sampled_from(DECIDERS),
    which=st.integers(0, 99),
    fits=st.sampled_from([True, True, True, False]),
    code=st.sampled_from(CODES),
    quantity=st.decimals("0.01", "5", places=2),
    day=st.sampled_from(DAYS),
    figure=st.none() | st.decimals("0.01", "4", places=2),
)
FITTING = {
    "approve": {S.SUBMITTED},
    "reject": {S.SUBMITTED},
    "send_back": {S.SUBMITTED},
    "supplement": {S.RETURNED},
    "withdraw": {S.SUBMITTED, S.RETURNED},
    "undo": {S.APPROVED, S.REJECTED},
}


@dataclass
class Deed:
    """A claim as the bookkeeper has it."""

    who: str
    code: str
    month: Month
    points: Decimal
    status: ClaimStatus = S.SUBMITTED
    credited: Decimal | None = None
    decided_by: str = ""
    decisions: int = 0


@dataclass
class Bookkeeper:
    """Knows what is credited by the text of rule 4 alone."""

    deeds: list[Deed] = field(default_factory=list)
    entries: int = 0

    def submit(self, act: Act) -> bool:
        item = NARROW.get_item(act.code)
        if not 0 < act.quantity <= item.max_quantity:
            return False
        points = (item.points * act.quantity).quantize(CENT, ROUND_HALF_UP)
        self.deeds.append(Deed(act.who, act.code, Month(act.day.year, act.day.month), points))
        return True

    def aimed(self, act: Act) -> tuple[Act, int]:
        """The act with the claim it is meant for, and with who may do it where it is meant to fit."""
        places = list(range(len(self.deeds))) or [0]
        if act.verb == "submit" or not act.fits:
            return act, act.which % len(places)
        fitting = [place for place in places if self.deeds[place].status in FITTING[act.verb]]
        place = (fitting or places)[act.which % len(fitting or places)]
        deed = self.deeds[place]
        by = deed.decided_by if act.verb == "undo" and deed.decided_by else act.by
        return act._replace(who=deed.who, by="wang_jianjun" if by == deed.who else by), place

    def may_decide(self, deed: Deed, by: str) -> bool:
        return deed.status is S.SUBMITTED and by != deed.who

    def approve(self, deed: Deed, by: str, figure: Decimal | None) -> bool:
        size = abs(deed.points) if figure is None else figure
        if not self.may_decide(deed, by) or (figure is not None and not 0 < figure <= abs(deed.points)):
            return False
        size = min([size, *self.left(deed)])
        deed.credited = size if deed.points > 0 else -size
        deed.status, deed.decided_by, deed.decisions = S.APPROVED, by, deed.decisions + 1
        self.entries += 1
        return True

    def left(self, deed: Deed) -> list[Decimal]:
        """What each cap leaves: the item's of the month and of the year, and the category's for what is earned."""
        item = NARROW.get_item(deed.code)
        mine = [d for d in self.deeds if d.who == deed.who and d.credited is not None]
        same = [d for d in mine if d.code == deed.code]
        caps = [
            (item.cap_month, [d for d in same if d.month == deed.month]),
            (item.cap_year, [d for d in same if d.month.year == deed.month.year]),
        ]
        if item.points > 0:
            earned = [d for d in mine if d.month == deed.month and NARROW.get_item(d.code).points > 0]
            category = [d for d in earned if NARROW.get_item(d.code).category == item.category]
            caps.append((NARROW.get_category(item.category).cap_month, category))
        return [cap - sum((abs(d.credited or D(0)) for d in used), D(0)) for cap, used in caps if cap is not None]

    def decide(self, deed: Deed, by: str, to: ClaimStatus) -> bool:
        if not self.may_decide(deed, by):
            return False
        deed.status, deed.decided_by, deed.decisions = to, by, deed.decisions + 1
        return True

    def undo(self, deed: Deed, by: str) -> bool:
        if deed.status not in (S.APPROVED, S.REJECTED) or deed.decided_by != by:
            return False
        self.entries += deed.status is S.APPROVED
        deed.status, deed.credited = S.SUBMITTED, None
        return True

    def supplement(self, deed: Deed, who: str) -> bool:
        return self.own(deed, who, S.SUBMITTED)

    def withdraw(self, deed: Deed, who: str) -> bool:
        return self.own(deed, who, S.WITHDRAWN)

    def own(self, deed: Deed, who: str, to: ClaimStatus) -> bool:
        if deed.who != who or deed.status not in (S.SUBMITTED, S.RETURNED):
            return False
        deed.status = to
        return True

    def score(self, who: str, month: Month) -> Decimal:
        credited = [d.credited or D(0) for d in self.deeds if d.who == who and d.month == month]
        ceiling = NARROW.ceiling
        assert ceiling is not None
        return min(max(NARROW.base + sum(credited, D(0)), NARROW.floor), ceiling)


@dataclass
class Reality:
    """The same acts through the models."""

    desk: Desk
    numbers: list[int] = field(default_factory=list)

    def claim(self, place: int) -> Claim:
        return self.desk.session.get_one(Claim, self.numbers[place])

    def try_(self, act: Act, place: int, now: datetime) -> bool:
        try:
            with self.desk.session.begin_nested():
                self.do(act, place, now)
        except Refused:
            return False
        return True

    def do(self, act: Act, place: int, now: datetime) -> None:
        desk, cast = self.desk, self.desk.cast
        decider = getattr(cast, act.by)
        match act.verb:
            case "submit":
                claim = desk.claim(act.code, act.quantity, of=getattr(cast, act.who), day=act.day, now=now)
                self.numbers.append(claim.id)
            case "approve":
                number, reason = self.numbers[place], "" if act.figure is None else "少些"
                deciding.approve(desk.session, number, by=decider, now=now, figure=act.figure, reason=reason)
            case "reject" | "send_back" | "undo":
                getattr(desk, act.verb)(self.claim(place), by=decider, now=now)
            case "supplement" | "withdraw":
                getattr(desk, act.verb)(self.claim(place), by=getattr(cast, act.who), now=now)


def follow(book: Bookkeeper, act: Act, place: int) -> bool:
    """What the bookkeeper makes of an act; whether it should succeed."""
    if act.verb == "submit":
        return book.submit(act)
    deed = book.deeds[place]
    outcomes = {
        "approve": lambda: book.approve(deed, act.by, act.figure),
        "reject": lambda: book.decide(deed, act.by, S.REJECTED),
        "send_back": lambda: book.decide(deed, act.by, S.RETURNED),
        "undo": lambda: book.undo(deed, act.by),
        "supplement": lambda: book.supplement(deed, act.who),
        "withdraw": lambda: book.withdraw(deed, act.who),
    }
    return outcomes[act.verb]()


@settings(max_examples=10, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(
    submits=st.lists(ACTS.map(lambda act: act._replace(verb="submit")), min_size=3, max_size=6),
    acts=st.lists(ACTS, min_size=12, max_size=20),
)
def test_scores_caps_and_decisions_are_those_of_the_rules(desk: Desk, submits: list[Act], acts: list[Act]):
    example = desk.session.begin_nested()
    try:
        book, reality = Bookkeeper(), Reality(desk)
        for step, tried in enumerate([*submits, *acts]):
            if tried.verb != "submit" and not book.deeds:
                continue
            act, place = book.aimed(tried)
            expected = follow(book, act, place)
            assert reality.try_(act, place, START + timedelta(minutes=step)) is expected, act
        agree(desk, book, reality)
    finally:
        example.rollback()


def agree(desk: Desk, book: Bookkeeper, reality: Reality) -> None:
    """The tables say what the bookkeeper says."""
    session = desk.session
    session.expire_all()
    entries = session.scalars(select(Entry).order_by(Entry.id)).all()
    assert len(entries) == book.entries
    assert len({entry.cause for entry in entries}) == len(entries)
    by_cause = {entry.cause: entry for entry in entries}
    for place, deed in enumerate(book.deeds):
        claim = reality.claim(place)
        assert (claim.status, claim.points, claim.credited) == (deed.status, deed.points, deed.credited)
        assert claim.decisions == deed.decisions
        if claim.status is S.APPROVED:
            assert by_cause[claim.decision_key].points == claim.credited
    for name in PEOPLE:
        for month in (Month(2026, 10), Month(2026, 11)):
            member = getattr(desk.cast, name)
            score, _ = standings.score_of(session, member, month)
            line = standings.of_branch(session, member.branch_id, Period.month(month), START).line_of(member.id)
            assert line is not None
            assert score == line.score == book.score(name, month)
    assert list(verification.differences(session)) == []
