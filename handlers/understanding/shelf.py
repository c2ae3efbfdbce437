"""The items an asker can speak of: what they may claim, and what is credited otherwise (so that the bot can say so)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from handlers.kind import Json
from handlers.understanding.items import Index, index_of
from models import claiming
from models.errors import Refused
from models.members import Member
from models.rulebooks import Item

if TYPE_CHECKING:
    from handlers.context import Context

_NOTHING = index_of(())


def shelf(ctx: "Context", known: Mapping[str, Json] | None = None) -> Index:
    """The index of what the asker may claim and of what nobody claims; items of other offices are left out.

    A ``person`` among the known arguments (代报) takes the asker's place. Nothing for strangers and
    before a rulebook is imported.
    """
    try:
        mine, book = _claimable(ctx, (known or {}).get("person")), ctx.rulebook()
    except Refused:
        return _NOTHING
    return index_of([*mine, *(item for item in book.items if not item.claimable and not item.roles)])


def _claimable(ctx: "Context", person: int | None) -> list[Item]:
    if person is None:
        return ctx.items()
    member = ctx.session.get_one(Member, person)
    return claiming.claimable_items(ctx.session, member, ctx.month, ctx.now)
