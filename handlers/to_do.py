"""待办: everything that waits for the asker, oldest first, each with its number and its buttons (chat)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from handlers import answers, cards, follow_ups
from handlers.approvals import DECIDERS, SHOWN
from handlers.arguments import Person, Unheard
from handlers.command import Command, Context, Reply, command
from handlers.words import tap
from models import accountable, answerers, claims, deciding_requests, waiting
from models.opinions import Opinion


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits: whose it is, its card, and the line that opens it; a claim may be meant by 全部."""

    member_id: int | None
    card: Callable[[], str]
    opens: str
    claim_id: int | None = None


def _waiting(ctx: Context) -> list[Waiting]:
    """What waits for the asker: people before the door, what has a day, what is due, then the claims."""
    session, me, now = ctx.session, ctx.member, ctx.now
    found = [
        Waiting(r.member_id, partial(cards.request_card, ctx, r), f"待办 {r.member.name}")
        for r in deciding_requests.waiting_for(session, me, now)
    ]
    found += [
        Waiting(_shown_sender(o), partial(answers.card, ctx, o), f"处理 Y{o.id}")
        for o in answerers.waiting_for(session, me, now)
    ]
    found += [
        Waiting(f.member_id, partial(follow_ups.card, ctx, f), f"跟进 T{f.id}")
        for f in accountable.waiting_for(session, me, now)
    ]
    found += [
        Waiting(one.member.id, partial(_claim_card, ctx, one.id), f"解释 {one.id}", one.id)
        for one in waiting.waiting_for(session, me, now)
    ]
    return found


def _claim_card(ctx: Context, number: int) -> str:
    return cards.short_card(ctx, claims.get(ctx.session, number))


def _shown_sender(opinion: Opinion) -> int | None:
    """Who an opinion is from, as far as the answerer may know it (rules 32)."""
    return None if opinion.is_report else opinion.member_id


@command(
    "待办",
    "待审",
    who=DECIDERS,
    example="待办 张三",
    heard=(
        "等我审",
        "等我批",
        "要审的",
        "要批的",
        "没审",
        "没批的",
        "待批",
        "要我审",
        "要我批",
        "要审批",
        "待审核",
        "要审核",
        "审批",
        "等我办",
    ),
)
def to_do(ctx: Context, person: Person | None = None, unheard: Unheard = "") -> Reply:
    """看等我办的事，一点就办。"""
    found = [thing for thing in _waiting(ctx) if person is None or thing.member_id == person.id]
    if not found:
        return Reply(f"没有找到“{unheard}”，现在也没有等您办的事" if unheard else "现在没有等您办的事")
    # As many as fit one message: 全部 must never stand for what has not been seen.
    shown = found[:SHOWN]
    numbers = tuple(thing.claim_id for thing in shown if thing.claim_id is not None)
    first = [f"没有找到“{unheard}”，下面是所有等您办的事"] if unheard else []
    rest = len(found) - len(shown)
    last = [f"另有 {rest} 条，办完这些再回 {tap('待办')}"] if rest else []
    text = "\n\n".join([*first, _head(ctx, len(found), numbers), *(thing.card() for thing in shown), *last])
    # A bare number opens the card; what changes something is named by its own number.
    return Reply(text, listed=tuple(thing.opens for thing in shown), all_of=numbers)


def _head(ctx: Context, count: int, numbers: Sequence[int]) -> str:
    """等您办的 4 条, and 全部 for those of the claims with these numbers about which nothing is remarkable."""
    plain = [number for number in numbers if not cards.flags(ctx, claims.get(ctx.session, number))]
    return f"等您办的 {count} 条" + (f"　{tap('通过 全部')}（下面{len(plain)}条）" if len(plain) > 1 else "")


COMMANDS: tuple[Command, ...] = (to_do,)
