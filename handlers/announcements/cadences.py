"""What is told of meetings that nobody has planned, and of those that were not held (rules 23)."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import select

from handlers.announcements.announcement import Kind, Told, told
from handlers.command import Context
from handlers.meeting_words import made_up
from handlers.words import day_word, tap
from models.duties import SERVED, Duty, DutyState, MissedMeeting
from models.months import shanghai_day
from models.notices import Posted
from models.spans import word_of

SHOWN = 6
INSTANT = timedelta(microseconds=1)


def _to_plan(ctx: Context, notice: Posted) -> Told | None:
    """What is planned by now is left out; nothing is said when all of it is."""
    own, below = (_unplanned(ctx, notice.facts[name]) for name in ("own", "below"))
    query = select(MissedMeeting).where(MissedMeeting.id.in_(notice.facts["missed"]))
    missed = ctx.session.scalars(query.order_by(MissedMeeting.id)).all()
    lines = _part("请安排这些会议", [f"{_what(duty)}，{_last(duty)}前{_soon(duty)} {_plan(duty)}" for duty in own])
    lines += _part("下面这些还没有安排，请督促", [f"{_what(duty)}，{_last(duty)}前" for duty in below])
    lines += _part("下面这些到期没有召开，已记录", [f"{_what(one)}{made_up(ctx, one)}" for one in missed])
    lines += [_again(one) for one in _still_owed(ctx, missed)[:1]]
    if not lines:
        return None
    return told("\n".join(lines), short=_short(own or below, missed))


def _again(one: MissedMeeting) -> str:
    return f"可以补开，例如：开会 {one.kind} 时间 地点 补{word_of(one.period)}"


def _still_owed(ctx: Context, missed: Sequence[MissedMeeting]) -> list[MissedMeeting]:
    """What was missed and has no meeting that makes up for it."""
    return [one for one in missed if not made_up(ctx, one)]


def _unplanned(ctx: Context, ids: Iterable[int]) -> Sequence[Duty]:
    query = select(Duty).where(Duty.id.in_(ids), Duty.state == DutyState.OPEN, ~SERVED)
    return ctx.session.scalars(query.order_by(Duty.ends, Duty.id)).all()


def _part(head: str, lines: list[str]) -> list[str]:
    if not lines:
        return []
    rest = len(lines) - SHOWN
    return [f"{head}：", *lines[:SHOWN], *([f"另有{rest}个"] if rest > 0 else [])]


def _what(one: Duty | MissedMeeting) -> str:
    """第一小组 11月党小组会."""
    return f"{one.organization.name} {word_of(one.period)}{one.kind}"


def _last(duty: Duty) -> str:
    return day_word(shanghai_day(duty.ends - INSTANT))


def _soon(duty: Duty) -> str:
    """At the last call, of which the level above hears as well."""
    return "（快到期了）" if duty.called_at else ""


def _plan(duty: Duty) -> str:
    return tap("开会", f"开会 {duty.kind}")


def _short(duties: Sequence[Duty], missed: Sequence[MissedMeeting]) -> str:
    if duties:
        more = f"等{len(duties)}个会" if len(duties) > 1 else ""
        return f"{word_of(duties[0].period)}{duties[0].kind}{more}待安排"
    more = f"等{len(missed)}个会" if len(missed) > 1 else ""
    return f"{word_of(missed[0].period)}{missed[0].kind}{more}没有召开"


KINDS = (Kind("meetings_to_plan", "会议安排提醒", _to_plan),)
