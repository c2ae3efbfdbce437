"""What the tests of decisions share."""

from collections.abc import Callable

from models import deciding
from models.claims import Claim, ClaimStatus
from models.errors import Refused
from tests.cast import NOW
from tests.models.desk import Desk

S = ClaimStatus
VERBS: dict[str, Callable[[Desk, Claim], object]] = {
    "approve": lambda desk, claim: desk.approve(claim),
    "reject": lambda desk, claim: desk.reject(claim),
    "send_back": lambda desk, claim: desk.send_back(claim),
    "hand_over": lambda desk, claim: deciding.hand_over(desk.session, claim.id, by=desk.cast.li_si, now=NOW),
    "undo": lambda desk, claim: desk.undo(claim),
    "withdraw": lambda desk, claim: desk.withdraw(claim),
    "supplement": lambda desk, claim: desk.supplement(claim),
}


def refused(outcomes: list[object]) -> list[str]:
    """The sentences of those who were refused; anything but a refusal fails the test."""
    errors = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert [error for error in errors if not isinstance(error, Refused)] == []
    return [str(error) for error in errors]
