"""How a month's figures and states are said: 81分★★★　加13 扣2, 至11月16日（5个工作日）."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

from handlers.words import day_word, figure, stars_word
from models import rounds
from models.members import NotScoredReason
from models.months import shanghai_day
from models.rounds import Round, RoundState
from models.workdays import is_workday


class Figures(Protocol):
    """A member's month, in the disclosure or as it became final."""

    @property
    def plus(self) -> Decimal: ...
    @property
    def minus(self) -> Decimal: ...
    @property
    def score(self) -> Decimal | None: ...
    @property
    def stars(self) -> int | None: ...
    @property
    def not_scored(self) -> NotScoredReason | None: ...


def result_word(line: Figures, now: Decimal | None = None) -> str:
    """81分★★★　加13 扣2, or why the member is not scored; and what later entries have made of it (rules 15).

    审定58分　加0 扣12，更正后62分: the published figure stays, the corrected one stands beside it.
    """
    if line.score is None:
        return f"不计分（{line.not_scored.value if line.not_scored else ''}）"
    text = f"{figure(line.score)}分{stars_word(line.stars or 0)}　加{figure(line.plus)} 扣{figure(line.minus)}"
    return text if now is None or now == line.score else f"审定{text}，更正后{figure(now)}分"


def last_day(round_: Round) -> date:
    """The last day of a month's disclosure."""
    assert round_.disclosure_until is not None
    return shanghai_day(rounds.before(round_.disclosure_until))


def disclosure_word(round_: Round) -> str:
    """至11月16日（5个工作日）: the working days after the one on which it was submitted."""
    assert round_.submitted_at is not None
    day, last = shanghai_day(round_.submitted_at), last_day(round_)
    count = sum(is_workday(day + timedelta(days=n)) for n in range(1, (last - day).days + 1))
    return f"至{day_word(last)}（{count}个工作日）"


def head_word(round_: Round) -> str:
    """57:9f86d081884c: the end of the chain as ``xianfeng verify --head`` takes it."""
    sequence, _, digest = round_.head.partition(":")
    return f"{sequence}:{digest[:12]}"


def state_word(round_: Round) -> str:
    """Where it stands and until when."""
    if round_.state is RoundState.OPEN:
        last = shanghai_day(rounds.before(round_.claims_until))
        return f"还在登记，{day_word(last)}24点截止后评审"
    if round_.state is RoundState.REVIEW:
        assert round_.review_until is not None
        return f"请在{day_word(shanghai_day(rounds.before(round_.review_until)))}24点前提交公示"
    if round_.state is RoundState.DISCLOSURE:
        return f"公示{disclosure_word(round_)}"
    assert round_.final_at is not None
    return f"{day_word(shanghai_day(round_.final_at))}已审定"
