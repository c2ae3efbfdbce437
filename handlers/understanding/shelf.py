"""The items an asker can speak of: what they may claim, and what is credited otherwise (so that the bot can say so)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from handlers.kind import Json
from handlers.understanding.items import Index, index_of
from handlers.understanding.kept import Kept
from models import claiming
from models.errors import Refused
from models.members import Member
from models.rulebooks import Item, Rulebook

if TYPE_CHECKING:
    from handlers.context import Context

_NOTHING = index_of(())
# By the identity of a rulebook and its items, which are kept with the index so that nothing else can take their ids.
_shelves = Kept[tuple[int, ...], tuple[Index, Rulebook]](64)


def shelf(ctx: "Context", known: Mapping[str, Json] | None = None) -> Index:
    """The index of what the asker may claim and of what nobody claims; items of other offices are left out.

    A ``person`` among the known arguments (代报) takes the asker's place. Nothing for strangers and
    before a rulebook is imported.
    """
    try:
        mine, book = _claimable(ctx, (known or {}).get("person")), ctx.rulebook()
    except Refused:
        return _NOTHING
    return _shelves.get((id(book), *map(id, mine)), lambda: (_index(mine, book), book))[0]


def _index(mine: list[Item], book: Rulebook) -> Index:
    return index_of([*mine, *(item for item in book.items if not item.claimable and not item.roles)])


def whole(ctx: "Context") -> Index:
    """The index of the whole rulebook: an item of another office is refused by name, not misunderstood."""
    try:
        return index_of(ctx.rulebook().items)
    except Refused:
        return _NOTHING


def _claimable(ctx: "Context", person: int | None) -> list[Item]:
    if person is None:
        return ctx.items()
    member = ctx.session.get_one(Member, person)
    return claiming.claimable_items(ctx.session, member, ctx.month, ctx.now)
