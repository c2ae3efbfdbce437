"""What the people of the sample organisation do in a month, by habit, and the words they claim it with."""

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from models.months import Month

NONE, ONE, TWO = Decimal(0), Decimal(1), Decimal(2)


@dataclass(frozen=True, slots=True)
class Act:
    """One claim of a month: the item, how much, and between which days of the month it is done."""

    item: str
    quantity: Decimal = ONE
    first: int = 2
    last: int = 26
    weekend: bool = False


@dataclass(frozen=True, slots=True)
class Habit:
    """How a member spends a month; the score is that of a month without a quarter's meetings.

    ``missed`` and ``late`` count meetings, ``studies`` tells whether the month's learning is done.
    """

    score: int
    acts: tuple[Act, ...] = ()
    missed: int = 0
    late: int = 0
    on_leave: bool = False
    studies: bool = True


JOB = Act("业务-01", first=16, last=27)
STUDY = Act("学习-01", first=12, last=27)
HOURS = Act("志愿-01", TWO, first=3, last=28, weekend=True)
HOUSE = Act("志愿-02", weekend=True)
LED = Act("学习-02")
PAIR = Act("义务-03")
TASK = Act("义务-01")
URGENT = Act("义务-02")
ADVICE = Act("权益-01")
MINUTES = Act("组织-04")

DUTY = (JOB, STUDY)
DILIGENT_ACTS = (*DUTY, HOURS)
ACTIVE_ACTS = (*DILIGENT_ACTS, HOURS, HOUSE, LED, PAIR, TASK)

ON_LEAVE = Habit(70, on_leave=True)
CARELESS = Habit(57, (JOB,), missed=2, studies=False)
SLACK = Habit(64, (JOB,), missed=1, studies=False)
IDLE = Habit(68, studies=False)
MISSED_ONE = Habit(73, DILIGENT_ACTS, missed=1)
LATE_ONCE = Habit(76, DUTY, late=1)
DUTIFUL = Habit(78, DUTY)
DILIGENT = Habit(80, DILIGENT_ACTS)
HELPFUL = Habit(84, (*DILIGENT_ACTS, HOUSE, TASK, MINUTES))
ACTIVE = Habit(88, ACTIVE_ACTS)
EAGER = Habit(92, (*ACTIVE_ACTS, LED, ADVICE))
OUTSTANDING = Habit(95, (*ACTIVE_ACTS, LED, ADVICE, URGENT))
HABITS = (
    *(ON_LEAVE, CARELESS, SLACK, IDLE, MISSED_ONE, LATE_ONCE, DUTIFUL),
    *(DILIGENT, HELPFUL, ACTIVE, EAGER, OUTSTANDING),
)

# Who stands out: the people of the example dialogues and those who are behind.
_OWN = {
    "1002": (DILIGENT, LATE_ONCE),  # 张三
    "1003": (EAGER, OUTSTANDING),  # 王芳
    "1004": (ACTIVE,),  # 刘强
    "1005": (ACTIVE, HELPFUL),  # 陈静
    "1010": (CARELESS, SLACK),  # 孙志远
    "1022": (ON_LEAVE, DILIGENT, DILIGENT),  # 梁玉梅
    "1023": (IDLE, SLACK, DUTIFUL),  # 谢建平
    "2006": (SLACK, MISSED_ONE),  # 潘志勇
    "2010": (EAGER, ACTIVE),  # 杜艳红
}
_USUAL = (*(DUTIFUL,) * 4, *(DILIGENT,) * 7, *(HELPFUL,) * 4, *(ACTIVE,) * 3, EAGER, LATE_ONCE, MISSED_ONE)


def habit_of(staff_no: str, month: Month, dice: Random) -> Habit:
    """How a member spends a month; those who stand out go through their own habits in turn."""
    own = _OWN.get(staff_no)
    return dice.choice(_USUAL) if own is None else own[(month.year * 12 + month.number) % len(own)]


SECRETARY_ACTS = (Act("书记-01", TWO, first=5, last=24),)
CADRE_ACTS = (Act("领导-01", first=15, last=27),)

