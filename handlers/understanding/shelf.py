"""The items an asker can speak of: what they may claim, and what is credited otherwise (so that the bot can say so)."""

from typing import TYPE_CHECKING

from handlers.understanding.items import Index, index_of
from models.errors import Refused
from models.rulebooks import Item

if TYPE_CHECKING:
    from handlers.context import Context

_NOTHING = index_of(())


def claimable(ctx: "Context") -> list[Item]:
    """What the asker may claim now; nothing for strangers and before a rulebook is imported."""
    try:
        return ctx.items()
    except Refused:
        return []


def shelf(ctx: "Context") -> Index:
    """The index of what the asker may claim and of what nobody claims; items of other offices are left out."""
    try:
        mine, book = ctx.items(), ctx.rulebook()
    except Refused:
        return _NOTHING
    return index_of([*mine, *(item for item in book.items if not item.claimable and not item.roles)])
