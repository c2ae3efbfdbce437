"""What one version of a rulebook changes against another (rules 6: a draft is read before it is commented)."""

from dataclasses import dataclass

from models.rulebook_documents import Item, Rulebook

# The figures and lists of a rulebook, beside its items, in the order in which they are told.
FIGURES = ("base", "pass_mark", "floor", "ceiling", "stars", "categories", "rewards")


@dataclass(frozen=True, slots=True)
class Changes:
    """``figures`` names those that differ; ``changed`` holds items as they were and as they will be."""

    before: Rulebook
    after: Rulebook
    figures: tuple[str, ...]
    added: tuple[Item, ...]
    removed: tuple[Item, ...]
    changed: tuple[tuple[Item, Item], ...]


def between(before: Rulebook, after: Rulebook) -> Changes:
    """What differs, item by item; items are the same by their code."""
    old = {item.code: item for item in before.items}
    new = {item.code: item for item in after.items}
    return Changes(
        before,
        after,
        figures=tuple(name for name in FIGURES if getattr(before, name) != getattr(after, name)),
        added=tuple(item for code, item in new.items() if code not in old),
        removed=tuple(item for code, item in old.items() if code not in new),
        changed=tuple((old[code], item) for code, item in new.items() if code in old and old[code] != item),
    )
