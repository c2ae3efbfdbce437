"""``xianfeng doctor``: looks at everything that must be there, and says of each what to do when it is not.

Nothing is changed, except that a token is fetched, a short-lived QR code asked for and a file written and removed
where evidence is kept: what is only read tells nothing of what will work.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from bot import config as configuration
from bot.config import ConfigError
from bot.database import NotReady, check_ready, make_engine
from bot.operations import check_database, check_machine, check_people, check_quotas, check_wechat
from bot.operations.findings import Finding, Mark, fails, fine
from bot.program import Program, limits_of, make_program

__all__ = ["Finding", "Mark", "examine"]


def examine(path: Path | None) -> Iterator[Finding]:
    """Every finding, as soon as it is known; what cannot be looked at because of an earlier one is left out."""
    try:
        config = configuration.load(path, os.environ)
    except ConfigError as error:
        yield from (fails(problem) for problem in error.problems)
        return
    yield fine("配置读得懂")
    yield from check_machine.look(config, path)
    engine = make_engine(config.database.url, statement_timeout=None)
    try:
        check_ready(engine)
    except NotReady as error:
        yield fails(str(error))
        return
    finally:
        engine.dispose()
    program = make_program(config)
    try:
        yield from _with_database(program)
    finally:
        program.engine.dispose()


def _with_database(program: Program) -> Iterator[Finding]:
    sessions = program.sessions
    yield from check_database.look(sessions)
    yield from check_wechat.look(program)
    now = program.clock()
    with sessions.read() as session:
        yield from check_people.look(session, now)
        yield from check_database.look_at_queue(session, now)
        yield from check_quotas.look(session, now, limits_of(program.config.wechat))
    yield from check_people.look_at_calendar(now)
