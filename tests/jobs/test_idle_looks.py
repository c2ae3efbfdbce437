"""A look that finds nothing costs no more in a province than in an office: it goes through no big table."""

import asyncio
import re
from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from jobs.letters import Letter, Sent
from jobs.schedule import TABLE, Job, World
from models import rounds
from models.months import at
from models.notices import Posted
from models.registry import METADATA
from models.sessions import Sessions
from tests.models.desk import NOVEMBER, Desk

# What is in these is few, or is taken out again at the next look.
SMALL = {"setting_changes", "late_entries", "fates"}
SCAN = re.compile(r"SCAN (?P<table>\w+?)(_\d+)?( USING (COVERING )?INDEX (?P<index>\w+))?$")
# What such an index holds is what waits, and nothing else.
PARTIAL = {
    str(index.name)
    for table in METADATA.tables.values()
    for index in table.indexes
    if index.dialect_options["sqlite"]["where"] is not None
}
NIGHT, MONTH_END = at(date(2026, 11, 20), 23), at(date(2026, 11, 30), 18)


class Away:
    """The platform is not there."""

    def prepare(self, session: Session, notice: Posted, openid: str, now: datetime) -> Letter | None:
        return None

    async def send(self, channel: object, letter: Letter) -> Sent:
        raise ConnectionError


async def keep(media_id: str) -> str | None:
    return None


def looked_through(session: Session, job: Job, world: World, now: datetime) -> set[str]:
    """The tables that a look goes through from end to end, as SQLite says how it would."""
    driver = session.connection().connection.driver_connection
    assert driver is not None
    said: list[str] = []
    driver.set_trace_callback(said.append)
    try:
        job.run(world, now)
    finally:
        driver.set_trace_callback(None)
    plans = [row[3] for one in said if _asks(one) for row in driver.execute(f"EXPLAIN QUERY PLAN {one}").fetchall()]
    scans = [match for plan in plans if (match := SCAN.match(plan)) and match["index"] not in PARTIAL]
    return {scan["table"] for scan in scans} & set(METADATA.tables)


def _asks(statement: str) -> bool:
    return statement.lstrip().startswith(("SELECT", "UPDATE", "DELETE", "WITH"))


@pytest.mark.sqlite_only  # PostgreSQL goes through a table whole while it is small
@pytest.mark.parametrize("job", TABLE, ids=lambda job: job.name)
def test_a_look_that_finds_nothing_goes_through_no_big_table(desk: Desk, within: Sessions, job: Job):
    desk.claim()
    for branch in (desk.cast.first_branch, desk.cast.second_branch):
        rounds.begin(desk.session, branch.id, NOVEMBER)
    world = World(within, Away(), keep, "w1", lambda work: asyncio.run(work()))
    for now in (NIGHT, MONTH_END):
        for _ in range(3):
            job.run(world, now)
        assert looked_through(desk.session, job, world, now) <= SMALL
