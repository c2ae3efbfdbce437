"""The sentences of notices, apart from the rules that cause them (rules 28, 29; replies).

One module per family lists its kinds in ``KINDS``. None means that there is nothing to say any more.
"""

from collections.abc import Mapping

from handlers.announcements import (
    cadences,
    claims,
    follow_ups,
    meetings,
    minutes,
    month_end,
    opinions,
    people,
    records,
    rounds,
    rulebooks,
    spot_checks,
    temporary_groups,
    years,
)
from handlers.announcements.announcement import Announcement, Kind
from handlers.command import Context
from models.notices import Posted

MAYBE = "（可能已收到过）"
FAMILIES = (
    claims,
    people,
    month_end,
    opinions,
    temporary_groups,
    records,
    rounds,
    rulebooks,
    spot_checks,
    follow_ups,
    years,
    cadences,
    meetings,
    minutes,
)
KINDS: Mapping[str, Kind] = {kind.name: kind for family in FAMILIES for kind in family.KINDS}
TITLES: Mapping[str, str] = {name: kind.title for name, kind in KINDS.items()}


def compose(ctx: Context, notice: Posted) -> Announcement | None:
    """Word a notice for its recipient, or None when its subject is gone."""
    kind = KINDS[notice.kind]
    found = kind.word(ctx, notice)
    return None if found is None else found.under(kind.title)


def title_of(notice: Posted) -> str:
    """What a notice is about, in a few characters."""
    return TITLES[notice.kind]


def inbox_text(ctx: Context, notice: Posted) -> str:
    """A notice as the chat inbox shows it."""
    found = compose(ctx, notice)
    text = found.text if found else f"{title_of(notice)}（已经办完）"
    return f"{MAYBE}{text}" if notice.maybe_received else text
