"""加分 扣分 归零: what the branch and the committee record about others (S2 支部调查了解; rules 5, 14)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from handlers.arguments import (
    TODAY,
    Anyone,
    Day,
    Document,
    Ground,
    MinusItem,
    PlusItem,
    Quantity,
    Several,
    Sure,
    TheMonth,
    Why,
)
from handlers.cards import FLAG_ABOVE, looks_at
from handlers.claims import ONE, SECRET_WARNING
from handlers.command import Command, Confirm, Context, Each, Reply, Result, command, done
from handlers.words import day_word, figure, harmless, month_word, signed, tap
from models import claims, pictures, recorders, records, taking_back, zeroings
from models.appointments import Role
from models.ledger import Entry
from models.members import Member
from models.months import Month as MonthOfYear
from models.records import Record
from models.rulebooks import Evidence, Item, Source
from models.zeroings import Decision

RECORDERS = (Role.BRANCH, Role.SECRETARY, Role.COMMITTEE)
MANY = 5
SURE = {"sure": True}


@command("加分", who=RECORDERS, changes=True, example="加分 张三 王芳 义务-01 布置活动室")
def add(
    ctx: Context,
    people: Several,
    item: PlusItem,
    why: Why,
    quantity: Quantity = ONE,
    day: Day = TODAY,
    sure: Sure = False,
) -> Result:
    """支部给一位或几位党员加分，会告知本人。"""
    return _record(ctx, people, item, quantity, day, harmless(why), sure=sure)


@command("扣分", "减分", who=RECORDERS, changes=True, example="扣分 张三 纪律-01 会上玩手机")
def deduct(
    ctx: Context,
    people: Several,
    item: MinusItem,
    why: Why,
    quantity: Quantity = ONE,
    day: Day = TODAY,
    sure: Sure = False,
) -> Result:
    """支部给一位或几位党员扣分，写明事由，会告知本人。"""
    return _record(ctx, people, item, quantity, day, harmless(why), sure=sure)


def _record(
    ctx: Context, people: Sequence[Member], item: Item, quantity: Decimal, day: date, why: str, *, sure: bool
) -> Result:
    recorders.check_month(ctx.session, people[0].branch_id, day, ctx.now)
    source = records.source_for(item)
    if len(people) == 1:  # several are refused each by itself
        recorders.check(ctx.session, people[0], item, quantity, day=day, source=source, by=ctx.member, now=ctx.now)
    shown = [p.id for p in pictures.loose(ctx.session, ctx.member.id, ctx.now)] if _may_show(item) else []
    if item.evidence is Evidence.REQUIRED and not shown:
        return Confirm(
            f"{item.title}需要照片佐证。请直接发来一张照片，收到就记\n{SECRET_WARNING}\n不记了，回“取消”", picture=True
        )
    worries = [] if sure else _worries(ctx, people, item, quantity, day)
    if worries:
        return Confirm("\n".join([*_plan(people, item, quantity, day, why), *worries, "确认要记吗"]), adding=SURE)
    records.lock(ctx.session, people)

    def act(member: Member) -> Record:
        return records.record(
            ctx.session,
            member,
            item,
            quantity,
            day=day,
            reason=why,
            source=source,
            by=ctx.member,
            now=ctx.now,
            pictures=shown,
        )

    return Each(people, act, lambda made: _recorded(ctx, made, item, len(shown)))


def _may_show(item: Item) -> bool:
    return item.evidence is not Evidence.NONE


def _plan(people: Sequence[Member], item: Item, quantity: Decimal, day: date, why: str) -> list[str]:
    names = "、".join(member.name for member in people)
    return [
        f"{names} 各{_verb(item)} {figure(abs(item.points * quantity))} 分"
        if len(people) > 1
        else f"{names} {_verb(item)} {figure(abs(item.points * quantity))} 分",
        f"{item.title}（{day_word(day)}）",
        f"说明：{why}",
    ]


def _verb(item: Item) -> str:
    return "加" if item.is_plus else "扣"


def _worries(ctx: Context, people: Sequence[Member], item: Item, quantity: Decimal, day: date) -> list[str]:
    """What is asked about before it is recorded: many names, many points, the same thing twice."""
    found = []
    if len(people) > MANY:
        found.append(f"请核对：一次 {len(people)} 人")
    if abs(item.points * quantity) > FLAG_ABOVE:
        found.append(f"请核对：每人超过 {figure(FLAG_ABOVE)} 分")
    return found + [line for member in people for line in _earlier(ctx, member, item, day)]


def _earlier(ctx: Context, member: Member, item: Item, day: date) -> list[str]:
    made = records.same_day(ctx.session, member, item, day)
    claim = claims.same_day(ctx.session, member, item, day)
    lines = [f"{member.name}{day_word(day)}已经记过这一项（J{records.entry_of(ctx.session, made).id}）"] if made else []
    return lines + ([f"{member.name}{day_word(day)}自己报过这一项（#{claim.id}）"] if claim else [])


def _recorded(ctx: Context, made: list[Record], item: Item, shown: int) -> Reply:
    entries = [records.entry_of(ctx.session, one) for one in made]
    lines = [f"已{_verb(item)}分：{item.title}（{day_word(made[0].day)}）"]
    lines += [_line(one, entry) for one, entry in zip(made, entries, strict=True)]
    lines.append(f"说明：{made[0].reason}{f'　照片{shown}张' if shown else ''}")
    lines.append(
        f"会告知本人。记错了，24小时内可 {tap(f'撤回 J{entries[0].id}')}{'，每条分别撤' if len(made) > 1 else ''}"
    )
    return done("\n".join(lines))


def _line(made: Record, entry: Entry) -> str:
    cut = "" if made.credited == made.points else f"（按细则{signed(made.points)}，已到上限）"
    return f"{made.member.name} {signed(made.credited)} 分　J{entry.id}{cut}"


@command("归零", who=Role.COMMITTEE, changes=True, example="归零 张三 10月 机纪〔2026〕3号 受党内警告处分")
def zero(
    ctx: Context,
    person: Anyone,
    month: TheMonth,
    document: Document,
    why: Ground,
    day: Day = TODAY,
    sure: Sure = False,
) -> Result:
    """受组织处理或党纪处分的，上级党组织按文件把当月记为0分。"""
    decision = Decision(harmless(document), day, harmless(why))
    if not sure:
        zeroings.check(ctx.session, person, month, decision, by=ctx.member, now=ctx.now)
        return Confirm("\n".join([*_zeroing(ctx, person, month, decision), "确认归零吗"]), adding=SURE)
    made = zeroings.zero(ctx.session, person, month, decision, by=ctx.member, now=ctx.now)
    entry = records.entry_of(ctx.session, made)
    lines = [f"已归零：{person.name}{month_word(month, ctx.now)}记为 0 分　J{entry.id}", *_basis(decision)]
    return done("\n".join([*lines, f"会告知本人。处分撤销或记错了，可 {tap(f'撤回 J{entry.id}')}"]))


def _zeroing(ctx: Context, person: Member, month: MonthOfYear, decision: Decision) -> list[str]:
    head = f"{person.name}（{person.branch.name}）{month_word(month, ctx.now)}记为 0 分（归零），其他明细不变"
    return [head, *_basis(decision)]


def _basis(decision: Decision) -> list[str]:
    return [f"依据：{decision.document}（{day_word(decision.day)}）", f"理由：{decision.reason}"]


def details(ctx: Context, entry: Entry) -> list[str]:
    """What a record adds to the explanation of its entry: document, pictures, and how it is taken back."""
    made = records.find_by_cause(ctx.session, entry.cause)
    if made is None:
        return []
    lines = [f"依据：{made.document}（{day_word(made.day)}）"] if made.source is Source.ZEROING else []
    shown = looks_at(ctx, records.pictures_of(ctx.session, made))
    lines += [shown] if shown else []
    if taking_back.may_take_back(ctx.session, entry, by=ctx.member, now=ctx.now):
        lines.append(f"记错了：{tap(f'撤回 J{entry.id}')}")
    return lines


COMMANDS: tuple[Command, ...] = (add, deduct, zero)
