"""概况: what the committee sees of its branches: what is late or missed, and no points (rules 14, 23; S2)."""

from collections.abc import Sequence

from handlers.command import Command, Context, Reply, command
from handlers.meeting_words import made_up
from handlers.words import month_word
from models import overview
from models.appointments import Role
from models.duties import Duty, MissedMeeting
from models.months import Month
from models.overview import Late
from models.spans import word_of

SHOWN = 3  # meetings named of one branch


@command(
    "概况",
    who=Role.COMMITTEE,
    example="概况",
    heard=(
        "各支部情况",
        "哪些支部逾期",
        "支部情况",
        "各支部进度",
    ),
)
def show(ctx: Context) -> Reply:
    """看各支部哪些事逾期了，不比积分。"""
    found = overview.of(ctx.session, overview.overseen(ctx.offices), ctx.now)
    late = [one for one in found if one.anything]
    if not late:
        return Reply(f"{len(found)}个支部，没有逾期的事")
    lines = [f"{len(found)}个支部，有逾期的 {len(late)} 个"]
    lines += [f"{one.branch.name}：{'；'.join(_parts(ctx, one))}" for one in late]
    rest = len(found) - len(late)
    return Reply("\n".join([*lines, f"其余{rest}个支部没有逾期的事"] if rest else lines))


def _parts(ctx: Context, one: Late) -> list[str]:
    counted = (
        (one.claims, "条申报超时未审"),
        (one.opinions, "条意见到期未答复"),
        (one.follow_ups, "件跟进到期未办"),
    )
    return [
        *(
            f"{_months(ctx, months)}{words}"
            for months, words in ((one.unsubmitted, "到期未提交公示"), (one.submitted_late, "公示迟交"))
            if months
        ),
        *(f"{count}{words}" for count, words in counted if count),
        *(
            f"{words}：{_meetings(ctx, one, found)}"
            for found, words in ((one.missed, "没有召开"), (one.unplanned, "还没有安排"))
            if found
        ),
    ]


def _meetings(ctx: Context, late: Late, found: Sequence[Duty | MissedMeeting]) -> str:
    """10月党小组会（第一小组）、第4季度党课."""
    words = [
        f"{word_of(one.period)}{one.kind}"
        + ("" if one.organization_id == late.branch.id else f"（{one.organization.name}）")
        + (made_up(ctx, one) if isinstance(one, MissedMeeting) else "")
        for one in found[:SHOWN]
    ]
    return "、".join(words) + (f"等{len(found)}个" if len(found) > SHOWN else "")


def _months(ctx: Context, months: list[Month]) -> str:
    return "、".join(month_word(month, ctx.now) for month in months)


COMMANDS: tuple[Command, ...] = (show,)
