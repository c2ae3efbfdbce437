"""An organisation of any size for benchmarks: branches of 50 in one tree, who follows, a year of entries, two finals.

The chains are right, and ``xianfeng verify`` finds no difference; for millions of entries that takes long.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy.orm import Session

from bench.bulk import Row, bulk
from bench.messages import NOW
from bench.population_rows import ABOVE, BRANCHES, COLUMNS, Branch
from bench.population_year import GROUPS, MEMBERS, MONTHS, PRESENT, Year
from bot.office import rulebook_file
from bot.office.rulebooks import SEVEN_CONTENTS
from models import rulebooks, settings
from models.appointments import Appointment, Office
from models.organizations import Nature, Organization, OrganizationKind
from models.sessions import Sessions
from models.spot_checks import SpotHeads, seed_of

AT_ONCE = 200  # branches whose rows are put together in memory


class Tree(NamedTuple):
    """A committee, and below it general branches of so many branches each, as many as it takes."""

    year: Year
    committee: int
    branches: int

    @property
    def generals(self) -> int:
        return -(-self.branches // BRANCHES)

    def general(self, n: int) -> int:
        """The number of the n-th general branch; they follow the committee's."""
        return self.committee + 1 + n

    def branch(self, n: int) -> Branch:
        """The n-th branch: it and its groups take the numbers after all general branches."""
        return Branch(self.year, n, self.general(self.generals) + n * (1 + GROUPS), self.general(n // BRANCHES))


def fill(sessions: Sessions, members: int, entries: int, told: Callable[[int], None] = lambda _: None) -> None:
    """Fill an empty, migrated database with members, rounded up to whole branches, and so many entries of each.

    ``told`` hears how many there are by now.
    """
    with sessions.write() as session:
        tree = _begun(session, -(-members // MEMBERS), entries)
    with bulk(sessions.engine) as filling:
        generals = (
            (tree.general(n), f"第{n + 1}总支", "general_branch", "standing", tree.committee)
            for n in range(tree.generals)
        )
        filling.add("organizations", COLUMNS["organizations"].split(), generals)
        for first in range(0, tree.branches, AT_ONCE):
            last = min(first + AT_ONCE, tree.branches)
            for table, rows in _rows(tree.branch(n) for n in range(first, last)).items():
                filling.add(table, COLUMNS[table].split(), rows)
            told(last * MEMBERS)
    with sessions.write() as session:
        seat = {"organization_id": tree.committee, "office": Office.SECRETARY, "starts_on": MONTHS[0].first_day}
        session.add(Appointment(member_id=ABOVE, **seat))


def _begun(session: Session, branches: int, entries: int) -> Tree:
    """The committee with its rulebook and one setting."""
    root = Organization(name="机关党委", kind=OrganizationKind.PARTY_COMMITTEE, nature=Nature.STANDING)
    session.add(root)
    session.flush()
    book = replace(rulebook_file.read(SEVEN_CONTENTS), effective_from=MONTHS[0])
    version = rulebooks.add_version(session, root, book, now=NOW)
    session.add(SpotHeads(seed=seed_of([]), heads=[]))
    settings.put(session, settings.CONSEQUENCES_FROM, str(PRESENT), organization_id=root.id, by_id=None, now=NOW)
    return Tree(Year(version, entries), root.id, branches)


def _rows(branches: Iterator[Branch]) -> dict[str, list[Row]]:
    """The rows of some branches by table."""
    found: dict[str, list[Row]] = defaultdict(list)
    for branch in branches:
        for table, row in branch.rows():
            found[table].append(row)
    return found
