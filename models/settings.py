"""Settings per organization: inherited from the level above, changed by the committee, logged."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint, exists, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.columns import RowId
from models.meeting_kinds import KINDS, Often
from models.once import once_per_session, remember
from models.organizations import rungs
from models.prepared import Prepared

T = TypeVar("T")


class Form(StrEnum):
    """How a value is written, where its default does not tell (models/setting_values.py)."""

    NUMBER = "number"  # a whole number between ``least`` and ``most``
    TIMES = "times"  # times of day, any number of them
    FROM_UNTIL = "from_until"  # two times of day, or none
    CHOICE = "choice"  # one of ``choices``
    MONTH = "month"  # a month, or nothing
    SPANS = "spans"  # how long before something, any number of times: 1d, 2h, 30m


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """One thing an organization may set; ``default`` holds where nobody set it.

    Without ``form`` a number is a NUMBER, a list TIMES, and a text a CHOICE or else a MONTH.
    """

    key: str
    default: T
    title: str
    form: Form | None = None
    choices: tuple[str, ...] = ()
    least: int = 1
    most: int = 60


STANDINGS_SHOWN = Setting(
    "standings.shown", "first_three", "排名里看到谁", choices=("first_three", "everyone", "own", "off")
)
NOTICES_DIGEST: Setting[list[str]] = Setting("notices.digest", ["12:00", "17:30"], "待审合并提醒的时间，空为逐条提醒")
QUIET_HOURS: Setting[list[str]] = Setting("meetings.quiet", ["22:00", "07:30"], "不打扰时段", Form.FROM_UNTIL)
MEETING_REMINDERS: Setting[list[str]] = Setting("meetings.reminders", ["1d", "1h"], "会前多久提醒", Form.SPANS)
MEETING_MINUTES: Setting[int] = Setting("meetings.minutes", 120, "没写结束时间的会按几分钟算", least=10, most=720)
CHECK_IN_MINUTES: Setting[int] = Setting("meetings.check_in_minutes", 30, "会前几分钟起签到", least=0, most=240)
LATE_MINUTES: Setting[int] = Setting("meetings.late_minutes", 10, "开会几分钟后签到算迟到", least=0, most=120)
MINUTES_DAYS: Setting[int] = Setting("meetings.minutes_days", 3, "散会后几个工作日内写会议记录")
REMIND_AFTER: Setting[int] = Setting("claims.remind_after", 2, "几个工作日未审提醒审核人")
MOVE_UP_AFTER: Setting[int] = Setting("claims.move_up_after", 4, "几个工作日未审同时交上一级")
CLAIM_DAYS: Setting[int] = Setting("month.claim_days", 3, "次月第几个工作日前可补报上月")
REVIEW_DAYS: Setting[int] = Setting("month.review_days", 4, "评审几个工作日")
SUBMIT_LATE_DAYS: Setting[int] = Setting("month.late_days", 1, "逾期几个工作日未提交公示告知上级")
DISCLOSURE_DAYS: Setting[int] = Setting("month.disclosure_days", 5, "公示几个工作日")
UNDO_HOURS: Setting[int] = Setting("claims.undo_hours", 24, "审核后几小时内可撤销", most=720)
CONSEQUENCES_FROM: Setting[str] = Setting("month.consequences_from", "", "从哪个月起按积分跟进，空为启用后的第三个月")
SPOT_SHARE: Setting[int] = Setting("month.spot_share", 10, "抽查已通过申报的百分之几", least=0, most=100)
TALK_DAYS: Setting[int] = Setting("month.talk_days", 10, "谈话整改几个工作日内完成")
OBJECT_DAYS: Setting[int] = Setting("month.object_days", 5, "本人几个工作日内可对跟进提出异议")
ANSWER_DAYS: Setting[int] = Setting("opinions.answer_days", 3, "意见几个工作日内答复")
TAKE_UP_DAYS: Setting[int] = Setting("opinions.take_up_days", 2, "答复后几个工作日内可请上一级复核")
ABOVE_DAYS: Setting[int] = Setting("opinions.above_days", 5, "上一级几个工作日内答复")
WARN_DAYS: Setting[int] = Setting("month.warn_days", 5, "月末前几个工作日提醒未合格的党员")
SPOT_REMIND_DAYS: Setting[int] = Setting("spot_checks.remind_days", 2, "评审结束前几个工作日提醒还没查完的抽查人员")
CONSULT_DAYS: Setting[int] = Setting("month.consult_days", 5, "新版细则征求意见几个工作日")

# How often each kind of meeting is owed (rules 23), by the kind's name; off: it is no duty.
MEETING_CADENCES: dict[str, Setting[str]] = {
    kind.name: Setting(
        f"meetings.cadence.{kind.name}",
        kind.often.value if kind.on and kind.often is not Often.AS_IT_COMES else "off",
        f"{kind.name}多久开一次",
        choices=("off", *(often.value for often in Often if often is not Often.AS_IT_COMES)),
    )
    for kind in KINDS
}

# Every setting above, so that a new one shows by itself wherever settings are listed.
ALL: dict[str, Setting[Any]] = {
    found.key: found for found in (*globals().copy().values(), *MEETING_CADENCES.values()) if isinstance(found, Setting)
}


class SettingChange(Base):
    """A value given to a setting; the newest one of an organization holds, the older ones are the log."""

    __tablename__ = "setting_changes"
    read_once = True
    __table_args__ = (UniqueConstraint("organization_id", "key", "changed_at"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))
    key: Mapped[str] = mapped_column(String(60), index=True)
    value: Mapped[Any] = mapped_column(JSON)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    changed_at: Mapped[datetime]


_CHANGES = Prepared(
    select(SettingChange.key, SettingChange.organization_id, SettingChange.value).order_by(SettingChange.id)
)


@once_per_session
def _newest(session: Session) -> dict[str, dict[int | None, Any]]:
    """The value each organization gave each setting; changes are few, so one statement reads them all."""
    found: dict[str, dict[int | None, Any]] = {}
    for key, organization_id, value in _CHANGES.rows(session):
        found.setdefault(key, {})[organization_id] = value
    return found


ANY_SET = exists(select(SettingChange.id))


def remember_none_set(session: Session) -> None:
    """Another statement has seen that nobody ever set anything (``ANY_SET``)."""
    remember(session, _newest, (), {})


def get(session: Session, setting: Setting[T], organization_id: int | None) -> T:
    """The value that holds for an organization: its own, else that of the nearest level above, else
    the configuration's (``Sessions(defaults=…)``), else the built-in default."""
    newest: dict[int | None, T] = _newest(session).get(setting.key, {})
    if newest and organization_id is not None:
        for rung in rungs(session, organization_id):
            if rung in newest:
                return newest[rung]
    if None in newest:
        return newest[None]
    defaults: dict[str, T] = session.info.get("defaults", {})
    return defaults.get(setting.key, setting.default)


def values(session: Session, setting: Setting[T]) -> list[T]:
    """Every value that may hold for somebody: the one for all, and those that organizations have."""
    return [get(session, setting, None), *_newest(session).get(setting.key, {}).values()]


def put(
    session: Session, setting: Setting[T], value: T, *, organization_id: int | None, by_id: int | None, now: datetime
) -> None:
    """Give a setting a value for an organization and everything below it that has none of its own."""
    session.add(
        SettingChange(
            organization_id=organization_id, key=setting.key, value=value, changed_by_id=by_id, changed_at=now
        )
    )
    session.flush()
