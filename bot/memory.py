"""Memory of a process that serves: what was made at start stays, so the collector need not look at it for ever."""

import gc

# Objects made since the last look at the young ones; a message makes a few thousand that die with it.
YOUNG = 20_000


def settle() -> None:
    """Call once, when everything that lasts has been loaded."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
