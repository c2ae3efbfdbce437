"""The bell: PostgreSQL says when a notice was posted, so that it is delivered at once (rules 28).

    notices posted ─commit▶ NOTIFY (models/notices.py) ─▶ every worker that listens ─▶ looks at the queue

It only saves the wait until the next look, which comes in any case: a bell that was not heard delays, and loses
nothing. Where nothing rings, as on SQLite, only the looks remain.
"""

import logging
import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from models.notices import BELL

log = logging.getLogger(__name__)
WAITS = 1.0  # seconds until it is asked whether to stop
CHECKED = 30  # waits in silence after which the connection is tried
REST = 2.0  # seconds before listening again when the database went away


class Listener:
    """A thread that calls ``rung`` whenever a notice was posted, until it is stopped."""

    def __init__(self, engine: Engine, rung: Callable[[], object], *, rest: float = REST) -> None:
        self._engine = engine
        self._rung = rung
        self._rest = rest
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="bell", daemon=True)

    def __enter__(self) -> "Listener":
        if self._engine.dialect.name == "postgresql":
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        error_of_driver = self._engine.dialect.loaded_dbapi.Error  # not by its name: on SQLite it is not even loaded
        while not self._stop.is_set():
            try:
                with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    self._listen(connection)
            except (SQLAlchemyError, error_of_driver) as error:
                log.warning("nobody rings for new notices: %s", type(error).__name__)
                self._stop.wait(self._rest)

    def _listen(self, connection: Connection) -> None:
        connection.execute(text(f"LISTEN {BELL}"))
        driver: Any = connection.connection.driver_connection
        self._rung()  # for what was posted while nobody listened
        silence = 0
        while not self._stop.is_set():
            heard = list(driver.notifies(timeout=WAITS, stop_after=1))
            silence = 0 if heard else silence + 1
            if heard:
                self._rung()
            elif silence % CHECKED == 0:
                connection.execute(text("SELECT 1"))
        connection.execute(text("UNLISTEN *"))  # it goes back to the others
