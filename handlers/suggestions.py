"""What was suggested at a meeting, and what became of it: with its minutes, on its card, at the next one (S0)."""

from collections import Counter
from collections.abc import Sequence

from handlers.command import Context
from handlers.words import tap
from models import meetings, opinions, suggestions
from models.meetings import Meeting
from models.opinions import Opinion, OpinionStatus

SHOWN = 30  # characters of one suggestion on a card
STATES = {
    OpinionStatus.OPEN: "办理中",
    OpinionStatus.UPHELD: "已采纳",
    OpinionStatus.DISMISSED: "没有采纳",
    OpinionStatus.WITHDRAWN: "已撤回",
}


def passed_on(ctx: Context, meeting_id: int) -> list[str]:
    """Which suggestions went on with what was filed just now."""
    kept = [one for one in suggestions.of_meeting(ctx.session, meeting_id) if one.filed_at == ctx.now]
    if not kept:
        return []
    numbers = "、".join(f"Y{one.id}{_of(one)}" for one in kept)
    return [f"听取的建议 {len(kept)} 条已转请答复：{numbers}", "有结果会告诉您"]


def _of(opinion: Opinion) -> str:
    return f"（{opinion.member.name}）" if opinion.member is not None else "（不署名）"


def heard(ctx: Context, meeting: Meeting) -> list[str]:
    """What became of each, for whoever sees the meeting; by whom it was said is not told."""
    found = suggestions.of_meeting(ctx.session, meeting.id)
    return [f"会上的建议 {len(found)} 条：", *(line(ctx, one) for one in found)] if found else []


def line(ctx: Context, opinion: Opinion) -> str:
    """Y7 多组织户外活动：已采纳，下月安排."""
    text = opinion.text if len(opinion.text) <= SHOWN else f"{opinion.text[:SHOWN]}…"
    last = opinions.last_answer(ctx.session, opinion)
    reason = f"，{last.reason}" if last is not None else ""
    return f"Y{opinion.id} {text}：{STATES[opinion.status]}{reason}"


def last_time(ctx: Context, meeting: Meeting) -> list[str]:
    """What became of what was suggested at the meeting before, in one line."""
    found = suggestions.last_time(ctx.session, meeting)
    if found is None:
        return []
    earlier, heard = found
    sees = ctx.who is not None and meetings.sees(ctx.session, ctx.member, earlier, ctx.now)
    look = f" {tap('看答复', f'会议 M{earlier.id}')}" if sees else ""
    return [f"上次会的建议 {len(heard)} 条：{_counted(heard)}{look}"]


def _counted(found: Sequence[Opinion]) -> str:
    count = Counter(one.status for one in found)
    return "，".join(f"{word} {count[status]}" for status, word in STATES.items() if count[status])


__all__ = ["heard", "last_time", "line", "passed_on"]
