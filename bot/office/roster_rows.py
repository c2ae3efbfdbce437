"""What a roster workbook says, row by row, and the words it says it with (contract, "The roster workbook")."""

from dataclasses import dataclass

from models.appointments import Office
from models.members import MemberCategory, NotScoredReason, PartyStanding
from models.organizations import Nature, OrganizationKind
from models.roster_rows import Held as Held
from models.roster_rows import MemberRow as MemberRow
from models.roster_rows import OrganizationRow as OrganizationRow
from models.roster_rows import Path as Path

ORGANIZATIONS_SHEET = "组织"
ORGANIZATION_COLUMNS = ("名称", "类型", "上级", "性质", "分管领导", "开始日期", "结束日期")
ORGANIZATION_NEEDED = ("名称", "类型")
MEMBERS_SHEET = "党员"
MEMBER_COLUMNS = ("工号", "姓名", "手机号", "所属组织", "职务", "党员类别", "党籍状态", "领导干部", "计分")
MEMBER_NEEDED = ("工号", "姓名", "所属组织")

# Where several words mean the same, the first is the one written back.
KINDS = {
    "机关党委": OrganizationKind.PARTY_COMMITTEE,
    "党委": OrganizationKind.PARTY_COMMITTEE,
    "党组": OrganizationKind.LEADING_GROUP,
    "党总支": OrganizationKind.GENERAL_BRANCH,
    "党支部": OrganizationKind.BRANCH,
    "党小组": OrganizationKind.GROUP,
}
NATURES = {"常设": Nature.STANDING, "临时": Nature.TEMPORARY, "离退休": Nature.RETIRED}
OFFICES = {
    "小组长": Office.GROUP_LEADER,
    "支部书记": Office.SECRETARY,
    "支部副书记": Office.DEPUTY_SECRETARY,
    "支部委员": Office.COMMITTEE_MEMBER,
    "组织委员": Office.ORGANIZATION_COMMISSIONER,
    "宣传委员": Office.PUBLICITY_COMMISSIONER,
    "纪检委员": Office.DISCIPLINE_COMMISSIONER,
    "党务专干": Office.PARTY_AFFAIRS_OFFICER,
    "抽查人员": Office.INSPECTOR,
    "党小组长": Office.GROUP_LEADER,
    "书记": Office.SECRETARY,
    "副书记": Office.DEPUTY_SECRETARY,
}
PLAIN_MEMBER = "党员"
CATEGORIES = {"正式党员": MemberCategory.FULL, "预备党员": MemberCategory.PROBATIONARY}
STANDINGS = {
    "正常": PartyStanding.NORMAL,
    "留党察看": PartyStanding.ON_PROBATION,
    "停止党籍": PartyStanding.SUSPENDED,
}
YES_NO = {"是": True, "否": False}
REASONS = {reason.value: reason for reason in NotScoredReason}


@dataclass(frozen=True, slots=True)
class Roster:
    """A whole workbook without mistakes: organizations with each level before the one below, members as in the sheet.

    ``warnings`` are sentences on what can be imported but should be looked at again.
    """

    organizations: tuple[OrganizationRow, ...]
    members: tuple[MemberRow, ...]
    warnings: tuple[str, ...] = ()
