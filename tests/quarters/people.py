"""Three branches under a 党总支: one that does everything, one that forgets, one that misses some to the end.

机关党委: secretary 沈立峰, 党务专干 姚玉琴
└─ 机关党总支: secretary 陆建国
   ├─ 第一支部 (8): secretary 王建军, deputy 孙丽华, 纪检委员 徐国强
   │  ├─ 第一小组: leader 李四
   │  └─ 离退休小组: leader 郭振华; 邓树林 has no WeChat
   ├─ 第二支部 (8, one of them 预备党员): secretary 赵卫东, deputy 余凯
   │  └─ 第二小组: leader 何文斌
   └─ 第三支部 (5): secretary 袁立新; 罗志刚 and 沈立峰 are leading cadres, 马丽娟 is ill and exempt
"""

from models.appointments import Office
from models.members import MemberCategory, NotScoredReason
from models.organizations import Nature, OrganizationKind
from models.roster_rows import Held, MemberRow, OrganizationRow, Path

COMMITTEE: Path = ("机关党委",)
GENERAL: Path = (*COMMITTEE, "机关党总支")
FIRST, SECOND, THIRD = ((*GENERAL, name) for name in ("第一支部", "第二支部", "第三支部"))
GROUP_1, RETIRED, GROUP_2 = (*FIRST, "第一小组"), (*FIRST, "离退休小组"), (*SECOND, "第二小组")

ORGANIZATIONS = (
    OrganizationRow(COMMITTEE, OrganizationKind.PARTY_COMMITTEE),
    OrganizationRow(GENERAL, OrganizationKind.GENERAL_BRANCH),
    *(OrganizationRow(path, OrganizationKind.BRANCH) for path in (FIRST, SECOND, THIRD)),
    OrganizationRow(GROUP_1, OrganizationKind.GROUP),
    OrganizationRow(RETIRED, OrganizationKind.GROUP, Nature.RETIRED),
    OrganizationRow(GROUP_2, OrganizationKind.GROUP),
)
_LEADER, _SECRETARY, _DEPUTY = Office.GROUP_LEADER, Office.SECRETARY, Office.DEPUTY_SECRETARY


def _row(staff_no: str, name: str, home: Path, *held: tuple[Office, Path], **more: object) -> MemberRow:
    offices = tuple(Held(office, organization) for office, organization in held)
    return MemberRow(staff_no, name, home, f"7{staff_no[1:]}", offices, **more)  # type: ignore[arg-type]


MEMBERS = (
    _row("1001", "王建军", FIRST, (_SECRETARY, FIRST)),
    _row("1002", "孙丽华", FIRST, (_DEPUTY, FIRST)),
    _row("1003", "徐国强", FIRST, (Office.DISCIPLINE_COMMISSIONER, FIRST)),
    _row("1004", "李四", GROUP_1, (_LEADER, GROUP_1)),
    _row("1005", "张三", GROUP_1),
    _row("1006", "王芳", GROUP_1),
    _row("1007", "郭振华", RETIRED, (_LEADER, RETIRED)),
    _row("1008", "邓树林", RETIRED),
    _row("2001", "赵卫东", SECOND, (_SECRETARY, SECOND)),
    _row("2002", "余凯", SECOND, (_DEPUTY, SECOND)),
    _row("2003", "何文斌", GROUP_2, (_LEADER, GROUP_2)),
    _row("2004", "冯倩", GROUP_2),
    _row("2005", "梁玉梅", GROUP_2),
    _row("2006", "宋佳", GROUP_2, category=MemberCategory.PROBATIONARY),
    _row("2007", "陆建国", SECOND, (_SECRETARY, GENERAL)),
    _row("2008", "姚玉琴", SECOND, (Office.PARTY_AFFAIRS_OFFICER, COMMITTEE)),
    _row("3001", "袁立新", THIRD, (_SECRETARY, THIRD)),
    _row("3002", "沈立峰", THIRD, (_SECRETARY, COMMITTEE), leading_cadre=True),
    _row("3003", "罗志刚", THIRD, leading_cadre=True),
    _row("3004", "马丽娟", THIRD, not_scored=NotScoredReason.ILL),
    _row("3005", "谢建平", THIRD),
)
WITHOUT_WECHAT = frozenset({"邓树林"})
EXEMPT = frozenset({"马丽娟", "郭振华", "邓树林"})  # ill, or of the retired group

# Who plans an organization's meetings, and the level above, by hand.
RESPONSIBLE = {
    "机关党委": {"沈立峰"},
    "机关党总支": {"陆建国"},
    "第一支部": {"王建军"},
    "第二支部": {"赵卫东"},
    "第三支部": {"袁立新"},
    "第一小组": {"李四"},
    "第二小组": {"何文斌"},
}
ABOVE = {
    "机关党委": set[str](),
    "机关党总支": {"沈立峰", "姚玉琴"},
    "第一支部": {"陆建国"},
    "第二支部": {"陆建国"},
    "第三支部": {"陆建国"},
    "第一小组": {"王建军"},
    "第二小组": {"赵卫东"},
}


def _at(*homes: Path) -> set[str]:
    return {row.name for row in MEMBERS if any(row.home[: len(home)] == home for home in homes)}


# Who is invited, by organization and by kind; where a kind is not named, everybody at home in the organization.
INVITED = {name: _at(path) for name, path in ((path[-1], path) for path in (FIRST, SECOND, THIRD, GROUP_1, GROUP_2))}
INVITED["机关党总支"] = _at(FIRST, SECOND, THIRD)
COMMITTEES = {"第一支部": {"王建军", "孙丽华", "徐国强"}, "第二支部": {"赵卫东", "余凯"}}
CADRES = {"沈立峰", "罗志刚"}


def invited(organization: str, kind: str) -> set[str]:
    """Whom a meeting of a kind invites."""
    if kind == "支部委员会":
        return COMMITTEES[organization]
    return CADRES if kind == "民主生活会" else INVITED[organization]
