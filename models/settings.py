"""Settings per organization: inherited from the level above, changed by the committee, logged."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, RowId, once_per_session
from models.organizations import ladder

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """One thing an organization may set; ``default`` holds where nobody set it."""

    key: str
    default: T
    title: str


STANDINGS_SHOWN = Setting("standings.shown", "first_three", "排名里看到谁（first_three, everyone, own, off）")
NOTICES_DIGEST: Setting[list[str]] = Setting("notices.digest", ["12:00", "17:30"], "待审合并提醒的时间，空为逐条提醒")
QUIET_HOURS: Setting[list[str]] = Setting("meetings.quiet", ["22:00", "07:30"], "不打扰时段")
REMIND_AFTER: Setting[int] = Setting("claims.remind_after", 2, "几个工作日未审提醒审核人")
MOVE_UP_AFTER: Setting[int] = Setting("claims.move_up_after", 4, "几个工作日未审同时交上一级")
CLAIM_DAYS: Setting[int] = Setting("month.claim_days", 3, "次月第几个工作日前可补报上月")
REVIEW_DAYS: Setting[int] = Setting("month.review_days", 4, "评审几个工作日")
UNDO_HOURS: Setting[int] = Setting("claims.undo_hours", 24, "审核后几小时内可撤销")


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


_CHANGES = select(SettingChange.key, SettingChange.organization_id, SettingChange.value).order_by(SettingChange.id)


@once_per_session
def _newest(session: Session) -> dict[str, dict[int | None, Any]]:
    """The value each organization gave each setting; changes are few, so one statement reads them all."""
    found: dict[str, dict[int | None, Any]] = {}
    for key, organization_id, value in session.connection().execute(_CHANGES):
        found.setdefault(key, {})[organization_id] = value
    return found


def get(session: Session, setting: Setting[T], organization_id: int | None) -> T:
    """The value that holds for an organization: its own, else that of the nearest level above, else
    the configuration's (``Sessions(defaults=…)``), else the built-in default."""
    newest: dict[int | None, T] = _newest(session).get(setting.key, {})
    if newest and organization_id is not None:
        for rung in ladder(session, organization_id):
            if rung.id in newest:
                return newest[rung.id]
    if None in newest:
        return newest[None]
    defaults: dict[str, T] = session.info.get("defaults", {})
    return defaults.get(setting.key, setting.default)


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
