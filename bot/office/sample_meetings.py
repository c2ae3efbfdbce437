"""When the branches and groups of the sample organisation meet (rules 23)."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.office.roster_rows import Path
from models.months import Month, at
from models.workdays import first_workdays

GROUP_DAYS = (4, 5, 6)  # working days of the month on which a branch's groups meet, in turn
THEME_DAY, ASSEMBLY_DAY, LECTURE_DAY = 14, 9, 16


@dataclass(frozen=True, slots=True)
class SampleMeeting:
    """One meeting that was held: from 15:00 to 16:30 of its day."""

    kind: str
    day: date

    @property
    def ends(self) -> datetime:
        return at(self.day, 16, 30)


def meetings(home: Path, month: Month) -> list[SampleMeeting]:
    """The meetings of a month to which the members of a group are invited, the monthly ones first."""
    turn = GROUP_DAYS[sum(map(ord, home[-1])) % len(GROUP_DAYS)]
    held = [("党小组会", turn), ("主题党日", THEME_DAY)]
    if month.number % 3 == 0:
        held += [("支部党员大会", ASSEMBLY_DAY), ("党课", LECTURE_DAY)]
    return [SampleMeeting(kind, first_workdays(month, number)) for kind, number in held]
