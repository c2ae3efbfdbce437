"""A year of ``people.py`` from its set-up to its end, and what is there to be looked at afterwards."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from bot.office import rulebook_file
from bot.office.rulebooks import SEVEN_CONTENTS
from models import organizations, roster, rulebooks
from models.members import NotScoredReason
from models.roster_rows import MemberRow
from models.sessions import Sessions
from tests.stage import Stage, quick
from tests.years import people
from tests.years.holidays import moment
from tests.years.independent import Books, read_books
from tests.years.rounds_played import Rounds
from tests.years.script import MOVER, MOVES_ON, Script

START = moment(date(2026, 1, 1))
END = moment(date(2027, 2, 3))
ILL = "马丽娟"
WITHOUT_WECHAT = frozenset({"邓树林"})
# When no worker ran: over a month end, the end of claims, a final, and the whole of October's holiday week.
DOWN = (
    (moment(date(2026, 1, 30), 12), moment(date(2026, 2, 3), 10)),
    (moment(date(2026, 2, 4), 18), moment(date(2026, 2, 6), 11)),
    (moment(date(2026, 5, 19), 12), moment(date(2026, 5, 22), 15)),
    (moment(date(2026, 9, 30), 12), moment(date(2026, 10, 12), 11)),
)
# From July on a month begins with 71 points, and the third star comes later.
CHANGES = {
    'effective_from = "2026-01"': 'effective_from = "2026-07"',
    "base = 70 ": "base = 71 ",
    "stars = [60, 70, 80, 88, 95]": "stars = [60, 70, 81, 88, 95]",
}


@dataclass(frozen=True)
class Year:
    """What was played, and where it is kept."""

    sessions: Sessions
    stage: Stage
    script: Script
    rounds: Rounds
    rulebooks: tuple[Path, ...]

    def rows(self, statement: str) -> list[dict[str, Any]]:
        """The tables as they lie in the database."""
        return self.stage.rows(statement)

    def books(self) -> Books:
        return read_books(self.rows, self.rulebooks)


def set_up(engine: Engine, folder: Path, *, down: tuple[tuple[datetime, datetime], ...] = DOWN) -> Year:
    """The organisation and its rulebook on the first of January, everybody bound."""
    sessions = Sessions(quick(engine))
    changed = SEVEN_CONTENTS.read_text("utf-8")
    for before, after in CHANGES.items():
        assert before in changed
        changed = changed.replace(before, after)
    second = folder / "second.toml"
    second.write_text(changed, "utf-8")
    _import(sessions, people.MEMBERS, START)
    _rulebook(sessions, SEVEN_CONTENTS, START)
    stage = Stage(sessions, down)
    stage.bind_all(START, without=WITHOUT_WECHAT)
    script = Script(stage)
    return Year(sessions, stage, script, Rounds(script), (SEVEN_CONTENTS, second))


def play(year: Year, months: list[str], end: datetime) -> Year:
    """Everything people do, and what the operators do beside them, until the end."""
    year.script.begin(months)
    year.rounds.begin(months)
    if len(months) == len(people.MONTHS):
        year.rounds.zeroings()
        _operate(year)
    year.stage.run(START, end)
    return year


def _operate(year: Year) -> None:
    """The roster is imported again when somebody falls ill, recovers, moves; and the rulebook's second version."""
    ill = _with(people.MEMBERS, ILL, not_scored=NotScoredReason.ILL)
    moved = _with(people.MEMBERS, MOVER, home=people.SECOND)
    for day, rows in ((date(2026, 3, 2), ill), (date(2026, 5, 8), people.MEMBERS), (MOVES_ON, moved)):
        year.stage.at(moment(day, 8, 30), partial(_import, year.sessions, rows))
    june = moment(date(2026, 6, 10), 15)
    year.stage.at(june, lambda now: _rulebook(year.sessions, year.rulebooks[1], now))


def _with(rows: tuple[MemberRow, ...], name: str, **values: Any) -> tuple[MemberRow, ...]:
    return tuple(replace(row, **values) if row.name == name else row for row in rows)


def _import(sessions: Sessions, rows: tuple[MemberRow, ...], now: datetime) -> None:
    with sessions.write() as session:
        roster.apply(session, people.ORGANIZATIONS, rows, now=now)


def _rulebook(sessions: Sessions, path: Path, now: datetime) -> None:
    with sessions.write() as session:
        root = organizations.roots(session)[0]
        rulebooks.add_version(session, root, rulebook_file.read(path), now=now)
