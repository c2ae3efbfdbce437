"""撤回 J88, Y7: what is said when a record, an opinion or an inspector's finding is taken back (rules 5, 11, 16)."""

from handlers.command import Context, Reply, done
from handlers.words import figure, month_word, tap
from models import inspecting, taking_back, withdrawing
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


def opinion(ctx: Context, number: int) -> Reply:
    """Withdraw an opinion of one's own that nobody has answered."""
    _, asked = withdrawing.withdraw(ctx.session, number, by=ctx.member, now=ctx.now)
    told = f"，会告知{'、'.join(seat.name for seat in asked)}" if asked else ""
    return done(f"Y{number} 已撤回，不再办理{told}\n还想提，随时可以再说：{tap('我有意见')}")


def finding(ctx: Context, number: int) -> Reply:
    """Take one's own finding of a spot check back."""
    check = inspecting.undo(ctx.session, number, by=ctx.member, now=ctx.now)
    again = f"重新写：{tap('属实', f'抽查 {number} 属实')}，或 抽查 {number} 不实 查到的情况"
    return done(f"#{number} 的抽查结果已撤销，{check.claim.member.name}这条的分恢复原样，告知过的人会知道\n{again}")
