"""Prepared statements on PostgreSQL without a cursor, at a third of what the driver's costs the process.

A cursor looks its statement up, finds out how to write each value and how to read each column, and looks after its
transaction, anew for each execution. What messages run (models/prepared.py) is always the same, so a connection keeps
all that with the statement, which it has prepared when it was asked for the first time.

What the server is only told, so that nobody looks at its answer, goes with what it is asked next: each way there and
back costs both ends as much as a small statement.
"""

import select
import time
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import psycopg
from psycopg import generators, pq
from psycopg._preparing import PrepareManager
from psycopg.abc import PQGen
from psycopg.adapt import PyFormat, Transformer

_GOOD = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)
_IDLE = pq.TransactionStatus.IDLE
_BEGUN = (pq.TransactionStatus.INTRANS, pq.TransactionStatus.INERROR)
_SOON = 10  # milliseconds in which most is answered
Question = tuple[str, Sequence[Any]]  # a statement, and its values for ``$1`` and so on
BEGIN: Question = ("BEGIN", ())
_COMMIT: Question = ("COMMIT", ())


class Answer(NamedTuple):
    """What a statement came to, in the words of a cursor."""

    rows: list[tuple[Any, ...]]
    rowcount: int

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows."""
        return self.rows

    def fetchone(self) -> tuple[Any, ...] | None:
        """The first row, if there is one."""
        return self.rows[0] if self.rows else None

    def close(self) -> None:
        """Nothing is kept open."""


class _Statement:
    """A statement that a connection has prepared, and how its values are written and its columns read."""

    def __init__(self, name: bytes, connection: psycopg.Connection[Any], values: int) -> None:
        self.name = name
        self._transformer = Transformer(connection)
        self._formats = [PyFormat.TEXT] * values
        self._is_read = False

    def written(self, values: Sequence[Any]) -> Sequence[Any]:
        """Values as texts, whose types the statement tells."""
        return self._transformer.dump_sequence(values, self._formats)

    def answer(self, result: Any) -> Answer:
        """What the server has said."""
        if result.status != pq.ExecStatus.TUPLES_OK:
            return Answer([], result.command_tuples or 0)
        self._transformer.set_pgresult(result, set_loaders=not self._is_read)
        self._is_read = True
        rows = self._transformer.load_rows(0, result.ntuples, tuple)
        return Answer(rows, result.ntuples)


class _Lasting(PrepareManager):
    """The driver would forget all prepared statements with each ROLLBACK, since tables may have come or gone with it.

    They do in migrations alone; the server itself forgets none, and looks at the tables again when they have changed.
    """

    def clear(self) -> bool:
        return False


class Asking(psycopg.Connection[Any]):
    """A connection that can be asked without a cursor."""

    def __init__(self, pgconn: Any, *args: Any, **options: Any) -> None:
        super().__init__(pgconn, *args, **options)
        self._prepared = _Lasting()
        self._asked: dict[str, _Statement] = {}
        self._told: list[Question] = []  # what the server is still to hear
        self._ears = select.poll()
        self._ears.register(pgconn.socket, select.POLLIN)
        self.used_at = time.monotonic()  # when the server said something last

    @property
    def in_transaction(self) -> bool:
        """Whether one was begun and has not ended, as SQLite's connections say it."""
        return bool(self._told) or self.pgconn.transaction_status in _BEGUN

    def ask(self, text: str, values: Sequence[Any]) -> Answer:
        """Run a statement with values for ``$1`` and so on; raises the driver's errors."""
        if self._told:
            return self.ask_together([(text, values)])[0]
        statement = self._asked.get(text) or self._prepare(text, len(values))
        if not self.autocommit and self.pgconn.transaction_status == _IDLE:
            self.wait(self._start_query())
        self.pgconn.send_query_prepared(statement.name, statement.written(values))
        return statement.answer(self._result())

    def tell(self, text: str, values: Sequence[Any]) -> None:
        """As ``ask``, for what has no answer: the server hears of it with what it is asked next.

        An error is raised there. A transaction that is rolled back meanwhile was never told.
        """
        self._told.append((text, values))

    def ask_together(self, questions: Iterable[Question]) -> list[Answer]:
        """As ``ask`` for each of several statements, all on one way there and back."""
        whole, first = [*self._told, *questions], len(self._told)
        asked = [(self._asked.get(text) or self._prepare(text, len(values)), values) for text, values in whole]
        written = [(statement.name, statement.written(values)) for statement, values in asked]
        if not self.autocommit and self.pgconn.transaction_status == _IDLE:
            self.wait(self._start_query())
        self._told.clear()
        self.pgconn.enter_pipeline_mode()
        for name, values in written:
            self.pgconn.send_query_prepared(name, values)
        self.pgconn.pipeline_sync()
        results = self._results(together=True)
        self.pgconn.exit_pipeline_mode()
        answers = [statement.answer(_good(result)) for (statement, _), result in zip(asked, results, strict=True)]
        return answers[first:]

    def ask_each(self, text: str, rows: Iterable[Sequence[Any]]) -> Answer:
        """As ``ask`` once for each row of values, without a way there and back for each."""
        self._say_told()
        with psycopg.RawCursor(self) as cursor:
            cursor.executemany(text, rows)
            return Answer([], cursor.rowcount)

    def cursor(self, *args: Any, **options: Any) -> Any:
        """As the driver's; what it runs comes after what was told."""
        self._say_told()
        return super().cursor(*args, **options)

    def commit(self) -> None:
        """As the driver's, together with what was told; raises its error, and has not committed then."""
        if self._told == [BEGIN]:
            self._told.clear()
        elif self._told:
            self.ask_together([_COMMIT])
        else:
            super().commit()

    def rollback(self) -> None:
        """As the driver's; what was told and not yet heard is forgotten."""
        self._told.clear()
        super().rollback()

    def _say_told(self) -> None:
        if self._told:
            self.ask_together([])

    def _prepare(self, text: str, values: int) -> _Statement:
        if not self.autocommit and self.pgconn.transaction_status == _IDLE:
            self.wait(self._start_query())
        name = b"asked_%d" % len(self._asked)
        self.pgconn.send_prepare(name, text.encode())
        self._result()
        statement = self._asked[text] = _Statement(name, self, values)
        return statement

    def _result(self) -> Any:
        return _good(self._results()[-1])

    def _results(self, *, together: bool = False) -> list[Any]:
        """What the server says to what was sent.

        The driver waits only for what is not said soon, since its way of waiting costs as much as sending and reading.
        """
        found: list[Any] = []
        if not self.pgconn.flush() and self._ears.poll(_SOON):
            self.pgconn.consume_input()
            while not self.pgconn.is_busy():
                result = self.pgconn.get_result()
                if _is_end(result, together):
                    self.used_at = time.monotonic()
                    return found
                if result is not None:
                    found.append(result)
        return found + self.wait(_rest(self.pgconn, together))


def _is_end(result: Any, together: bool) -> bool:
    """None ends what is said to one statement, and a word of its own what is said to several together."""
    if not together:
        return result is None
    return result is not None and result.status == pq.ExecStatus.PIPELINE_SYNC


def _rest(pgconn: Any, together: bool) -> PQGen[list[Any]]:
    """What is still to come."""
    yield from generators.send(pgconn)
    found: list[Any] = []
    while True:
        found += yield from generators.fetch_many(pgconn)
        if not together:
            return found
        if found and _is_end(found[-1], together):
            return found[:-1]


def _good(result: Any) -> Any:
    if result.status not in _GOOD:
        raise psycopg.errors.error_from_result(result)
    return result
