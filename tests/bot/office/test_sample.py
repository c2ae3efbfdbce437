"""The sample organisation is one that a roster import takes as it is."""

from collections import Counter
from pathlib import Path

from bot.office import roster_file, roster_workbook, sample
from bot.office.roster_rows import Held, MemberRow, OrganizationRow
from models.appointments import BRANCH_OFFICES, Office
from models.members import MemberCategory
from models.organizations import OrganizationKind


def test_the_workbook_reads_back_to_the_same_rows_with_nothing_to_point_out(tmp_path: Path) -> None:
    sample.write_sample_workbook(tmp_path / "roster.xlsx")
    roster = roster_file.read(tmp_path / "roster.xlsx")
    assert roster.organizations == sample.ORGANIZATIONS
    assert roster.members == sample.MEMBERS
    assert roster.warnings == ()


def test_it_has_three_branches_eight_groups_and_sixty_people() -> None:
    kinds = Counter(row.kind for row in sample.ORGANIZATIONS)
    assert (kinds[OrganizationKind.BRANCH], kinds[OrganizationKind.GROUP]) == (3, 8)
    assert len({member.name for member in sample.MEMBERS}) == len({m.staff_no for m in sample.MEMBERS}) == 60


def test_the_first_branch_is_the_one_of_the_example_dialogues() -> None:
    first = [member for member in sample.MEMBERS if member.home[:2] == sample.FIRST]
    scored = [member for member in sample.scored() if member.home[:2] == sample.FIRST]
    assert (len(first), len(scored)) == (33, 23)
    people = {member.name: member for member in first}
    assert people["张三"].home == people["李四"].home == sample.FIRST_1
    assert people["李四"].offices == (Held(Office.GROUP_LEADER, sample.FIRST_1),)
    assert people["王建军"].offices == (Held(Office.SECRETARY, sample.FIRST),)


def test_every_branch_of_seven_full_members_has_a_committee() -> None:
    for row in sample.ORGANIZATIONS:
        if row.kind is not OrganizationKind.BRANCH:
            continue
        own = [m for m in sample.MEMBERS if m.home[:2] == row.path]
        offices = {held.office for m in own for held in m.offices if held.organization == row.path}
        assert sum(m.category is MemberCategory.FULL for m in own) >= 7
        assert offices >= BRANCH_OFFICES - {Office.DEPUTY_SECRETARY, Office.COMMITTEE_MEMBER}


def test_odd_rows_survive_being_written_and_read(tmp_path: Path) -> None:
    """Equal names on two levels, an office elsewhere, a name like a formula, a staff number with zeros."""
    organizations = (
        OrganizationRow(("甲总支",), OrganizationKind.GENERAL_BRANCH),
        OrganizationRow(("甲总支", "甲"), OrganizationKind.BRANCH),
        OrganizationRow(("甲总支", "乙"), OrganizationKind.BRANCH),
        OrganizationRow(("甲总支", "甲", "甲"), OrganizationKind.GROUP),
        OrganizationRow(("甲总支", "乙", "甲"), OrganizationKind.GROUP),
    )
    home = ("甲总支", "甲", "甲")
    offices = (
        Held(Office.GROUP_LEADER, ("甲总支", "乙", "甲")),
        Held(Office.GROUP_LEADER, home),
        Held(Office.SECRETARY, ("甲总支", "甲")),
        Held(Office.SECRETARY, ("甲总支", "乙")),
        Held(Office.PARTY_AFFAIRS_OFFICER, ("甲总支",)),
        Held(Office.PARTY_AFFAIRS_OFFICER, ("甲总支", "甲")),
    )
    members = (MemberRow("0001", "=1+1", home, "0007", offices), MemberRow("2", "乙甲", ("甲总支", "乙")))
    roster_workbook.write(tmp_path / "roster.xlsx", organizations, members)
    roster = roster_file.read(tmp_path / "roster.xlsx")
    assert roster.organizations == organizations
    assert roster.members == members
