"""What is told of records: 加分, 扣分, 归零, and that one was taken back (rules 5, 14)."""

from handlers.announcements.announcement import Kind, Told, told
from handlers.claims import titled
from handlers.command import Context
from handlers.words import day_word, figure, month_typed, month_word, signed, tap
from models import ledger, records, rolls, rulebooks, standings
from models.deciders import offices_of
from models.months import Month
from models.notices import Posted
from models.records import Record
from models.rulebooks import Source

DOOR = f"有不同意见：{tap('我有意见')}"


def _record(ctx: Context, notice: Posted) -> Record:
    return ctx.session.get_one(Record, int(notice.facts["record"]))


def _title(ctx: Context, made: Record) -> str:
    """The title of its item; a zeroing is told in words of its own."""
    assert made.rulebook_id is not None
    assert made.item_code is not None
    return rulebooks.get(ctx.session, made.rulebook_id).get_item(made.item_code).title


def _recorded(ctx: Context, notice: Posted) -> Told | None:
    made = _record(ctx, notice)
    entry = records.entry_of(ctx.session, made)
    if ledger.is_reversed(ctx.session, entry):
        return None
    verb, points = ("加" if made.points >= 0 else "扣"), figure(abs(made.credited))
    by = titled(offices_of(ctx.session, made.branch_id, ctx.now), made.by)
    lines = [f"支部给您{verb} {points} 分　J{entry.id}", f"{_title(ctx, made)}（{day_word(made.day)}）"]
    lines.append(f"说明：{made.reason}")
    if made.credited != made.points:
        lines.append(f"按细则是 {figure(abs(made.points))} 分，此项当月已到上限")
    lines += [f"登记人：{by}", where(ctx, made.month), DOOR]
    return told("\n".join(lines), short=f"{verb}{points}分：{_title(ctx, made)}", points=signed(made.credited))


def where(ctx: Context, month: Month) -> str:
    """Where the recipient stands in a month now."""
    details = tap("看明细", f"积分 {month_typed(month, ctx.now)}")
    if rolls.not_scored(ctx.session, [ctx.member], month):
        return f"您{month.number}月不计分，仅作记录 {details}"
    score, _ = standings.score_of(ctx.session, ctx.member, month)
    return f"您{month.number}月现为 {figure(score)} 分 {details}"


def _zeroed(ctx: Context, notice: Posted) -> Told | None:
    made = _record(ctx, notice)
    entry = records.entry_of(ctx.session, made)
    if ledger.is_reversed(ctx.session, entry):
        return None
    month = month_word(made.month, ctx.now)
    text = (
        f"您{month}的积分记为 0 分（归零）　J{entry.id}\n依据：{made.document}（{day_word(made.day)}）\n"
        f"理由：{made.reason}\n当月其他明细照记，归零撤销后按明细计分\n{DOOR}"
    )
    return told(text, short=f"{month}积分归零，请点开看")


def _taken_back(ctx: Context, notice: Posted) -> Told:
    made = _record(ctx, notice)
    entry = records.entry_of(ctx.session, made)
    month = month_word(made.month, ctx.now)
    if made.source is Source.ZEROING:
        text = f"您{month}的归零（J{entry.id}）已撤回，按明细计分\n{where(ctx, made.month)}"
        return told(text, short=f"{month}的归零已撤回")
    verb, points = ("加" if made.points >= 0 else "扣"), figure(abs(made.credited))
    text = (
        f"支部给您{verb}的 {points} 分（J{entry.id}）已撤回\n{_title(ctx, made)}（{day_word(made.day)}）\n"
        f"{where(ctx, made.month)}"
    )
    return told(text, short=f"{verb}的{points}分已撤回")


KINDS = (
    Kind("points_recorded", "支部登记加扣分", _recorded),
    Kind("zeroed", "积分归零", _zeroed),
    Kind("record_taken_back", "登记已撤回", _taken_back),
)
