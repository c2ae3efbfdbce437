"""Whether a number is of something in the asker's sight, looked up before a dialog asks for anything more.

Otherwise 谈话 T99 would put three questions and only then say that there is no T99. Each refusal is the one that the
command itself raises, the same whether the number exists or not.
"""

from typing import TYPE_CHECKING

from handlers.understanding.targets import Target
from models import accountable, answering, deciding_requests, explaining, sight

if TYPE_CHECKING:
    from handlers.context import Context


def look(target: Target, ctx: "Context") -> None:
    """Raise NotFound for what is out of the asker's sight."""
    session, number, asker, now = ctx.session, target.number, ctx.member, ctx.now
    match target.kind:
        case "claim":
            sight.claim(session, number, asker, now, example="待办" if _decides(ctx) else "我的申报")
        case "request":
            deciding_requests.seen(session, number, by=asker, now=now)
        case "entry":
            explaining.entry_for(session, number, asker, now)
        case "opinion":
            answering.find_for(session, number, asker, now)
        case "follow_up":
            accountable.seen(session, number, asker, now)


def _decides(ctx: "Context") -> bool:
    """Whether the asker has a list of what waits for them."""
    return ctx.families.get("待办").open_to(ctx.roles)
