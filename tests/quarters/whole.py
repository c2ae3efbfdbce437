"""Two quarters of ``people.py`` from their set-up to their end, and what is there to be looked at afterwards."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Engine

from bot.office import rulebook_file
from bot.office.rulebooks import SEVEN_CONTENTS
from models import organizations, roster, rulebooks
from models.months import Month
from models.sessions import Sessions
from tests.quarters import people
from tests.quarters.script import Script
from tests.stage import Push, Stage, quick
from tests.years.holidays import moment

START = moment(date(2026, 1, 1), 8)
END = moment(date(2026, 7, 7))
SCORED_FROM = Month(2026, 4)  # meetings are held, pressed and recorded with and without a rulebook


@dataclass(frozen=True)
class Quarters:
    """What was played, and where it is kept."""

    sessions: Sessions
    stage: Stage
    script: Script

    def pushes(self, *kinds: str) -> list[Push]:
        """What arrived of some kinds."""
        return [push for push in self.stage.phones.all if push.kind in kinds]


def play(engine: Engine) -> Quarters:
    """The organisation on New Year's Day, everybody bound; then everything people do until the end."""
    sessions = Sessions(quick(engine))
    with sessions.write() as session:
        roster.apply(session, people.ORGANIZATIONS, people.MEMBERS, now=START)
        root = organizations.roots(session)[0]
        book = replace(rulebook_file.read(SEVEN_CONTENTS), effective_from=SCORED_FROM)
        rulebooks.add_version(session, root, book, now=START)
    stage = Stage(sessions)
    stage.bind_all(START, without=people.WITHOUT_WECHAT)
    script = Script(stage)
    script.begin()
    stage.run(START, END)
    return Quarters(sessions, stage, script)
