"""撤回 J88: what is said when a record of the branch is taken back (rules 5, 11)."""

from handlers.command import Context, Reply, done
from handlers.words import figure, month_word, tap
from models import taking_back
from models.rulebooks import Source


def record(ctx: Context, number: int) -> Reply:
    """Take the record of an entry back."""
    made = taking_back.take_back(ctx.session, number, by=ctx.member, now=ctx.now)
    name, month = made.member.name, month_word(made.month, ctx.now)
    if made.source is Source.ZEROING:
        return done(
            f"J{number} 已撤回：{name}{month}不再归零，按明细计分，会告知本人\n{tap('看原来那条', f'解释 J{number}')}"
        )
    verb = "加" if made.credited >= 0 else "扣"
    return done(
        f"J{number} 已撤回：{name}{month}{verb}的 {figure(abs(made.credited))} 分已冲销，会告知本人\n"
        f"{tap('看原来那条', f'解释 J{number}')}"
    )