NOTES = {
    "业务-01": ("本月案件都按期办结", "月报和台账按时报送", "窗口接待零差错", "卷宗全部按时归档", "重点任务按节点完成"),
    "学习-01": ("规定篇目读完了", "网上课程学完了", "必读材料学完，记了笔记", "本月学习任务完成"),
    "志愿-01": (
        *("清扫河堤", "小区门口文明劝导", "路口交通劝导", "整理社区图书角", "捡拾湿地公园垃圾", "学校门口护学"),
        *("清理老旧小区楼道", "社区义务植树", "帮社区搬运物资"),
    ),
    "志愿-02": ("看望独居老人陈婆婆", "走访困难户老周家", "给退休老同志送药", "看望住院的老党员", "上门帮张大爷修水管"),
    "学习-02": ("小组会领学条例第三章", "讲微党课：一封家书", "主题党日上作交流发言", "小组会领学全会精神"),
    "义务-03": ("带新同志整理卷宗", "和结对的小林交流办案文书", "教老同志用手机交党费"),
    "义务-01": ("布置党员活动室", "帮支部整理会议档案", "收集走访情况表", "更新支部公开栏"),
    "义务-02": ("参加防汛值守", "森林防火值守", "文明城市创建专班", "夜间应急值守"),
    "权益-01": ("建议会议室加装助听设备，已采纳", "建议错峰接待，已采纳", "建议给老同志印大字学习材料，已采纳"),
    "组织-04": ("小组会会议记录", "主题党日布置会场", "支部大会会务"),
    "书记-01": ("和两名青年党员谈心", "和两名组长谈近期工作", "看望两名病休同志并谈心"),
    "领导-01": ("到分管部门检查党建工作", "听取联系支部党建汇报", "和分管部门研究党建重点"),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A claim that is not approved, and the reason told."""

    act: Act
    note: str
    reason: str


REFUSALS = (
    Refusal(Act("志愿-01", Decimal(8), weekend=True), "社区活动", "数量不符：签到表上是2小时"),
    Refusal(Act("志愿-01", TWO, weekend=True), "上个月的扫街", "日期不对"),
    Refusal(Act("学习-02"), "小组会听了领学", "不属于此项：听课由签到自动计分"),
    Refusal(Act("义务-01"), "整理自己的卷宗", "不属于此项：属于本职工作"),
    Refusal(Act("志愿-02"), "看望亲戚", "不属于此项"),
    Refusal(Act("义务-01"), "布置活动室", "重复：同一件事已经报过"),
)
REFUSED_ONE_IN = 12  # members a month


@dataclass(frozen=True, slots=True)
class Late:
    """A claim of the last hours, still waiting, or sent back with what is to be supplemented."""

    staff_no: str
    act: Act
    note: str
    hours_ago: int
    returned: str = ""


LATE = (
    Late("1002", Act("志愿-01", TWO), "清扫河堤", 3),  # 张三
    Late("1003", Act("志愿-02"), "看望独居老人陈婆婆", 6),  # 王芳
    Late("1007", Act("学习-02"), "讲微党课：我的入党故事", 20),  # 周子涵
    Late("1011", Act("义务-01"), "帮支部整理会议档案", 27),  # 马丽娟
    Late("1009", Act("志愿-02"), "走访", 30, returned="走访的哪一户、做了什么"),  # 郑海燕
    Late("1001", Act("义务-03"), "带新同志熟悉流程", 5),  # 李四: a leader's own claim
    Late("1019", Act("志愿-01", ONE), "路口交通劝导", 8),  # 高云飞
    Late("1020", Act("学习-02"), "小组会领学条例", 22),  # 林小雨
    Late("1021", Act("领导-01"), "到分管部门检查党建工作", 26),  # 罗志刚: a leading cadre's own claim
    Late("2005", Act("志愿-01", TWO), "学校门口护学", 4),  # 于海涛
    Late("2009", Act("志愿-03"), "到中学讲防诈骗", 9),  # 余凯
    Late("2011", Act("义务-01"), "更新支部公开栏", 24),  # 苏航
    Late("2015", Act("志愿-02"), "走访困难户老周家", 7),  # 丁浩
)
