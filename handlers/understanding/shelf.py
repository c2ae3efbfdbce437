"""The items an asker can speak of: what they may claim, and what is credited otherwise (so that the bot can say so)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from handlers.kind import Json
from handlers.understanding.items import Index, index_of
from handlers.understanding.kept import Kept
from models import appointments, claiming, rulebooks
from models.errors import Refused
from models.members import Member, Person
from models.rulebooks import Rulebook

if TYPE_CHECKING:
    from handlers.context import Context

_NOTHING = index_of(())
# By the identity of a rulebook, which never changes; it is kept with the index, so that nothing else takes its id.
_shelves = Kept[tuple[int, frozenset[str]], tuple[Index, Rulebook]](64)


def shelf(ctx: "Context", known: Mapping[str, Json] | None = None) -> Index:
    """The index of what the asker may claim and of what nobody claims; items of other offices are left out.

    A ``person`` among the known arguments (代报) takes the asker's place. Nothing for strangers and
    before a rulebook is imported.
    """
    person = (known or {}).get("person")
    if person not in ctx.shelves:
        ctx.shelves[person] = _of(ctx, person)
    index: Index = ctx.shelves[person]
    return index


def _of(ctx: "Context", person: Json | None) -> Index:
    try:
        who: Person = ctx.me if person is None else ctx.session.get_one(Member, person)
        book = rulebooks.in_force(ctx.session, who.branch_id, ctx.month)
    except Refused:
        return _NOTHING
    offices = appointments.office_words(ctx.session, who, ctx.now)
    return _shelves.get((id(book), offices), lambda: (_index(book, offices), book))[0]


def _index(book: Rulebook, offices: frozenset[str]) -> Index:
    mine = claiming.claimable_with(book, offices)
    return index_of([*mine, *(item for item in book.items if not item.claimable and not item.roles)])


def whole(ctx: "Context") -> Index:
    """The index of the whole rulebook: an item of another office is refused by name, not misunderstood."""
    try:
        return index_of(ctx.rulebook().items)
    except Refused:
        return _NOTHING
