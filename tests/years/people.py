"""The branch of the year: thirty members of different diligence, and the level above them.

机关党委: secretary 沈立峰, 党务专干 姚玉琴, 抽查人员 冯倩 (all at home in 第二支部)
├─ 第一支部 (30): secretary 王建军, deputy 孙丽华, 纪检委员 徐国强, 组织委员 黄秀英
│  ├─ 第一小组: leader 李四, who decides every day
│  ├─ 第二小组: leader 何文斌, who lets things lie
│  └─ 离退休小组: leader 郭振华
└─ 第二支部 (6): secretary 赵卫东
"""

from dataclasses import dataclass

from models.appointments import Office
from models.members import MemberCategory
from models.organizations import Nature, OrganizationKind
from models.roster_rows import Held, MemberRow, OrganizationRow, Path

COMMITTEE: Path = ("机关党委",)
FIRST: Path = (*COMMITTEE, "第一支部")
SECOND: Path = (*COMMITTEE, "第二支部")
GROUP_1, GROUP_2, RETIRED = (*FIRST, "第一小组"), (*FIRST, "第二小组"), (*FIRST, "离退休小组")

ORGANIZATIONS = (
    OrganizationRow(COMMITTEE, OrganizationKind.PARTY_COMMITTEE),
    OrganizationRow(FIRST, OrganizationKind.BRANCH, leaders_in_charge=("2002",)),
    OrganizationRow(SECOND, OrganizationKind.BRANCH),
    OrganizationRow(GROUP_1, OrganizationKind.GROUP),
    OrganizationRow(GROUP_2, OrganizationKind.GROUP),
    OrganizationRow(RETIRED, OrganizationKind.GROUP, Nature.RETIRED),
)


@dataclass(frozen=True)
class Habit:
    """How a month is spent; ``score`` is that of rulebooks.md's table, of a month with two meetings and with four."""

    deeds: tuple[str, ...] = ()
    missed: int = 0
    missed_of_four: int = 0
    studies: bool = True
    attends: bool = True
    score: tuple[int, int] = (0, 0)


JOB, STUDY, HOURS, MORE_HOURS = "本职工作 1月", "学习任务 1月", "社区志愿 2小时", "社区志愿 4小时"
HOUSE, LED, PAIR, TASK = "走访慰问 1户", "领学 1次", "结对互助 1次", "完成党组织交办的任务 1项"
URGENT, ADVICE, ARTICLE = "防汛抢险 1项", "意见建议被采纳 1条", "信息、经验、文章被采用 1篇"
_ACTIVE = (JOB, STUDY, MORE_HOURS, HOUSE, LED, PAIR, TASK)

ON_LEAVE = Habit(attends=False, score=(70, 70))
CARELESS = Habit((JOB,), 2, 4, studies=False, score=(57, 45))
SLACK = Habit((JOB,), 1, 1, studies=False, score=(64, 66))
IDLE = Habit(studies=False, score=(68, 70))
DUTIFUL = Habit((JOB, STUDY), score=(78, 80))
DILIGENT = Habit((JOB, STUDY, HOURS), score=(80, 82))
MISSED_ONE = Habit((JOB, STUDY, HOURS), 1, 1, score=(73, 75))
ACTIVE = Habit(_ACTIVE, score=(88, 90))
OUTSTANDING = Habit((*_ACTIVE, URGENT, ADVICE, ARTICLE), score=(95, 97))

# Name: the usual habit, and that of months by number which are otherwise.
HABITS: dict[str, tuple[Habit, dict[int, Habit]]] = {
    "李四": (DILIGENT, {}),
    "张三": (DILIGENT, {1: CARELESS}),  # forgets everything in his first month
    "王芳": (OUTSTANDING, {}),
    "刘强": (ACTIVE, {}),
    "陈静": (DUTIFUL, {4: CARELESS}),  # under the mark once
    "赵敏": (DUTIFUL, {6: CARELESS, 7: CARELESS}),  # twice in a row
    "周子涵": (DUTIFUL, {}),  # 预备党员
    "吴晓东": (SLACK, {}),
    "郑海燕": (IDLE, {}),
    "孙志远": (CARELESS, dict.fromkeys((1, 2, 8, 9, 12), DUTIFUL)),  # three times and more, three times over
    "马丽娟": (DUTIFUL, {2: ON_LEAVE, 3: ON_LEAVE, 4: ON_LEAVE}),  # ill, not scored from March to April
    "何文斌": (DUTIFUL, {}),
    "高云飞": (IDLE, {}),
    "林小雨": (DILIGENT, {}),
    "罗志刚": (DUTIFUL, {}),  # a leading cadre, 归零 in September
    "梁玉梅": (DILIGENT, {2: ON_LEAVE}),  # on leave, and scored
    "谢建平": (MISSED_ONE, {}),
    "宋佳": (DUTIFUL, {}),  # moves to 第二支部 in May
    "韩雪梅": (DUTIFUL, {5: CARELESS, 8: CARELESS}),
    "曾凡": (DILIGENT, {11: CARELESS}),  # in November by a mistake that is put right afterwards
    "邓杰": (IDLE, {}),
    "彭亮": (DUTIFUL, {10: CARELESS, 11: CARELESS, 12: CARELESS}),
    "王建军": (DILIGENT, {}),
    "孙丽华": (DUTIFUL, {}),
    "徐国强": (IDLE, {}),
    "黄秀英": (IDLE, {}),
    "赵卫东": (DUTIFUL, {}),
    "冯倩": (DUTIFUL, {}),
    "袁立新": (DUTIFUL, {3: CARELESS, 4: CARELESS, 5: CARELESS}),
}
_LEADER, _SECRETARY = Office.GROUP_LEADER, Office.SECRETARY


