"""What a handler returns or raises, as what is said and what stays open."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from handlers import help
from handlers.command import Ask, Confirm, Each, Reply, Result
from handlers.completing import Run, as_open, as_question
from handlers.context import Context, NotBound
from models.errors import Refused


def settled(result: Result, turn: Run, session: Session) -> tuple[Reply, dict[str, Any] | None]:
    """The reply to what a command came to, and the question that stays open."""
    if isinstance(result, Confirm):
        return as_question(result, turn)
    if isinstance(result, Ask):
        return as_open(result, turn)
    if isinstance(result, Each):
        return _each(result, session), None
    return result, None


def _each(each: Each, session: Session) -> Reply:
    """Each number succeeds or is refused by itself, and the reply says both (rules 12)."""
    succeeded, refusals = [], []
    for number in each.numbers:
        done, refused = _one(each.act, number, session)
        if refused is None:
            succeeded.append(done)
        else:
            refusals.append(refused)
    if not succeeded:
        if len(refusals) == 1:
            raise refusals[0]
        return Reply("❌ " + "\n".join(refused.sentence for refused in refusals))
    reply = each.summary(succeeded)
    if refusals:
        lines = "\n".join(f"没有办：{refused.sentence}" for refused in refusals)
        reply = reply._replace(text=f"{reply.text}\n{lines}")
    return reply


def _one(act: Callable[[Any], Any], number: Any, session: Session) -> tuple[Any, Refused | None]:
    savepoint = session.begin_nested()
    try:
        done = act(number)
    except Refused as refused:
        savepoint.rollback()
        return None, refused
    savepoint.commit()
    return done, None


def refusal(refused: Refused, ctx: Context) -> Reply:
    """What is said to who is refused; to who is not bound, how one is."""
    if isinstance(refused, NotBound):
        return help.welcome(ctx)
    example = f"\n例如：{refused.example}" if refused.example else ""
    return Reply(f"❌ {refused.sentence}{example}")
