"""Memory of processes that serve: what was made at start stays, so the collector need not look at it for ever.

What the processes that serve have from their parent they share with it, page by page, until one of them writes there; a
collection would write on every page.
"""

import gc

# Objects made since the last look at the young ones; a message makes a few thousand that die with it.
YOUNG = 20_000


def share() -> None:
    """Call once in the parent, when all is loaded that its processes have in common."""
    gc.collect()
    gc.freeze()


def settle() -> None:
    """Call once, when everything that lasts has been loaded."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
