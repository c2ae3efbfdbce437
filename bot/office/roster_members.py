"""Reads sheet 党员: who is who, where they are at home, which offices they hold and whether they are scored."""

import re
from collections.abc import Iterable

from bot.office.cells import compact, folded
from bot.office.problems import did_you_mean
from bot.office.roster_organizations import ABOVE, KIND_WORDS, Node, Tree
from bot.office.roster_rows import CATEGORIES, OFFICES, PLAIN_MEMBER, REASONS, STANDINGS, YES_NO, Held, MemberRow
from bot.office.sheets import Row, Table
from models.appointments import Office
from models.members import MemberCategory, NotScoredReason, PartyStanding
from models.organizations import Nature, OrganizationKind

LONGEST_NAME = 40
HOMES = (OrganizationKind.BRANCH, OrganizationKind.GROUP)
ABOVE_GROUPS = tuple(kind for kind in ABOVE if kind is not OrganizationKind.GROUP)
BETWEEN = r"[、，,;；]"


def read(table: Table, tree: Tree) -> list[MemberRow]:
    """The members of the sheet, in its order."""
    first: dict[str, int] = {}
    return [_member(row, tree, first) for row in table.rows()]


def _member(row: Row, tree: Tree, first: dict[str, int]) -> MemberRow:
    home = _home(row, tree)
    return MemberRow(
        staff_no=_staff_no(row, first),
        name=row.name("姓名", longest=LONGEST_NAME),
        home=home.path if home else (),
        phone_last4=_last4(row),
        offices=tuple(_offices(row, home, tree)),
        category=row.choice("党员类别", CATEGORIES, MemberCategory.FULL) or MemberCategory.FULL,
        party_standing=row.choice("党籍状态", STANDINGS, PartyStanding.NORMAL) or PartyStanding.NORMAL,
        leading_cadre=bool(row.choice("领导干部", YES_NO, False)),
        not_scored=_not_scored(row),
        row=row.number,
    )


def _staff_no(row: Row, first: dict[str, int]) -> str:
    staff_no = row.name("工号", longest=LONGEST_NAME)
    if re.search(rf"\s|{BETWEEN}", staff_no):
        row.refuse("工号", f"工号里不能有空格、顿号和逗号，现为“{staff_no}”")
    elif staff_no and first.setdefault(folded(staff_no), row.number) != row.number:
        row.refuse("工号", f"“{staff_no}”与第{first[folded(staff_no)]}行重复")
    return staff_no


def _home(row: Row, tree: Tree) -> Node | None:
    text = row.name("所属组织", longest=200)
    if not text:
        return None
    home = tree.find(row, "所属组织", text, HOMES, "请写本人所在的党支部或党小组")
    if home is not None and home.nature is Nature.TEMPORARY:
        row.doubt("所属组织", f"“{text}”是临时组织，党员一般仍归原支部或小组，积分也记在那里")
    return home


def _last4(row: Row) -> str | None:
    """The last 4 digits. The number itself is never repeated in a message (rules 32)."""
    text = row.text("手机号")
    digits = re.sub(r"\D", "", text)
    if not text:
        return None
    if re.search(r"[^\d\s+()（）-]", text):
        row.refuse("手机号", "只写一个号码，里面只能有数字；没有就空着")
    elif len(digits) < 4:
        row.refuse("手机号", "至少要有后4位数字；没有就空着")
    return digits[-4:]


def _not_scored(row: Row) -> NotScoredReason | None:
    text = compact(row.text("计分"))
    if text in {"", "是"}:
        return None
    found = re.fullmatch(r"否\s*[:：,，(（]?\s*(.*?)\s*[)）]?", text)
    if found is None:
        row.refuse("计分", f"应为“是”或“否:原因”，现为“{text}”；例如 否:长期病休")
        return None
    if not found[1]:
        row.refuse("计分", f"不计分要写原因，例如 否:长期病休；原因可以是：{'、'.join(REASONS)}")
    elif found[1] not in REASONS:
        row.refuse("计分", f"没有“{found[1]}”这种原因{did_you_mean(found[1], REASONS)}")
    return REASONS.get(found[1])


def _offices(row: Row, home: Node | None, tree: Tree) -> Iterable[Held]:
    held: dict[Held, None] = {}
    for part in re.split(BETWEEN, compact(row.text("职务"))):
        word, _, elsewhere = (text.strip() for text in part.partition("@"))
        if word in {"", PLAIN_MEMBER} and not elsewhere:
            continue
        office = OFFICES.get(word)
        if office is None:
            known = (PLAIN_MEMBER, *OFFICES)
            row.refuse("职务", f"没有“{word}”这种职务{did_you_mean(word, known)}")
            continue
        node = _seat(row, word, office, elsewhere, home, tree)
        if node is not None:
            held[Held(office, node.path)] = None
    return held


def _seat(row: Row, word: str, office: Office, elsewhere: str, home: Node | None, tree: Tree) -> Node | None:
    """Where an office is held: as written behind @, else at home on the level the office belongs to."""
    kinds = (OrganizationKind.GROUP,) if office is Office.GROUP_LEADER else ABOVE_GROUPS
    if elsewhere:
        levels = "、".join(KIND_WORDS[kind] for kind in kinds)
        return tree.find(row, "职务", elsewhere, kinds, f"{word}应写在{levels}")
    if home is None:
        return None
    if office is Office.GROUP_LEADER and home.kind is not OrganizationKind.GROUP:
        row.refuse("职务", f"所属组织不是党小组，要写明是哪个小组的{word}，例如 {word}@第一小组")
        return None
    if office is Office.GROUP_LEADER:
        return home
    branch = home if home.kind is OrganizationKind.BRANCH else home.above
    if office is Office.PARTY_AFFAIRS_OFFICER and branch is not None and branch.above is not None:
        return branch.above  # the committee's staff
    return branch
