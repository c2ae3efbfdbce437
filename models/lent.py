"""Connections lent for one transaction, and kept for the next."""

from typing import Any

from sqlalchemy import Connection, Engine, event


class Lent:
    """Connections that wait for their next transaction: one, as long as transactions do not meet.

    To have one lent by SQLAlchemy's pool and to give it back costs as much as three statements. Who finds none waiting
    is lent one by the pool. All Sessions of an engine share them, and they are closed with it. On PostgreSQL they
    begin nothing by themselves.
    """

    _OF_ENGINE = "xianfeng_lent"

    def __init__(self, engine: Engine) -> None:
        self._is_here = engine.dialect.name == "sqlite"
        self._engine = engine if self._is_here else engine.execution_options(isolation_level="AUTOCOMMIT")
        self._waiting: list[Connection] = []
        self._age = 0  # how often the engine was disposed of
        event.listen(engine, "engine_disposed", self._forget)

    @classmethod
    def of(cls, engine: Engine) -> "Lent":
        """The one of an engine."""
        known: Lent | None = vars(engine).get(cls._OF_ENGINE)
        if known is None:
            known = vars(engine)[cls._OF_ENGINE] = cls(engine)
        return known

    def lend(self) -> "Loan":
        """A connection for one transaction."""
        return Loan(self)

    def take(self) -> tuple[Connection, int]:
        """A connection that stands, and how old its engine's pool is."""
        try:
            connection = self._waiting.pop()
        except IndexError:
            return self._engine.connect(), self._age
        if self._is_here or _stands(connection):
            return connection, self._age
        connection.invalidate()
        connection.close()
        return self._engine.connect(), self._age

    def keep(self, connection: Connection, age: int) -> bool:
        """Let a connection wait; False where another does, or its pool is gone."""
        if self._waiting or age != self._age:
            return False
        self._waiting.append(connection)
        return True

    def _forget(self, engine: Engine) -> None:
        """The engine was disposed of, and its file may be replaced."""
        self._age += 1
        while self._waiting:
            connection = self._waiting.pop()
            connection.detach()
            connection.close()


class Loan:
    """A connection for one transaction: what it has not committed is rolled back."""

    __slots__ = ("_age", "_connection", "_lent")

    def __init__(self, lent: Lent) -> None:
        self._lent = lent

    def __enter__(self) -> Connection:
        self._connection, self._age = self._lent.take()
        return self._connection

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        connection = self._connection
        is_over = kind is None or issubclass(kind, Exception)  # or it was broken off in the middle of something
        if not (is_over and _is_clear(connection) and self._lent.keep(connection, self._age)):
            connection.close()


def _is_clear(connection: Connection) -> bool:
    """Whether nothing is left of a transaction that was not committed."""
    if connection.in_transaction() or connection.invalidated:
        return False
    driver: Any = connection.connection.driver_connection
    try:
        if driver.in_transaction:
            driver.rollback()
    except connection.dialect.loaded_dbapi.Error:
        return False
    return True


def _stands(connection: Connection) -> bool:
    """Whether the server is still at the other end, as the pool asks it (bot/patient.py)."""
    dialect = connection.dialect
    try:
        return dialect.do_ping(connection.connection.dbapi_connection)  # type: ignore[arg-type]  # it has one
    except dialect.loaded_dbapi.Error:
        return False
