"""Reads the roster workbook (contract, "The roster workbook"): all of it, or every bad cell at once."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath

from bot.office import roster_members, roster_organizations
from bot.office.cells import folded
from bot.office.roster_organizations import Tree
from bot.office.roster_rows import (
    MEMBER_COLUMNS,
    MEMBER_NEEDED,
    MEMBERS_SHEET,
    ORGANIZATION_COLUMNS,
    ORGANIZATION_NEEDED,
    ORGANIZATIONS_SHEET,
    Held,
    MemberRow,
    Path,
    Roster,
)
from bot.office.sheets import Notes, Table, open_workbook, require_sheets
from models.appointments import Office
from models.organizations import Nature, OrganizationKind

ONE_HOLDER = {Office.GROUP_LEADER: "小组长", Office.SECRETARY: "书记"}


@dataclass(frozen=True, slots=True)
class Known:
    """What was imported before, so that a workbook with a part of the roster may refer to the rest."""

    organizations: Mapping[Path, OrganizationKind] = field(default_factory=dict)
    staff_nos: frozenset[str] = frozenset()


def read(path: FilePath, *, known: Known | None = None) -> Roster:
    """The roster of a workbook; raises Unreadable with every bad cell by sheet, row, column and reason."""
    known = known or Known()
    notes = Notes()
    sheets = require_sheets(open_workbook(path), (ORGANIZATIONS_SHEET, MEMBERS_SHEET))
    organizations = Table(
        sheets[0], 0, ORGANIZATION_NEEDED, _optional(ORGANIZATION_COLUMNS, ORGANIZATION_NEEDED), notes
    )
    people = Table(sheets[1], 1, MEMBER_NEEDED, _optional(MEMBER_COLUMNS, MEMBER_NEEDED), notes)
    tree = roster_organizations.read(organizations, known.organizations)
    members = roster_members.read(people, tree)
    if "工号" in people.columns:
        _check_leaders_in_charge(tree, members, known.staff_nos)
    _refuse_empty(tree, members, organizations, people)
    notes.raise_any()
    _point_out_offices(tree, members, partial=bool(known.staff_nos))
    return Roster(tree.rows(), tuple(members), tuple(notes.warnings))


def _optional(columns: Iterable[str], needed: Iterable[str]) -> list[str]:
    return [column for column in columns if column not in set(needed)]


def _check_leaders_in_charge(tree: Tree, members: list[MemberRow], staff_nos: frozenset[str]) -> None:
    cadres = {folded(member.staff_no): member.leading_cadre for member in members}
    earlier = {folded(staff_no) for staff_no in staff_nos}
    for node in tree.nodes:
        for staff_no in node.leaders if node.row else ():
            assert node.row is not None
            if folded(staff_no) not in cadres.keys() | earlier:
                node.row.refuse("分管领导", f"党员表里没有工号“{staff_no}”，这里写工号，几个人之间用顿号隔开")
            elif not cadres.get(folded(staff_no), True):
                node.row.doubt("分管领导", f"工号“{staff_no}”在党员表里不是领导干部")


def _refuse_empty(tree: Tree, members: list[MemberRow], organizations: Table, people: Table) -> None:
    if not tree.nodes:
        organizations.mistake("没有一个组织，至少写一个党支部")
    if not members:
        people.mistake("没有一名党员")


def _point_out_offices(tree: Tree, members: list[MemberRow], *, partial: bool) -> None:
    """Whoever decides claims should be one person, and be there (rules 9)."""
    holders = Counter(held for member in members for held in member.offices)
    for node in tree.nodes:
        office = Office.GROUP_LEADER if node.kind is OrganizationKind.GROUP else Office.SECRETARY
        count = holders[Held(office, node.path)]
        if node.row is None or node.nature is Nature.TEMPORARY:
            continue
        if count > 1:
            node.row.doubt("名称", f"“{node.name}”有{count}名{ONE_HOLDER[office]}，请核对")
        elif count == 0 and not partial and node.kind in roster_members.HOMES:
            node.row.doubt("名称", f"“{node.name}”还没有{ONE_HOLDER[office]}，申报会交给上一级审核")
