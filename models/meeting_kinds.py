"""The kinds of meeting that are 组织生活 (rules 23): who is invited, how often, and how many must come (rules 26).

Only what is on this list counts as organizational life (S3: 哪些活动属于、哪些活动不属于).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

HALF, TWO_THIRDS = Fraction(1, 2), Fraction(2, 3)


class Circle(StrEnum):
    """Who takes part in a kind of meeting."""

    GROUP = "group"  # a group's members
    BRANCH = "branch"  # a branch's members
    BRANCH_COMMITTEE = "branch_committee"  # who holds an office in the branch's committee
    ALL_BELOW = "all_below"  # the members of every branch below a 党总支
    CADRES = "cadres"  # leading cadres
    LEADING_GROUP = "leading_group"  # who holds an office in the 党组


class Often(StrEnum):
    """How often a kind is to be held, where nobody set otherwise."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"  # until 31 March of the next
    AS_IT_COMES = "as_it_comes"  # no duty


@dataclass(frozen=True, slots=True)
class MeetingKind:
    """One row of rule 23's table. ``on`` says whether the cadence is a duty before anybody sets it;
    ``quorum`` is the share of those with a vote (应到) who must come."""

    name: str
    circle: Circle
    often: Often
    also: tuple[str, ...] = ()
    on: bool = True
    quorum: Fraction | None = None
    retired: bool = False  # for retired groups alone

    @property
    def words(self) -> tuple[str, ...]:
        return (self.name, *self.also)


GROUP_MEETING = "党小组会"
KINDS = (
    MeetingKind(GROUP_MEETING, Circle.GROUP, Often.MONTH, ("小组会", "党小组会议", "小组会议")),
    MeetingKind(
        "支部委员会",
        Circle.BRANCH_COMMITTEE,
        Often.MONTH,
        ("支委会", "支部委员会会议", "支委会议", "支部委员会议"),
        quorum=HALF,
    ),
    MeetingKind(
        "支部党员大会",
        Circle.BRANCH,
        Often.QUARTER,
        ("支部大会", "党员大会", "支部会", "支部会议", "全体党员大会"),
        quorum=HALF,
    ),
    MeetingKind("党课", Circle.BRANCH, Often.QUARTER, ("上党课", "专题党课")),
    MeetingKind("主题党日", Circle.BRANCH, Often.MONTH, ("党日", "党日活动", "主题党日活动")),
    MeetingKind("党总支党员大会", Circle.ALL_BELOW, Often.HALF_YEAR, ("总支大会", "总支党员大会"), quorum=HALF),
    MeetingKind("组织生活会", Circle.BRANCH, Often.YEAR),
    MeetingKind("民主评议党员", Circle.BRANCH, Often.YEAR, ("民主评议", "评议党员")),
    MeetingKind("民主生活会", Circle.CADRES, Often.YEAR, quorum=TWO_THIRDS),
    MeetingKind("离退休通报会", Circle.GROUP, Often.QUARTER, ("通报会",), on=False, retired=True),
    MeetingKind("慰问", Circle.GROUP, Often.AS_IT_COMES, ("慰问活动",), on=False, retired=True),
    MeetingKind("中心组学习", Circle.LEADING_GROUP, Often.MONTH, ("中心组学习会", "中心组"), on=False),
    MeetingKind("党组专题研究党建", Circle.LEADING_GROUP, Often.QUARTER, ("专题研究党建",), on=False),
    MeetingKind("思想动态分析", Circle.BRANCH, Often.QUARTER, ("思想动态分析会",), on=False),
    MeetingKind("党组讲评", Circle.LEADING_GROUP, Often.QUARTER, ("讲评会",), on=False),
    MeetingKind("支部研讨", Circle.BRANCH, Often.MONTH, ("支部研讨会", "研讨会"), on=False),
    MeetingKind("小组会商", Circle.GROUP, Often.WEEK, ("小组会商会", "会商"), on=False),
)
BY_NAME = {kind.name: kind for kind in KINDS}
WORDS = {word: kind.name for kind in KINDS for word in kind.words}


def get(name: str) -> MeetingKind:
    """The kind of a name; raises KeyError, since names come from our own tables."""
    return BY_NAME[name]


def period_of(often: Often, day: date) -> str:
    """The period in which a day lies, as it is kept: 2026-W48, 2026-11, 2026-Q4, 2026-H2, 2026."""
    if often is Often.WEEK:
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02d}"
    if often is Often.QUARTER:
        return f"{day.year}-Q{(day.month + 2) // 3}"
    if often is Often.HALF_YEAR:
        return f"{day.year}-H{1 if day.month <= 6 else 2}"
    return str(day.year) if often is Often.YEAR else f"{day.year}-{day.month:02d}"
