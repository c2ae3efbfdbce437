"""An answer in time, whatever the database does (bot/patience.py), and what is said where nothing can be done."""

import logging
import sqlite3
from datetime import datetime
from typing import Any

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot import patience
from bot.observing import AnswerFunction
from bot.web.turned_away import says_itself_again
from bot.wechat.answers import Answer, TextAnswer
from bot.wechat.door import Later
from bot.wechat.incoming import Incoming

UNSURE = "这条收到了，还不能确定办好没有。请过一会儿先看看，再决定要不要重发，例如：\n我的申报"
# An earlier delivery of the same message may have been done.
LOOK_FIRST = "报积分的，可先回“我的申报”，看看有没有记上"
HELD = f"❌ 现在只能查看，暂时不能办理。请过几分钟再发一次\n{LOOK_FIRST}"
AWAY = f"❌ 现在暂时办不了。请过几分钟再发一次\n{LOOK_FIRST}"
GONE = ("08", "53", "57")  # no connection, no room for one, shut down
LOCKED = "55P03"
WAITED = (LOCKED, "57014")  # too long for a lock, too long altogether
IDLED = "25P03"  # with locks, for longer than a session may (bot/database.py): nothing of it was committed
RECEIPT = "INSERT INTO receipts"
log = logging.getLogger(__name__)


def in_time(answer: AnswerFunction) -> AnswerFunction:
    """The same answers, and never a ✅ to what may yet be lost."""

    def answered(incoming: Incoming, now: datetime) -> Answer | None:
        try:
            return answer(incoming, now)
        except patience.Held:
            log.warning("changes wait for the standby: a message was not begun")
            return _told(incoming, HELD)
        except (DBAPIError, PoolTimeout) as error:
            words = _words(error)
            if words is None:
                raise
            log.error("the database does not answer: %s", " ".join(str(getattr(error, "orig", error)).split()))
            return _told(incoming, words)

    return answered


def _words(error: SQLAlchemyError) -> str | None:
    """What is said when it is the database that failed; None when it is we."""
    if isinstance(error, PoolTimeout):
        return AWAY
    if patience.is_in_doubt(error) or _at_it_elsewhere(error):
        return UNSURE
    state = _state(error)
    gone = state in (*WAITED, IDLED) or (state[:2] in GONE and isinstance(error, OperationalError))
    return AWAY if gone else None


def _at_it_elsewhere(error: SQLAlchemyError) -> bool:
    """Whether the same message came before, and is being worked on all this time."""
    if not (isinstance(error, DBAPIError) and str(error.statement).startswith(RECEIPT)):
        return False
    return _state(error) in WAITED or isinstance(error.orig, patience.OutOfTime)


def _state(error: SQLAlchemyError) -> str:
    """PostgreSQL's word for what went wrong, also where SQLite says it; 08 when there was nobody to say one."""
    orig: Any = getattr(error, "orig", None)
    if getattr(orig, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
        return LOCKED
    return (orig.sqlstate or "08") if hasattr(orig, "sqlstate") else ""


def _told(incoming: Incoming, words: str) -> Answer:
    """A person is told; of what nobody would do a second time, WeChat is to tell us again."""
    if says_itself_again(incoming):
        return TextAnswer(words)
    raise Later
