"""What is read once in the life of a session, and forgotten when it may have changed."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from models.rereading import let_go

_MEMORY = "read before"
_UNREAD: Any = object()

P = ParamSpec("P")
R = TypeVar("R")


def once_per_session(read: Callable[Concatenate[Session, P], R]) -> Callable[Concatenate[Session, P], R]:
    """Remember what a function read, by its positional arguments, for the life of the session.

    For what a message or a job's step asks again and again: settings, offices, the rulebook in force. A change
    to a table that says ``read_once`` ends the memory.
    """

    @wraps(read)
    def remembered(session: Session, /, *args: P.args, **named: P.kwargs) -> R:
        memory: dict[Any, Any] = session.info.setdefault(_MEMORY, {})
        key = (remembered, args)
        known: R = _UNREAD if named else memory.get(key, _UNREAD)
        if known is _UNREAD:
            known = memory[key] = read(session, *args, **named)
        return known

    return remembered


def remember(session: Session, read: Callable[..., Any], args: tuple[Any, ...], value: Any) -> None:
    """Tell ``once_per_session`` what a function would read, where another statement has read it along."""
    session.info.setdefault(_MEMORY, {})[read, args] = value


def forget(session: Session) -> None:
    """End the memory of ``once_per_session``: for a change that the session does not see."""
    session.info.pop(_MEMORY, None)


def _forget_after_flush(session: Session, _: object) -> None:
    let_go(session)
    if any(changed.read_once for changed in (*session.new, *session.dirty, *session.deleted)):
        forget(session)


def _forget_after_statement(state: ORMExecuteState) -> None:
    mapper = state.bind_mapper
    changes = state.is_update or state.is_insert or state.is_delete
    if changes:
        let_go(state.session)
    if changes and mapper is not None and mapper.class_.read_once:
        forget(state.session)


def _forget_after_rollback(session: Session, _: object) -> None:
    forget(session)


event.listen(Session, "after_soft_rollback", _forget_after_rollback)
event.listen(Session, "after_flush", _forget_after_flush)
event.listen(Session, "do_orm_execute", _forget_after_statement)
