"""Several who decide at once, and what was decided between reading and writing (rules 12)."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from models import deciding, rulebooks, verification
from models.claims import AlreadyDecided, Claim, ClaimStatus
from models.ledger import Entry
from models.sessions import Sessions
from tests.cast import NOW, Cast
from tests.models.deciding_desk import VERBS, S, refused
from tests.models.desk import NOVEMBER, D, Desk, together


def behind_its_back(desk: Desk, claim: Claim, **values: object) -> None:
    """Change the row as another transaction would, while this one still holds what it read."""
    changed = update(Claim).where(Claim.id == claim.id).values(values)
    desk.session.execute(changed.execution_options(synchronize_session=False))


# Somebody came between reading and writing


@pytest.mark.parametrize("verb", ["approve", "reject", "send_back", "hand_over", "withdraw", "supplement"])
def test_a_claim_decided_meanwhile_stays_as_it_was_decided(desk: Desk, verb: str):
    claim = desk.claim()
    behind_its_back(desk, claim, status=S.REJECTED, decisions=1, decided_by_id=desk.cast.wang_jianjun.id)
    with pytest.raises(AlreadyDecided, match=f"#{claim.id} 未通过（王建军），以此为准"):
        VERBS[verb](desk, claim)
    assert (claim.status, claim.rung, claim.decisions, desk.entries()) == (S.REJECTED, 0, 1, [])


def test_a_claim_withdrawn_meanwhile_is_not_approved(desk: Desk):
    claim = desk.claim()
    behind_its_back(desk, claim, status=S.WITHDRAWN)
    with pytest.raises(AlreadyDecided, match=f"#{claim.id} 已撤回，以此为准"):
        desk.approve(claim)
    assert desk.entries() == []


def test_a_claim_handed_over_meanwhile_is_not_decided_below(desk: Desk):
    claim = desk.claim()
    behind_its_back(desk, claim, rung=1)
    with pytest.raises(AlreadyDecided, match="待审核"):
        desk.reject(claim)


def test_undo_does_not_touch_a_later_decision(desk: Desk):
    claim = desk.in_state(S.REJECTED)
    behind_its_back(desk, claim, decisions=2, decided_by_id=desk.cast.wang_jianjun.id)
    with pytest.raises(AlreadyDecided, match="未通过（王建军）"):
        desk.undo(claim)
    assert claim.status is S.REJECTED


class Office:
    """Acts of several people, each in a transaction of its own."""

    def __init__(self, sessions: Sessions, cast: Cast) -> None:
        self.sessions = sessions
        self.cast = cast

    def act(self, verb: Callable[[Desk], object]) -> object:
        with self.sessions.write() as session:
            cast = self.cast.of(session)
            outcome = verb(Desk(session, cast, rulebooks.in_force(session, cast.first_branch.id, NOVEMBER)))
            return outcome.id if isinstance(outcome, Claim) else outcome

    def later(self, verb: Callable[[Desk], object]) -> Callable[[], object]:
        return lambda: self.act(verb)

    def look(self) -> tuple[list[ClaimStatus], list[Decimal], list[str]]:
        """The claims' states, the entries' points, and what verify finds."""
        with self.sessions.read() as session:
            states = list(session.scalars(select(Claim.status).order_by(Claim.id)))
            points = list(session.scalars(select(Entry.points).order_by(Entry.id)))
            return states, points, list(verification.differences(session))


@pytest.fixture
def office(narrowed: Sessions, cast: Cast) -> Office:
    return Office(narrowed, cast)


def claim_in(desk: Desk, number: object) -> Claim:
    assert isinstance(number, int)
    return desk.session.get_one(Claim, number)


def approval(number: object, by: str = "li_si") -> Callable[[Desk], object]:
    return lambda desk: desk.approve(claim_in(desk, number), by=getattr(desk.cast, by))


def withdrawal(number: object) -> Callable[[Desk], object]:
    return lambda desk: desk.withdraw(claim_in(desk, number))


# Races


def test_eight_parallel_approvals_of_one_claim_give_one_entry(office: Office):
    number = office.act(lambda desk: desk.claim())
    approve = [office.later(approval(number, by)) for by in ("li_si", "wang_jianjun") * 4]
    outcomes = together(*approve)
    assert sum(outcome == number for outcome in outcomes) == 1
    with office.sessions.read() as session:
        winner = session.get_one(Claim, number).decided_by
        assert winner is not None
        assert refused(outcomes) == [f"#{number} 已通过（{winner.name}），以此为准"] * 7
    assert office.look() == ([S.APPROVED], [D(1)], [])


def test_approve_against_reject_one_stands(office: Office):
    number = office.act(lambda desk: desk.claim())
    acts = [
        office.later(approval(number)),
        office.later(lambda desk: desk.reject(claim_in(desk, number), by=desk.cast.wang_jianjun)),
    ]
    outcomes = together(*acts)
    states, points, found = office.look()
    assert len(refused(outcomes)) == 1
    assert (states, points) in (([S.APPROVED], [D(1)]), ([S.REJECTED], []))
    assert found == []


def test_approve_against_withdraw_one_stands(office: Office):
    numbers = [office.act(lambda desk: desk.claim()) for _ in range(4)]
    for number in numbers:
        outcomes = together(office.later(approval(number)), office.later(withdrawal(number)))
        assert len(refused(outcomes)) == 1
    states, points, found = office.look()
    assert set(states) <= {S.APPROVED, S.WITHDRAWN}
    assert len(points) == states.count(S.APPROVED)
    assert found == []


def test_undo_against_undo_reverses_once(office: Office):
    number = office.act(lambda desk: desk.approve(desk.claim()))
    outcomes = together(*[office.later(lambda desk: desk.undo(claim_in(desk, number)))] * 4)
    assert len(refused(outcomes)) == 3
    assert office.look() == ([S.SUBMITTED], [D(1), D(-1)], [])


def test_hand_over_against_approve_one_comes_first(office: Office):
    number = office.act(lambda desk: desk.claim())
    together(
        office.later(approval(number)),
        office.later(lambda desk: deciding.hand_over(desk.session, number, by=desk.cast.li_si, now=NOW)[0]),  # type: ignore[arg-type]
    )
    states, points, found = office.look()
    with office.sessions.read() as session:
        rung = session.get_one(Claim, number).rung
    assert (states[0], len(points), rung) in ((S.APPROVED, 1, 0), (S.SUBMITTED, 0, 1))
    assert found == []
