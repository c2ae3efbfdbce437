"""Each message and each delivery watched from outside: one line in the log, and counted for /metrics."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot import logs, trace
from bot.logs import Person
from bot.trace import Trace
from bot.wechat.answers import Answer, TextAnswer
from bot.wechat.errors import Refusal, Unclear
from bot.wechat.incoming import Incoming
from models.delivery_counts import SENT, Came, What

log = logging.getLogger(__name__)
NO_COMMAND = "-"
# Where the processes that serve count together (bot/web/metrics.py); prometheus-client reads it when it is imported,
# which only they do.
COUNTED_IN = "PROMETHEUS_MULTIPROC_DIR"
UNKNOWN = "unknown"

AnswerFunction = Callable[[Incoming, datetime], Answer | None]
Observe = Callable[[str, str, float], None]  # command, outcome, seconds


class Outcome(StrEnum):
    """What a message came to."""

    DONE = "done"  # ✅: something was changed
    REFUSED = "refused"  # ❌
    ANSWERED = "answered"  # something was shown or asked
    SILENT = "silent"  # nothing to say, as to most events
    REPEATED = "repeated"  # the stored answer of a message that came before
    TURNED_AWAY = "turned_away"  # nobody had time for it (bot/turns.py)
    FAILED = "failed"  # a mistake of ours, or a database that is away


def observed(answer: AnswerFunction, person: Person, observe: Observe) -> AnswerFunction:
    """The same answers, with a line in the log and a figure for each."""

    def answered(incoming: Incoming, now: datetime) -> Answer | None:
        began, known, outcome = time.perf_counter(), trace.begin(), Outcome.FAILED
        try:
            found = answer(incoming, now)
            outcome = _outcome(found, known)
            return found
        finally:
            seconds = time.perf_counter() - began
            outcome = Outcome.TURNED_AWAY if known.turned_away else outcome
            observe(known.command or NO_COMMAND, outcome, seconds)
            logs.event(
                log,
                "message",
                kind=incoming.kind,
                command=known.command or NO_COMMAND,
                outcome=outcome,
                ms=round(seconds * 1000, 1),
                receipt="yes" if known.receipt else "no",
                person=person(incoming.from_user),
            )

    return answered


def _outcome(answer: Answer | None, known: Trace) -> Outcome:
    if known.repeated:
        return Outcome.REPEATED
    if not isinstance(answer, TextAnswer):
        return Outcome.SILENT if answer is None else Outcome.ANSWERED
    return {"✅": Outcome.DONE, "❌": Outcome.REFUSED}.get(answer.text[:1], Outcome.ANSWERED)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call for a notice: what it came to, or why not."""

    channel: str
    kind: str
    openid: str
    outcome: str
    failure: Refusal | Unclear | None
    seconds: float

    @property
    def fault(self) -> str:
        """The class of what came of it: sent, unknown, or that of the refusal (bot/wechat/errors.py)."""
        if isinstance(self.failure, Refusal):
            return self.failure.fault.value
        return SENT if self.failure is None else UNKNOWN

    @property
    def code(self) -> int | None:
        """The platform's own code for a refusal."""
        return self.failure.code if isinstance(self.failure, Refusal) else None


class Deliveries:
    """Logs each attempt and counts it; what was counted is taken when the batch is over."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._counted: dict[What, Came] = {}

    def __call__(self, attempt: Attempt) -> None:
        """Note one attempt."""
        what = What(attempt.channel, attempt.fault)
        times = self._counted[what].times if what in self._counted else 0
        self._counted[what] = Came(times + 1, attempt.code)
        logs.event(
            log,
            "delivery",
            level=logging.INFO if attempt.failure is None else logging.WARNING,
            kind=attempt.kind,
            channel=attempt.channel,
            outcome=attempt.outcome,
            fault=attempt.fault,
            code=attempt.code,
            ms=round(attempt.seconds * 1000, 1),
            person=self._person(attempt.openid),
            **({} if attempt.failure is None else {"said": str(attempt.failure)}),
        )

    def taken(self) -> dict[What, Came]:
        """What was counted since the last time."""
        counted, self._counted = self._counted, {}
        return counted
