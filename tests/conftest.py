"""Fixtures for everyone: databases of both kinds, the cast, and dialogues.

``engine`` and ``sessions`` give a test a migrated database of its own, ``session`` alone a transaction
that is rolled back; each such test runs on SQLite and on PostgreSQL. With ``cast`` the people of
tests/cast.py are in it.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from models.sessions import WRITES, Sessions
from tests import cast as people
from tests import report
from tests.cast import Cast
from tests.clones import Clones
from tests.databases import BARE, Database, Engines, Files, Numbers, Source, Untouched, fill, opened
from tests.scheduling import PlaysTogether, long_first
from tests.servers import postgresql

if TYPE_CHECKING:
    from tests.dialogue import Say

pytest_plugins = ["tests.manual"]
DIALECTS = ("sqlite", "postgresql")
COMMIT = {"engine", "sessions", "say"}


@pytest.hookimpl(optionalhook=True)  # there is no such hook where tests run in one process
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> PlaysTogether:
    """How tests are dealt out."""
    return PlaysTogether(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In random order, but for what takes long."""
    long_first(items)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever needs a database runs on both."""
    if "database" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("sqlite_only") is not None
        metafunc.parametrize("database", DIALECTS[:1] if only else DIALECTS, indirect=True)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say last what could not run."""
    missing = report.lines(terminalreporter.stats.get("skipped", []))
    if missing:
        terminalreporter.section("NOT RUN", sep="!", red=True, bold=True)
        for line in missing:
            terminalreporter.write_line(line, red=True, bold=True)


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Where SQLite databases are made."""
    return Files(tmp_path_factory.mktemp("databases"))


@pytest.fixture(scope="session")
def clones() -> Iterator[Clones]:
    """Where PostgreSQL databases are made: one server a process, started when first asked for."""
    with postgresql(os.environ) as server:
        clones = Clones(server, f"xianfeng_test_{os.getpid()}", fill)
        yield clones
        clones.close()


@pytest.fixture(scope="session")
def engines() -> Iterator[Engines]:
    """The engines of all these databases."""
    engines = Engines()
    yield engines
    engines.close()


@pytest.fixture(scope="session")
def shared() -> Iterator[Callable[[Source, str], Database]]:
    """One database of each kind and template for all tests that roll back."""
    with ExitStack() as engines:
        made: dict[tuple[Source, str], Database] = {}

        def get(source: Source, template: str) -> Database:
            if (source, template) not in made:
                url = source.copy(template)
                engine = engines.enter_context(opened(url))
                made[source, template] = Database(url, engine, Untouched(engine), Numbers(engine))
            return made[source, template]

        yield get


@pytest.fixture
def database(
    request: pytest.FixtureRequest, shared: Callable[[Source, str], Database], engines: Engines
) -> Iterator[Database]:
    """The one database of a test: of its own, unless everything it does is rolled back with ``session``."""
    asked = set(request.fixturenames)
    source: Source = request.getfixturevalue("files" if request.param == "sqlite" else "clones")
    template = "cast" if asked & {"cast", "say"} else "empty"
    if "session" in asked and not asked & COMMIT:
        found = shared(source, template)
        yield found
        if found.numbers:
            found.numbers.put_back()
        return
    url = source.copy(template)
    with engines.opened(url) as engine:
        yield Database(url, engine, Sessions(engine))
    source.drop(url)


@pytest.fixture
def bare(request: pytest.FixtureRequest, database: Database) -> Iterator[Engine]:
    """An engine on a second database of the same kind, without any table."""
    source: Source = request.getfixturevalue("files" if database.engine.dialect.name == "sqlite" else "clones")
    url = source.copy(BARE)
    with opened(url) as engine:
        yield engine
    source.drop(url)


@pytest.fixture
def engine(database: Database) -> Engine:
    """An engine on a migrated database of the test's own."""
    return database.engine


@pytest.fixture
def sessions(database: Database) -> Sessions:
    """Sessions on a migrated database of the test's own."""
    return database.sessions


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A transaction that may write and is rolled back in the end."""
    writer = database.engine.execution_options(**{WRITES: True})
    with Session(writer, expire_on_commit=False) as session:
        yield session
        if database.engine.dialect.name == "sqlite":  # what a test let in by force must not be let in for the next
            session.rollback()
            session.execute(text("PRAGMA ignore_check_constraints = OFF"))


@pytest.fixture
def cast(request: pytest.FixtureRequest, database: Database) -> Cast:
    """The people of tests/cast.py, in ``session`` where the test has one."""
    if "session" in request.fixturenames:
        return people.load(database.sessions, request.getfixturevalue("session"))
    with database.sessions.read() as session:
        return people.load(database.sessions, session)


@pytest.fixture
def say(database: Database) -> "Say":
    """What somebody types, answered by the bot."""
    # Here and not above, so that a mistake in one handler fails the dialogues and not every test there is.
    from tests.dialogue import Say  # noqa: PLC0415

    return Say(database.sessions)