def _row(staff_no: str, name: str, home: Path, *held: tuple[Office, Path], **more: object) -> MemberRow:
    offices = tuple(Held(office, organization) for office, organization in held)
    return MemberRow(staff_no, name, home, f"7{staff_no[1:]}", offices, **more)  # type: ignore[arg-type]


MEMBERS = (
    _row("1001", "李四", GROUP_1, (_LEADER, GROUP_1)),
    _row("1002", "张三", GROUP_1),
    _row("1003", "王芳", GROUP_1),
    _row("1004", "刘强", GROUP_1),
    _row("1005", "陈静", GROUP_1),
    _row("1006", "赵敏", GROUP_1),
    _row("1007", "周子涵", GROUP_1, category=MemberCategory.PROBATIONARY),
    _row("1008", "吴晓东", GROUP_1),
    _row("1009", "郑海燕", GROUP_1),
    _row("1010", "孙志远", GROUP_1),
    _row("1011", "马丽娟", GROUP_1),
    _row("1012", "何文斌", GROUP_2, (_LEADER, GROUP_2)),
    _row("1013", "高云飞", GROUP_2),
    _row("1014", "林小雨", GROUP_2),
    _row("1015", "罗志刚", GROUP_2, leading_cadre=True),
    _row("1016", "梁玉梅", GROUP_2),
    _row("1017", "谢建平", GROUP_2),
    _row("1018", "宋佳", GROUP_2),
    _row("1019", "韩雪梅", GROUP_2),
    _row("1020", "曾凡", GROUP_2),
    _row("1021", "邓杰", GROUP_2),
    _row("1022", "彭亮", GROUP_2),
    _row("1023", "郭振华", RETIRED, (_LEADER, RETIRED)),
    _row("1024", "曹桂兰", RETIRED),
    _row("1025", "邓树林", RETIRED),
    _row("1026", "彭玉珍", RETIRED),
    _row("1027", "王建军", FIRST, (_SECRETARY, FIRST)),
    _row("1028", "孙丽华", FIRST, (Office.DEPUTY_SECRETARY, FIRST)),
    _row("1029", "徐国强", FIRST, (Office.DISCIPLINE_COMMISSIONER, FIRST)),
    _row("1030", "黄秀英", FIRST, (Office.ORGANIZATION_COMMISSIONER, FIRST)),
    _row("2001", "赵卫东", SECOND, (_SECRETARY, SECOND)),
    _row("2002", "沈立峰", SECOND, (_SECRETARY, COMMITTEE), leading_cadre=True),
    _row("2003", "姚玉琴", SECOND, (Office.PARTY_AFFAIRS_OFFICER, COMMITTEE)),
    _row("2004", "冯倩", SECOND, (Office.INSPECTOR, COMMITTEE)),
    _row("2005", "袁立新", SECOND),
    _row("2006", "余凯", SECOND, (Office.DEPUTY_SECRETARY, SECOND)),
)

GROUP_1_PEOPLE = {row.name for row in MEMBERS if row.home == GROUP_1}
GROUP_2_PEOPLE = {row.name for row in MEMBERS if row.home == GROUP_2}
RETIRED_PEOPLE = {row.name for row in MEMBERS if row.home == RETIRED}
FIRST_BRANCH = {row.name for row in MEMBERS if row.home[: len(FIRST)] == FIRST}
MONTHS = [f"2026-{number:02d}" for number in range(1, 13)]
