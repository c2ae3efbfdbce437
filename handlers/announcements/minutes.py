"""What is told of minutes that are late (rules 27)."""

from handlers.announcements.announcement import Kind, Told, told
from handlers.command import Context
from handlers.words import NO_SECRETS, day_word, tap
from models import minutes
from models.minutes import Minutes
from models.months import shanghai_day
from models.notices import Posted
from models.rounds import before


def _waiting(ctx: Context, notice: Posted) -> Minutes | None:
    found = minutes.find(ctx.session, notice.facts["meeting"])
    return found if found is not None and found.filed_at is None else None


def _late(ctx: Context, notice: Posted) -> Told | None:
    found = _waiting(ctx, notice)
    if found is None:
        return None
    meeting = found.meeting
    lines = [f"M{meeting.id} {meeting.title}（{day_word(meeting.day)}）的会议记录到{_last(found)}还没有写，请补上"]
    lines.append(tap("会议记录", f"会议记录 M{meeting.id}"))
    return told("\n".join([*lines, NO_SECRETS]), short=f"M{meeting.id} 会议记录还没有写")


def _late_above(ctx: Context, notice: Posted) -> Told | None:
    found = _waiting(ctx, notice)
    if found is None:
        return None
    meeting = found.meeting
    what = f"{meeting.organization.name}的{meeting.title}（M{meeting.id}，{day_word(meeting.day)}）"
    text = f"{what}\n会议记录到{_last(found)}还没有写，已提醒{meeting.organizer.name}"
    return told(text, short=f"M{meeting.id} 会议记录还没有写")


def _last(found: Minutes) -> str:
    return day_word(shanghai_day(before(found.due)))


KINDS = (
    Kind("minutes_late", "请写会议记录", _late),
    Kind("minutes_late_above", "会议记录还没有写", _late_above),
)
